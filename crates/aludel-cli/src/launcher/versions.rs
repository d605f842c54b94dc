//! The folder of the revision files.

use std::fs;
use std::path::{Path, PathBuf};

use aludel_migrate::command::update_versions;

use crate::failure::Failure;

/// The revision files of a folder, by name.
///
/// # Errors
/// Where the folder can't be read.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable =
        |error| Failure::error(format!("cannot read the revisions in {}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".rs") && name != "mod.rs" && !name.starts_with('.') {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Brings the list of revisions in the folder up to date. Whoever checks out another branch of the code, or deletes a
/// revision, needs to do nothing.
///
/// # Errors
/// Where the folder can't be read or written, or another file stands in the list's place.
pub(crate) fn refresh(folder: &Path) -> Result<(), Failure> {
    // A folder that is named but missing is a mistake in aludel.toml, and not one to be made.
    files(folder)?;
    Ok(update_versions(folder)?)
}
