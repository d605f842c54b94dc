//! Exclusion constraints, which PostgreSQL has.

use super::constraint::constraint_methods;
use super::{ConstraintTraits, ObjectName, Sql};

/// No two rows may have values that compare true by all operators. Mirrors SQLAlchemy's `ExcludeConstraint`; write one
/// with [`exclude`].
#[derive(Clone, Debug, PartialEq)]
pub struct Exclude {
    /// The constraint's name, where it has one.
    pub name: Option<ObjectName>,
    /// What is compared, and how.
    pub elements: Vec<ExcludeElement>,
    /// The method of the index behind the constraint.
    pub using: String,
    /// The rows that are looked at.
    pub condition: Option<Sql>,
    /// What else it says.
    pub traits: ConstraintTraits,
}

/// One element of an exclusion.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcludeElement {
    /// What is compared.
    pub key: super::IndexKey,
    /// The operator class, where it is not the type's own.
    pub operator_class: Option<String>,
    /// The operator, such as `=` or `&&`.
    pub operator: String,
}

/// Begins an exclusion constraint over a GiST index.
///
/// ```
/// use aludel_sql::schema::exclude;
///
/// let one_guest = exclude().column("room", "=").column("during", "&&").named("one_guest");
/// assert_eq!(one_guest.elements.len(), 2);
/// ```
pub fn exclude() -> Exclude {
    Exclude {
        name: None,
        elements: Vec::new(),
        using: "gist".into(),
        condition: None,
        traits: ConstraintTraits::default(),
    }
}

impl Exclude {
    /// Compares a column by an operator.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, operator: impl Into<String>) -> Self {
        let key = super::IndexKey::Column(name.into());
        self.elements.push(ExcludeElement { key, operator_class: None, operator: operator.into() });
        self
    }

    /// Compares an expression by an operator.
    #[must_use]
    pub fn expression(mut self, sql: impl Into<Sql>, operator: impl Into<String>) -> Self {
        let key = super::IndexKey::Expression(sql.into());
        self.elements.push(ExcludeElement { key, operator_class: None, operator: operator.into() });
        self
    }

    /// Sets the operator class of the element that was added last.
    #[must_use]
    pub fn operator_class(mut self, name: impl Into<String>) -> Self {
        if let Some(last) = self.elements.last_mut() {
            last.operator_class = Some(name.into());
        }
        self
    }

    /// Sets the method of the index.
    #[must_use]
    pub fn using(mut self, method: impl Into<String>) -> Self {
        self.using = method.into();
        self
    }

    /// Looks only at the rows that meet a condition.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<Sql>) -> Self {
        self.condition = Some(condition.into());
        self
    }
}

constraint_methods!(Exclude);
