//! From a driver's row to a Rust value, with nothing in between.

use std::fmt;

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
}

/// Reads a row from left to right.
pub struct RowReader<'r> {
    row: &'r dyn Row,
    position: usize,
}

impl<'r> RowReader<'r> {
    /// Starts at the first column.
    pub fn new(row: &'r dyn Row) -> Self {
        RowReader { row, position: 0 }
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
    /// Where the value does not fit `T`; the error knows the position and the column's name.
    #[inline]
    pub fn read<T: Field>(&mut self) -> Result<T, DecodeError> {
        let position = self.position;
        self.position += 1;
        match self.row.value(position).and_then(T::from_value) {
            Ok(value) => Ok(value),
            Err(error) => Err(DecodeError::new(position, self.row.name(position), error)),
        }
    }

    /// The value `ahead` columns further on, without reading past it; `None` where it can't be read.
    pub fn peek(&self, ahead: usize) -> Option<ValueRef<'r>> {
        self.row.value(self.position + ahead).ok()
    }
}

/// A type that is read from one or several columns of a row: a value, a model, or a tuple of these.
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
                let mut ahead = RowReader { row: row.row, position: row.position };
                $(
                    if !$name::is_absent(&ahead) {
                        return false;
                    }
                    ahead.skip($name::width());
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

/// A row that could not be turned into the type asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    position: usize,
    column: Option<String>,
    field: Option<String>,
    error: ValueError,
}

impl DecodeError {
    /// An error at a column of the row, counted from 0.
    #[cold]
    pub fn new(position: usize, column: Option<&str>, error: ValueError) -> Self {
        DecodeError(Box::new(Inner { position, column: column.map(str::to_owned), field: None, error }))
    }

    /// Adds which field of which model was being read: `User.email`, held by `users.email`.
    #[must_use]
    #[cold]
    pub fn in_field(mut self, model: &str, field: &str, table: &str, column: &str) -> Self {
        if self.0.field.is_none() {
            self.0.field = Some(format!("field `{model}.{field}` (column `{table}.{column}`)"));
        }
        self
    }

    /// The index of the column, from 0.
    pub fn position(&self) -> usize {
        self.0.position
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.field, &self.0.column) {
            (Some(field), _) => write!(f, "{field}: {}", self.0.error),
            (None, Some(column)) => write!(f, "column {} (`{column}`): {}", self.0.position, self.0.error),
            (None, None) => write!(f, "column {}: {}", self.0.position, self.0.error),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.error)
    }
}
