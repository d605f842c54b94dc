//! The commands that need the models or the database, each in its file: they call `aludel_migrate::command` and print.

mod autogenerate;
mod current;
mod stamp;
mod steps;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aludel_migrate::{Engine, Environment};
use clap::ArgMatches;

use crate::arguments::{grammar, is_set, one};
use crate::config::{Config, FILE, URL_VARIABLE, database_url};
use crate::failure::Failure;
use crate::{graph, new_file, output};

/// How error messages call this program, and what the user types to get here.
const PROGRAM: &str = "aludel";

/// Reads the arguments and does what they say.
pub(crate) fn run(environment: &Environment, arguments: Vec<OsString>) -> ExitCode {
    let line = std::iter::once(OsString::from(PROGRAM)).chain(arguments);
    let matches = match grammar(PROGRAM).try_get_matches_from(line) {
        Ok(matches) => matches,
        Err(error) => return output::complain(&error),
    };
    match dispatch(environment, &matches) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(PROGRAM),
    }
}

fn dispatch(environment: &Environment, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((command, arguments)) = matches.subcommand() else { return Ok(()) };
    let here = env::current_dir()
        .map_err(|error| Failure::error(format!("cannot tell which folder this is: {error}")))?;
    let config = Config::find(one(arguments, "config"), &here)?;
    let project = Project { environment, config, arguments, here };
    match command {
        "upgrade" | "downgrade" => steps::run(&project, command),
        "stamp" => stamp::run(&project),
        "current" => current::run(&project),
        "check" => autogenerate::check(&project),
        "revision" if is_set(arguments, "autogenerate") => autogenerate::revision(&project),
        "revision" | "merge" => {
            let map = environment.revision_map()?;
            let file = new_file::write_empty(command, arguments, &map, &project.config()?.versions)?;
            project.print_path(&file);
            Ok(())
        }
        _ => questions(&project, command),
    }
}

/// The questions to the graph.
fn questions(project: &Project<'_>, command: &str) -> Result<(), Failure> {
    let map = project.environment.revision_map()?;
    let current =
        if graph::needs_database(command, project.arguments) { Some(current::rows(project)?) } else { None };
    if let Some(answer) = graph::answer(command, project.arguments, &map, current.as_deref())? {
        output::print(&answer);
    }
    Ok(())
}

/// What every command works with.
struct Project<'p> {
    environment: &'p Environment,
    config: Option<Config>,
    arguments: &'p ArgMatches,
    /// Where the user is.
    here: PathBuf,
}

impl Project<'_> {
    /// The database. A path in the URL of `aludel.toml` counts from that file.
    fn engine(&self) -> Result<Engine, Failure> {
        let variable = env::var(URL_VARIABLE).ok();
        let url = database_url(one(self.arguments, "url"), variable, self.config.as_ref())?;
        if let Some(config) = self.config.as_ref().filter(|_| url.from_file) {
            env::set_current_dir(config.folder()).map_err(|error| {
                Failure::error(format!("cannot go to {}: {error}", config.folder().display()))
            })?;
        }
        Ok(self.environment.engine(&url.text)?)
    }

    /// The settings, for commands that write files.
    fn config(&self) -> Result<&Config, Failure> {
        self.config.as_ref().ok_or_else(|| {
            Failure::error(format!(
                "there is no {FILE} here or above, so nobody knows where revisions belong"
            ))
            .help("run this in the project, or say where that file is with --config")
        })
    }

    fn flag(&self, name: &str) -> bool {
        is_set(self.arguments, name)
    }

    /// Prints a file's path as seen from where the user is.
    fn print_path(&self, path: &Path) {
        output::print(&format!("{}\n", path.strip_prefix(&self.here).unwrap_or(path).display()));
    }

    /// Prints what is not a result.
    fn tell(&self, text: &str) {
        if !self.flag("quiet") {
            output::print(&format!("{text}\n"));
        }
    }
}
