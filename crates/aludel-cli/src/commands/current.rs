//! `current`: where the database is.

use aludel_migrate::Wait;
use aludel_migrate::command;

use super::Project;
use crate::failure::Failure;
use crate::output;
use crate::print::Printer;

pub(super) fn run(project: &Project<'_>) -> Result<(), Failure> {
    let environment = project.environment;
    let map = environment.revision_map()?;
    let current = command::current(environment, &project.engine()?).wait()?;
    let printer = Printer { map: &map, current: None, verbose: project.flag("verbose") };
    if current.revisions.is_empty() {
        project.tell("The database is at base: no revision has run");
    }
    for revision in &current.revisions {
        output::print(&format!("{}\n", printer.named(&revision.node)));
    }
    if project.flag("check-heads") && !current.is_at_heads() {
        eprintln!(
            "aludel: the database is not at head, which is {}\nhelp: `aludel upgrade heads` brings it there",
            current.heads.join(", ")
        );
        return Err(Failure::No);
    }
    Ok(())
}

/// The rows of the version table.
pub(super) fn rows(project: &Project<'_>) -> Result<Vec<String>, Failure> {
    Ok(command::current(project.environment, &project.engine()?).wait()?.rows)
}
