//! The `aludel` command: makes projects and revision files, answers questions about the graph from the files, and for
//! the rest builds and runs the project's own command line (see [`crate::main`]), which knows the models.

mod build;
mod init;
mod manifest;
mod source;
mod versions;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::arguments::{everywhere, flag, grammar, is_set, one, option};
use crate::config::{Config, FILE};
use crate::failure::Failure;
use crate::{graph, new_file, output};

const PROGRAM: &str = "aludel";
const SHOW_BUILD: &str = "show-build";

/// The `main` of the `aludel` command.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let program = OsString::from(PROGRAM);
    let matches = match full_grammar().try_get_matches_from(std::iter::once(&program).chain(&arguments)) {
        Ok(matches) => matches,
        Err(error) => return output::complain(&error),
    };
    match run(&matches, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(PROGRAM),
    }
}

fn full_grammar() -> Command {
    let about =
        "Make this package ready for migrations: aludel.toml, migrations/, and a binary target `migrate`";
    let init = Command::new("init")
        .about(about)
        .arg(option("folder", "FOLDER").help("The package's folder, where it is not this one"));
    grammar(PROGRAM)
        .arg(everywhere(flag(SHOW_BUILD).help("Show what cargo says while it builds the project")))
        .subcommand(init.display_order(0))
}

fn run(matches: &ArgMatches, arguments: &[OsString]) -> Result<(), Failure> {
    let Some((command, matches)) = matches.subcommand() else { return Ok(()) };
    let here = env::current_dir()
        .map_err(|error| Failure::error(format!("cannot tell which folder this is: {error}")))?;
    if command == "init" {
        let folder = here.join(one(matches, "folder").unwrap_or_default());
        print_unless_quiet(matches, &init::run(&folder, one(matches, "url"))?);
        return Ok(());
    }
    let config = find(one(matches, "config"), &here)?;
    versions::refresh(&config.versions)?;
    let map = source::revision_map(&config.versions)?;
    if matches!(command, "revision" | "merge") && !is_set(matches, "autogenerate") {
        let file = new_file::write_empty(command, matches, &map, &config.versions)?;
        output::print(&format!("{}\n", shown(&file, &here)));
        return Ok(());
    }
    if !graph::needs_database(command, matches)
        && let Some(answer) = graph::answer(command, matches, &map, None)?
    {
        output::print(&answer);
        return Ok(());
    }
    let passed: Vec<OsString> =
        arguments.iter().filter(|argument| *argument != "--show-build").cloned().collect();
    build::run(&config, &passed, is_set(matches, SHOW_BUILD))
}

fn find(named: Option<&str>, here: &Path) -> Result<Config, Failure> {
    Config::find(named, here)?.ok_or_else(|| {
        Failure::error(format!("there is no {FILE} in {} or above it", here.display()))
            .help("`aludel init` makes one; it has to be run in the folder of a package")
    })
}

fn print_unless_quiet(matches: &ArgMatches, text: &str) {
    if !is_set(matches, "quiet") {
        output::print(text);
    }
}

/// A path as seen from here.
fn shown(path: &Path, here: &Path) -> String {
    path.strip_prefix(here).map(PathBuf::from).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
