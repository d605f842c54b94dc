//! The temporary folder that a private server lives in, and its log.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;

/// A folder that is removed when this is dropped.
pub(super) struct Scratch {
    path: PathBuf,
    owner: Option<Account>,
}

impl Scratch {
    /// Makes the folder, and gives it to the account that the server will run as.
    pub(super) fn create(name: &str, owner: Option<Account>) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("aludel-test-{}-{name}", std::process::id()));
        let failed = |error| format!("cannot make the folder {}: {error}", path.display());
        fs::create_dir(&path).map_err(failed)?;
        let scratch = Self { path: path.clone(), owner };
        if let Some(Account { user, group }) = owner {
            std::os::unix::fs::chown(&path, Some(user), Some(group)).map_err(failed)?;
        }
        Ok(scratch)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has a command run in the folder, as its owner, and speak to the log only.
    pub(super) fn house<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command, String> {
        let log = File::options().create(true).append(true).open(self.log());
        let both = log.and_then(|log| Ok((log.try_clone()?, log)));
        let (output, errors) =
            both.map_err(|error| format!("cannot write {}: {error}", self.log().display()))?;
        if let Some(Account { user, group }) = self.owner {
            command.uid(user).gid(group);
        }
        // A MariaDB that starts clears its folder for temporary tables away, with those of others in it.
        command.env("TMPDIR", &self.path);
        Ok(command.current_dir(&self.path).stdin(Stdio::null()).stdout(output).stderr(errors))
    }

    /// The last lines of the log, for a message.
    pub(super) fn log_end(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    fn log(&self) -> PathBuf {
        self.path.join("log")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}
