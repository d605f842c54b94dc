//! Bulk loads: rows that come bit by bit and are not all in memory.

use aludel_sql::encode::ParameterRows;

use super::{Execution, ManyInsert, ManySink, RawConnection};
use crate::error::{Error, Result};
use crate::options::TransactionOptions;

/// The rows of a bulk load, some at a time.
pub trait RowChunks: Send {
    /// The next rows, at least one; `None` behind the last.
    ///
    /// # Errors
    /// Where a row is not as wide as the insert has columns.
    fn next_chunk(&mut self) -> Result<Option<&dyn ParameterRows>>;

    /// Tells that so many rows in all were handed to the database.
    fn handed_over(&mut self, total: u64);
}

/// Loads rows by inserts: what every connection can. All rows are loaded, or none is.
///
/// # Errors
/// Where the rows are at fault, or the database refuses one.
pub async fn load_by_inserts<C: RawConnection + ?Sized>(
    connection: &mut C,
    insert: ManyInsert<'_>,
    rows: &mut dyn RowChunks,
) -> Result<u64> {
    if connection.in_transaction() {
        return chunks(connection, &insert, rows).await;
    }
    connection.begin(TransactionOptions::default()).await?;
    let loaded = chunks(connection, &insert, rows).await;
    match loaded {
        Ok(total) => connection.commit().await.map(|()| total).map_err(Error::in_commit),
        Err(error) => {
            // The first error is the one that matters; a connection that can't even roll back is not used again.
            let _ = connection.rollback().await;
            Err(error)
        }
    }
}

async fn chunks<C: RawConnection + ?Sized>(
    connection: &mut C,
    insert: &ManyInsert<'_>,
    rows: &mut dyn RowChunks,
) -> Result<u64> {
    let mut total = 0;
    let mut inserted = Inserted(0);
    while let Some(chunk) = rows.next_chunk()? {
        let count = chunk.rows() as u64;
        let result = connection.insert_many(insert.clone(), chunk, &mut inserted).await;
        result.map_err(|error| behind(error, total))?;
        total += count;
        rows.handed_over(total);
    }
    Ok(inserted.0)
}

/// Says what was in front of the rows that an error counts.
#[cold]
fn behind(error: Error, before: u64) -> Error {
    if before == 0 { error } else { error.context(format!("behind the first {before} rows")) }
}

struct Inserted(u64);

impl ManySink for Inserted {
    fn returned(
        &mut self,
        _: usize,
        _: &dyn aludel_sql::decode::Row,
    ) -> std::result::Result<(), aludel_sql::decode::DecodeError> {
        Ok(())
    }

    fn done(&mut self, _: usize, execution: Execution) {
        self.0 += execution.rows_affected;
    }
}
