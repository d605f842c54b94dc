//! A column of a table.

use super::{
    Check, CheckedType, ForeignKey, Identity, OptionValue, Options, ReferentialAction, Sql, TableName, check,
};
use crate::ast;
use crate::expression::Expr;
use crate::types::{EnumStorage, Type};

/// A column. Mirrors SQLAlchemy's `Column`; write one with [`column()`].
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type.
    pub ty: Type,
    /// Whether it takes `NULL`. Columns do until [`not_null`](Self::not_null), those of the primary key never do.
    pub nullable: bool,
    /// What the database puts in where an insert says nothing.
    pub server_default: Option<ServerDefault>,
    /// The expression of a generated column.
    pub computed: Option<Computed>,
    /// The column's own sequence.
    pub identity: Option<Identity>,
    /// Whether the database numbers the rows. `None` is the usual: it does for a lone integer key without a foreign
    /// key or a default.
    pub autoincrement: Option<bool>,
    /// The collation, by the database's own name.
    pub collation: Option<String>,
    /// The comment that the database keeps with the column.
    pub comment: Option<String>,
    /// Checks that are written on the column's own line rather than behind all columns.
    pub checks: Vec<Check>,
    /// Options of one dialect, such as `sqlite_on_conflict_not_null`.
    pub options: Options,
    /// Constraints written on the column; they move to the table when the column is added to one.
    pub inline: Inline,
}

/// The constraints that were written on a column. They live here only until the column joins a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inline {
    /// Part of the primary key.
    pub primary_key: bool,
    /// Unique by itself.
    pub unique: bool,
    /// Indexed by itself; the inner name overrides `ix_<table>_<column>`.
    pub index: Option<Option<String>>,
    /// A foreign key of this column alone.
    pub references: Option<ForeignKey>,
    /// A check that stands in for the column's type, where a database doesn't have it.
    pub checked_type: Option<Check>,
}

/// The default that a database fills in. Mirrors SQLAlchemy's `server_default`.
///
/// Made from a literal (`"new"`, `0`, `true`), an expression ([`now()`](crate::expression::now)) or the database's
/// own words ([`text`](crate::expression::text)).
#[derive(Clone, Debug, PartialEq)]
pub struct ServerDefault(pub ast::Expr);

impl<T> From<Expr<T>> for ServerDefault {
    fn from(expr: Expr<T>) -> Self {
        ServerDefault(expr.into_ast())
    }
}

impl From<&str> for ServerDefault {
    fn from(text: &str) -> Self {
        ServerDefault(ast::Expr::Literal(crate::Value::Text(text.to_owned())))
    }
}

impl From<String> for ServerDefault {
    fn from(text: String) -> Self {
        ServerDefault(ast::Expr::Literal(crate::Value::Text(text)))
    }
}

impl From<i64> for ServerDefault {
    fn from(number: i64) -> Self {
        ServerDefault(ast::Expr::Literal(crate::Value::I64(number)))
    }
}

impl From<f64> for ServerDefault {
    fn from(number: f64) -> Self {
        ServerDefault(ast::Expr::Literal(crate::Value::F64(number)))
    }
}

impl From<bool> for ServerDefault {
    fn from(flag: bool) -> Self {
        ServerDefault(ast::Expr::Literal(crate::Value::Bool(flag)))
    }
}

/// The expression of a generated column. Mirrors SQLAlchemy's `Computed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// The expression.
    pub expression: Sql,
    /// Whether the value is stored rather than computed on reading; `None` leaves that to the database.
    pub stored: Option<bool>,
}

impl Computed {
    /// A value by an expression; the database decides whether it is stored.
    pub fn new(expression: impl Into<Sql>) -> Self {
        Computed { expression: expression.into(), stored: None }
    }

    /// Whether the value is said to be stored.
    pub fn is_stored(&self) -> bool {
        self.stored == Some(true)
    }
}

/// Begins a column by its name and type. It takes `NULL` until [`Column::not_null`].
pub fn column(name: impl Into<String>, ty: impl Into<Type>) -> Column {
    // Databases tell a column's collation apart from its type, so that is where it is kept.
    let (ty, collation) = match ty.into() {
        Type::Collated(collated) if collated.collation.schema.is_none() => {
            (collated.ty, Some(collated.collation.name))
        }
        ty => (ty, None),
    };
    Column {
        name: name.into(),
        ty,
        nullable: true,
        server_default: None,
        computed: None,
        identity: None,
        autoincrement: None,
        collation,
        comment: None,
        checks: Vec::new(),
        options: Options::new(),
        inline: Inline::default(),
    }
}

