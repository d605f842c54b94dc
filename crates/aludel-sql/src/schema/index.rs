//! An index.

use super::TableName;

/// An index. Mirrors SQLAlchemy's `Index`; write one with [`index`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The name.
    pub name: String,
    /// The table.
    pub table: TableName,
    /// What is indexed, in order.
    pub elements: Vec<IndexElement>,
    /// Whether two rows may not have the same values.
    pub unique: bool,
    /// The condition of a partial index, in SQL.
    pub condition: Option<String>,
}

/// One column or expression of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexElement {
    /// The column's name or the expression's SQL.
    pub key: IndexKey,
    /// Whether the order is descending.
    pub descending: bool,
    /// The collation, where it is not the column's own.
    pub collation: Option<String>,
}

/// What an index orders by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexKey {
    /// A column, by name.
    Column(String),
    /// An expression, in SQL.
    Expression(String),
}

impl IndexElement {
    /// A column in ascending order.
    pub fn column(name: impl Into<String>) -> Self {
        IndexElement { key: IndexKey::Column(name.into()), descending: false, collation: None }
    }

    /// An expression, in SQL.
    pub fn expression(sql: impl Into<String>) -> Self {
        IndexElement { key: IndexKey::Expression(sql.into()), descending: false, collation: None }
    }

    /// Descending order.
    #[must_use]
    pub fn desc(mut self) -> Self {
        self.descending = true;
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
pub fn index(name: impl Into<String>) -> Index {
    Index {
        name: name.into(),
        table: TableName::new(""),
        elements: Vec::new(),
        unique: false,
        condition: None,
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

    /// Indexes only the rows that meet a condition, in SQL.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
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
