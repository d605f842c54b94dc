//! Views, and tables that are made of a query's result.

use super::names::table_name;
use crate::compiler::{CompileError, render_literal};
use crate::dialect::Dialect;
use crate::schema::{TableName, View, ViewQuery};

/// `CREATE VIEW`. Mirrors SQLAlchemy's `CreateView`.
#[derive(Clone, Copy, Debug)]
pub struct CreateView<'v> {
    view: &'v View,
    or_replace: bool,
    if_not_exists: bool,
}

impl<'v> CreateView<'v> {
    /// Makes a view.
    pub fn of(view: &'v View) -> Self {
        CreateView { view, or_replace: false, if_not_exists: false }
    }

    /// Puts it in the place of a view of that name.
    #[must_use]
    pub fn or_replace(mut self) -> Self {
        self.or_replace = true;
        self
    }

    /// Passes it over where a view of that name is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect cannot say something.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = dialect.capabilities().ddl.views;
        let view = self.view;
        let refused =
            |what: &str| CompileError::unsupported(dialect.name(), &format!("{what} (`{}`)", view.name));
        let mut words = vec!["CREATE"];
        if self.or_replace {
            words.push(facts.replace.ok_or_else(|| refused("putting a view in the place of another"))?);
        }
        if view.temporary {
            if !facts.temporary {
                return Err(refused("a temporary view"));
            }
            words.push("TEMPORARY");
        }
        if view.materialized {
            if !facts.materialized {
                return Err(refused("a materialized view"));
            }
            words.push("MATERIALIZED");
        }
        words.push("VIEW");
        if self.if_not_exists {
            if !facts.if_not_exists {
                return Err(refused("making a view only where there is none of that name"));
            }
            words.push("IF NOT EXISTS");
        }
        let name = table_name(&view.name, dialect);
        let options = dialect.view_words(view)?;
        Ok(format!("{} {name}{options} AS {}", words.join(" "), query(&view.query, dialect)?))
    }
}

/// `DROP VIEW`. Mirrors SQLAlchemy's `DropView`.
#[derive(Clone, Copy, Debug)]
pub struct DropView<'v> {
    name: &'v TableName,
    materialized: bool,
    if_exists: bool,
}

impl<'v> DropView<'v> {
    /// Drops a view by its name.
    pub fn of(name: &'v TableName) -> Self {
        DropView { name, materialized: false, if_exists: false }
    }

    /// The view is a materialized one.
    #[must_use]
    pub fn materialized(mut self) -> Self {
        self.materialized = true;
        self
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect cannot say something.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = &dialect.capabilities().ddl;
        let refused =
            |what: &str| CompileError::unsupported(dialect.name(), &format!("{what} (`{}`)", self.name));
        if self.materialized && !facts.views.materialized {
            return Err(refused("a materialized view"));
        }
        if self.if_exists && !facts.existence.drop {
            return Err(refused("dropping a view only if it exists"));
        }
        let kind = if self.materialized { "MATERIALIZED " } else { "" };
        let exists = if self.if_exists { "IF EXISTS " } else { "" };
        Ok(format!("DROP {kind}VIEW {exists}{}", table_name(self.name, dialect)))
    }
}

/// `CREATE TABLE … AS`, or `SELECT … INTO` where that is the database's way. Mirrors SQLAlchemy's `CreateTableAs`.
#[derive(Clone, Debug)]
pub struct CreateTableAs {
    name: TableName,
    query: ViewQuery,
    temporary: bool,
    if_not_exists: bool,
}

impl CreateTableAs {
    /// Makes a table of a query's rows.
    pub fn of(name: impl Into<TableName>, query: impl Into<ViewQuery>) -> Self {
        CreateTableAs { name: name.into(), query: query.into(), temporary: false, if_not_exists: false }
    }

    /// Lets the table live as long as the connection.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.temporary = true;
        self
    }

    /// Passes it over where a table of that name is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect cannot say something.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let facts = &dialect.capabilities().ddl;
        let refused =
            |what: &str| CompileError::unsupported(dialect.name(), &format!("{what} (`{}`)", self.name));
        if self.if_not_exists && !facts.existence.create {
            return Err(refused("making a table only where there is none of that name"));
        }
        let name = table_name(&self.name, dialect);
        let query = query(&self.query, dialect)?;
        if !facts.create_table_as {
            if self.temporary {
                return Err(refused("a temporary table of a query, but by a name that begins with `#`"));
            }
            let Some((columns, from)) = query.split_once(" FROM ") else {
                return Err(refused("a table of a query that reads from nothing"));
            };
            return Ok(format!("{columns} INTO {name} FROM {from}"));
        }
        let temporary = if self.temporary { "TEMPORARY " } else { "" };
        let exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        Ok(format!("CREATE {temporary}TABLE {exists}{name} AS {query}"))
    }
}

/// The query with its values written in.
fn query(query: &ViewQuery, dialect: &dyn Dialect) -> Result<String, CompileError> {
    match query {
        ViewQuery::Statement(statement) => render_literal(statement, dialect),
        ViewQuery::Words(sql) => sql.render(dialect),
    }
}
