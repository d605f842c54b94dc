//! One statement for many rows: run by run, or several rows in one.

use std::ops::Range;

use aludel_engine::driver::{Execution, ManyInsert, ManySink, RawConnection};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::decode::{FromRow, RowReader};
use aludel_sql::encode::ParameterRows;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use crate::codec::{self, MysqlRow};
use crate::connection::{Attempt, MysqlConnection, executed, prepare};

/// The most rows in one statement, and the most parameters that one takes. From here on longer ones are no faster.
const MOST_ROWS: usize = 1_024;
const MOST_PARAMETERS: usize = 65_535;

/// The most that a statement of several rows sends, in bytes, where the server takes as much.
const PIECE: usize = 4 << 20;

impl MysqlConnection {
    /// Runs the statement once for each row.
    pub(crate) async fn many(
        &mut self,
        sql: &str,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        self.all_or_nothing(rows, ManyInsert::new(sql, 0..0), sql, false, sink).await
    }

    /// Inserts rows, several of them in one statement. Where that is refused, they run one by one, so that the row is
    /// found which is to blame.
    pub(crate) async fn insert(
        &mut self,
        insert: ManyInsert<'_>,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        let sql = insert.sql();
        let together = rows.rows() > 1 && rows.width() > 0;
        self.all_or_nothing(rows, Some(insert), sql, together, sink).await
    }

    async fn all_or_nothing(
        &mut self,
        rows: &dyn ParameterRows,
        insert: Option<ManyInsert<'_>>,
        sql: &str,
        together: bool,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        if rows.rows() == 0 {
            return Ok(());
        }
        // Each run by itself would wait for the disk.
        let own = !self.transaction && rows.rows() > 1;
        if own {
            self.text("START TRANSACTION").await?;
        }
        let mut next = 0;
        let limit = self.packet;
        let result = match (self.start().await, insert.filter(|_| together)) {
            (Ok(raw), Some(insert)) => several(raw, &insert, rows, limit, sink, &mut next).await,
            (Ok(raw), None) => one_by_one(raw, sql, rows, limit, sink, &mut next, rows.rows()).await,
            (Err(failure), _) => Err(failure),
        };
        let mut result = self.end(result, Some(sql));
        if rows.rows() > 1 {
            result = result.map_err(|error| {
                // Only these are about one row.
                if error.is_integrity() || matches!(error.kind(), ErrorKind::Data | ErrorKind::Decode) {
                    error.context(format!("row {} of {}", next + 1, rows.rows()))
                } else {
                    error
                }
            });
        }
        if !own {
            return result;
        }
        match result {
            Ok(()) => self.text("COMMIT").await.map_err(Error::in_commit),
            Err(error) => {
                // The first error is the one that matters; a connection that can't even roll back is closed.
                if self.is_usable() && self.text("ROLLBACK").await.is_err() {
                    self.broken = true;
                }
                Err(error)
            }
        }
    }
}

/// Runs the statement for the rows from `next` up to `end`.
async fn one_by_one(
    raw: &mut Conn,
    sql: &str,
    rows: &dyn ParameterRows,
    limit: usize,
    sink: &mut dyn ManySink,
    next: &mut usize,
    end: usize,
) -> Attempt<()> {
    let width = rows.width();
    let statement = prepare(raw, sql, width, limit).await?;
    while *next < end {
        let run = *next;
        let execution = match &statement {
            Some(statement) => {
                let values = (0..width).map(|parameter| rows.value(run, parameter));
                let values = codec::parameters(values, limit)?;
                let result = raw.exec_iter(statement, values).await?;
                executed(result, sql, |row| sink.returned(run, row).map_err(Error::from)).await?
            }
            None => {
                let result = raw.query_iter(sql).await?;
                executed(result, sql, |row| sink.returned(run, row).map_err(Error::from)).await?
            }
        };
        *next += 1;
        sink.done(run, execution);
    }
    Ok(())
}

/// Inserts the rows from `next` on, several in each statement.
async fn several(
    raw: &mut Conn,
    insert: &ManyInsert<'_>,
    rows: &dyn ParameterRows,
    limit: usize,
    sink: &mut dyn ManySink,
    next: &mut usize,
) -> Attempt<()> {
    let step = if insert.wants_keys() { step_of_keys(raw).await? } else { 1 };
    let most = most_rows(rows.width()).min(text_rows(insert.values().len(), limit));
    while *next < rows.rows() {
        let end = *next + together(rows, *next, most, PIECE.min(limit / 2));
        let piece = *next..end;
        let inserted = match end - *next {
            1 => one_by_one(raw, insert.sql(), rows, limit, sink, next, end).await,
            _ => insert_piece(raw, insert, rows, limit, step, sink, piece.clone(), next).await,
        };
        match inserted {
            // The server has taken the statement back, but nothing in front of it. So the rows are told one by one which of
            // them it is.
            Err(failure) if *next == piece.start && piece.len() > 1 && failure.is_about_a_row() => {
                one_by_one(raw, insert.sql(), rows, limit, sink, next, end).await?;
            }
            result => result?,
        }
    }
    Ok(())
}

