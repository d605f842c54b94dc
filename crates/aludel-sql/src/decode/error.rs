//! What is said of a row that does not fit: where, of which type, and what was asked for.

use std::fmt;

use super::Row;
use crate::types::{ValueError, short_type_name};

/// A row that could not be turned into the type asked for. It knows the column's place, its name, its SQL type as the
/// database calls it, and the Rust type that it was to become, as far as there is a column and somebody who knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    position: Option<usize>,
    column: Option<String>,
    field: Option<String>,
    sql_type: Option<String>,
    rust_type: Option<String>,
    error: ValueError,
}

impl DecodeError {
    /// An error at a column of a row, counted from 0.
    #[cold]
    pub fn at(row: &dyn Row, position: usize, error: ValueError) -> Self {
        let mut made = DecodeError::new(position, row.name(position), error);
        made.0.sql_type = row.sql_type(position).map(std::borrow::Cow::into_owned);
        made
    }

    /// An error at a column, counted from 0, where no row is at hand.
    #[cold]
    pub fn new(position: usize, column: Option<&str>, error: ValueError) -> Self {
        DecodeError(Box::new(Inner {
            position: Some(position),
            column: column.map(str::to_owned),
            field: None,
            sql_type: None,
            rust_type: None,
            error,
        }))
    }

    /// An error about a row as a whole: a column that is missing, say.
    #[cold]
    pub fn of_row(error: ValueError) -> Self {
        DecodeError(Box::new(Inner {
            position: None,
            column: None,
            field: None,
            sql_type: None,
            rust_type: None,
            error,
        }))
    }

    /// Adds which type the value was to become.
    #[must_use]
    #[cold]
    pub fn read_as<T>(mut self) -> Self {
        if self.0.rust_type.is_none() {
            self.0.rust_type = Some(short_type_name::<T>());
        }
        self
    }

    /// Adds which field of which model was being read: `User.email`, held by `users.email`.
    #[must_use]
    #[cold]
    pub fn in_field(mut self, model: &str, field: &str, table: &str, column: &str) -> Self {
        if self.0.field.is_none() {
            self.0.field = Some(format!(
                "field `{model}.{field}` (column `{table}.{column}`{}{})",
                self.0.position.map(|position| format!(" at {position}")).unwrap_or_default(),
                self.0.types()
            ));
        }
        self
    }

    /// Adds which field of a struct was being read.
    #[must_use]
    #[cold]
    pub(super) fn in_struct(mut self, of: &str, field: &str) -> Self {
        if self.0.field.is_none() {
            self.0.field = Some(format!("field `{of}.{field}` ({}{})", self.0.place(), self.0.types()));
        }
        self
    }

    /// The index of the column, from 0; `None` where it is none that is wrong.
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// The column's name in the result.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The column's type in the database's words, where the database tells it.
    pub fn sql_type(&self) -> Option<&str> {
        self.0.sql_type.as_deref()
    }

    /// The Rust type that the value was to become, without the paths.
    pub fn rust_type(&self) -> Option<&str> {
        self.0.rust_type.as_deref()
    }
}

impl Inner {
    fn place(&self) -> String {
        match (self.position, &self.column) {
            (Some(position), Some(column)) => format!("column {position}, `{column}`"),
            (Some(position), None) => format!("column {position}"),
            (None, _) => "the row".to_owned(),
        }
    }

    fn types(&self) -> String {
        let mut types = String::new();
        if let Some(sql_type) = &self.sql_type {
            types.push_str(&format!(", of the type `{sql_type}`"));
        }
        if let Some(rust_type) = &self.rust_type {
            types.push_str(&format!(", read as `{rust_type}`"));
        }
        types
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { position, column, field, error, .. } = &*self.0;
        let Some(position) = position else { return error.fmt(f) };
        match (field, column, self.0.types().as_str()) {
            (Some(field), ..) => write!(f, "{field}: {error}"),
            (None, Some(column), types) => write!(f, "column {position} (`{column}`{types}): {error}"),
            (None, None, types) => write!(f, "column {position}{types}: {error}"),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.error)
    }
}
