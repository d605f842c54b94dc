//! The name of a constraint or an index, and where it comes from.

use std::fmt;
use std::ops::Deref;

/// The name of a constraint or an index.
///
/// A name that a [naming convention](super::NamingConvention) made is cut where it is too long for a database; one
/// that somebody wrote is taken as it is, or refused. It reads as text; two names with the same text are equal.
#[derive(Clone, Debug)]
pub struct ObjectName {
    text: String,
    generated: bool,
}

impl ObjectName {
    /// A name that somebody wrote.
    pub fn given(text: impl Into<String>) -> Self {
        ObjectName { text: text.into(), generated: false }
    }

    /// A name that a convention made: no convention touches it again, and it is cut where it is too long. Mirrors
    /// SQLAlchemy's `conv`.
    pub fn generated(text: impl Into<String>) -> Self {
        ObjectName { text: text.into(), generated: true }
    }

    /// Whether a convention made it.
    pub fn is_generated(&self) -> bool {
        self.generated
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Deref for ObjectName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for ObjectName {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for ObjectName {}

impl PartialEq<str> for ObjectName {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for ObjectName {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl PartialEq<String> for ObjectName {
    fn eq(&self, other: &String) -> bool {
        self.text == *other
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for ObjectName {
    fn from(text: &str) -> Self {
        ObjectName::given(text)
    }
}

impl From<String> for ObjectName {
    fn from(text: String) -> Self {
        ObjectName::given(text)
    }
}

impl From<&String> for ObjectName {
    fn from(text: &String) -> Self {
        ObjectName::given(text.as_str())
    }
}

impl From<ObjectName> for String {
    fn from(name: ObjectName) -> Self {
        name.text
    }
}
