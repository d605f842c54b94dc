//! Several rows in one statement: `INSERT … VALUES (…), (…)`.
//!
//! SQLite has no round trip to save, but a statement has a price of its own: the state of its cursors, the table of
//! sequences behind an `AUTOINCREMENT` key, and above all the table that `RETURNING` keeps its rows in. Each statement
//! stands behind a savepoint. Where it does anything else than to insert each of its rows and to tell their keys in
//! their order, it is taken back, and its rows run one by one.

use std::borrow::Cow;

use aludel_engine::driver::{Execution, ManyInsert};
use aludel_engine::error::Error;
use aludel_sql::ValueRef;
use aludel_sql::decode::Row;
use aludel_sql::types::ValueError;
use rusqlite::CachedStatement;

use crate::batch::Batch;
use crate::busy::{Attempt, Failure};
use crate::codec::{SqliteRow, bind, no_such_column};
use crate::connection::SqliteConnection;
use crate::inserts::Plan;
use crate::many::Runs;

const BEFORE: &str = "SAVEPOINT aludel_rows";
const BACK: &str = "ROLLBACK TO aludel_rows";
const BEHIND: &str = "RELEASE aludel_rows";

/// The most bytes of text and the like in one statement, of which SQLite makes a copy.
const MOST_BYTES: usize = 256 * 1024;

/// What a statement of several rows did.
enum Did {
    /// It inserted each of them.
    Each,
    /// Something else.
    Other,
    /// They were too long for one statement, and none was run.
    Nothing,
}

/// What one statement made known of its rows.
#[derive(Default)]
struct Known {
    /// Their keys.
    keys: Vec<i64>,
    /// What they return.
    returned: Batch,
}

