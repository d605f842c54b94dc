//! Lengths of time as plain numbers.

use std::fmt;

/// A length of time, kept as PostgreSQL keeps one: months and days are apart, because neither has a fixed length.
///
/// The three parts may have different signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Whole months; twelve make a year.
    pub months: i32,
    /// Whole days.
    pub days: i32,
    /// The rest.
    pub microseconds: i64,
}

const DAY_MICROSECONDS: i64 = 86_400_000_000;

impl Interval {
    /// A length of time that a clock measures.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Interval { months: 0, days: 0, microseconds }
    }

    /// The whole length in microseconds with days of 24 hours; `None` where there are months, whose length nobody
    /// knows, or where it is out of range.
    pub fn to_microseconds(self) -> Option<i64> {
        if self.months != 0 {
            return None;
        }
        i64::from(self.days).checked_mul(DAY_MICROSECONDS)?.checked_add(self.microseconds)
    }

    /// The words that a SQL literal holds: whole numbers with a sign each, which every part of the range survives.
    pub(crate) fn to_sql_words(self) -> String {
        let (seconds, rest) = (self.microseconds / 1_000_000, self.microseconds % 1_000_000);
        format!("{} months {} days {seconds} seconds {rest} microseconds", self.months, self.days)
    }
}

/// In ISO 8601's way: `P14M3DT4.5S`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        if self.months != 0 {
            write!(f, "{}M", self.months)?;
        }
        if self.days != 0 {
            write!(f, "{}D", self.days)?;
        }
        if self.microseconds != 0 || (self.months == 0 && self.days == 0) {
            let sign = if self.microseconds < 0 { "-" } else { "" };
            let (seconds, rest) =
                (self.microseconds.unsigned_abs() / 1_000_000, self.microseconds.unsigned_abs() % 1_000_000);
            write!(f, "T{sign}{seconds}")?;
            if rest != 0 {
                write!(f, "{}", format!(".{rest:06}").trim_end_matches('0'))?;
            }
            f.write_str("S")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn text_has_the_parts_that_there_are() {
        let text = |months, days, microseconds| Interval { months, days, microseconds }.to_string();
        assert_eq!(text(0, 0, 0), "PT0S");
        assert_eq!(text(14, -3, 4_500_000), "P14M-3DT4.5S");
        assert_eq!(text(0, 1, -1), "P1DT-0.000001S");
        assert_eq!(text(1, 0, 0), "P1M");
    }

    #[test]
    fn months_have_no_length() {
        assert_eq!(Interval { months: 1, days: 0, microseconds: 0 }.to_microseconds(), None);
        assert_eq!(
            Interval { months: 0, days: -2, microseconds: 5 }.to_microseconds(),
            Some(-172_799_999_995)
        );
        assert_eq!(Interval { months: 0, days: 1, microseconds: i64::MAX }.to_microseconds(), None);
    }
}
