//! Rows whose columns are known at run time only.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Weak};

use super::named::listed;
use super::{DecodeError, FromRow, Row, RowReader};
use crate::types::{Field, ValueError};
use crate::value::{Value, ValueRef};

/// A row of any shape: its values by place, counted from 0, and by name. Mirrors SQLAlchemy's `Row` and `RowMapping`.
///
/// ```
/// use aludel_sql::decode::{DynamicRow, FromRow, RowReader};
/// # use aludel_sql::{ValueRef, types::ValueError, decode::Row};
/// # struct Alice;
/// # impl Row for Alice {
/// #     fn width(&self) -> usize { 2 }
/// #     fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
/// #         Ok(if index == 0 { ValueRef::I64(1) } else { ValueRef::Text("alice") })
/// #     }
/// #     fn name(&self, index: usize) -> Option<&str> { ["id", "name"].get(index).copied() }
/// # }
/// # let row = DynamicRow::from_row(&mut RowReader::new(&Alice))?;
/// // let row = connection.one(sql("SELECT id, name FROM users").rows::<DynamicRow>()).await?;
/// assert_eq!(row.get::<i64>(0)?, 1);
/// assert_eq!(row.get::<String>("name")?, "alice");
/// assert_eq!(row.names().collect::<Vec<_>>(), ["id", "name"]);
/// assert_eq!(row.read::<(i64, String)>()?, (1, "alice".to_owned()));
/// # Ok::<(), aludel_sql::decode::DecodeError>(())
/// ```
///
/// What of SQLAlchemy's `Result` is which call here:
///
/// | SQLAlchemy | here |
/// |---|---|
/// | `result.all()`, `first()`, `one()`, `one_or_none()` | `connection.all(query)`, `first`, `one`, `one_or_none` |
/// | `scalars().all()` | `all(sql("…").rows::<i64>())`: a row of one column is its value |
/// | `scalar()` | `first(…)` of such a query |
/// | `scalar_one()`, `scalar_one_or_none()` | `one(…)` and `one_or_none(…)` of such a query |
/// | `row.name`, `row[0]` | a field of a struct with `#[derive(FromRow)]`, or of a tuple; [`get`](Self::get) |
/// | `mappings()` | `rows::<DynamicRow>()`, and [`iter`](Self::iter) for names with values |
/// | `row._fields`, `result.keys()` | [`names`](Self::names) |
/// | `columns(1, 0)` | the columns of the query in that order |
/// | `unique()` | `DISTINCT`, or a set to collect into; objects whose relations are loaded along come once anyway |
/// | `yield_per(n)`, `partitions(n)` | `connection.stream(query).yield_per(n)`, and `.partitions(n)` behind it |
#[derive(Clone, PartialEq)]
pub struct DynamicRow {
    names: Arc<[Box<str>]>,
    values: Box<[Value]>,
}

/// What a column is asked for by: its place, counted from 0, or its name.
pub trait ColumnIndex: sealed::Sealed {
    /// The column's place.
    ///
    /// # Errors
    /// Where there is no such column, or there are two of the name.
    fn position(&self, row: &DynamicRow) -> Result<usize, DecodeError>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for usize {}
    impl Sealed for str {}
    impl Sealed for String {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

impl ColumnIndex for usize {
    fn position(&self, row: &DynamicRow) -> Result<usize, DecodeError> {
        if *self < row.len() {
            return Ok(*self);
        }
        Err(DecodeError::of_row(ValueError::new(format!(
            "the row has {} columns, so there is none at {self} (counted from 0)",
            row.len()
        ))))
    }
}

impl ColumnIndex for str {
    fn position(&self, row: &DynamicRow) -> Result<usize, DecodeError> {
        let mut found = (0..row.len()).filter(|position| row.name(*position) == Some(self));
        let error = match (found.next(), found.next()) {
            (Some(position), None) => return Ok(position),
            (Some(first), Some(second)) => format!(
                "the columns {first} and {second} both have the name `{self}`: ask for one by its place, or give it another \
                 name with `AS`"
            ),
            (None, _) => format!("there is no column `{self}`: {}", listed(row.names())),
        };
        Err(DecodeError::of_row(ValueError::new(error)))
    }
}

impl ColumnIndex for String {
    fn position(&self, row: &DynamicRow) -> Result<usize, DecodeError> {
        self.as_str().position(row)
    }
}

impl<T: ColumnIndex + ?Sized> ColumnIndex for &T {
    fn position(&self, row: &DynamicRow) -> Result<usize, DecodeError> {
        (**self).position(row)
    }
}

impl DynamicRow {
    /// The value of a column as a Rust type.
    ///
    /// # Errors
    /// Where there is no such column (the error names those that there are), where two have the name, or where the value
    /// does not fit the type.
    pub fn get<T: Field>(&self, column: impl ColumnIndex) -> Result<T, DecodeError> {
        let position = column.position(self)?;
        let value = self.value(position).and_then(T::from_value);
        value.map_err(|error| DecodeError::at(self, position, error).read_as::<T>())
    }

