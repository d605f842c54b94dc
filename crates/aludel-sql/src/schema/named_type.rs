//! Types that are objects of the schema: enumerations and domains of PostgreSQL.

use super::{ServerDefault, Sql, TableName};
use crate::types::Type;

/// A type with a name of its own in the schema.
#[derive(Clone, Debug, PartialEq)]
pub enum NamedType {
    /// One of a list of texts.
    Enum(EnumType),
    /// Another type with a condition.
    Domain(Box<Domain>),
}

/// An enumeration. Mirrors SQLAlchemy's `postgresql.ENUM`; write one with [`enum_type`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The name.
    pub name: TableName,
    /// The values, in their order.
    pub values: Vec<String>,
}

/// A domain: a type with a condition, a default or a collation of its own. Mirrors SQLAlchemy's
/// `postgresql.DOMAIN`; write one with [`domain`].
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// The name.
    pub name: TableName,
    /// The type underneath.
    pub ty: Type,
    /// The collation, with its schema where it is not in reach without.
    pub collation: Option<TableName>,
    /// What a column of the domain gets where an insert says nothing.
    pub default: Option<ServerDefault>,
    /// Whether it refuses `NULL`.
    pub not_null: bool,
    /// The name of the constraint.
    pub constraint_name: Option<String>,
    /// The condition, over `VALUE`.
    pub check: Option<Sql>,
}

/// An enumeration by its name and its values.
pub fn enum_type<V: Into<String>>(
    name: impl Into<TableName>,
    values: impl IntoIterator<Item = V>,
) -> EnumType {
    EnumType { name: name.into(), values: values.into_iter().map(Into::into).collect() }
}

/// Begins a domain by its name and the type underneath.
pub fn domain(name: impl Into<TableName>, ty: Type) -> Domain {
    Domain {
        name: name.into(),
        ty,
        collation: None,
        default: None,
        not_null: false,
        constraint_name: None,
        check: None,
    }
}

impl Domain {
    /// Sets the collation (`name`, or `schema.name`).
    #[must_use]
    pub fn collation(mut self, name: impl Into<TableName>) -> Self {
        self.collation = Some(name.into());
        self
    }

    /// Sets the default.
    #[must_use]
    pub fn server_default(mut self, default: impl Into<ServerDefault>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// Refuses `NULL`.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.not_null = true;
        self
    }

    /// Sets the condition, over `VALUE`.
    #[must_use]
    pub fn check(mut self, condition: impl Into<Sql>) -> Self {
        self.check = Some(condition.into());
        self
    }

    /// Names the constraint.
    #[must_use]
    pub fn constraint_name(mut self, name: impl Into<String>) -> Self {
        self.constraint_name = Some(name.into());
        self
    }
}

impl NamedType {
    /// The name.
    pub fn name(&self) -> &TableName {
        match self {
            NamedType::Enum(ty) => &ty.name,
            NamedType::Domain(ty) => &ty.name,
        }
    }
}

impl From<EnumType> for NamedType {
    fn from(ty: EnumType) -> Self {
        NamedType::Enum(ty)
    }
}

impl From<Domain> for NamedType {
    fn from(ty: Domain) -> Self {
        NamedType::Domain(Box::new(ty))
    }
}
