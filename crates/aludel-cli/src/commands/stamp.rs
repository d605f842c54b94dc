//! `stamp`.

use aludel_migrate::Wait;
use aludel_migrate::command;

use super::Project;
use crate::arguments::many;
use crate::failure::Failure;
use crate::output;

pub(super) fn run(project: &Project<'_>) -> Result<(), Failure> {
    let (environment, engine) = (project.environment, project.engine()?);
    let targets = many(project.arguments, "revisions");
    if project.flag("sql") {
        let [target] = targets.as_slice() else {
            return Err(Failure::Usage("`stamp --sql` takes one revision, or a range `from:to`".to_owned()));
        };
        output::print(&command::stamp_script(environment, engine.dialect().as_ref(), target)?);
        return Ok(());
    }
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let report = command::stamp(environment, &engine, &targets, project.flag("purge")).wait()?;
    let place = |rows: &[String]| if rows.is_empty() { "base".to_owned() } else { rows.join(", ") };
    if report.before == report.after {
        project.tell(&format!("Nothing to do: the database is at {}", place(&report.after)));
    } else {
        project.tell(&format!("Stamped {} -> {}", place(&report.before), place(&report.after)));
    }
    Ok(())
}
