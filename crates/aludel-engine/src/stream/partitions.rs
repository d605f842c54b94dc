//! Rows by the dozen.

use super::RowStream;
use crate::connection::Connection;
use crate::error::Result;

/// The rows of a query, so many at a time: [`RowStream::partitions`] makes it.
#[derive(Debug)]
#[must_use = "nothing is read before the first rows are asked for"]
pub struct Partitions<'c, R> {
    rows: RowStream<'c, R>,
    size: usize,
    /// What was read of the next part so far.
    part: Vec<R>,
}

impl<'c, R: Send + 'static> Partitions<'c, R> {
    pub(super) fn new(rows: RowStream<'c, R>, size: usize) -> Self {
        Partitions { rows, size, part: Vec::new() }
    }

    /// The next rows, or `None` where there are no more. Its future may be dropped: what it has read comes next time.
    ///
    /// # Errors
    /// As for [`RowStream::next`]. Rows in front of the error that were not handed out are lost with it.
    pub async fn next(&mut self) -> Result<Option<Vec<R>>> {
        while self.part.len() < self.size {
            match self.rows.next().await {
                Ok(Some(row)) => self.part.push(row),
                Ok(None) => break,
                Err(error) => {
                    self.part.clear();
                    return Err(error);
                }
            }
        }
        let part = std::mem::take(&mut self.part);
        Ok((!part.is_empty()).then_some(part))
    }

    /// The connection between two parts; see [`RowStream::connection`].
    ///
    /// # Errors
    /// As there.
    pub fn connection(&mut self) -> Result<&mut Connection> {
        self.rows.connection()
    }

    /// Ends it before its last row; see [`RowStream::close`].
    ///
    /// # Errors
    /// As there.
    pub async fn close(self) -> Result<()> {
        self.rows.close().await
    }
}