impl Column {
    /// Makes the column part of the primary key, which also makes it `NOT NULL`.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.inline.primary_key = true;
        self.nullable = false;
        self
    }

    /// Refuses `NULL`.
    #[must_use]
    pub fn not_null(mut self) -> Self {
        self.nullable = false;
        self
    }

    /// Takes `NULL`, which is also the start.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Adds a unique constraint of this column alone.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.inline.unique = true;
        self
    }

    /// Adds an index of this column alone, named `ix_<table>_<column>`.
    #[must_use]
    pub fn index(mut self) -> Self {
        self.inline.index = Some(None);
        self
    }

    /// Adds an index of this column alone under a name of its own.
    #[must_use]
    pub fn index_named(mut self, name: impl Into<String>) -> Self {
        self.inline.index = Some(Some(name.into()));
        self
    }

    /// Adds a foreign key of this column, for one with a name or with more to say than [`references`](Self::references).
    #[must_use]
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.inline.references = Some(key);
        self
    }

    /// Adds a foreign key to one column: `"users.id"`, or `"shop.users.id"` with a schema.
    #[must_use]
    pub fn references(mut self, target: &str) -> Self {
        let (table, column) = target.rsplit_once('.').unwrap_or((target, "id"));
        self.inline.references =
            Some(super::foreign_key([self.name.as_str()]).references(TableName::from(table), [column]));
        self
    }

    /// Says what deleting the referenced row does to this one. Stands behind [`references`](Self::references).
    #[must_use]
    pub fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.inline.references = self.inline.references.map(|key| key.on_delete(action));
        self
    }

    /// Says what changing the referenced key does to this row. Stands behind [`references`](Self::references).
    #[must_use]
    pub fn on_update(mut self, action: ReferentialAction) -> Self {
        self.inline.references = self.inline.references.map(|key| key.on_update(action));
        self
    }

    /// Lets the database fill the column where an insert says nothing.
    #[must_use]
    pub fn server_default(mut self, default: impl Into<ServerDefault>) -> Self {
        self.server_default = Some(default.into());
        self
    }

    /// Makes a generated column that is computed on reading.
    #[must_use]
    pub fn computed(self, expression: impl Into<Sql>) -> Self {
        self.generated(Computed { expression: expression.into(), stored: Some(false) })
    }

    /// Makes a generated column that is stored.
    #[must_use]
    pub fn computed_stored(self, expression: impl Into<Sql>) -> Self {
        self.generated(Computed { expression: expression.into(), stored: Some(true) })
    }

    /// Makes a generated column; where [`Computed`] doesn't say so, the database decides whether it is stored.
    #[must_use]
    pub fn generated(mut self, computed: Computed) -> Self {
        self.computed = Some(computed);
        self
    }

    /// Gives the column a sequence of its own. Mirrors SQLAlchemy's `Identity`.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identity = Some(identity);
        self.nullable = false;
        self
    }

    /// Adds a check to the column's own line.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Adds a check for the type's values where a database doesn't have the type itself: for truth values and
    /// enumerations. Mirrors SQLAlchemy's `create_constraint=True`.
    #[must_use]
    pub fn checked(self) -> Self {
        self.checked_as(None)
    }

    /// The same under a name.
    #[must_use]
    pub fn checked_named(self, name: impl Into<super::ObjectName>) -> Self {
        self.checked_as(Some(name.into()))
    }

    fn checked_as(mut self, name: Option<super::ObjectName>) -> Self {
        let column = || {
            let name = crate::Name::Owned(self.name.clone());
            Box::new(ast::Expr::Column(ast::ColumnRef { source: None, name }))
        };
        let literal = |value: crate::Value| ast::Expr::Literal(value);
        let (ty, values) = match &self.ty {
            Type::Boolean => (
                Some(CheckedType::Boolean),
                vec![literal(crate::Value::I64(0)), literal(crate::Value::I64(1))],
            ),
            Type::Enum(enumeration) => (
                // What is stored as text has no type of its own on any database.
                (enumeration.storage == EnumStorage::Native).then_some(CheckedType::Enum),
                enumeration.values.iter().map(|value| literal(crate::Value::Text(value.clone()))).collect(),
            ),
            // Every value of any other type is one of it.
            _ => return self,
        };
        let list = ast::InList::Values(values);
        let condition = ast::Expr::In { operand: column(), list, negated: false };
        let mut made = check(condition);
        made.stands_for = ty;
        made.name = name;
        self.inline.checked_type = Some(made);
        self
    }

    /// Sets an option of one dialect, such as `sqlite_on_conflict_not_null`.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.options.insert(name, value);
        self
    }

    /// Says whether the database numbers the rows.
    #[must_use]
    pub fn autoincrement(mut self, on: bool) -> Self {
        self.autoincrement = Some(on);
        self
    }

    /// Sets the collation.
    #[must_use]
    pub fn collation(mut self, name: impl Into<String>) -> Self {
        self.collation = Some(name.into());
        self
    }

    /// Sets the comment.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}
