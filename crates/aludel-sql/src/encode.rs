//! From Rust values to a statement's parameters: rows that are lent to a driver one value at a time.

use crate::value::ValueRef;

/// Rows of parameters for one statement that is run many times (an `executemany`).
///
/// A driver walks the rows and asks for each value as it binds it, so nothing is copied on the way.
pub trait ParameterRows: Send + Sync {
    /// How many rows there are.
    fn rows(&self) -> usize;

    /// How many parameters each row has.
    fn width(&self) -> usize;

    /// The value of one parameter of one row.
    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_>;
}
