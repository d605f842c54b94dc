//! Migrations on real SQLite databases.

mod compare;
mod rebuild;
mod run;
mod support;
