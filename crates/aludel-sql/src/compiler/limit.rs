//! Limits on the number of rows.

use super::{CompileError, Compiler};
use crate::ast::{Expr, Fetch, Select};

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

impl<'e> RowLimit<'e> {
    /// The limits of a query.
    pub fn of(select: &'e Select) -> Self {
        RowLimit {
            limit: select.limit.as_ref(),
            offset: select.offset.as_ref(),
            fetch: select.options.as_ref().and_then(|options| options.fetch.as_ref()),
            ordered: !select.order_by.is_empty(),
        }
    }

    /// Whether there is any.
    pub fn is_some(&self) -> bool {
        self.limit.is_some() || self.offset.is_some() || self.fetch.is_some()
    }

    /// The largest number of rows, by whichever clause it was asked for.
    pub fn count(&self) -> Option<&'e Expr> {
        self.fetch.map(|fetch| &fetch.count).or(self.limit)
    }
}

impl Compiler<'_> {
    pub(super) fn row_limit(&mut self, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if limit.is_some() { self.dialect.row_limit(self, limit) } else { Ok(()) }
    }

    /// `LIMIT` and `OFFSET`, or `FETCH FIRST` where that was asked for.
    ///
    /// # Errors
    /// Where the dialect has no such clause.
    pub fn standard_row_limit(&mut self, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if limit.fetch.is_some() {
            if !self.dialect.capabilities().fetch {
                return Err(self.unsupported("FETCH FIRST"));
            }
            return self.fetch(limit);
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

    /// `OFFSET n ROWS FETCH FIRST n ROWS ONLY`, whichever clause was asked for.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn fetch(&mut self, limit: &RowLimit<'_>) -> Result<(), CompileError> {
        if let Some(offset) = limit.offset {
            self.push(" OFFSET ");
            self.expr(offset)?;
            self.push(" ROWS");
        }
        if let Some(count) = limit.count() {
            let (percent, ties) =
                limit.fetch.map_or((false, false), |fetch| (fetch.percent, fetch.with_ties));
            self.push(" FETCH FIRST ");
            self.expr(count)?;
            self.push(if percent { " PERCENT" } else { "" });
            self.push(if ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
        }
        Ok(())
    }
}
