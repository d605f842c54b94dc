//! Migrations on real SQLite databases.

mod compare;
mod killed;
mod laws;
mod rebuild;
mod revision;
mod run;
mod support;
