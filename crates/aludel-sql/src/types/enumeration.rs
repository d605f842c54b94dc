//! Enumerations: one of a fixed list of texts.

use super::Type;

/// One of a fixed list of texts. Mirrors SQLAlchemy's `Enum`; begin one with
/// [`enumeration`](super::enumeration).
///
/// ```
/// use aludel_sql::Dialect;
/// use aludel_sql::dialect::{mysql::Mysql, postgres::Postgres};
/// use aludel_sql::types::{Enum, Type};
///
/// let state = Enum::new("state", ["new", "paid"]);
/// assert_eq!(Postgres::default().type_name(&Type::from(state.clone()))?, "VARCHAR(4)");
/// let native = Type::from(state.native());
/// assert_eq!(Postgres::default().type_name(&native)?, "state");
/// assert_eq!(Mysql::mysql().type_name(&native)?, "ENUM('new','paid')");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Enum {
    /// The name of the type, where a database knows named enum types, and of the check.
    pub name: Option<String>,
    /// The schema of the named type.
    pub schema: Option<String>,
    /// The values, in their order.
    pub values: Vec<String>,
    /// How it is stored.
    pub storage: EnumStorage,
    /// The length of the text that stands for it.
    pub length: EnumLength,
}

/// How a database holds an [`Enum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnumStorage {
    /// As text; that only the values are in it is the program's care.
    Text,
    /// As a type of the database, where it has such: a type with a name of its own on PostgreSQL, `ENUM(…)` on MySQL.
    /// Elsewhere as text.
    Native,
}

/// The length of the text that stands for an [`Enum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnumLength {
    /// That of the longest value.
    Longest,
    /// None.
    Unstated,
    /// So many characters, to have room for values to come.
    Of(u32),
}

impl Enum {
    /// An enumeration that is stored as text.
    pub fn new<V: Into<String>>(name: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        Enum { name: Some(name.into()), ..Enum::unnamed(values) }
    }

    /// An enumeration without a name, which is stored as text.
    pub fn unnamed<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        Enum {
            name: None,
            schema: None,
            values: values.into_iter().map(Into::into).collect(),
            storage: EnumStorage::Text,
            length: EnumLength::Longest,
        }
    }

    /// Stores it as a type of the database where it has such.
    #[must_use]
    pub fn native(mut self) -> Self {
        self.storage = EnumStorage::Native;
        self
    }

    /// Puts the named type into a schema.
    #[must_use]
    pub fn in_schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Leaves room for texts of this length.
    #[must_use]
    pub fn length(mut self, length: u32) -> Self {
        self.length = EnumLength::Of(length);
        self
    }

    /// Says no length for the text.
    #[must_use]
    pub fn any_length(mut self) -> Self {
        self.length = EnumLength::Unstated;
        self
    }

    /// The length of its text, where it has one.
    pub fn text_length(&self) -> Option<u32> {
        match self.length {
            EnumLength::Unstated => None,
            EnumLength::Of(length) => Some(length),
            EnumLength::Longest => {
                let longest = self.values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
                Some(u32::try_from(longest).unwrap_or(u32::MAX).max(1))
            }
        }
    }

    /// The text type that stands for it.
    pub fn as_text(&self) -> Type {
        Type::String { length: self.text_length() }
    }
}
