//! [`SqlType`] for bigdecimal's number: as many digits as a database takes.

use std::str::FromStr;

use bigdecimal::BigDecimal;

use super::{Element, RangeElement, SqlType, Type, ValueError};
use crate::decimal;
use crate::value::{MakeValue, Value, ValueRef};

/// More digits than any database's column holds. A `BigDecimal` of `1e1000000000` is small until it is written out.
const MOST_DIGITS: u64 = 200_000;

impl SqlType for BigDecimal {
    fn sql_type() -> Type {
        decimal::column_type()
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let number = match value {
            // Exact decimals travel as text.
            ValueRef::Text(text) | ValueRef::Decimal(text) => BigDecimal::from_str(text).ok(),
            ValueRef::I64(number) => Some(number.into()),
            ValueRef::U64(number) => Some(number.into()),
            // SQLite keeps a number with a fraction in this form.
            ValueRef::F64(number) => {
                decimal::from_f64(number).and_then(|text| BigDecimal::from_str(&text).ok())
            }
            _ => None,
        };
        number.ok_or_else(|| ValueError::mismatch("an exact decimal", value))
    }
}

impl MakeValue for BigDecimal {
    fn make_value(&self) -> Value {
        let (_, scale) = self.as_bigint_and_exponent();
        if scale.unsigned_abs().saturating_add(self.digits()) > MOST_DIGITS {
            return ValueError::new("the exact decimal has more digits than any database holds").into();
        }
        Value::Decimal(self.to_plain_string())
    }
}

impl Element for BigDecimal {}
impl RangeElement for BigDecimal {}
