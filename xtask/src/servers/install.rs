//! The last resort: root on Debian has the package manager install the servers.

use std::path::Path;
use std::process::{Command, Stdio};

use super::account;
use super::programs::{find, folders};

/// Whether this is Debian (or a child of it) and we may install.
pub(super) fn possible() -> bool {
    Path::new("/etc/debian_version").is_file()
        && find("apt-get", &folders()).is_some()
        && account::we_are_root()
}

/// Installs packages, with everything that the package manager says going to ours.
pub(super) fn install(packages: &[&str]) -> Result<(), String> {
    println!("servers: installing {}", packages.join(" and "));
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("apt-get")
        .arg("-q")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run apt-get: {error}"))?;
    let words = arguments.join(" ");
    if status.success() { Ok(()) } else { Err(format!("`apt-get {words}` failed ({status})")) }
}
