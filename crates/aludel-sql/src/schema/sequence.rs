//! Sequences, and the columns that have one of their own (identity columns).

use super::{Options, TableName};
use crate::types::Type;

/// How a sequence counts. What is `None` is the database's own way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counting {
    /// The first number.
    pub start: Option<i64>,
    /// The step.
    pub increment: Option<i64>,
    /// The least number; `Some(None)` says that there is none.
    pub min: Option<Option<i64>>,
    /// The greatest number; `Some(None)` says that there is none.
    pub max: Option<Option<i64>>,
    /// How many numbers a connection takes at once.
    pub cache: Option<i64>,
    /// Whether it begins again at its end.
    pub cycle: Option<bool>,
}

/// A column that the database numbers by a sequence of its own. Mirrors SQLAlchemy's `Identity`.
///
/// ```
/// use aludel_sql::schema::{Identity, column, table};
/// use aludel_sql::types::integer;
///
/// let orders = table("orders")
///     .column(column("id", integer()).primary_key().identity(Identity::always().start(1000).increment(10)));
/// assert!(orders.columns[0].identity.is_some());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// Whether numbers of the user's own are refused (`ALWAYS`) or taken (`BY DEFAULT`); `None` says nothing, which
    /// only Oracle allows.
    pub always: Option<bool>,
    /// How the numbers run.
    pub counting: Counting,
    /// Options of one dialect, such as `oracle_on_null`.
    pub options: Options,
}

/// A sequence. Mirrors SQLAlchemy's `Sequence`; write one with [`sequence`].
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The name.
    pub name: TableName,
    /// The type of the numbers.
    pub ty: Option<Type>,
    /// How the numbers run.
    pub counting: Counting,
    /// Only for databases that can't number the rows of a table otherwise.
    pub optional: bool,
    /// Options of one dialect, such as `oracle_order`.
    pub options: Options,
}

/// Begins a sequence by its name (`ids`, or `shop.ids` with a schema).
pub fn sequence(name: impl Into<TableName>) -> Sequence {
    Sequence {
        name: name.into(),
        ty: None,
        counting: Counting::default(),
        optional: false,
        options: Options::new(),
    }
}

impl Identity {
    /// Numbers the rows unless an insert brings a number of its own.
    pub fn by_default() -> Self {
        Identity { always: Some(false), ..Identity::default() }
    }

    /// Numbers the rows and refuses numbers that an insert brings.
    pub fn always() -> Self {
        Identity { always: Some(true), ..Identity::default() }
    }
}

impl Sequence {
    /// Sets the type of the numbers.
    #[must_use]
    pub fn type_(mut self, ty: Type) -> Self {
        self.ty = Some(ty);
        self
    }

    /// Leaves the sequence out where the database numbers the rows of a table by itself.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// The builder methods that sequences and identity columns share.
macro_rules! counting {
    ($type:ty) => {
        impl $type {
            /// Sets the first number.
            #[must_use]
            pub fn start(mut self, start: i64) -> Self {
                self.counting.start = Some(start);
                self
            }

            /// Sets the step.
            #[must_use]
            pub fn increment(mut self, step: i64) -> Self {
                self.counting.increment = Some(step);
                self
            }

            /// Sets the least number.
            #[must_use]
            pub fn min(mut self, least: i64) -> Self {
                self.counting.min = Some(Some(least));
                self
            }

            /// Says that there is no least number but that of the type.
            #[must_use]
            pub fn no_min(mut self) -> Self {
                self.counting.min = Some(None);
                self
            }

            /// Sets the greatest number.
            #[must_use]
            pub fn max(mut self, greatest: i64) -> Self {
                self.counting.max = Some(Some(greatest));
                self
            }

            /// Says that there is no greatest number but that of the type.
            #[must_use]
            pub fn no_max(mut self) -> Self {
                self.counting.max = Some(None);
                self
            }

            /// Says how many numbers a connection takes at once.
            #[must_use]
            pub fn cache(mut self, numbers: i64) -> Self {
                self.counting.cache = Some(numbers);
                self
            }

            /// Says whether it begins again at its end.
            #[must_use]
            pub fn cycle(mut self, cycle: bool) -> Self {
                self.counting.cycle = Some(cycle);
                self
            }

            /// Sets an option of one dialect.
            #[must_use]
            pub fn option(mut self, name: impl Into<String>, value: impl Into<super::OptionValue>) -> Self {
                self.options.insert(name, value);
                self
            }
        }
    };
}

counting!(Identity);
counting!(Sequence);
