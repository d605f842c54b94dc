//! Who we are, and whom a server may run as.

use std::process::Command;

/// An account of this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Account {
    /// Looks an account up by its name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(Self { user: id(&["-u", name])?, group: id(&["-g", name])? })
    }
}

/// Whether this program runs as root.
pub(super) fn we_are_root() -> bool {
    id(&["-u"]) == Some(0)
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
