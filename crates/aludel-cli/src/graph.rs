//! The commands that read the graph of revisions alone: history, heads, branches, show. The graph comes from the compiled
//! scripts or from the files; the text is the same.

use aludel_migrate::revision::RevisionMap;
use clap::ArgMatches;

use crate::arguments::{is_set, one};
use crate::failure::Failure;
use crate::print::Printer;

/// Whether the command has to know where the database is.
pub(crate) fn needs_database(command: &str, arguments: &ArgMatches) -> bool {
    let names_current = |text: Option<&str>| text.is_some_and(|text| text.contains("current"));
    match command {
        "history" => is_set(arguments, "indicate-current") || names_current(one(arguments, "rev-range")),
        "show" => names_current(one(arguments, "revision")),
        _ => false,
    }
}

/// What the command prints; `None` for a command that isn't one of these.
///
/// # Errors
/// Where a revision is named that isn't there, or the range is none.
pub(crate) fn answer(
    command: &str,
    arguments: &ArgMatches,
    map: &RevisionMap,
    current: Option<&[String]>,
) -> Result<Option<String>, Failure> {
    let printer = Printer { map, current, verbose: is_set(arguments, "verbose") };
    let lines: Vec<String> = match command {
        "history" => {
            let nodes = map.history(one(arguments, "rev-range"), current)?;
            nodes.into_iter().map(|node| printer.step(node)).collect()
        }
        "heads" => map.heads().into_iter().map(|node| printer.named(node)).collect(),
        "branches" => map.branch_points().into_iter().map(|node| printer.branch_point(node)).collect(),
        "show" => {
            let revision = one(arguments, "revision").unwrap_or_default();
            let nodes = match current {
                Some(rows) => map.resolve_from(revision, rows)?,
                None => map.resolve(revision)?,
            };
            nodes.into_iter().map(|node| printer.full(node)).collect()
        }
        _ => return Ok(None),
    };
    Ok(Some(lines.iter().map(|line| format!("{line}\n")).collect()))
}
