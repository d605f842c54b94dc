//! The aludel command line, as a library and as a command.
//!
//! A project's `migrations/env.rs` calls [`main`] with its [`Environment`]; that is Alembic's `env.py` and its command
//! line in one, and can be shipped without a toolchain. The `aludel` command ([`launcher`]) builds and runs that
//! program, and answers by itself whatever needs no models.

mod arguments;
mod commands;
mod config;
mod failure;
mod graph;
#[cfg(feature = "launcher")]
pub mod launcher;
mod new_file;
mod output;
mod print;

use std::ffi::OsString;
use std::process::ExitCode;

use aludel_migrate::Environment;

/// The whole command line of a project, with the arguments that the program was called with: the body of the `main` in
/// `migrations/env.rs`. Mirrors Alembic's `alembic.config.main`.
///
/// What went wrong is said on standard error. The exit status is 0 where all is done, 1 for an error, 2 for wrong
/// arguments, and 3 where a question was answered with no (`check` found differences, the database is not at head).
pub fn main(environment: Environment) -> ExitCode {
    let mut arguments = std::env::args_os();
    arguments.next();
    run(&environment, arguments)
}

/// The same with other arguments, without the program's name: for an application that carries its migrations under a
/// sub-command of its own.
pub fn run<A: Into<OsString>>(environment: &Environment, arguments: impl IntoIterator<Item = A>) -> ExitCode {
    commands::run(environment, arguments.into_iter().map(Into::into).collect())
}
