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
    let Options { servers, runner, packages } = Options::parse(arguments)?;
    let workspace = Workspace::load()?;
    let mut asking = features(&workspace, &packages);
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
    let others = succeeds(&mut main_runner(&asking, runner, !packages.is_empty()), &servers)?;

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
    /// The packages that these arguments choose; none means all.
    packages: Vec<&'a str>,
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
        let packages = chosen_packages(runner);
        // A pattern would have to be understood here too, to tell whether what it chooses asks for servers.
        if let Some(pattern) = packages.iter().find(|name| name.contains(['*', '?', '[', '@', ':', '#'])) {
            return Err(Failure::Usage(format!(
                "a package is chosen by its plain name, but got `{pattern}`"
            )));
        }
        Ok(Self { servers, runner, packages })
    }
}

/// The values of `-p` and `--package` in all their forms.
fn chosen_packages(runner: &[String]) -> Vec<&str> {
    let mut packages = Vec::new();
    let mut arguments = runner.iter().map(String::as_str).take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        if matches!(argument, "-p" | "--package") {
            packages.extend(arguments.next());
        } else if let Some(name) = argument.strip_prefix("--package=").or_else(|| argument.strip_prefix("-p"))
        {
            packages.push(name.trim_start_matches('='));
        }
    }
    packages
}

/// `package/servers` for each of the chosen packages with a target that requires the feature.
fn features(workspace: &Workspace, chosen: &[&str]) -> Vec<String> {
    let asks = workspace.packages.iter().filter(|package| {
        let is_chosen = chosen.is_empty() || chosen.contains(&package.name.as_str());
        is_chosen && package.required_features.iter().any(|name| name == FEATURE)
    });
    asks.map(|package| format!("{}/{FEATURE}", package.name)).collect()
}

/// cargo-nextest where it is installed, and cargo's own runner elsewhere.
fn main_runner(features: &[String], arguments: &[String], chooses_packages: bool) -> Command {
    let mut command = cargo();
    if has_nextest() {
        command.args(["nextest", "run"]);
    } else {
        command.args(["test", "--lib", "--bins", "--tests", "--examples"]);
    }
    if !chooses_packages {
        command.arg("--workspace");
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
        for (text, servers, runner, packages) in [
            ("", Some(Source::Any), "", vec![]),
            ("-p aludel-orm flush", Some(Source::Any), "-p aludel-orm flush", vec!["aludel-orm"]),
            ("--no-servers", None, "", vec![]),
            (
                "--private-servers --package=a -pb -- -p",
                Some(Source::Private),
                "--package=a -pb -- -p",
                vec!["a", "b"],
            ),
        ] {
            let arguments = words(text);
            let options = Options::parse(&arguments).ok().expect(text);
            assert_eq!(options, Options { servers, runner: &words(runner), packages }, "{text}");
        }
    }

    #[test]
    fn a_late_choice_of_servers_and_a_pattern_of_packages_are_refused() {
        for text in ["flush --no-servers", "--no-servers --private-servers", "-p aludel-*"] {
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
        let workspace = Workspace { root: "/".into(), target: "/target".into(), packages };
        assert_eq!(features(&workspace, &[]), ["b/servers"]);
        assert_eq!(features(&workspace, &["b", "c"]), ["b/servers"]);
        assert!(features(&workspace, &["a", "c"]).is_empty());
    }
}