impl Runs<'_> {
    /// Inserts the rows from the next on, several of them in each statement where that is faster.
    pub(crate) fn together(
        &mut self,
        connection: &mut SqliteConnection,
        insert: &ManyInsert<'_>,
    ) -> Attempt<()> {
        let end = self.rows.rows();
        let Some(plan) = connection.plan(insert, self.rows, self.next)? else {
            return self.one_by_one(connection, insert.sql(), end);
        };
        if plan.keys {
            // The keys of the others are counted from this one's.
            self.one_by_one(connection, insert.sql(), self.next + 1)?;
            if connection.raw.changes() != 1 {
                return self.one_by_one(connection, insert.sql(), end);
            }
        }
        let mut known = Known::default();
        // Powers of two, so that a connection prepares few texts; and what is always left behind the greatest of them.
        let halves = std::iter::successors(Some(plan.most / 2), |size| Some(size / 2));
        let halves = halves.take_while(|size| *size >= plan.least);
        for size in std::iter::once(plan.most).chain(plan.tail).chain(halves) {
            if end - self.next >= size && !self.of_size(connection, insert, &plan, size, &mut known)? {
                connection.inserts.refuse(insert.sql());
                break;
            }
        }
        self.one_by_one(connection, insert.sql(), end)
    }

    /// Inserts rows as long as there are so many and they are short enough for one statement. `false` where they have to run
    /// one by one.
    fn of_size(
        &mut self,
        connection: &mut SqliteConnection,
        insert: &ManyInsert<'_>,
        plan: &Plan,
        size: usize,
        known: &mut Known,
    ) -> Attempt<bool> {
        let sql = connection.text_for(insert, plan, size)?;
        let connection = &*connection;
        let mut statement = match connection.prepare(&sql, self.rows.width() * size) {
            Ok(statement) => statement,
            // There is no rowid to tell, or the text is longer than this connection allows.
            Err(Failure::Final(_)) => return Ok(false),
            Err(busy) => return Err(busy),
        };
        let mut before = connection.raw.prepare_cached(BEFORE)?;
        let mut behind = connection.raw.prepare_cached(BEHIND)?;
        while self.rows.rows() - self.next >= size {
            if let Some(stop) = &connection.stop {
                stop.check()?;
            }
            before.raw_execute()?;
            match self.statement(connection, &mut statement, plan, size, known) {
                Ok(Did::Each) => {
                    behind.raw_execute()?;
                    self.tell(size, known)?;
                }
                Ok(Did::Nothing) => {
                    behind.raw_execute()?;
                    return Ok(true);
                }
                Ok(Did::Other) => {
                    self.undo(connection)?;
                    return Ok(false);
                }
                Err(failure) if connection.raw.is_autocommit() => {
                    // SQLite has taken the whole transaction back, so that nobody can find the row any more.
                    self.at_fault = size;
                    return Err(failure);
                }
                Err(failure) => {
                    self.undo(connection)?;
                    if let Failure::Busy(_) = failure {
                        return Err(failure);
                    }
                    self.one_by_one(connection, insert.sql(), self.next + size)?;
                }
            }
        }
        Ok(true)
    }

    /// Runs the statement for the next rows.
    fn statement(
        &self,
        connection: &SqliteConnection,
        statement: &mut CachedStatement<'_>,
        plan: &Plan,
        size: usize,
        known: &mut Known,
    ) -> Attempt<Did> {
        let width = self.rows.width();
        let key_before = connection.raw.last_insert_rowid();
        let (mut place, mut bytes) = (0, 0);
        for row in self.next..self.next + size {
            for parameter in 0..width {
                let value = self.rows.value(row, parameter);
                bind(statement, place, value)?;
                place += 1;
                bytes += length(value);
            }
            if bytes > MOST_BYTES {
                return Ok(Did::Nothing);
            }
        }
        known.keys.clear();
        known.returned.clear();
        if plan.returning {
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                let row = WithoutLast(SqliteRow(row));
                let ValueRef::I64(key) = row.last() else { return Ok(Did::Other) };
                if known.keys.len() >= size || !self.is_next(plan, key, &known.keys) {
                    return Ok(Did::Other);
                }
                known.keys.push(key);
                known.returned.push(&row);
            }
            let each = known.keys.len() == size && connection.raw.changes() == size as u64;
            return Ok(if each { Did::Each } else { Did::Other });
        }
        if statement.raw_execute()? != size {
            return Ok(Did::Other);
        }
        if plan.keys {
            // Keys grow from row to row. So where the last one is as far from the key in front as there are rows, there is
            // one way only to give them out.
            let last = connection.raw.last_insert_rowid();
            if i64::try_from(size).ok().and_then(|size| key_before.checked_add(size)) != Some(last) {
                return Ok(Did::Other);
            }
            known.keys.extend(key_before + 1..=last);
        }
        Ok(Did::Each)
    }

    /// Whether a key can be that of the row behind those with these keys.
    fn is_next(&self, plan: &Plan, key: i64, before: &[i64]) -> bool {
        match plan.given_key {
            Some(parameter) => {
                let given = self.rows.value(self.next + before.len(), parameter).resolve();
                matches!(given.as_ref(), ValueRef::I64(given) if given == key)
            }
            // SQLite gives out growing keys, but does not promise in which order rows come back.
            None => before.last().is_none_or(|last| *last < key),
        }
    }

    /// Hands on what became known of the next rows.
    fn tell(&mut self, size: usize, known: &Known) -> Attempt<()> {
        for place in 0..size {
            if known.returned.len() > 0 {
                self.sink.returned(self.next, &known.returned.row(place)).map_err(Error::from)?;
            }
            let run = self.next;
            self.next += 1;
            self.sink.done(run, Execution::new(1, known.keys.get(place).copied()));
        }
        Ok(())
    }

    /// Takes back what the last statement did.
    fn undo(&mut self, connection: &SqliteConnection) -> Attempt<()> {
        let undone = connection.run(BACK).and_then(|()| connection.run(BEHIND));
        self.stuck |= undone.is_err();
        Ok(undone?)
    }
}

fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Decimal(text) => text.len(),
        ValueRef::Bytes(bytes) => bytes.len(),
        // What is made only when it is bound is not made for this once more.
        _ => 0,
    }
}

/// A row without the key behind it.
struct WithoutLast<'r, 's>(SqliteRow<'r, 's>);

impl WithoutLast<'_, '_> {
    fn last(&self) -> ValueRef<'_> {
        self.0.value(self.width()).unwrap_or(ValueRef::Null)
    }
}

impl Row for WithoutLast<'_, '_> {
    fn width(&self) -> usize {
        self.0.width().saturating_sub(1)
    }

    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        match index < self.width() {
            true => self.0.value(index),
            false => Err(no_such_column(index, self.width())),
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.0.name(index)
    }

    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        self.0.sql_type(index)
    }
}
