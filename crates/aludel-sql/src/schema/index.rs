//! An index.

use super::{ObjectName, OptionValue, Options, Sql, TableName};

/// An index. Mirrors SQLAlchemy's `Index`; write one with [`index`].
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// The name.
    pub name: ObjectName,
    /// The table.
    pub table: TableName,
    /// What is indexed, in order.
    pub elements: Vec<IndexElement>,
    /// Whether two rows may not have the same values.
    pub unique: bool,
    /// The condition of a partial index.
    pub condition: Option<Sql>,
    /// The dialects that the index is for; empty for all. Mirrors SQLAlchemy's `ddl_if(dialect=…)`.
    pub only_on: Vec<String>,
    /// Options of one dialect, such as `postgres_using` or `mysql_length`.
    pub options: Options,
}

/// One column or expression of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexElement {
    /// The column's name or the expression's SQL.
    pub key: IndexKey,
    /// Whether the order is descending.
    pub descending: bool,
    /// Whether `NULL` comes first; `None` is the database's own way.
    pub nulls_first: Option<bool>,
    /// The collation, where it is not the column's own.
    pub collation: Option<String>,
}

/// What an index orders by.
#[derive(Clone, Debug, PartialEq)]
pub enum IndexKey {
    /// A column, by name.
    Column(String),
    /// An expression.
    Expression(Sql),
}

impl IndexElement {
    /// A column in ascending order.
    pub fn column(name: impl Into<String>) -> Self {
        IndexElement {
            key: IndexKey::Column(name.into()),
            descending: false,
            nulls_first: None,
            collation: None,
        }
    }

    /// An expression: SQL, or an expression of the tree.
    pub fn expression(sql: impl Into<Sql>) -> Self {
        IndexElement {
            key: IndexKey::Expression(sql.into()),
            descending: false,
            nulls_first: None,
            collation: None,
        }
    }

    /// Descending order.
    #[must_use]
    pub fn desc(mut self) -> Self {
        self.descending = true;
        self
    }

    /// Puts `NULL` before all values.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.nulls_first = Some(true);
        self
    }

    /// Puts `NULL` behind all values.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.nulls_first = Some(false);
        self
    }

    /// Orders by another collation than the column's own.
    #[must_use]
    pub fn collate(mut self, name: impl Into<String>) -> Self {
        self.collation = Some(name.into());
        self
    }
}

impl From<&str> for IndexElement {
    fn from(column: &str) -> Self {
        IndexElement::column(column)
    }
}

impl From<String> for IndexElement {
    fn from(column: String) -> Self {
        IndexElement::column(column)
    }
}

/// Begins an index by its name; [`Index::on`] says what is indexed.
///
/// ```
/// use aludel_sql::schema::index;
///
/// let by_name = index("ix_users_username").on("users", ["username"]).unique();
/// assert!(by_name.unique);
/// ```
pub fn index(name: impl Into<ObjectName>) -> Index {
    Index {
        name: name.into(),
        table: TableName::new(""),
        elements: Vec::new(),
        unique: false,
        condition: None,
        only_on: Vec::new(),
        options: Options::new(),
    }
}

impl Index {
    /// Says which columns (or [`IndexElement`]s) of which table are indexed.
    #[must_use]
    pub fn on<E: Into<IndexElement>>(
        mut self,
        table: impl Into<TableName>,
        elements: impl IntoIterator<Item = E>,
    ) -> Self {
        self.table = table.into();
        self.elements = elements.into_iter().map(Into::into).collect();
        self
    }

    /// Two rows may not have the same values.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Indexes only the rows that meet a condition: SQL, or an expression such as `User.age.gt(18)`.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<Sql>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// Makes the index on these dialects alone. Mirrors SQLAlchemy's `ddl_if`.
    #[must_use]
    pub fn only_on<N: Into<String>>(mut self, dialects: impl IntoIterator<Item = N>) -> Self {
        self.only_on = dialects.into_iter().map(Into::into).collect();
        self
    }

    /// Sets an option of one dialect: `postgres_using`, `mysql_length`, `mssql_include`.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<OptionValue>) -> Self {
        self.options.insert(name, value);
        self
    }

    /// The names of the columns, where everything indexed is a plain column.
    pub fn column_names(&self) -> Option<Vec<&str>> {
        self.elements
            .iter()
            .map(|element| match &element.key {
                IndexKey::Column(name) => Some(name.as_str()),
                IndexKey::Expression(_) => None,
            })
            .collect()
    }
}
