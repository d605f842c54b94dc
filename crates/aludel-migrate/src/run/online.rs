//! Upgrades and downgrades of a live database: each revision in a transaction of its own, together with its row of the
//! version table and its line of the ledger. Both land or neither, so a killed upgrade leaves the database at a
//! revision.

use std::collections::VecDeque;
use std::time::Instant;

use aludel_engine::{Connection, Engine};

use super::push::apply_checked;
use super::suspension::Suspension;
use super::{Event, Observer, Ran, RunReport};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{self, Action, Entry};
use crate::operation::Operation;
use crate::revision::{Direction, RevisionMap, RevisionNode, RevisionStep, Specifier};
use crate::{clock, lock, plan, version_table};

/// Runs the upgrades that lead to a target: `head`, `heads`, an id or a part of one, `+2`, `label@head`.
/// Mirrors `alembic upgrade`.
///
/// # Errors
/// Where the target is unknown or ambiguous, the database is at a revision that the scripts don't know, or a revision
/// fails: those before it have been committed, and of it nothing stays.
pub async fn upgrade(
    env: &Environment,
    engine: &Engine,
    target: &str,
    observe: &mut Observer<'_>,
) -> Result<RunReport> {
    run(env, engine, Direction::Up, target, observe).await
}

/// Runs the downgrades that lead to a target: `base`, an id or a part of one, `-1`, `label@base`. Mirrors
/// `alembic downgrade`.
///
/// # Errors
/// As for [`upgrade`], and where the target is not below the database's revision.
pub async fn downgrade(
    env: &Environment,
    engine: &Engine,
    target: &str,
    observe: &mut Observer<'_>,
) -> Result<RunReport> {
    run(env, engine, Direction::Down, target, observe).await
}

async fn run(
    env: &Environment,
    engine: &Engine,
    direction: Direction,
    target: &str,
    observe: &mut Observer<'_>,
) -> Result<RunReport> {
    let map = env.revision_map()?;
    let mut connection = engine.connect().await?;
    let before = version_table::read(env.version_table_name(), &mut connection).await?;
    let steps = match direction {
        Direction::Up => map.upgrade_steps(&before, &[target])?,
        Direction::Down => map.downgrade_steps(&before, target)?,
    };
    for warning in &steps.warnings {
        observe(Event::Warning(&warning.to_string()));
    }
    // `+1` means the one behind where the database was when the command began, however often that changes.
    let goals = fixed(&map, target, &before, direction)?;
    let mut report = RunReport { before: before.clone(), after: before, ran: Vec::new() };
    let mut queue = VecDeque::from(steps.steps);
    while let Some(step) = queue.pop_front() {
        let one = One { env, map: &map, step: &step, expected: &report.after };
        match one.run(&mut connection, observe).await? {
            Outcome::Ran(ran, rows) => {
                report.after = rows;
                observe(Event::End(&ran));
                report.ran.push(ran);
            }
            Outcome::Moved(rows) if direction == Direction::Up => {
                observe(Event::Warning("another deployer was at work meanwhile; what is left is found anew"));
                queue = map.upgrade_steps(&rows, &goals)?.steps.into();
                report.after = rows;
            }
            Outcome::Moved(rows) => {
                return Err(Error::new(
                    ErrorKind::Database,
                    format!(
                        "another deployer changed the database meanwhile: it is at {} now. Look at it before you go on",
                        if rows.is_empty() { "base".to_owned() } else { rows.join(", ") }
                    ),
                ));
            }
        }
    }
    Ok(report)
}

fn fixed(map: &RevisionMap, target: &str, rows: &[String], direction: Direction) -> Result<Vec<String>> {
    let is_relative = Specifier::parse(target).is_ok_and(|specifier| specifier.offset.is_some());
    if direction == Direction::Down || !is_relative {
        return Ok(vec![target.to_owned()]);
    }
    Ok(map.resolve_from(target, rows)?.into_iter().map(|node| node.id.clone()).collect())
}

enum Outcome {
    /// The revision ran; the rows of the version table now.
    Ran(Ran, Vec<String>),
    /// It did not, because the version table doesn't say any more what it said.
    Moved(Vec<String>),
}

/// One revision that is to run.
struct One<'r> {
    env: &'r Environment,
    map: &'r RevisionMap,
    step: &'r RevisionStep,
    expected: &'r [String],
}

impl One<'_> {
    async fn run(&self, connection: &mut Connection, observe: &mut Observer<'_>) -> Result<Outcome> {
        let script = self.env.script(&self.step.revision)?;
        let operations = match self.step.direction {
            Direction::Up => script.upgrade_operations(),
            Direction::Down => script.downgrade_operations(),
        };
        let suspends = plan::suspends_foreign_keys(&operations, connection.dialect().as_ref());
        let mut suspension = Suspension::begin(connection, suspends).await?;
        let result = self.in_turn(&operations, suspends, suspension.connection(), observe).await;
        let restored = suspension.end().await;
        let outcome = result.map_err(|error| self.explain(error))?;
        restored?;
        Ok(outcome)
    }

    async fn in_turn(
        &self,
        operations: &[Operation],
        suspends: bool,
        connection: &mut Connection,
        observe: &mut Observer<'_>,
    ) -> Result<Outcome> {
        let mut turn = lock::begin_turn(connection).await?;
        match self.in_transaction(operations, suspends, &mut turn, observe).await {
            Ok(outcome @ Outcome::Ran(..)) => {
                turn.commit().await?;
                Ok(outcome)
            }
            other => {
                // The first error is the one that matters.
                let _ = turn.rollback().await;
                other
            }
        }
    }

    async fn in_transaction(
        &self,
        operations: &[Operation],
        suspends: bool,
        turn: &mut Connection,
        observe: &mut Observer<'_>,
    ) -> Result<Outcome> {
        let (versions, journal) = (self.env.version_table_name(), self.env.ledger_table_name());
        version_table::ensure(versions, turn).await?;
        let rows = version_table::read(versions, turn).await?;
        if rows != self.expected {
            return Ok(Outcome::Moved(rows));
        }
        ledger::ensure(journal, turn).await?;
        let node = self.node();
        observe(Event::Begin { step: self.step, node: &node });
        let (started_at, clock) = (clock::now(), Instant::now());
        apply_checked(operations, suspends, turn, observe).await?;
        version_table::apply(versions, &self.step.change, turn).await?;
        let took = clock.elapsed();
        let (action, checksum) = match self.step.direction {
            Direction::Up => (Action::Upgrade, self.env.script(&self.step.revision)?.checksum()),
            Direction::Down => (Action::Downgrade, self.env.script(&self.step.revision)?.checksum()),
        };
        let revision = self.step.revision.clone();
        let entry = Entry { revision, action, started_at, took, checksum: Some(checksum) };
        ledger::write(journal, &entry, turn).await?;
        let rows = version_table::read(versions, turn).await?;
        let ran = Ran {
            revision: self.step.revision.clone(),
            message: node.message,
            direction: self.step.direction,
            from: self.step.from.clone(),
            to: self.step.to.clone(),
            took,
        };
        Ok(Outcome::Ran(ran, rows))
    }

    fn node(&self) -> RevisionNode {
        self.map.get(&self.step.revision).cloned().unwrap_or_default()
    }

    fn explain(&self, error: Error) -> Error {
        let verb = match self.step.direction {
            Direction::Up => "upgrade",
            Direction::Down => "downgrade",
        };
        let node = self.node();
        let message = if node.message.is_empty() { String::new() } else { format!(" ({})", node.message) };
        error.context(format!("{verb} of revision `{}`{message}", self.step.revision))
    }
}
