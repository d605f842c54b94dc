//! From a driver's row to a Rust value, with nothing in between.

mod dynamic;
mod error;
mod named;

use std::borrow::Cow;

pub use dynamic::{ColumnIndex, DynamicRow};
pub use error::DecodeError;
pub use named::NamedReader;

use crate::types::{Field, SqlType, ValueError};
use crate::value::ValueRef;

/// One row as a driver holds it. The values borrow from the driver's own buffer.
pub trait Row {
    /// How many columns the row has.
    fn width(&self) -> usize;

    /// The value at `index`, from 0.
    ///
    /// # Errors
    /// Where the row has no such column or the driver cannot read it (text that is not UTF-8, say).
    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError>;

    /// The name that the database gave the column.
    fn name(&self, index: usize) -> Option<&str>;

    /// The column's type in the database's own words, where it knows one: an expression has none on SQLite. It is asked
    /// for where something went wrong, and may be slow.
    fn sql_type(&self, _index: usize) -> Option<Cow<'_, str>> {
        None
    }
}

/// Reads a row from left to right.
pub struct RowReader<'r> {
    row: &'r dyn Row,
    position: usize,
    /// The columns of the struct that is being read by names: the first, and the one behind the last.
    scope: Option<(usize, usize)>,
}

impl<'r> RowReader<'r> {
    /// Starts at the first column.
    pub fn new(row: &'r dyn Row) -> Self {
        RowReader { row, position: 0, scope: None }
    }

    /// The index of the column that is read next.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Passes over columns.
    pub fn skip(&mut self, columns: usize) {
        self.position += columns;
    }

    /// Reads the next column.
    ///
    /// # Errors
    /// Where the value does not fit `T`; the error knows the column's position, name and type, and `T`.
    #[inline]
    pub fn read<T: Field>(&mut self) -> Result<T, DecodeError> {
        let position = self.position;
        self.position += 1;
        match self.row.value(position).and_then(T::from_value) {
            Ok(value) => Ok(value),
            Err(error) => Err(DecodeError::at(self.row, position, error).read_as::<T>()),
        }
    }

    /// The value `ahead` columns further on, without reading past it; `None` where it can't be read.
    pub fn peek(&self, ahead: usize) -> Option<ValueRef<'r>> {
        self.row.value(self.position + ahead).ok()
    }

    /// Another reader that stands where this one stands.
    #[must_use]
    pub fn ahead(&self) -> RowReader<'r> {
        RowReader { row: self.row, position: self.position, scope: self.scope }
    }

    /// Whether the next columns hold nothing of a type; passes over them.
    pub fn passes_absent<T: FromRow>(&mut self) -> bool {
        let absent = T::is_absent(self);
        self.skip(T::width());
        absent
    }
}

/// A type that is read from one or several columns of a row: a value, a model, a tuple of these, a struct with
/// `#[derive(FromRow)]` by the names of the columns, or a [`DynamicRow`] where nothing is known before.
///
/// An `Option` of such a type is `None` where the columns that cannot be `NULL` are (a value that is `NULL`; a model
/// whose key is, as in an outer join).
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from a row")]
pub trait FromRow: Sized {
    /// How many columns are read.
    fn width() -> usize;

    /// Reads the columns.
    ///
    /// # Errors
    /// Where a value does not fit.
    fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError>;

    /// Whether the columns ahead hold nothing at all.
    fn is_absent(row: &RowReader<'_>) -> bool;
}

impl<T: SqlType> FromRow for T {
    fn width() -> usize {
        1
    }

    #[inline]
    fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError> {
        row.read()
    }

    fn is_absent(row: &RowReader<'_>) -> bool {
        row.peek(0).is_some_and(ValueRef::is_null)
    }
}

impl<T: FromRow> FromRow for Option<T> {
    fn width() -> usize {
        T::width()
    }

    #[inline]
    fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError> {
        if T::is_absent(row) {
            row.skip(T::width());
            return Ok(None);
        }
        T::from_row(row).map(Some)
    }

    fn is_absent(row: &RowReader<'_>) -> bool {
        T::is_absent(row)
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))+) => {$(
        impl<$($name: FromRow),+> FromRow for ($($name,)+) {
            fn width() -> usize {
                0 $(+ $name::width())+
            }

            fn from_row(row: &mut RowReader<'_>) -> Result<Self, DecodeError> {
                Ok(($($name::from_row(row)?,)+))
            }

            fn is_absent(row: &RowReader<'_>) -> bool {
                let mut ahead = row.ahead();
                $(
                    if !ahead.passes_absent::<$name>() {
                        return false;
                    }
                )+
                true
            }
        }
    )+};
}

tuples! {
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
    (A, B, C, D, E, F, G, H, I)
    (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K)
    (A, B, C, D, E, F, G, H, I, J, K, L)
}
