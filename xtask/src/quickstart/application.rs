//! An application in the scratch folder: its files are written and edited, its program and the `aludel` command are run,
//! and all of it is shown as a person at a terminal would see it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Stage, claim};
use crate::workspace::cargo;

/// A package outside of this workspace that depends on this checkout.
pub(super) struct Application<'s> {
    stage: &'s Stage,
    name: &'static str,
    folder: PathBuf,
}

impl<'s> Application<'s> {
    pub(super) fn new(stage: &'s Stage, name: &'static str) -> Result<Self, String> {
        let application = Application { stage, name, folder: stage.folder.join(name) };
        let example = stage.root.join("examples").join(name);
        copy(&example.join("src"), &application.folder.join("src"))?;
        for file in files(&example)?.iter().filter(|file| file.extension().is_some_and(|end| end == "sql")) {
            copy_file(file, &application.folder)?;
        }
        // The same versions and the same profile as here, so that nothing is downloaded or built twice.
        copy_file(&stage.root.join("Cargo.lock"), &application.folder)?;
        let aludel = stage.root.join("crates").join("aludel");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             aludel = {{ path = {:?} }}\n\n[workspace]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n\
             [profile.dev.package.\"*\"]\ndebug = false\n",
            aludel.to_string_lossy().replace('\\', "/")
        );
        application.write("Cargo.toml", &manifest)?;
        Ok(application)
    }

    /// Runs the application's own program; it has to succeed.
    pub(super) fn program(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = cargo();
        command.args(["run", "--quiet", "--"]).args(arguments);
        self.play("cargo run --", command, arguments, 0)
    }

    /// What the program prints, without showing it: for comparisons.
    pub(super) fn quietly(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = cargo();
        command.args(["run", "--quiet", "--"]).args(arguments);
        Ok(self.output(command, 0)?.0)
    }

    /// Runs `aludel`; it has to succeed.
    pub(super) fn aludel(&self, arguments: &[&str]) -> Result<String, String> {
        self.aludel_ends_with(0, arguments)
    }

    /// Runs `aludel`; it has to end with that status.
    pub(super) fn aludel_ends_with(&self, status: i32, arguments: &[&str]) -> Result<String, String> {
        let mut command = self.stage.command();
        command.args(arguments);
        self.play("aludel", command, arguments, status)
    }

    fn play(&self, name: &str, command: Command, arguments: &[&str], status: i32) -> Result<String, String> {
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        println!("$ {name} {}", words.join(" "));
        let (said, complained) =
            self.output(command, status).map_err(|error| format!("`{name} {}` {error}", words.join(" ")))?;
        println!("{said}{complained}");
        Ok(said)
    }

    /// What the command prints, and what it says on standard error.
    fn output(&self, mut command: Command, status: i32) -> Result<(String, String), String> {
        let output = command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.stage.target)
            .env_remove("ALUDEL_DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot be run: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(status) {
            return Err(format!(
                "should end with status {status}, but: {}\n{said}{complained}",
                output.status
            ));
        }
        Ok((said, complained))
    }

    /// Changes a file: what stands there once is replaced. The change is shown.
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) -> Result<(), String> {
        let text = self.read(file)?;
        if text.matches(from).count() != 1 {
            return Err(format!("{file} should hold this exactly once:\n{from}"));
        }
        println!("edit {file}");
        for (mark, lines) in [('-', from), ('+', to)] {
            for line in lines.lines().filter(|line| !line.trim().is_empty()) {
                println!("{mark} {line}");
            }
        }
        println!();
        self.write(file, &text.replacen(from, to, 1))
    }

    /// Shows a file.
    pub(super) fn show(&self, file: &str) -> Result<String, String> {
        let text = self.read(file)?;
        println!("{file}:");
        for line in text.lines() {
            println!("    {line}");
        }
        println!();
        Ok(text)
    }

    /// The one line of what `aludel` printed that names a revision file: shown, with its text returned.
    pub(super) fn show_revision(&self, printed: &str) -> Result<String, String> {
        let file = printed.lines().find(|line| line.ends_with(".rs"));
        claim(file.is_some(), "a revision file was made")?;
        self.show(file.unwrap_or_default())
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    pub(super) fn remove(&self, file: &str) -> Result<(), String> {
        println!("$ rm {file}\n");
        fs::remove_file(self.folder.join(file)).map_err(|error| format!("cannot remove {file}: {error}"))
    }

    fn read(&self, file: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(file))
            .map_err(|error| format!("cannot read {file} of {}: {error}", self.name))
    }

    fn write(&self, file: &str, text: &str) -> Result<(), String> {
        fs::write(self.folder.join(file), text)
            .map_err(|error| format!("cannot write {file} of {}: {error}", self.name))
    }
}

/// A word as one would type it.
fn quoted(word: &str) -> String {
    if word.contains([' ', '\'', '"', '*', '(']) { format!("{word:?}") } else { word.to_owned() }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut files = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    for file in files(from)? {
        copy_file(&file, to)?;
    }
    Ok(())
}

fn copy_file(file: &Path, folder: &Path) -> Result<(), String> {
    let name = file.file_name().unwrap_or_default();
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(file, folder.join(name)))
        .map_err(|error| format!("cannot copy {} to {}: {error}", file.display(), folder.display()))?;
    Ok(())
}
