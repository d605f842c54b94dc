//! Types of the user's own.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Type;
use crate::compiler::CompileError;
use crate::dialect::Dialect;

/// A column type that this crate does not have: it gives itself a name per dialect, and may wrap what goes in and out in
/// SQL. Mirrors SQLAlchemy's `UserDefinedType` and, with a [`base`](Self::base), its `TypeDecorator`.
///
/// ```
/// use aludel_sql::dialect::postgres::Postgres;
/// use aludel_sql::types::{Custom, CustomType, Type, Wrapping};
/// use aludel_sql::{CompileError, Dialect};
///
/// /// A point on the map.
/// #[derive(Debug)]
/// struct Geometry;
///
/// impl CustomType for Geometry {
///     fn name(&self) -> &str {
///         "geometry"
///     }
///
///     fn type_name(&self, _: &dyn Dialect) -> Result<String, CompileError> {
///         Ok("GEOMETRY".into())
///     }
///
///     fn bind_expression(&self, _: &dyn Dialect) -> Option<Wrapping> {
///         Some(Wrapping::call("ST_GeomFromText"))
///     }
///
///     fn column_expression(&self, _: &dyn Dialect) -> Option<Wrapping> {
///         Some(Wrapping::call("ST_AsText"))
///     }
/// }
///
/// let ty = Type::from(Custom::new(Geometry));
/// assert_eq!(Postgres::default().type_name(&ty)?, "GEOMETRY");
/// # Ok::<(), CompileError>(())
/// ```
pub trait CustomType: fmt::Debug + Send + Sync + 'static {
    /// Tells this type from all others: two with the same name are the same. Arguments that shape the SQL belong to it.
    fn name(&self) -> &str;

    /// The name in DDL.
    ///
    /// # Errors
    /// Where the database has no such type.
    fn type_name(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        match self.base() {
            Some(base) => dialect.type_name(base),
            None => Err(CompileError::unsupported(dialect.name(), &format!("the type `{}`", self.name()))),
        }
    }

    /// The name inside `CAST`, where that differs.
    ///
    /// # Errors
    /// Where the database cannot cast to it.
    fn cast_type_name(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        match self.base() {
            Some(base) => dialect.cast_type_name(base),
            None => self.type_name(dialect),
        }
    }

    /// The type that this one is made of, where it is one that is known: `CustomType` then stands only for what it does
    /// beyond that.
    fn base(&self) -> Option<&Type> {
        None
    }

    /// SQL around every bound value of this type. Mirrors SQLAlchemy's `bind_expression`.
    fn bind_expression(&self, dialect: &dyn Dialect) -> Option<Wrapping> {
        let _ = dialect;
        None
    }

    /// SQL around every column of this type that a query selects; a column inside a subquery stays as it is. Mirrors
    /// SQLAlchemy's `column_expression`.
    fn column_expression(&self, dialect: &dyn Dialect) -> Option<Wrapping> {
        let _ = dialect;
        None
    }
}

/// What stands in front of an expression and behind it; together with it a complete operand, such as a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wrapping {
    /// In front.
    pub before: Cow<'static, str>,
    /// Behind.
    pub after: Cow<'static, str>,
}

impl Wrapping {
    /// Any text in front and behind.
    pub fn new(before: impl Into<Cow<'static, str>>, after: impl Into<Cow<'static, str>>) -> Self {
        Wrapping { before: before.into(), after: after.into() }
    }

    /// A function of one argument: `Wrapping::call("ST_AsText")`.
    pub fn call(function: &str) -> Self {
        Wrapping::new(format!("{function}("), ")")
    }
}

/// A [`CustomType`] as a [`Type`]. Compared by its name.
#[derive(Clone)]
pub struct Custom(Arc<dyn CustomType>);

impl Custom {
    /// Wraps a type.
    pub fn new(ty: impl CustomType) -> Self {
        Custom(Arc::new(ty))
    }
}

impl std::ops::Deref for Custom {
    type Target = dyn CustomType;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Custom {}

impl Hash for Custom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custom({:?})", self.name())
    }
}
