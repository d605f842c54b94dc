//! Several rows in one request: by MariaDB's command for arrays of parameters, or as one statement with all of their values.

use std::mem::{Discriminant, discriminant};
use std::ops::Range;

use aludel_engine::driver::{Execution, ManyInsert};
use aludel_engine::error::Error;
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::encode::ParameterRows;
use mysql_async::prelude::Queryable;
use mysql_async::{Params, Statement, Value};

use crate::codec::{self, MysqlRow};
use crate::connection::Attempt;
use crate::execute::executed;
use crate::link::Link;
use crate::many::Runs;

/// The most rows in one statement, and the most parameters that one takes. From here on longer ones are no faster.
const MOST_ROWS: usize = 1_024;
const MOST_PARAMETERS: usize = 65_535;

/// The most rows in one array. More would be no faster, and all of them run anew one by one where one is refused.
const LONGEST_ARRAY: usize = 8_192;

/// The rows of a connection's first one, by which it is seen whether arrays are taken.
const FIRST_ARRAY: usize = 2;

/// The most that a request of several rows sends, in bytes, where the server takes as much.
const PIECE: usize = 4 << 20;

impl Runs<'_> {
    /// Inserts the rows from the next on, several of them in each request.
    pub(crate) async fn together(&mut self, insert: &ManyInsert<'_>, may_be_arrays: bool) -> Attempt<()> {
        // An array's answer tells neither the keys nor the rows that were made.
        let arrays = may_be_arrays && !insert.wants_keys() && insert.ends_with_values();
        let array = match arrays && self.link.takes_arrays != Some(false) {
            true => self.link.prepare(insert.sql(), self.rows.width()).await?,
            false => None,
        };
        let step = if insert.wants_keys() { step_of_keys(self.link).await? } else { 1 };
        let end = self.rows.rows();
        let Some(array) = array else { return self.statements(insert, step, end).await };
        while self.next < end {
            let whole = fitting(self.rows, self.next, LONGEST_ARRAY, self.most_bytes());
            let piece = match self.link.takes_arrays {
                Some(_) => whole.clone(),
                None => whole.start..whole.end.min(whole.start + FIRST_ARRAY),
            };
            let inserted = match (piece.len(), self.link.takes_arrays) {
                // A row by itself may be longer than an array's may.
                (1, _) => Ok(false),
                (_, Some(true)) => self.array(&array, piece.clone()).await,
                (_, Some(false)) => return self.statements(insert, step, end).await,
                (_, None) => self.first_array(&array, piece.clone()).await,
            };
            match inserted {
                Ok(true) => {}
                Ok(false) => self.statements(insert, step, whole.end).await?,
                Err(failure) if failure.is_about_a_row() => self.one_by_one(insert.sql(), piece.end).await?,
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// The same as [`array`](Self::array) where nobody knows yet whether arrays are taken. If they are not, those in front of a
    /// row that is refused stand already.
    async fn first_array(&mut self, statement: &Statement, piece: Range<usize>) -> Attempt<bool> {
        self.link.query_drop("SAVEPOINT aludel_array").await?;
        let rows = piece.len() as u64;
        let inserted = self.array(statement, piece).await;
        match &inserted {
            Ok(true) => self.link.takes_arrays = Some(self.link.affected_rows() == rows),
            Err(failure) if failure.is_about_a_row() => {
                self.link.query_drop("ROLLBACK TO SAVEPOINT aludel_array").await?;
            }
            _ => {}
        }
        if !inserted.as_ref().is_err_and(|failure| !failure.is_about_a_row()) {
            self.link.query_drop("RELEASE SAVEPOINT aludel_array").await?;
        }
        inserted
    }

    /// Inserts rows as an array; or does nothing where a parameter is of several types, since an array has one.
    async fn array(&mut self, statement: &Statement, piece: Range<usize>) -> Attempt<bool> {
        let width = self.rows.width();
        let mut types = vec![None; width];
        let mut converted = Vec::with_capacity(piece.len());
        for row in piece.clone() {
            let values = (0..width).map(|index| self.rows.value(row, index));
            let values = codec::parameters(values, self.link.packet)?;
            if !same_types(&values, &mut types) {
                return Ok(false);
            }
            converted.push(values);
        }
        self.link.exec_batch(statement, converted).await?;
        for run in piece {
            // No row finds another one in its place: such an insert would not end with its values.
            self.sink.done(run, Execution::new(1, None));
            self.next = run + 1;
        }
        Ok(true)
    }

    /// Inserts the rows up to `end`, several in each statement.
    async fn statements(&mut self, insert: &ManyInsert<'_>, step: i64, end: usize) -> Attempt<()> {
        let most = most_rows(self.rows.width()).min(text_rows(insert.values().len(), self.link.packet));
        while self.next < end {
            let fitting = fitting(self.rows, self.next, most.min(end - self.next), self.most_bytes());
            // A power of two, so that a connection meets few texts.
            let piece = self.next..self.next + (1 << fitting.len().ilog2());
            let inserted = match piece.len() {
                1 => self.one_by_one(insert.sql(), piece.end).await,
                _ => self.statement(insert, step, piece.clone()).await,
            };
            match inserted {
                // The server has taken the statement back, but nothing in front of it. So the rows are told one by one
                // which of them it is.
                Err(failure) if self.next == piece.start && piece.len() > 1 && failure.is_about_a_row() => {
                    self.one_by_one(insert.sql(), piece.end).await?;
                }
                result => result?,
            }
        }
        Ok(())
    }

    async fn statement(&mut self, insert: &ManyInsert<'_>, step: i64, piece: Range<usize>) -> Attempt<()> {
        let Runs { link, rows, sink, next } = self;
        let (rows, width) = (*rows, rows.width());
        let sql = insert.of_rows(piece.len());
        let Some(statement) = link.prepare(&sql, width * piece.len()).await? else {
            return self.one_by_one(insert.sql(), piece.end).await;
        };
        let values = piece.clone().flat_map(|row| (0..width).map(move |index| rows.value(row, index)));
        let values = codec::parameters(values, link.packet)?;
        let mut result = link.exec_iter(&statement, values).await?;
        if !result.columns_ref().is_empty() {
            // The server sends rows back before it knows whether those behind them are taken.
            let returned: Vec<mysql_async::Row> = result.collect().await?;
            result.drop_result().await?;
            if returned.len() != piece.len() {
                return Err(rows_left_out().into());
            }
            for row in returned {
                sink.returned(*next, &MysqlRow(&row)).map_err(Error::from)?;
                sink.done(*next, Execution::new(1, None));
                *next += 1;
            }
            return Ok(());
        }
        let execution = executed(result, insert.sql(), |_| Ok(())).await?;
        let whole = execution.rows_affected == piece.len() as u64;
        let first = execution.last_insert_id.filter(|key| *key != 0 && whole);
        let mut changed = execution.rows_affected;
        *next = piece.end;
        for (place, run) in piece.enumerate() {
            let key = first.and_then(|first| first.checked_add(step.checked_mul(place as i64)?));
            sink.done(run, Execution::new(changed.min(1), key));
            changed = changed.saturating_sub(1);
        }
        Ok(())
    }

    /// How much a request may send.
    fn most_bytes(&self) -> usize {
        PIECE.min(self.link.packet / 2)
    }
}

/// Whether the values are of the types that those before them were of. `NULL` is of any.
fn same_types(values: &Params, types: &mut [Option<Discriminant<Value>>]) -> bool {
    let Params::Positional(values) = values else { return false };
    values.iter().zip(types).all(|(value, known)| match value {
        Value::NULL => true,
        value => *known.get_or_insert(discriminant(value)) == discriminant(value),
    })
}

/// How many rows fit into a statement.
fn most_rows(width: usize) -> usize {
    (MOST_PARAMETERS / width.max(1)).clamp(1, MOST_ROWS)
}

/// How many rows the text of a statement may have, the same way.
fn text_rows(row: usize, limit: usize) -> usize {
    (limit / 2 / (row + 2)).max(1)
}

/// The rows from `start` on that fit into so many rows and bytes: one at least, if there is one.
fn fitting(rows: &dyn ParameterRows, start: usize, most: usize, limit: usize) -> Range<usize> {
    let most = rows.rows().min(start.saturating_add(most.max(1)));
    let mut size = 0;
    for row in start..most {
        size += (0..rows.width()).map(|index| codec::estimate(rows.value(row, index))).sum::<usize>();
        if size > limit && row > start {
            return start..row;
        }
    }
    start..most
}

/// How far the keys of one statement are apart.
async fn step_of_keys(link: &mut Link) -> Attempt<i64> {
    let mut step = 1;
    let sql = "SELECT @@auto_increment_increment";
    executed(link.query_iter(sql).await?, sql, |row: &MysqlRow<'_>| {
        step = i64::from_row(&mut RowReader::new(row))?;
        Ok(())
    })
    .await?;
    Ok(step)
}

#[cold]
fn rows_left_out() -> Error {
    Error::usage(
        "the server handed back another number of rows than were inserted, so what came back can't be told apart. Run the \
         insert with `execute_many`, which needs nothing back",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use aludel_sql::ValueRef;

    struct Sizes(Vec<usize>);

    impl ParameterRows for Sizes {
        fn rows(&self) -> usize {
            self.0.len()
        }

        fn width(&self) -> usize {
            1
        }

        fn value(&self, row: usize, _: usize) -> ValueRef<'_> {
            const BYTES: &[u8] = &[0; 10_000];
            ValueRef::Bytes(&BYTES[..self.0[row]])
        }
    }

    #[test]
    fn pieces_keep_within_every_limit() {
        assert_eq!([1, 2, 64, 65, 40_000, 70_000].map(most_rows), [1_024, 1_024, 1_023, 1_008, 1, 1]);
        let rows = Sizes(vec![1_000; 100]);
        assert_eq!([text_rows(8, 1 << 20), text_rows(100, 150)], [52_428, 1]);
        assert_eq!(fitting(&rows, 0, 1_024, 1 << 20), 0..100);
        assert_eq!(fitting(&rows, 90, 1_024, 1 << 20), 90..100);
        assert_eq!(fitting(&rows, 99, 1_024, 1 << 20), 99..100);
        assert_eq!(fitting(&rows, 0, 16, 1 << 20), 0..16);
        // Each has some bytes around it.
        assert_eq!(fitting(&rows, 0, 1_024, 9_300), 0..9);
        assert_eq!(fitting(&rows, 0, 1_024, 500), 0..1);
    }

    #[test]
    fn an_array_has_one_type_for_each_parameter() {
        let mut types = vec![None; 2];
        let row = |values: [Value; 2]| Params::Positional(values.into());
        assert!(same_types(&row([Value::Int(1), Value::NULL]), &mut types));
        assert!(same_types(&row([Value::NULL, Value::Double(1.0)]), &mut types));
        assert!(same_types(&row([Value::Int(-1), Value::Double(2.0)]), &mut types));
        assert!(!same_types(&row([Value::UInt(u64::MAX), Value::NULL]), &mut types));
        assert!(!same_types(&row([Value::NULL, Value::Bytes(Vec::new())]), &mut types));
    }
}
