//! `check` and `revision --autogenerate`: what differs between the database and the models.

use aludel_migrate::command;
use aludel_migrate::compare::Difference;
use aludel_migrate::describe::detected;
use aludel_migrate::{Dialect, ErrorKind, Wait};

use super::Project;
use crate::failure::Failure;
use crate::{new_file, output};

pub(super) fn check(project: &Project<'_>) -> Result<(), Failure> {
    let engine = project.engine()?;
    let difference = match command::check(project.environment, &engine).wait() {
        Err(error) if error.kind() == ErrorKind::NotAtHead => {
            // Not at head is an answer, too: a pipeline wants to know it from a check that could not be made.
            Failure::from(error).report("aludel");
            return Err(Failure::No);
        }
        other => other?,
    };
    for warning in &difference.warnings {
        eprintln!("warning: {warning}");
    }
    let lines = lines(&difference, engine.dialect().as_ref());
    if lines.is_empty() {
        project.tell("No difference: the database is as the models say");
        return Ok(());
    }
    output::print(&lines);
    Err(Failure::No)
}

pub(super) fn revision(project: &Project<'_>) -> Result<(), Failure> {
    let folder = project.config()?.versions.clone();
    let engine = project.engine()?;
    let options = new_file::options("revision", project.arguments);
    let script = match command::revision(project.environment, Some(&engine), &options).wait() {
        // Nothing but the comparison refuses here: it would drop every table.
        Err(error) if error.kind() == ErrorKind::Refused => {
            return Err(Failure::from(error)
                .help("`--allow-drop-all` writes a revision that drops them all the same"));
        }
        other => other?,
    };
    for line in &script.detected {
        project.tell(&format!("Detected {line}"));
    }
    for warning in &script.warnings {
        eprintln!("warning: {warning}");
    }
    if script.upgrade.is_empty() && !project.flag("empty") {
        project.tell(
            "No difference: the database is as the models say, and no file was made (--empty makes one)",
        );
        return Ok(());
    }
    let file = script.write(&folder)?;
    project.print_path(&file);
    Ok(())
}

fn lines(difference: &Difference, dialect: &dyn Dialect) -> String {
    difference
        .operations
        .iter()
        .map(|operation| format!("Detected {}\n", detected(operation, dialect)))
        .collect()
}
