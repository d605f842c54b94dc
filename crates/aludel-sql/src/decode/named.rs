//! Columns by their names: what `#[derive(FromRow)]` reads with.

use super::{DecodeError, FromRow, RowReader};
use crate::types::{Field, ValueError};
use crate::value::ValueRef;

/// Reads the columns of a struct by their names, in any order.
///
/// Nothing is kept from row to row. A column is looked for where it is expected, behind the one that was read before it,
/// which costs one comparison; only where another stands there are all names looked through.
pub struct NamedReader<'r> {
    reader: RowReader<'r>,
    start: usize,
    end: usize,
    of: &'static str,
}

impl<'r> NamedReader<'r> {
    /// Begins to read a struct with so many columns where the row's reader stands. Within a struct that is read by names
    /// already, it is that one's columns that are looked through.
    pub fn new(row: &RowReader<'r>, width: usize, of: &'static str) -> Self {
        let (start, end) = row.scope.unwrap_or((row.position, row.position + width));
        let reader = RowReader { row: row.row, position: row.position, scope: Some((start, end)) };
        NamedReader { reader, start, end, of }
    }

    /// Reads the column of a field.
    ///
    /// # Errors
    /// Where there is no column of the name, or two that could be meant, or where its value does not fit.
    #[inline]
    pub fn read<T: Field>(&mut self, field: &str, column: &str) -> Result<T, DecodeError> {
        match self.find(column)? {
            Some(position) => self.read_at(position, field),
            None => Err(self.missing(field, column)),
        }
    }

    /// Reads the column of a field where there is one.
    ///
    /// # Errors
    /// Where there are two that could be meant, or the value does not fit.
    pub fn read_or_default<T: Field + Default>(
        &mut self,
        field: &str,
        column: &str,
    ) -> Result<T, DecodeError> {
        match self.find(column)? {
            Some(position) => self.read_at(position, field),
            None => Ok(T::default()),
        }
    }

    /// Reads what is made of several columns.
    ///
    /// # Errors
    /// Where they do not fit.
    pub fn flatten<T: FromRow>(&mut self) -> Result<T, DecodeError> {
        T::from_row(&mut self.reader)
    }

    /// Whether there is such a column, and it is `NULL`.
    pub fn is_null(&mut self, column: &str) -> bool {
        let Ok(Some(position)) = self.find(column) else { return false };
        self.reader.position = position + 1;
        self.reader.row.value(position).is_ok_and(ValueRef::is_null)
    }

    /// Whether what is made of several columns is absent.
    pub fn is_absent<T: FromRow>(&mut self) -> bool {
        let absent = T::is_absent(&self.reader);
        self.reader.skip(T::width());
        absent
    }

    /// Moves the row's own reader behind the struct.
    pub fn finish(self, row: &mut RowReader<'_>) {
        row.position = if row.scope.is_some() { self.reader.position } else { self.end };
    }

    #[inline]
    fn read_at<T: Field>(&mut self, position: usize, field: &str) -> Result<T, DecodeError> {
        self.reader.position = position;
        self.reader.read().map_err(|error| error.in_struct(self.of, field))
    }

    #[inline]
    fn find(&self, column: &str) -> Result<Option<usize>, DecodeError> {
        let expected = self.reader.position;
        if expected < self.end && self.reader.row.name(expected) == Some(column) {
            return Ok(Some(expected));
        }
        self.search(column)
    }

    /// The struct's own columns go before those that stand behind it.
    fn search(&self, column: &str) -> Result<Option<usize>, DecodeError> {
        let row = self.reader.row;
        for range in [self.start..self.end, self.end..row.width()] {
            let mut found = range.filter(|position| row.name(*position) == Some(column));
            match (found.next(), found.next()) {
                (None, _) => {}
                (found, None) => return Ok(found),
                (Some(first), Some(second)) => return Err(self.ambiguous(column, first, second)),
            }
        }
        Ok(None)
    }

    #[cold]
    fn ambiguous(&self, column: &str, first: usize, second: usize) -> DecodeError {
        DecodeError::of_row(ValueError::new(format!(
            "`{}` wants the column `{column}`, but the columns {first} and {second} both have that name: give one of them \
             another with `AS`",
            self.of
        )))
    }

    #[cold]
    fn missing(&self, field: &str, column: &str) -> DecodeError {
        let row = self.reader.row;
        let names = listed((0..row.width()).filter_map(|position| row.name(position)));
        DecodeError::of_row(ValueError::new(format!(
            "there is no column `{column}` for the field `{}.{field}`: {names}. Name one so with `AS`, or say \
             `#[from_row(rename = \"…\")]`, or `#[from_row(default)]` where it may be missing",
            self.of
        )))
    }
}

/// "the row has `a`, `b`".
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "the row has no columns".to_owned()
    } else {
        format!("the row has {}", names.join(", "))
    }
}
