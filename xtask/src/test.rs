//! `cargo xtask test`: every test there is, with the database servers that they ask for.
//!
//! A test target asks for servers with `required-features = ["servers"]`, so a plain `cargo test` needs none and
//! this chore can tell who needs them. A server that is asked for and cannot be had is a failure.

use std::process::{Command, Stdio};

use crate::Failure;
use crate::servers::{self, Servers, Source};
use crate::workspace::{Workspace, cargo};

pub(crate) const ARGUMENTS: &str = "[--no-servers | --private-servers] [arguments of the test runner]";

/// The feature that a test target requires when it needs database servers.
const FEATURE: &str = "servers";

/// Runs the documentation tests and then all others, so that the runner's own summary is the last thing said.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let Options { servers, runner } = Options::parse(arguments)?;
    let workspace = Workspace::load()?;
    let mut asking = features(&workspace);
    let servers = match servers {
        _ if asking.is_empty() => {
            println!("servers: no test target asks for one");
            Servers::none()
        }
        None => {
            println!("servers: left out, and with them {}", asking.join(", "));
            asking.clear();
            Servers::none()
        }
        Some(source) => servers::find_or_start(source)?,
    };

    let documentation = if runner.is_empty() {
        succeeds(cargo().args(["test", "--workspace", "--doc", "--quiet"]), &servers)?
    } else {
        println!("documentation tests are left out, because the runner got arguments");
        true
    };
    if !documentation {
        eprintln!("xtask test: the documentation tests failed (above); the others follow");
    }
    let others = succeeds(&mut main_runner(&asking, runner), &servers)?;

    match (documentation, others) {
        (true, true) => Ok(()),
        (false, _) => Err(Failure::Failed("the documentation tests failed".into())),
        (true, false) => Err(Failure::Failed("the tests failed".into())),
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq)]
struct Options<'a> {
    /// Where servers come from; `None` leaves out the tests that ask for them.
    servers: Option<Source>,
    runner: &'a [String],
}

impl<'a> Options<'a> {
    fn parse(arguments: &'a [String]) -> Result<Self, Failure> {
        let (servers, runner) = match arguments.split_first() {
            Some((first, rest)) if first == "--no-servers" => (None, rest),
            Some((first, rest)) if first == "--private-servers" => (Some(Source::Private), rest),
            _ => (Some(Source::Any), arguments),
        };
        // The runner would refuse them with a message about itself.
        if let Some(late) =
            runner.iter().find(|one| ["--no-servers", "--private-servers"].contains(&one.as_str()))
        {
            return Err(Failure::Usage(format!(
                "one of the two may stand, and first, but got `{late}` after that"
            )));
        }
        Ok(Self { servers, runner })
    }
}

/// `package/servers` for each package with a target that requires the feature.
fn features(workspace: &Workspace) -> Vec<String> {
    let asks =
        workspace.packages.iter().filter(|one| one.required_features.iter().any(|name| name == FEATURE));
    asks.map(|package| format!("{}/{FEATURE}", package.name)).collect()
}

/// cargo-nextest where it is installed, and cargo's own runner elsewhere.
fn main_runner(features: &[String], arguments: &[String]) -> Command {
    let mut command = cargo();
    if has_nextest() {
        command.args(["nextest", "run", "--workspace"]);
    } else {
        command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--examples"]);
    }
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    if arguments.is_empty() {
        command.arg("--no-fail-fast");
    }
    command.args(arguments);
    command
}

fn has_nextest() -> bool {
    let mut command = cargo();
    command.args(["nextest", "--version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn succeeds(command: &mut Command, servers: &Servers) -> Result<bool, String> {
    command.stdin(Stdio::null()).envs(servers.variables());
    let status = command.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    Ok(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_first_argument_chooses_the_servers_and_the_rest_is_the_runners() {
        for (text, servers, runner) in [
            ("", Some(Source::Any), ""),
            ("-p aludel-orm flush", Some(Source::Any), "-p aludel-orm flush"),
            ("--no-servers", None, ""),
            ("--private-servers -E test(x)", Some(Source::Private), "-E test(x)"),
        ] {
            let arguments = words(text);
            let options = Options::parse(&arguments).ok().expect(text);
            assert_eq!(options, Options { servers, runner: &words(runner) }, "{text}");
        }
    }

    #[test]
    fn a_choice_of_servers_after_other_arguments_is_refused() {
        for text in ["flush --no-servers", "--no-servers --private-servers"] {
            assert!(matches!(Options::parse(&words(text)), Err(Failure::Usage(_))), "{text}");
        }
    }

    #[test]
    fn only_packages_with_a_target_that_requires_servers_ask_for_them() {
        let package = |name: &str, features: &str| crate::workspace::Package {
            name: name.into(),
            folder: String::new(),
            dependencies: Vec::new(),
            required_features: words(features),
        };
        let packages = vec![package("a", ""), package("b", "servers"), package("c", "sqlite")];
        assert_eq!(features(&Workspace { root: "/".into(), packages }), ["b/servers"]);
    }
}
