//! New revision files: what the arguments ask for.

use std::path::{Path, PathBuf};

use aludel_migrate::command::{self, RevisionOptions};
use aludel_migrate::revision::RevisionMap;
use clap::ArgMatches;

use crate::arguments::{is_set, many, one};
use crate::failure::Failure;

/// What the arguments of `revision` and `merge` ask for.
pub(crate) fn options(command: &str, arguments: &ArgMatches) -> RevisionOptions {
    RevisionOptions {
        message: one(arguments, "message").unwrap_or_default().to_owned(),
        autogenerate: is_set(arguments, "autogenerate"),
        rev_id: one(arguments, "rev-id").map(str::to_owned),
        heads: many(arguments, if command == "merge" { "revisions" } else { "head" }),
        splice: is_set(arguments, "splice"),
        branch_labels: many(arguments, "branch-label"),
        depends_on: many(arguments, "depends-on"),
        allow_drop_all: is_set(arguments, "allow-drop-all"),
    }
}

/// Writes a revision that does nothing yet, and returns its file.
///
/// # Errors
/// Where it can't stand where it was asked to, there is nothing to merge, or the file can't be written.
pub(crate) fn write_empty(
    command: &str,
    arguments: &ArgMatches,
    map: &RevisionMap,
    folder: &Path,
) -> Result<PathBuf, Failure> {
    let script = command::empty_revision(map, &options(command, arguments))?;
    if command == "merge" && script.node.down.len() < 2 {
        let failure = match script.node.down.as_slice() {
            [] => Failure::error("there are no revisions to merge"),
            [one, ..] => {
                Failure::error(format!("`{one}` is the only head named, so there is nothing to merge"))
            }
        };
        return Err(failure.help("`aludel heads` lists the heads"));
    }
    Ok(script.write(folder)?)
}
