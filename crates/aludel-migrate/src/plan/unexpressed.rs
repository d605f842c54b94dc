//! What a table's own definition says and the schema model doesn't hold. A move-and-copy would lose it without a word,
//! so it is refused with one.

use aludel_sql::schema::Table;

use crate::error::{Error, ErrorKind, Result};

/// The option under which SQLite's inspector lists such clauses.
const UNMODELLED: &str = "sqlite_unmodelled";

/// Refuses tables that can't be made again from the model alone.
///
/// # Errors
/// [`ErrorKind::Refused`], naming the clauses.
pub(super) fn check(table: &Table) -> Result<()> {
    let Some(clauses) = table.options.text(UNMODELLED) else { return Ok(()) };
    Err(Error::new(
        ErrorKind::Refused,
        format!(
            "table `{}` has to be made anew for this, and its definition says what Aludel's schema model does not hold \
             and would lose: {}. Make the change with `op.execute(..)`, or take these clauses out first",
            table.name,
            clauses.replace('\n', "; ")
        ),
    ))
}
