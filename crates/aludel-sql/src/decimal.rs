//! Exact decimal numbers as text: what drivers and dialects have to know about their digits.

use crate::types::{Type, numeric};
use crate::value::Value;

/// The type of a column that takes every exact decimal: without a precision, MySQL's has no digits behind the point.
pub fn column_type() -> Type {
    let plain = Type::Numeric { precision: None, scale: None };
    plain.with_variant(numeric(65, 30), "mysql").with_variant(numeric(65, 30), "mariadb")
}

/// The digits of an exact decimal that is written plainly: `-12.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits<'t> {
    /// Whether there is a minus sign.
    pub negative: bool,
    /// What stands before the point, without zeros in front; empty where that is nothing.
    pub whole: &'t str,
    /// What stands behind the point, with all its zeros.
    pub fraction: &'t str,
}

impl<'t> Digits<'t> {
    /// Takes a number apart; `None` where the text is anything else (`NaN`, `1e5`, `1;`, the empty text).
    pub fn parse(text: &'t str) -> Option<Digits<'t>> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        Some(Digits { negative, whole: whole.trim_start_matches('0'), fraction })
    }

    /// How many digits stand between the first and the last that are not zero.
    pub fn significant(&self) -> usize {
        let fraction = self.fraction.trim_end_matches('0');
        match (self.whole, fraction) {
            (whole, "") => whole.trim_end_matches('0').len(),
            ("", fraction) => fraction.trim_start_matches('0').len(),
            (whole, fraction) => whole.len() + fraction.len(),
        }
    }
}

/// The integer or the floating-point number that is this decimal and no other: for a database without exact decimals.
/// `None` where there is none: an integer of more than 64 bits, or a number of more than 15 digits with a fraction.
pub fn to_number(text: &str) -> Option<Value> {
    let digits = Digits::parse(text)?;
    if digits.fraction.bytes().all(|digit| digit == b'0') {
        let (whole, _) = text.split_once('.').unwrap_or((text, ""));
        if let Ok(number) = whole.parse() {
            return Some(Value::I64(number));
        }
        if digits.whole.is_empty() {
            return Some(Value::I64(0));
        }
    }
    // So many digits come back from a floating-point number as they were.
    let number = text.parse::<f64>().ok()?;
    (digits.significant() <= 15 && number.is_normal()).then_some(Value::F64(number))
}

/// A floating-point number to the 15 digits that it holds for sure, as `1.5e3`; `None` for what is no number.
pub fn from_f64(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number:.14e}");
    let (digits, exponent) = text.split_once('e')?;
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    Some(format!("{digits}e{exponent}"))
}

/// The shortest decimal that is read back as the same floating-point number, without an exponent.
pub fn shortest(number: f64) -> String {
    match number {
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        number => format!("{number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_taken_apart() {
        for text in ["0", "-1", "+1.50", ".5", "5.", "007", "12345678901234567890.00001"] {
            assert!(Digits::parse(text).is_some(), "{text}");
        }
        for text in ["", ".", "-", "NaN", "1e5", "1;", "1 ", "0x1", "1.2.3", "--1", "１"] {
            assert_eq!(Digits::parse(text), None, "{text}");
        }
    }

    #[test]
    fn significant_digits() {
        for (text, count) in [("0", 0), ("0.00", 0), ("100", 1), ("1.50", 2), ("0.0012", 2), ("10.01", 4)] {
            assert_eq!(Digits::parse(text).map(|digits| digits.significant()), Some(count), "{text}");
        }
    }

    #[test]
    fn numbers_without_loss() {
        for (text, number) in [
            ("0.00", Some(Value::I64(0))),
            ("-7.000", Some(Value::I64(-7))),
            ("-.0", Some(Value::I64(0))),
            ("9223372036854775807", Some(Value::I64(i64::MAX))),
            ("9223372036854775808", None),
            ("100000000000000000000", Some(Value::F64(1e20))),
            ("0.1", Some(Value::F64(0.1))),
            ("123456789.012345", Some(Value::F64(123_456_789.012_345))),
            ("1234567890.0123456", None),
            ("NaN", None),
        ] {
            assert_eq!(to_number(text), number, "{text}");
        }
    }

    #[test]
    fn floats_keep_fifteen_digits() {
        assert_eq!(from_f64(0.1 + 0.2).as_deref(), Some("3e-1"));
        assert_eq!(from_f64(-1500.0).as_deref(), Some("-1.5e3"));
        assert_eq!(from_f64(0.0).as_deref(), Some("0e0"));
        assert_eq!(from_f64(f64::NAN), None);
        assert_eq!(shortest(1e21), "1000000000000000000000");
        assert_eq!(shortest(f64::NAN), "NaN");
    }
}
