//! Limits on the number of rows.

use super::{CompileError, Compiler};
use crate::ast::{Expr, Fetch};

/// The limits of one query.
#[derive(Clone, Copy, Debug)]
pub struct RowLimit<'e> {
    /// The largest number of rows.
    pub limit: Option<&'e Expr>,
    /// Rows passed over first.
    pub offset: Option<&'e Expr>,
    /// `FETCH FIRST`
    pub fetch: Option<&'e Fetch>,
    /// Whether the query has an order.
    pub ordered: bool,
}

impl Compiler<'_> {
    pub(super) fn row_limit(&mut self, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if limit.limit.is_none() && limit.offset.is_none() && limit.fetch.is_none() {
            return Ok(());
        }
        self.dialect.row_limit(self, limit)
    }

    /// `LIMIT` and `OFFSET`, or `FETCH FIRST` where that was asked for.
    ///
    /// # Errors
    /// Where the dialect has no such clause.
    pub fn standard_row_limit(&mut self, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if let Some(fetch) = limit.fetch {
            if !self.dialect.capabilities().fetch {
                return Err(self.unsupported("FETCH FIRST"));
            }
            return self.fetch(limit.offset, Some(fetch));
        }
        if let Some(rows) = limit.limit {
            self.push(" LIMIT ");
            self.expr(rows)?;
        }
        if let Some(offset) = limit.offset {
            if let (None, Some(all)) = (limit.limit, self.dialect.capabilities().limit_for_offset) {
                self.push(" LIMIT ");
                self.push(all);
            }
            self.push(" OFFSET ");
            self.expr(offset)?;
        }
        Ok(())
    }

    /// `OFFSET n ROWS FETCH FIRST n ROWS ONLY`
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn fetch(&mut self, offset: Option<&Expr>, fetch: Option<&Fetch>) -> Result<(), CompileError> {
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.expr(offset)?;
            self.push(" ROWS");
        }
        if let Some(fetch) = fetch {
            self.push(" FETCH FIRST ");
            self.expr(&fetch.count)?;
            self.push(if fetch.percent { " PERCENT" } else { "" });
            self.push(if fetch.with_ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
        }
        Ok(())
    }
}
