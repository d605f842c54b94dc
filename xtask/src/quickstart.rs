//! `cargo xtask quickstart`: the README's story, played for real in a scratch folder. Every claim is checked, not only
//! printed, so the chore is also the test that the story is true.

mod adopt;
mod application;
mod shop;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::Failure;
use crate::workspace::{Workspace, cargo};
use application::Application;

pub(crate) const ARGUMENTS: &str = "[--keep] [--dir FOLDER]";

/// Plays both halves of the story.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let options = Options::parse(arguments)?;
    let workspace = Workspace::load()?;
    let folder = options
        .folder
        .unwrap_or_else(|| std::env::temp_dir().join(format!("aludel-quickstart-{}", std::process::id())));
    refuse_occupied(&folder)?;
    let began = Instant::now();
    let stage = Stage { root: workspace.root, target: workspace.target, folder };
    let result = play(&stage);
    match &result {
        Ok(()) if options.keep => println!("\nThe applications are in {}", stage.folder.display()),
        Ok(()) => std::fs::remove_dir_all(&stage.folder)
            .map_err(|error| format!("cannot remove {}: {error}", stage.folder.display()))?,
        Err(_) => eprintln!("\nWhat there was at that moment is in {}", stage.folder.display()),
    }
    result?;
    println!("\nquickstart: every claim held, after {} seconds", began.elapsed().as_secs());
    Ok(())
}

fn play(stage: &Stage) -> Result<(), String> {
    stage.build_command()?;
    shop::play(&stage.application("shop")?)?;
    adopt::play(&stage.application("sakila")?)
}

#[derive(Debug, Default, PartialEq)]
struct Options {
    /// The scratch folder stays.
    keep: bool,
    folder: Option<PathBuf>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match (argument.as_str(), argument.strip_prefix("--dir=")) {
                ("--keep", _) => options.keep = true,
                ("--dir", _) => match arguments.next() {
                    Some(folder) => options.folder = Some(folder.into()),
                    None => return Err(Failure::Usage("--dir needs a folder".to_owned())),
                },
                (_, Some(folder)) => options.folder = Some(folder.into()),
                _ => return Err(Failure::Usage(format!("`{argument}` is none of its arguments"))),
            }
        }
        // Whoever names a folder wants to look into it.
        options.keep |= options.folder.is_some();
        Ok(options)
    }
}

fn refuse_occupied(folder: &Path) -> Result<(), String> {
    match std::fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(format!("{} is not empty; name another folder with --dir", folder.display())),
        _ => Ok(()),
    }
}

/// Where the story plays.
struct Stage {
    /// This repository.
    root: PathBuf,
    /// Where cargo builds, for the applications too: what they share is built once.
    target: PathBuf,
    /// The scratch folder.
    folder: PathBuf,
}

impl Stage {
    /// The `aludel` command, as `cargo install aludel-cli` would make it.
    fn build_command(&self) -> Result<(), String> {
        title("The command");
        println!("$ cargo build --package aludel-cli");
        let status = cargo()
            .current_dir(&self.root)
            .args(["build", "--quiet", "--package", "aludel-cli", "--bin", "aludel"])
            .env("CARGO_TARGET_DIR", &self.target)
            .status()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !status.success() {
            return Err("the `aludel` command does not build (see above)".to_owned());
        }
        Ok(())
    }

    /// The command, ready for arguments.
    fn command(&self) -> Command {
        Command::new(self.target.join("debug").join(format!("aludel{}", std::env::consts::EXE_SUFFIX)))
    }

    /// A fresh application with the sources of the example of that name.
    fn application(&self, name: &'static str) -> Result<Application<'_>, String> {
        Application::new(self, name)
    }
}

/// A heading between the steps.
fn title(text: &str) {
    println!("\n== {text}\n");
}

/// Checks what the story says, and says it.
fn claim(holds: bool, what: &str) -> Result<(), String> {
    if !holds {
        return Err(format!("it should hold that {what}, but it does not"));
    }
    println!("ok: {what}\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options, Failure> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn a_folder_that_is_named_is_kept() {
        let folder = Some(PathBuf::from("x"));
        for (text, keep, folder) in [
            ("", false, None),
            ("--keep", true, None),
            ("--dir x", true, folder.clone()),
            ("--dir=x", true, folder),
        ] {
            assert_eq!(parse(text).ok(), Some(Options { keep, folder }), "{text}");
        }
        for text in ["--dir", "--fast", "x"] {
            assert!(matches!(parse(text), Err(Failure::Usage(_))), "{text}");
        }
    }
}
