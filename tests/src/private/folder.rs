//! The folder that a private server lives in: its data, its socket, its log.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is removed when this is dropped.
pub(super) struct Folder {
    path: PathBuf,
    /// User and group of the account that the server runs as, where that is not ours.
    owner: Option<(u32, u32)>,
}

impl Folder {
    /// Makes the folder, and gives it to the first of these accounts that there is if we are root.
    pub(super) fn create(kind: &str, accounts: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let owner = (id(&["-u"]) == Some(0)).then(|| {
            let found = accounts.iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)));
            found.unwrap_or_else(|| {
                panic!("{kind} can't run as root, and there is no account of {accounts:?}")
            })
        });
        // Short: a socket's path has to fit into 107 bytes.
        let name = format!("aludel-{kind}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        let folder = Self { path, owner };
        folder.give(&folder.path);
        folder
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file that only the server can read.
    pub(super) fn write(&self, path: &Path, contents: &[u8]) {
        fs::write(path, contents)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o600)))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        self.give(path);
    }

    fn give(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group))
                .unwrap_or_else(|error| panic!("cannot give {} away: {error}", path.display()));
        }
    }

    /// Has a command run in the folder, as its owner, and speak to the log only.
    pub(super) fn house<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let log =
            File::options().create(true).append(true).open(self.path.join("log")).expect("the log opens");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
            // A MariaDB that starts clears its folder for temporary tables away, with those of others in it.
            .env("TMPDIR", &self.path)
            .current_dir(&self.path)
            .stdin(Stdio::null())
            .stderr(log.try_clone().expect("a handle"))
            .stdout(log)
    }

    /// Runs a command that prepares something.
    pub(super) fn run(&self, command: &mut Command) {
        let status = self.house(command).status();
        if !matches!(&status, Ok(status) if status.success()) {
            panic!("{command:?} failed ({status:?}); the end of the log:\n{}", self.log_end());
        }
    }

    /// All that the server has written so far.
    pub(super) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.path.join("log")).unwrap_or_default()).into_owned()
    }

    /// The last lines of the log, for a message.
    pub(super) fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.path) {
            eprintln!("cannot remove {}: {error}", self.path.display());
        }
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
