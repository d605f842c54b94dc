//! `upgrade` and `downgrade`.

use aludel_migrate::Wait;
use aludel_migrate::command::{self, Event};
use aludel_migrate::revision::{Direction, RevisionNode, RevisionStep};

use super::Project;
use crate::arguments::one;
use crate::failure::Failure;
use crate::output;

pub(super) fn run(project: &Project<'_>, name: &str) -> Result<(), Failure> {
    let target = one(project.arguments, "revision").unwrap_or("head");
    let (environment, engine) = (project.environment, project.engine()?);
    if project.flag("sql") {
        let dialect = engine.dialect();
        let script = if name == "upgrade" {
            command::upgrade_script(environment, dialect.as_ref(), target)?
        } else {
            command::downgrade_script(environment, dialect.as_ref(), target)?
        };
        output::print(&script);
        return Ok(());
    }
    refuse_range(name, target)?;
    let (quiet, verbose) = (project.flag("quiet"), project.flag("verbose"));
    let mut observe = |event: Event<'_>| match event {
        Event::Begin { step, node } if !quiet => output::print(&format!("{}\n", announcement(step, node))),
        Event::Step(step) if verbose => output::print(&format!("{}\n", indented(&step.to_string()))),
        Event::Warning(warning) => eprintln!("warning: {warning}"),
        _ => {}
    };
    let report = if name == "upgrade" {
        command::upgrade(environment, &engine, target, &mut observe).wait()?
    } else {
        command::downgrade(environment, &engine, target, &mut observe).wait()?
    };
    if report.ran.is_empty() {
        let place = if report.after.is_empty() { "base".to_owned() } else { report.after.join(", ") };
        project.tell(&format!("Nothing to do: the database is at {place}"));
    }
    Ok(())
}

fn refuse_range(name: &str, target: &str) -> Result<(), Failure> {
    if target.contains(':') {
        let message = format!(
            "`{target}` is a range, which makes sense with --sql only: the database itself knows where it is"
        );
        let end = target.rsplit(':').next().unwrap_or_default();
        return Err(Failure::error(message).help(format!("`aludel {name} {end}` goes there")));
    }
    Ok(())
}

/// `Running upgrade 1975ea83b712 -> ae1027a6acf, add email`, as Alembic says it.
fn announcement(step: &RevisionStep, node: &RevisionNode) -> String {
    let verb = match step.direction {
        Direction::Up => "upgrade",
        Direction::Down => "downgrade",
    };
    let join = |ids: &[String]| ids.join(", ");
    let message = if node.message.is_empty() { String::new() } else { format!(", {}", node.message) };
    format!("Running {verb} {} -> {}{message}", join(&step.from), join(&step.to)).replace("  ", " ")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
