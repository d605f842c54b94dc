//! [`SqlType`] for the types of the standard library.

use super::{SqlType, Type, ValueError};
use crate::value::ValueRef;

macro_rules! integers {
    ($($rust:ty => $sql:expr),+ $(,)?) => {$(
        impl SqlType for $rust {
            fn sql_type() -> Type {
                $sql
            }

            fn to_value(&self) -> ValueRef<'_> {
                ValueRef::I64(i64::from(*self))
            }

            #[inline]
            fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
                let number = integer(value, stringify!($rust))?;
                <$rust>::try_from(number).map_err(|_| {
                    ValueError::new(format!("{number} is out of range for `{}`", stringify!($rust)))
                })
            }
        }
    )+};
}

integers! {
    i8 => Type::SmallInteger,
    i16 => Type::SmallInteger,
    i32 => Type::Integer,
    i64 => Type::BigInteger,
    u8 => Type::SmallInteger,
    u16 => Type::Integer,
    u32 => Type::BigInteger,
}

/// Stored as an exact decimal of 20 digits, because no database has a 64-bit integer without a sign but MySQL, whose
/// `BIGINT UNSIGNED` is read and written, too. SQLite refuses a value above `i64::MAX`, which it could only round.
impl SqlType for u64 {
    fn sql_type() -> Type {
        Type::Numeric { precision: Some(20), scale: Some(0) }
    }

    fn to_value(&self) -> ValueRef<'_> {
        i64::try_from(*self).map_or(ValueRef::U64(*self), ValueRef::I64)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::U64(number) => Ok(number),
            // Beyond what a signed integer holds.
            ValueRef::Text(text) if text.len() >= 19 => {
                text.parse().map_err(|_| ValueError::mismatch("u64", value))
            }
            _ => {
                let number = integer(value, "u64")?;
                u64::try_from(number)
                    .map_err(|_| ValueError::new(format!("{number} is out of range for `u64`")))
            }
        }
    }
}

#[inline]
fn integer(value: ValueRef<'_>, wanted: &str) -> Result<i64, ValueError> {
    match value {
        ValueRef::I64(number) => Ok(number),
        ValueRef::Bool(flag) => Ok(flag.into()),
        // SQLite keeps whole numbers of a REAL or NUMERIC column in either form.
        ValueRef::F64(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => Ok(number as i64),
        // Exact decimals travel as text, and the sum of a column of integers is one on PostgreSQL and MySQL.
        ValueRef::Text(text) | ValueRef::Decimal(text) => {
            text.parse().map_err(|_| ValueError::mismatch(wanted, value))
        }
        ValueRef::U64(number) => i64::try_from(number)
            .map_err(|_| ValueError::new(format!("{number} is out of range for `{wanted}`"))),
        other => Err(ValueError::mismatch(wanted, other)),
    }
}

impl SqlType for f64 {
    fn sql_type() -> Type {
        Type::Double
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::F64(*self)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::F64(number) => Ok(number),
            ValueRef::I64(number) => Ok(number as f64),
            ValueRef::U64(number) => Ok(number as f64),
            // Exact decimals travel as text.
            ValueRef::Text(text) | ValueRef::Decimal(text) => {
                text.parse().map_err(|_| ValueError::mismatch("f64", value))
            }
            other => Err(ValueError::mismatch("f64", other)),
        }
    }
}

impl SqlType for f32 {
    fn sql_type() -> Type {
        // At least 32 bits, wherever `FLOAT` alone may be more or less.
        Type::Float { precision: Some(24) }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::F64(f64::from(*self))
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        <f64 as SqlType>::from_value(value).map(|number| number as f32)
    }
}

impl SqlType for bool {
    fn sql_type() -> Type {
        Type::Boolean
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Bool(*self)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Bool(flag) => Ok(flag),
            ValueRef::I64(0) => Ok(false),
            ValueRef::I64(1) => Ok(true),
            other => Err(ValueError::mismatch("bool", other)),
        }
    }
}

impl SqlType for String {
    fn sql_type() -> Type {
        Type::String { length: None }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }

    #[inline]
    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Text(text) => Ok(text.to_owned()),
            // SQLite gives a number back as a number where it was stored as one in a column without text affinity.
            ValueRef::I64(_)
            | ValueRef::U64(_)
            | ValueRef::Date(_)
            | ValueRef::Time(_)
            | ValueRef::Timestamp(_)
            | ValueRef::Interval(_)
            | ValueRef::Uuid(_)
            | ValueRef::Network(_) => Ok(value.to_string()),
            ValueRef::Decimal(text) | ValueRef::Json(text) => Ok(text.to_owned()),
            other => Err(ValueError::mismatch("String", other)),
        }
    }
}

impl SqlType for Vec<u8> {
    fn sql_type() -> Type {
        Type::Binary { length: None }
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Bytes(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Bytes(bytes) => Ok(bytes.to_vec()),
            ValueRef::Text(text) => Ok(text.as_bytes().to_vec()),
            other => Err(ValueError::mismatch("Vec<u8>", other)),
        }
    }
}
