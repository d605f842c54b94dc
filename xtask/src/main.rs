//! The chores of this repository, one door: `cargo xtask <chore>`.
//!
//! A chore is a module with a `run` function and a row in [`CHORES`].

mod corpus;
mod layers;
mod quickstart;
mod servers;
mod test;
mod versions;
mod workspace;

use std::process::ExitCode;

/// Why a chore did not end well.
enum Failure {
    /// The command line was wrong: the message says how it should look. Exit status 2.
    Usage(String),
    /// The chore ran and found or met something wrong. Exit status 1.
    Failed(String),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

/// One row of the list that `cargo xtask` prints.
struct Chore {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const CHORES: &[Chore] = &[
    Chore {
        name: "corpus",
        arguments: corpus::ARGUMENTS,
        about: "compile SQLAlchemy's own test statements, and count how often the text is the expected one",
        run: corpus::run,
    },
    Chore {
        name: "layers",
        arguments: "",
        about: "hold the crates against the layer table, and the files against the house rules",
        run: layers::run,
    },
    Chore {
        name: "quickstart",
        arguments: quickstart::ARGUMENTS,
        about: "play the README's story for real, from a new application to an adopted database",
        run: quickstart::run,
    },
    Chore {
        name: "test",
        arguments: test::ARGUMENTS,
        about: "find or start the database servers that tests ask for, and run every test",
        run: test::run,
    },
    Chore {
        name: "versions",
        arguments: "",
        about: "build on the lowest and the highest rusqlite that is allowed, with the built-in SQLite and the system's",
        run: versions::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", list());
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", list());
        return ExitCode::SUCCESS;
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        eprint!("xtask: no chore is named `{name}`\n\n{}", list());
        return ExitCode::from(2);
    };
    match (chore.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask {name}: {message}\nusage: cargo xtask {name} {}", chore.arguments);
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("xtask {name}: {message}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> String {
    let mut text = String::from("usage: cargo xtask <chore> [arguments]\n\nchores:\n");
    for chore in CHORES {
        text += &format!("  {:<11} {}\n", chore.name, chore.about);
        if !chore.arguments.is_empty() {
            text += &format!("  {:<11} arguments: {}\n", "", chore.arguments);
        }
    }
    text
}