    /// The value of a column as the driver gave it.
    ///
    /// # Errors
    /// Where there is no such column, or two have the name.
    pub fn get_value(&self, column: impl ColumnIndex) -> Result<&Value, DecodeError> {
        let position = column.position(self)?;
        self.values
            .get(position)
            .ok_or_else(|| DecodeError::at(self, position, no_such_column(self, position)))
    }

    /// The whole row as a tuple, a model or a struct with `#[derive(FromRow)]`.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn read<R: FromRow>(&self) -> Result<R, DecodeError> {
        R::from_row(&mut RowReader::new(self))
    }

    /// The columns' names, from left to right.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Whether a column has the name.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Names with values, from left to right. Collected into a map they are what SQLAlchemy's `mappings()` gives.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.names().zip(&self.values)
    }

    /// The values, from left to right.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values by themselves.
    pub fn into_values(self) -> Vec<Value> {
        self.values.into_vec()
    }
}

#[cold]
fn no_such_column(row: &DynamicRow, position: usize) -> ValueError {
    ValueError::new(format!(
        "the row has {} columns, so there is none at {position} (counted from 0)",
        row.len()
    ))
}

impl Row for DynamicRow {
    fn width(&self) -> usize {
        self.values.len()
    }

    fn value(&self, index: usize) -> Result<ValueRef<'_>, ValueError> {
        self.values.get(index).map(Value::as_ref).ok_or_else(|| no_such_column(self, index))
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(|name| &**name)
    }
}

/// All columns that are left: in a tuple, and in a struct that flattens it, it stands last.
impl FromRow for DynamicRow {
    fn width() -> usize {
        0
    }

    fn from_row(reader: &mut RowReader<'_>) -> Result<Self, DecodeError> {
        let (row, start) = (reader.row, reader.position);
        let end = row.width().max(start);
        let value = |index| match row.value(index) {
            Ok(value) => Ok(value.to_owned()),
            Err(error) => Err(DecodeError::at(row, index, error).read_as::<Self>()),
        };
        let values = (start..end).map(value).collect::<Result<_, _>>()?;
        reader.position = end;
        Ok(DynamicRow { names: shared_names(row, start, end), values })
    }

    fn is_absent(row: &RowReader<'_>) -> bool {
        let (row, start) = (row.row, row.position);
        start < row.width() && (start..row.width()).all(|index| row.value(index).is_ok_and(ValueRef::is_null))
    }
}

thread_local! {
    /// The names of the row that this thread read last. The next one is most probably of the same result: then the rows
    /// share them, and nothing is copied. They are compared each time, so whose they were does not matter.
    static LAST: RefCell<Weak<[Box<str>]>> = RefCell::new(Weak::<[Box<str>; 0]>::new());
}

fn shared_names(row: &dyn Row, start: usize, end: usize) -> Arc<[Box<str>]> {
    let name = |index| row.name(index).unwrap_or_default();
    // Not even a thread that ends has to do without rows, only without sharing.
    let last = LAST.try_with(|last| last.borrow().upgrade());
    if let Ok(Some(last)) = last
        && last.len() == end - start
        && last.iter().zip(start..end).all(|(known, index)| **known == *name(index))
    {
        return last;
    }
    let names: Arc<[Box<str>]> = (start..end).map(|index| Box::from(name(index))).collect();
    let _ = LAST.try_with(|last| last.replace(Arc::downgrade(&names)));
    names
}

impl fmt::Debug for DynamicRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
