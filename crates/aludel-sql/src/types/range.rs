//! Ranges of values, as PostgreSQL has them.

use std::ops::Bound;

use super::{SqlType, Type, ValueError};
use crate::value::{MakeValue, Value, ValueRef};

/// A range of values between two bounds, or the range that holds nothing.
///
/// PostgreSQL brings ranges of integers and dates to one form: what is written as `[1, 5]` is read as `[1, 6)`. Mirrors
/// SQLAlchemy's `Range`.
///
/// ```
/// use aludel_sql::types::Range;
///
/// let weeks = Range::from(1..5);
/// assert_eq!(weeks.lower(), Some(&1));
/// assert!(Range::<i32>::Empty.is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Range<T> {
    /// Nothing is in it.
    #[default]
    Empty,
    /// What lies between the lower bound and the upper bound.
    Bounds(Bound<T>, Bound<T>),
}

impl<T> Range<T> {
    /// Everything.
    pub const fn unbounded() -> Self {
        Range::Bounds(Bound::Unbounded, Bound::Unbounded)
    }

    /// Whether it is [`Range::Empty`].
    pub const fn is_empty(&self) -> bool {
        matches!(self, Range::Empty)
    }

    /// The value of the lower bound, where there is one.
    pub const fn lower(&self) -> Option<&T> {
        match self {
            Range::Bounds(Bound::Included(value) | Bound::Excluded(value), _) => Some(value),
            _ => None,
        }
    }

    /// The value of the upper bound, where there is one.
    pub const fn upper(&self) -> Option<&T> {
        match self {
            Range::Bounds(_, Bound::Included(value) | Bound::Excluded(value)) => Some(value),
            _ => None,
        }
    }

    /// The range with its bounds turned into something else.
    ///
    /// # Errors
    /// The first that `turn` gives.
    pub fn try_map<U, E>(&self, mut turn: impl FnMut(&T) -> Result<U, E>) -> Result<Range<U>, E> {
        let Range::Bounds(lower, upper) = self else { return Ok(Range::Empty) };
        let mut bound = |bound: &Bound<T>| {
            Ok(match bound {
                Bound::Included(value) => Bound::Included(turn(value)?),
                Bound::Excluded(value) => Bound::Excluded(turn(value)?),
                Bound::Unbounded => Bound::Unbounded,
            })
        };
        Ok(Range::Bounds(bound(lower)?, bound(upper)?))
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        Range::Bounds(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

impl<T> From<std::ops::RangeInclusive<T>> for Range<T> {
    fn from(range: std::ops::RangeInclusive<T>) -> Self {
        let (start, end) = range.into_inner();
        Range::Bounds(Bound::Included(start), Bound::Included(end))
    }
}

impl<T> From<std::ops::RangeFrom<T>> for Range<T> {
    fn from(range: std::ops::RangeFrom<T>) -> Self {
        Range::Bounds(Bound::Included(range.start), Bound::Unbounded)
    }
}

impl<T> From<std::ops::RangeTo<T>> for Range<T> {
    fn from(range: std::ops::RangeTo<T>) -> Self {
        Range::Bounds(Bound::Unbounded, Bound::Excluded(range.end))
    }
}

/// A type of which PostgreSQL has ranges: `i32`, `i64`, exact decimals, dates and timestamps.
///
/// For a type of one's own that is stored as one of these: `impl RangeElement for Money {}`.
#[diagnostic::on_unimplemented(
    message = "there are no ranges of `{Self}`",
    note = "there are ranges of `i32`, `i64`, exact decimals, dates and timestamps"
)]
pub trait RangeElement: SqlType {}

impl RangeElement for i32 {}
impl RangeElement for i64 {}

impl<T: RangeElement> SqlType for Range<T> {
    fn sql_type() -> Type {
        // Only PostgreSQL has them.
        Type::Range(Box::new(T::sql_type().on("postgres").clone()))
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        match value {
            ValueRef::Range(range) => range.try_map(|bound| T::from_value(bound.as_ref())),
            other => Err(ValueError::mismatch("a range", other)),
        }
    }
}

impl<T: RangeElement> MakeValue for Range<T> {
    fn make_value(&self) -> Value {
        match self.try_map(|bound| Ok::<_, ValueError>(bound.to_value().to_owned())) {
            Ok(range) => Value::Range(Box::new(range)),
            Err(error) => error.into(),
        }
    }
}
