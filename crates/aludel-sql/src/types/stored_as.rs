//! Values that are stored as another type: [`StoredAs`] says how, [`As`] is the type of such a field.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;

use super::{Element, SqlType, Type, ValueError};
use crate::value::{MakeValue, Value, ValueRef};

/// How a value is stored as another type. Mirrors SQLAlchemy's `TypeDecorator`.
///
/// For a type of another crate, implement it for a name of your own and write the field as `As<ThatName>`:
///
/// ```
/// use aludel_sql::types::{As, StoredAs, ValueError};
///
/// /// Text that is stored in lower case.
/// struct Lowercase;
///
/// impl StoredAs for Lowercase {
///     type Value = String;
///     type Stored = String;
///
///     fn to_stored(value: &String) -> Result<String, ValueError> {
///         Ok(value.to_lowercase())
///     }
///
///     fn from_stored(stored: String) -> Result<String, ValueError> {
///         Ok(stored)
///     }
/// }
///
/// let email: As<Lowercase> = As("Alice@Example.org".to_owned());
/// assert_eq!(email.len(), 17);
/// ```
///
/// For a type of one's own, implement it for the type itself with `type Value = Self`, and put
/// `#[derive(SqlType)] #[sql_type(stored_as)]` on it: then the field has that type without a wrapper.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it is stored as",
    note = "implement `StoredAs` for it"
)]
pub trait StoredAs: 'static {
    /// What the program works with.
    type Value: Send + Sync + 'static;
    /// What the column holds.
    type Stored: SqlType;

    /// Turns the value into what is stored.
    ///
    /// # Errors
    /// Where the value can't be stored; the statement is not sent then.
    fn to_stored(value: &Self::Value) -> Result<Self::Stored, ValueError>;

    /// Turns what is stored into the value.
    ///
    /// # Errors
    /// Where it stands for none.
    fn from_stored(stored: Self::Stored) -> Result<Self::Value, ValueError>;
}

/// What `A` makes of a value for the column: the body of [`MakeValue`] for a type that is stored as another.
pub fn stored_value<A: StoredAs>(value: &A::Value) -> Value {
    match A::to_stored(value) {
        Ok(stored) => SqlType::to_value(&stored).to_owned(),
        Err(error) => error.into(),
    }
}

/// A value that is stored in the way of `A`. It derefs to the value.
pub struct As<A: StoredAs>(pub A::Value);

impl<A: StoredAs> As<A> {
    /// The value.
    pub fn into_inner(self) -> A::Value {
        self.0
    }
}

impl<A: StoredAs> SqlType for As<A> {
    fn sql_type() -> Type {
        A::Stored::sql_type()
    }

    fn to_value(&self) -> ValueRef<'_> {
        ValueRef::Lazy(self)
    }

    fn from_value(value: ValueRef<'_>) -> Result<Self, ValueError> {
        A::from_stored(SqlType::from_value(value)?).map(As)
    }
}

impl<A: StoredAs> MakeValue for As<A> {
    fn make_value(&self) -> Value {
        stored_value::<A>(&self.0)
    }
}

impl<A: StoredAs> Element for As<A> {}

impl<A: StoredAs> Deref for As<A> {
    type Target = A::Value;

    fn deref(&self) -> &A::Value {
        &self.0
    }
}

impl<A: StoredAs> DerefMut for As<A> {
    fn deref_mut(&mut self) -> &mut A::Value {
        &mut self.0
    }
}

impl<A: StoredAs<Value: Clone>> Clone for As<A> {
    fn clone(&self) -> Self {
        As(self.0.clone())
    }
}

impl<A: StoredAs<Value: Copy>> Copy for As<A> {}

impl<A: StoredAs<Value: Default>> Default for As<A> {
    fn default() -> Self {
        As(A::Value::default())
    }
}

impl<A: StoredAs<Value: PartialEq>> PartialEq for As<A> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<A: StoredAs<Value: Eq>> Eq for As<A> {}

impl<A: StoredAs<Value: Hash>> Hash for As<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<A: StoredAs<Value: fmt::Debug>> fmt::Debug for As<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<A: StoredAs<Value: fmt::Display>> fmt::Display for As<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// It serialises as the value, not as what is stored.
#[cfg(feature = "serde")]
impl<A: StoredAs<Value: serde::Serialize>> serde::Serialize for As<A> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, A: StoredAs<Value: serde::Deserialize<'de>>> serde::Deserialize<'de> for As<A> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(As)
    }
}

/// Stores any type that can be printed and parsed as the text that it prints: `As<AsText<Url>>`.
pub struct AsText<T>(PhantomData<fn() -> T>);

impl<T> StoredAs for AsText<T>
where
    T: fmt::Display + FromStr<Err: fmt::Display> + Send + Sync + 'static,
{
    type Value = T;
    type Stored = String;

    fn to_stored(value: &T) -> Result<String, ValueError> {
        let mut text = String::new();
        match fmt::write(&mut text, format_args!("{value}")) {
            Ok(()) => Ok(text),
            Err(_) => Err(ValueError::new("the value could not be printed")),
        }
    }

    fn from_stored(stored: String) -> Result<T, ValueError> {
        stored.parse().map_err(|error| {
            let shown = if stored.chars().count() <= 40 { format!(" {stored:?}") } else { String::new() };
            ValueError::new(format!("the text{shown} can't be read: {error}"))
        })
    }
}
