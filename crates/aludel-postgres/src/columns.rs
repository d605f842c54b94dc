//! Rows as columns: an array for each column, which one insert takes apart again.
//!
//! The text of such an insert is the same however many rows there are, so the server plans it once, and the rows cross
//! the wire in one message.

use std::error::Error as StdError;
use std::fmt;

use aludel_engine::driver::ManyInsert;
use aludel_sql::ValueRef;
use aludel_sql::encode::ParameterRows;
use bytes::BytesMut;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type};

use crate::codec::{Class, base};
use crate::parameter::Encoder;

/// Rows are sent in pieces of about so many bytes.
const PIECE: usize = 16 << 20;

/// How the values of a column travel.
#[derive(Debug)]
struct Way {
    /// The type of the array's elements.
    element: Type,
    /// The type that text is turned into on the server, where the column's own has no binary form here.
    cast: Option<Type>,
}

/// How the rows of an insert travel as columns.
#[derive(Debug)]
pub(crate) struct Columns(Vec<Way>);

impl Columns {
    /// By the types of the parameters of an insert of one row. `None` where a column can't travel so: `unnest` takes
    /// arrays of arrays wholly apart.
    pub(crate) fn of(types: &[Type]) -> Option<Self> {
        types.iter().map(way).collect::<Option<Vec<_>>>().map(Columns)
    }

    /// The insert of rows that come as arrays, in their order.
    pub(crate) fn sql(&self, insert: &ManyInsert<'_>) -> String {
        let each = |write: &dyn Fn(usize, &Way) -> String| {
            let parts: Vec<String> =
                self.0.iter().enumerate().map(|(index, way)| write(index, way)).collect();
            parts.join(", ")
        };
        let values = each(&|index, way| match &way.cast {
            Some(ty) => format!("u.c{index}::{}", name(ty)),
            None => format!("u.c{index}"),
        });
        let arrays = each(&|index, way| format!("${}::{}[]", index + 1, name(&way.element)));
        let columns = each(&|index, _| format!("c{index}"));
        insert.with_values(&format!(
            " SELECT {values} FROM unnest({arrays}) WITH ORDINALITY AS u({columns}, ordinality) ORDER BY u.ordinality"
        ))
    }

    /// The rows from `start` on, as many as fit into a piece. `None` where a value can't travel so; sent by itself, it
    /// may be taken, or be refused with the reason.
    pub(crate) fn gather(&self, rows: &dyn ParameterRows, start: usize) -> Option<(usize, Vec<Array>)> {
        let mut arrays: Vec<Array> = self.0.iter().map(|_| Array::default()).collect();
        let mut row = start;
        let mut size = 0;
        while row < rows.rows() && (row == start || size < PIECE) {
            for (index, (array, way)) in arrays.iter_mut().zip(&self.0).enumerate() {
                size += array.push(index, way, rows.value(row, index))?;
            }
            row += 1;
        }
        Some((row, arrays))
    }
}

fn way(ty: &Type) -> Option<Way> {
    let behind = base(ty);
    match (Class::of(behind), behind.kind()) {
        (_, Kind::Array(_) | Kind::Pseudo) | (Class::Array | Class::Void, _) => None,
        (Class::Other, _) => Some(Way { element: Type::TEXT, cast: Some(behind.clone()) }),
        _ => Some(Way { element: behind.clone(), cast: None }),
    }
}

/// A type's name in quotes, with its schema.
fn name(ty: &Type) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    format!("{}.{}", quoted(ty.schema()), quoted(ty.name()))
}

/// The values of a column.
#[derive(Default)]
pub(crate) struct Array {
    /// Each element's length and bytes.
    data: BytesMut,
    length: i32,
    nulls: bool,
}

impl Array {
    /// Adds an element, and tells how many bytes it takes.
    fn push(&mut self, index: usize, way: &Way, value: ValueRef<'_>) -> Option<usize> {
        let at = self.data.len();
        self.length = self.length.checked_add(1)?;
        self.data.extend_from_slice(&(-1_i32).to_be_bytes());
        let value = value.resolve();
        let value = value.as_ref();
        let (class, own_form) = (Class::of(&way.element), !matches!(value, ValueRef::Text(_)));
        if way.cast.is_some() && own_form && !value.is_null() {
            return None;
        }
        // Other text is read by the server, which it can do with what is sent as text.
        if !own_form && !matches!(class, Class::Text | Class::Jsonb | Class::Numeric) {
            return None;
        }
        match (Encoder { index, value }).encode_inside(&way.element, &mut self.data).ok()? {
            IsNull::Yes => self.nulls = true,
            IsNull::No => {
                let size = i32::try_from(self.data.len() - at - 4).ok()?;
                self.data.get_mut(at..at + 4)?.copy_from_slice(&size.to_be_bytes());
            }
        }
        Some(self.data.len() - at)
    }
}

/// Nothing of the values: tokio-postgres writes parameters to its debug log.
impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {}", self.length)
    }
}

impl ToSql for Array {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let Kind::Array(element) = ty.kind() else {
            return Err(format!("an array was sent where the statement takes `{ty}`").into());
        };
        // One dimension, whether there are nulls, the type of the elements, how many there are, and the first index.
        for number in [1, i32::from(self.nulls)] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&element.oid().to_be_bytes());
        for number in [self.length, 1] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.data);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.to_sql(ty, out)
    }
}
