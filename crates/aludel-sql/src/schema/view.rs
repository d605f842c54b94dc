//! Tables that are made of a query: views, and copies of a result.

use super::{Options, Sql, TableName};
use crate::ast;

/// The query of a view: a select, or the database's own words.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewQuery {
    /// A select (or a union of some); its values are written into the text.
    Statement(Box<ast::Statement>),
    /// SQL in the database's own words.
    Words(Sql),
}

/// A view. Mirrors SQLAlchemy's `CreateView`; write one with [`view`].
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The name.
    pub name: TableName,
    /// The query.
    pub query: ViewQuery,
    /// Whether the rows are kept rather than read anew each time.
    pub materialized: bool,
    /// Whether it lives as long as the connection.
    pub temporary: bool,
    /// Options of one dialect, such as `postgres_with`.
    pub options: Options,
}

/// Begins a view by its name and its query: a [`select`](crate::statement::Select) or SQL text.
///
/// ```
/// use aludel_sql::ddl;
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::schema::view;
///
/// let grown_up = view("grown_up", "SELECT name FROM users WHERE age >= 18");
/// assert_eq!(
///     ddl::CreateView::of(&grown_up).sql(&Sqlite::default())?,
///     "CREATE VIEW grown_up AS SELECT name FROM users WHERE age >= 18"
/// );
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn view(name: impl Into<TableName>, query: impl Into<ViewQuery>) -> View {
    View {
        name: name.into(),
        query: query.into(),
        materialized: false,
        temporary: false,
        options: Options::new(),
    }
}

impl View {
    /// Keeps the rows until the view is refreshed.
    #[must_use]
    pub fn materialized(mut self) -> Self {
        self.materialized = true;
        self
    }

    /// Lets the view live as long as the connection.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }

    /// Sets an option of one dialect.
    #[must_use]
    pub fn option(mut self, name: impl Into<String>, value: impl Into<super::OptionValue>) -> Self {
        self.options.insert(name, value);
        self
    }
}

impl From<&str> for ViewQuery {
    fn from(words: &str) -> Self {
        ViewQuery::Words(Sql::words(words))
    }
}

impl From<String> for ViewQuery {
    fn from(words: String) -> Self {
        ViewQuery::Words(Sql::words(words))
    }
}

impl<S: Into<ast::Statement>> From<S> for ViewQuery {
    fn from(statement: S) -> Self {
        ViewQuery::Statement(Box::new(statement.into()))
    }
}
