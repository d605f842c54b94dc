//! [`SqlType`] for rust_decimal's number: up to 28 digits.

use rust_decimal::Decimal;

use super::{Element, RangeElement, SqlType, Type, ValueError};
use crate::decimal;
use crate::value::{MakeValue, Value, ValueRef};

impl SqlType for Decimal {
    fn sql_type() -> Type {
        decimal::column_type()
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        let number = match value {
            // Exact decimals travel as text.
            ValueRef::Text(text) | ValueRef::Decimal(text) => exact(text),
            ValueRef::I64(number) => Some(Decimal::from(number)),
            ValueRef::U64(number) => Some(Decimal::from(number)),
            // SQLite keeps a number with a fraction in this form.
            ValueRef::F64(number) => decimal::from_f64(number)
                .and_then(|text| Decimal::from_scientific(&text).ok())
                .map(|number| number.normalize()),
            _ => None,
        };
        number.ok_or_else(|| ValueError::mismatch("an exact decimal of up to 28 digits", value))
    }
}

/// Without rounding. A column may have more digits behind the point than fit, but then they are zeros.
fn exact(text: &str) -> Option<Decimal> {
    let shorter = || text.contains('.').then(|| text.trim_end_matches('0'));
    Decimal::from_str_exact(text).ok().or_else(|| Decimal::from_str_exact(shorter()?).ok())
}

impl MakeValue for Decimal {
    fn make_value(&self) -> Value {
        Value::Decimal(self.to_string())
    }
}

impl Element for Decimal {}
impl RangeElement for Decimal {}
