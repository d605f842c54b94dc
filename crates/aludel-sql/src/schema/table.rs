//! A table: its columns, constraints and indexes.

use std::fmt;

use super::{
    Check, Column, DdlEvent, DdlText, Exclude, ForeignKey, Index, NamingConvention, OptionValue, Options,
    PrimaryKey, UniqueConstraint,
};
use crate::types::Type;

/// The name of a table, with its schema where it is not the default one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema; `None` is the connection's default schema.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}

impl TableName {
    /// A table in the default schema.
    pub fn new(name: impl Into<String>) -> Self {
        TableName { schema: None, name: name.into() }
    }

    /// A table in a schema. Neither name is taken apart, so both may hold a dot.
    pub fn in_schema(schema: impl Into<String>, name: impl Into<String>) -> Self {
        TableName { schema: Some(schema.into()), name: name.into() }
    }
}

/// `name` or `schema.name`.
impl From<&str> for TableName {
    fn from(text: &str) -> Self {
        match text.split_once('.') {
            Some((schema, name)) => TableName { schema: Some(schema.to_owned()), name: name.to_owned() },
            None => TableName::new(text),
        }
    }
}

impl From<String> for TableName {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A table. Mirrors SQLAlchemy's `Table`; write one with [`table`].
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The name.
    pub name: TableName,
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// The primary key; `None` where the table has none.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints. (Unique indexes are among [`indexes`](Self::indexes).)
    pub unique_constraints: Vec<UniqueConstraint>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// Exclusion constraints.
    pub excludes: Vec<Exclude>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// The comment that the database keeps with the table.
    pub comment: Option<String>,
    /// Words between `CREATE` and `TABLE`, such as `TEMPORARY` or `UNLOGGED`.
    pub prefixes: Vec<String>,
    /// Options of one dialect, by names that begin with it: `sqlite_strict`, `mysql_engine`.
    pub options: Options,
    /// Statements of the user's own around making and dropping the table.
    pub events: Vec<(DdlEvent, DdlText)>,
}

/// Begins a table by its name (`users`, or `shop.users` with a schema).
///
/// ```
/// use aludel_sql::schema::{column, table};
/// use aludel_sql::types::{big_integer, string};
///
/// let users = table("users")
///     .column(column("id", big_integer()).primary_key())
///     .column(column("username", string(50)).not_null().unique());
/// assert_eq!(users.columns.len(), 2);
/// assert_eq!(users.primary_key.unwrap().columns, ["id"]);
/// ```
pub fn table(name: impl Into<TableName>) -> Table {
    Table {
        name: name.into(),
        columns: Vec::new(),
        primary_key: None,
        unique_constraints: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        excludes: Vec::new(),
        indexes: Vec::new(),
        comment: None,
        prefixes: Vec::new(),
        options: Options::new(),
        events: Vec::new(),
    }
}

impl Table {
    /// Adds a column, and the constraints that were written on it.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.add_column(column);
        self
    }

    /// Adds a column in place; the constraints that were written on the column become the table's.
    pub fn add_column(&mut self, mut column: Column) {
        let inline = std::mem::take(&mut column.inline);
        if inline.primary_key {
            let key = self.primary_key.get_or_insert_with(|| super::primary_key([] as [&str; 0]));
            key.columns.push(column.name.clone());
            column.nullable = false;
        }
        if inline.unique {
            self.unique_constraints.push(super::unique([column.name.as_str()]));
        }
        if let Some(name) = inline.index {
            let index = super::index(name.unwrap_or_default()).on(self.name.clone(), [column.name.as_str()]);
            self.indexes.push(self.with_name(index));
        }
        self.foreign_keys.extend(inline.references);
        self.checks.extend(inline.checked_type);
        self.columns.push(column);
    }

    /// Sets the primary key, for a key of several columns or with a name.
    #[must_use]
    pub fn primary_key(mut self, key: PrimaryKey) -> Self {
        for column in self.columns.iter_mut().filter(|column| key.columns.contains(&column.name)) {
            column.nullable = false;
        }
        self.primary_key = Some(key);
        self
    }

    /// Adds a unique constraint.
    #[must_use]
    pub fn unique(mut self, constraint: UniqueConstraint) -> Self {
        self.unique_constraints.push(constraint);
        self
    }

    /// Adds a foreign key.
    #[must_use]
    pub fn foreign_key(mut self, key: ForeignKey) -> Self {
        self.foreign_keys.push(key);
        self
    }

    /// Adds a check constraint.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Adds an exclusion constraint.
    #[must_use]
    pub fn exclude(mut self, exclude: Exclude) -> Self {
        self.excludes.push(exclude);
        self
    }

    /// Adds an index; the table's own name is filled in, and an index with an empty name is named by convention.
    #[must_use]
    pub fn index(mut self, mut index: Index) -> Self {
        index.table = self.name.clone();
        let index = self.with_name(index);
        self.indexes.push(index);
        self
    }

    /// An index always has a name: where it has none, it is the convention's.
    fn with_name(&self, mut index: Index) -> Index {
        if index.name.is_empty()
            && let Ok(Some(name)) = NamingConvention::default().index_name(self, &index)
        {
            index.name = name;
        }
        index
    }

    /// Puts a word between `CREATE` and `TABLE`: `TEMPORARY`, `UNLOGGED`.
    #[must_use]
    pub fn prefix(mut self, word: impl Into<String>) -> Self {
        self.prefixes.push(word.into());
        self
    }

    /// Sets the comment.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Sets an option of one dialect, such as `sqlite_strict`; an empty value is a switch that is on.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.options.insert(name, value);
        self
    }

    /// Runs a statement of your own when the table is made or dropped: `%(table)s` stands for its name.
    #[must_use]
    pub fn on(mut self, event: DdlEvent, statement: impl Into<DdlText>) -> Self {
        self.events.push((event, statement.into()));
        self
    }

    /// The column of that name.
    pub fn get_column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column that the database numbers the rows in: one that asks for it, or the integer column that is the
    /// whole primary key and has neither a foreign key nor a default, unless it refuses.
    ///
    /// Mirrors SQLAlchemy's `Table.autoincrement_column`.
    pub fn autoincrement_column(&self) -> Option<&Column> {
        let key = self.primary_key.as_ref()?;
        let free = |column: &&Column| {
            column.server_default.is_none() && column.computed.is_none() && key.columns.contains(&column.name)
        };
        // A database's own integer type (MySQL's `INT UNSIGNED`) is numbered only where that is asked for.
        let could = |column: &&Column| column.ty.is_integer() || matches!(column.ty, Type::Raw(_));
        let mut candidates = self.columns.iter().filter(free);
        let asked = candidates.clone().find(|column| column.autoincrement == Some(true) && could(column));
        asked.or_else(|| {
            candidates.find(|column| {
                column.ty.is_integer()
                    && key.columns.len() == 1
                    && column.autoincrement.is_none()
                    && !self.foreign_keys.iter().any(|foreign| foreign.columns.contains(&column.name))
            })
        })
    }

    /// Whether the column is part of the primary key.
    pub fn is_primary_key(&self, column: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|name| name == column))
    }
}