/// How many rows fit into a statement: a power of two, so that a connection meets few texts.
fn most_rows(width: usize) -> usize {
    let most = (MOST_PARAMETERS / width.max(1)).clamp(1, MOST_ROWS);
    // The largest power of two that is not above it.
    1 << most.ilog2()
}

/// How many rows the text of a statement may have, the same way.
fn text_rows(row: usize, limit: usize) -> usize {
    1 << (limit / 2 / (row + 2)).max(1).ilog2()
}

/// How many of the rows from `start` on go into the next statement: a power of two, or one.
fn together(rows: &dyn ParameterRows, start: usize, most: usize, limit: usize) -> usize {
    let left = (rows.rows() - start).clamp(1, most);
    let wanted = 1_usize << left.ilog2();
    let mut size = 0;
    for taken in 0..wanted {
        let row = start + taken;
        size += (0..rows.width()).map(|index| codec::estimate(rows.value(row, index))).sum::<usize>();
        if size > limit {
            return 1 << taken.max(1).ilog2();
        }
    }
    wanted
}

/// How far the keys of one statement are apart.
async fn step_of_keys(raw: &mut Conn) -> Attempt<i64> {
    let mut step = 1;
    let sql = "SELECT @@auto_increment_increment";
    executed(raw.query_iter(sql).await?, sql, |row: &MysqlRow<'_>| {
        step = i64::from_row(&mut RowReader::new(row))?;
        Ok(())
    })
    .await?;
    Ok(step)
}

#[allow(clippy::too_many_arguments)]
async fn insert_piece(
    raw: &mut Conn,
    insert: &ManyInsert<'_>,
    rows: &dyn ParameterRows,
    limit: usize,
    step: i64,
    sink: &mut dyn ManySink,
    piece: Range<usize>,
    next: &mut usize,
) -> Attempt<()> {
    let width = rows.width();
    let sql = of_several(insert, piece.len());
    let Some(statement) = prepare(raw, &sql, width * piece.len(), limit).await? else {
        return one_by_one(raw, insert.sql(), rows, limit, sink, next, piece.end).await;
    };
    let values = piece.clone().flat_map(|row| (0..width).map(move |index| rows.value(row, index)));
    let values = codec::parameters(values, limit)?;
    let mut result = raw.exec_iter(&statement, values).await?;
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

/// The insert's text for several rows.
fn of_several(insert: &ManyInsert<'_>, rows: usize) -> String {
    let one = insert.values();
    let row = one.trim_start().trim_start_matches("VALUES").trim_start();
    let mut values = String::with_capacity(one.len() + (row.len() + 2) * rows);
    values.push_str(one);
    for _ in 1..rows {
        values.push_str(", ");
        values.push_str(row);
    }
    insert.with_values(&values)
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
    fn texts_of_several_rows() {
        let sql = "INSERT INTO t (a, b) VALUES (?, ?) RETURNING a";
        let insert = ManyInsert::new(sql, 20..34).unwrap();
        assert_eq!(insert.values(), " VALUES (?, ?)");
        assert_eq!(of_several(&insert, 1), sql);
        assert_eq!(of_several(&insert, 3), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?) RETURNING a");
    }

    #[test]
    fn pieces_are_powers_of_two_within_every_limit() {
        assert_eq!([1, 2, 64, 65, 40_000, 70_000].map(most_rows), [1_024, 1_024, 512, 512, 1, 1]);
        let rows = Sizes(vec![1_000; 100]);
        assert_eq!([text_rows(8, 1 << 20), text_rows(100, 150)], [32_768, 1]);
        assert_eq!(together(&rows, 0, 1_024, 1 << 20), 64);
        assert_eq!(together(&rows, 90, 1_024, 1 << 20), 8);
        assert_eq!(together(&rows, 99, 1_024, 1 << 20), 1);
        assert_eq!(together(&rows, 0, 16, 1 << 20), 16);
        // Each has some bytes around it.
        assert_eq!(together(&rows, 0, 1_024, 9_300), 8);
        assert_eq!(together(&rows, 0, 1_024, 500), 1);
    }
}
