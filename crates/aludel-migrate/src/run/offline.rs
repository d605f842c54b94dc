//! The same revisions as a script, without a database. Mirrors Alembic's offline mode (`--sql`).
//!
//! Where tables have to be made anew, their definitions come from replaying the revisions below; what no revision knows
//! (triggers) is said in a comment.

use std::fmt::Write;

use aludel_sql::Dialect;

use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{self, Action};
use crate::operation::Operation;
use crate::plan::{self, CurrentSchema};
use crate::replay;
use crate::revision::{Direction, RevisionMap, RevisionStep, VersionChange};
use crate::version_table;

/// The script of an upgrade: to a target from base, or `from:to`.
///
/// # Errors
/// Where the range is none, or a table has to be made anew that no revision creates.
pub fn upgrade_script(env: &Environment, dialect: &dyn Dialect, range: &str) -> Result<String> {
    let map = env.revision_map()?;
    let (from, to) = range.split_once(':').unwrap_or(("base", range));
    let rows = rows(&map, from)?;
    let steps = map.upgrade_steps(&rows, &[to])?.steps;
    write(env, &map, dialect, &rows, &steps)
}

/// The script of a downgrade `from:to`.
///
/// # Errors
/// As for [`upgrade_script`], and where the start is not said: without a database nobody knows it.
pub fn downgrade_script(env: &Environment, dialect: &dyn Dialect, range: &str) -> Result<String> {
    let map = env.revision_map()?;
    let Some((from, to)) = range.split_once(':') else {
        return Err(Error::new(
            ErrorKind::Offline,
            format!(
                "a downgrade without a database has to be told where it starts: `from:{range}` instead of `{range}`"
            ),
        ));
    };
    let rows = rows(&map, from)?;
    let steps = map.downgrade_steps(&rows, to)?.steps;
    write(env, &map, dialect, &rows, &steps)
}

/// The script of a stamp: of a database without a version table, or `from:to`.
///
/// # Errors
/// Where a revision is unknown.
pub fn stamp_script(env: &Environment, dialect: &dyn Dialect, range: &str) -> Result<String> {
    let map = env.revision_map()?;
    let (from, to) = range.split_once(':').unwrap_or(("base", range));
    let rows = rows(&map, from)?;
    let mut script = Script::new(env, dialect);
    script.begin();
    script.tables(&rows)?;
    for step in map.stamp_steps(&rows, &[to])? {
        let revision = step.to.first().or(step.from.first()).cloned().unwrap_or_default();
        script.version(&step.change, &revision, Action::Stamp)?;
    }
    script.end();
    Ok(script.text)
}

fn rows(map: &RevisionMap, from: &str) -> Result<Vec<String>> {
    let from = if from.is_empty() { "base" } else { from };
    Ok(map.resolve(from)?.into_iter().map(|node| node.id.clone()).collect())
}

fn write(
    env: &Environment,
    map: &RevisionMap,
    dialect: &dyn Dialect,
    rows: &[String],
    steps: &[RevisionStep],
) -> Result<String> {
    let mut current = replayed(env, map, rows)?;
    let mut script = Script::new(env, dialect);
    if !steps.is_empty() {
        script.begin();
        script.tables(rows)?;
        script.end();
    }
    for step in steps {
        let node = map.get(&step.revision).cloned().unwrap_or_default();
        let (verb, action) = match step.direction {
            Direction::Up => ("upgrade", Action::Upgrade),
            Direction::Down => ("downgrade", Action::Downgrade),
        };
        let ends = |ids: &[String]| if ids.is_empty() { "base".to_owned() } else { ids.join(", ") };
        script.comment(&format!("{verb} {} -> {}: {}", ends(&step.from), ends(&step.to), node.message));
        let operations = operations(env, step)?;
        let suspends = plan::suspends_foreign_keys(&operations, dialect);
        if suspends {
            script.statement("PRAGMA foreign_keys = OFF");
        }
        script.begin();
        script.operations(&operations, &mut current)?;
        if suspends {
            script.comment("the next statement must yield no rows; else end with ROLLBACK instead of COMMIT");
            script.statement("PRAGMA foreign_key_check");
        }
        script.version(&step.change, &step.revision, action)?;
        script.end();
        if suspends {
            script.statement("PRAGMA foreign_keys = ON");
        }
    }
    Ok(script.text)
}

fn operations(env: &Environment, step: &RevisionStep) -> Result<Vec<Operation>> {
    let script = env.script(&step.revision)?;
    Ok(match step.direction {
        Direction::Up => script.upgrade_operations(),
        Direction::Down => script.downgrade_operations(),
    })
}

/// The tables that the revisions up to these rows make.
fn replayed(env: &Environment, map: &RevisionMap, rows: &[String]) -> Result<CurrentSchema> {
    let mut current = CurrentSchema::default();
    if rows.is_empty() {
        return Ok(current);
    }
    let nothing: [&str; 0] = [];
    for step in map.upgrade_steps(&nothing, rows)?.steps {
        for operation in operations(env, &step)? {
            replay::replay_step(&operation, &mut current.metadata).map_err(|error| {
                Error::from(error).context(format!("replay of revision `{}`", step.revision))
            })?;
        }
    }
    Ok(current)
}

/// A script as it is written.
struct Script<'s> {
    env: &'s Environment,
    dialect: &'s dyn Dialect,
    text: String,
}

impl<'s> Script<'s> {
    fn new(env: &'s Environment, dialect: &'s dyn Dialect) -> Self {
        Script { env, dialect, text: String::new() }
    }

    fn statement(&mut self, sql: &str) {
        // Writing into a text does not fail.
        let _ = writeln!(self.text, "{};\n", sql.trim_end().trim_end_matches(';'));
    }

    fn comment(&mut self, text: &str) {
        for line in text.lines() {
            let _ = writeln!(self.text, "-- {line}");
        }
    }

    fn begin(&mut self) {
        if self.dialect.capabilities().transactional_ddl {
            self.statement("BEGIN");
        }
    }

    fn end(&mut self) {
        if self.dialect.capabilities().transactional_ddl {
            self.statement("COMMIT");
        }
    }

    /// The version table and the ledger, for a database that has none.
    fn tables(&mut self, rows: &[String]) -> Result<()> {
        if rows.is_empty() {
            for statement in version_table::create(self.env.version_table_name(), self.dialect)? {
                self.statement(&statement);
            }
            for statement in ledger::create(self.env.ledger_table_name(), self.dialect)? {
                self.statement(&statement);
            }
        }
        Ok(())
    }

    fn operations(&mut self, operations: &[Operation], current: &mut CurrentSchema) -> Result<()> {
        let plan = plan::plan(operations, self.dialect, current)?;
        for text in plan.script(self.dialect)? {
            let is_comment = text.lines().all(|line| line.starts_with("--"));
            if is_comment {
                self.text.push_str(&text);
                self.text.push('\n');
            } else {
                self.statement(&text);
            }
        }
        Ok(())
    }

    fn version(&mut self, change: &VersionChange, revision: &str, action: Action) -> Result<()> {
        for statement in version_table::script(self.env.version_table_name(), change, self.dialect)? {
            self.statement(&statement);
        }
        let checksum = self.env.script(revision).ok().map(|script| script.checksum());
        let row = ledger::script(self.env.ledger_table_name(), revision, action, checksum, self.dialect)?;
        self.statement(&row);
        Ok(())
    }
}
