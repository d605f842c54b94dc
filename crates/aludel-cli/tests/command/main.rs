//! The `aludel` command, run on folders of all kinds.

mod init;
mod launcher;
mod project;
