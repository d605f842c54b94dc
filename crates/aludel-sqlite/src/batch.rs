//! Rows on their way from a connection's own thread: all values of a batch in two pieces of memory.

use std::borrow::Cow;
use std::sync::Arc;

use aludel_sql::decode::Row;
use aludel_sql::types::ValueError;
use aludel_sql::{Value, ValueRef};

/// A batch is full with so many bytes of text, however few rows they are.
const MOST_BYTES: usize = 256 * 1024;

/// Some rows of one result.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    columns: Arc<[Column]>,
    rows: usize,
    cells: Vec<Cell>,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Column {
    name: Option<Box<str>>,
    sql_type: Option<Box<str>>,
}

#[derive(Debug)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    /// From the first byte to behind the last.
    Text(usize, usize),
    Blob(usize, usize),
    /// What SQLite has no kind for; never from a row of its own.
    Other(Value),
    /// What could not be read.
    Failed(ValueError),
}

impl Batch {
    /// An empty one of the same result.
    pub(crate) fn next(&self) -> Batch {
        Batch { columns: Arc::clone(&self.columns), ..Batch::default() }
    }

    /// Leaves nothing in it but the room, for rows of the same result.
    pub(crate) fn clear(&mut self) {
        self.rows = 0;
        self.cells.clear();
        self.bytes.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Whether it holds as much as is good to hand over at once.
    pub(crate) fn is_full(&self, most: usize) -> bool {
        self.rows >= most || self.bytes.len() >= MOST_BYTES
    }

    pub(crate) fn push(&mut self, row: &dyn Row) {
        let width = row.width();
        if self.columns.len() != width {
            let column = |index| Column {
                name: row.name(index).map(Box::from),
                sql_type: row.sql_type(index).map(Box::from),
            };
            self.columns = (0..width).map(column).collect();
        }
        for index in 0..width {
            let cell = match row.value(index) {
                Ok(ValueRef::Null) => Cell::Null,
                Ok(ValueRef::I64(number)) => Cell::Integer(number),
                Ok(ValueRef::F64(number)) => Cell::Real(number),
                Ok(ValueRef::Text(text)) => {
                    let (start, end) = self.keep(text.as_bytes());
                    Cell::Text(start, end)
                }
                Ok(ValueRef::Bytes(bytes)) => {
                    let (start, end) = self.keep(bytes);
                    Cell::Blob(start, end)
                }
                Ok(other) => Cell::Other(other.to_owned()),
                Err(error) => Cell::Failed(error),
            };
            self.cells.push(cell);
        }
        self.rows += 1;
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }

    pub(crate) fn row(&self, number: usize) -> BatchRow<'_> {
        let width = self.columns.len();
        BatchRow {
            batch: self,
            cells: self.cells.get(number * width..(number + 1) * width).unwrap_or_default(),
        }
    }
}

/// One row of a batch.
pub(crate) struct BatchRow<'b> {
    batch: &'b Batch,
    cells: &'b [Cell],
}

impl Row for BatchRow<'_> {
    fn width(&self) -> usize {
        self.cells.len()
    }

    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        let bytes = |start: usize, end: usize| self.batch.bytes.get(start..end).unwrap_or_default();
        match self.cells.get(index) {
            Some(Cell::Null) => Ok(ValueRef::Null),
            Some(Cell::Integer(number)) => Ok(ValueRef::I64(*number)),
            Some(Cell::Real(number)) => Ok(ValueRef::F64(*number)),
            // It was looked at when it was read; to look again is cheap, and nothing here may panic.
            Some(Cell::Text(start, end)) => match std::str::from_utf8(bytes(*start, *end)) {
                Ok(text) => Ok(ValueRef::Text(text)),
                Err(error) => Err(ValueError::new(error.to_string())),
            },
            Some(Cell::Blob(start, end)) => Ok(ValueRef::Bytes(bytes(*start, *end))),
            Some(Cell::Other(value)) => Ok(value.as_ref()),
            Some(Cell::Failed(error)) => Err(error.clone()),
            None => Err(crate::codec::no_such_column(index, self.width())),
        }
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.batch.columns.get(index)?.name.as_deref()
    }

    fn sql_type(&self, index: usize) -> Option<Cow<'_, str>> {
        self.batch.columns.get(index)?.sql_type.as_deref().map(Cow::Borrowed)
    }
}
