//! `UPDATE` and `DELETE`.

use std::fmt;
use std::marker::PhantomData;

use super::{IntoFrom, IntoTable, Subquery};
use crate::ast::{self, Statement, WithCte};
use crate::expression::{Column, IntoExpr, IntoFilter, IntoOrders, Selectable};
use crate::name::Name;
use crate::types::Field;

/// An update whose returned rows, where there are any, are read as `R`. Begin one with [`update`].
pub struct Update<R = ()> {
    ast: ast::Update,
    marker: PhantomData<fn() -> R>,
}

/// Begins an update of a table. Without a condition it changes every row.
pub fn update(table: impl IntoTable) -> Update {
    Update {
        ast: ast::Update {
            table: table.into_table(),
            set: Vec::new(),
            filter: Vec::new(),
            returning: Vec::new(),
            options: None,
        },
        marker: PhantomData,
    }
}

impl<R> Update<R> {
    /// Gives a column a new value.
    #[must_use]
    pub fn set<T: Field>(mut self, column: Column<T>, value: impl IntoExpr<T>) -> Self {
        let assignment = column.set(value);
        self.ast.set.push((assignment.column, assignment.value));
        self
    }

    /// Adds a condition; all of them must hold. `None` adds nothing.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoFilter) -> Self {
        self.ast.filter.extend(condition.into_filter());
        self
    }

    /// Hands back values of the changed rows.
    #[must_use]
    pub fn returning<S: Selectable>(mut self, what: S) -> Update<S::Row> {
        what.items(&mut self.ast.returning);
        Update { ast: self.ast, marker: PhantomData }
    }
}

/// The rarer parts.
impl<R> Update<R> {
    /// Reads another source as well: `UPDATE … FROM`, or the form that the database has for it. Conditions connect it
    /// with the table.
    #[must_use]
    pub fn from(mut self, source: impl IntoFrom) -> Self {
        self.ast.options_mut().from.push(source.into_from());
        self
    }

    /// Gives a column of a table that is known only at run time a new value.
    #[must_use]
    pub fn set_name<T: Field>(mut self, column: impl Into<Name>, value: impl IntoExpr<T>) -> Self {
        self.ast.set.push((column.into(), value.into_expr().into_ast()));
        self
    }

    /// Gives a column of another source, named in [`from`](Self::from), a new value as well (MySQL, MariaDB).
    #[must_use]
    pub fn set_elsewhere<T: Field>(mut self, column: Column<T>, value: impl IntoExpr<T>) -> Self {
        let target = ast::Expr::column(column.source().table_ref(), Name::Borrowed(column.name()));
        self.ast.options_mut().set_elsewhere.push((target, value.into_expr().into_ast()));
        self
    }

    /// Gives an element of an array or document (`x[1]`) a new value (PostgreSQL).
    ///
    /// ```
    /// use aludel_sql::dialect::postgres::Postgres;
    /// use aludel_sql::expression::postgres::element;
    /// use aludel_sql::schema::table;
    /// use aludel_sql::statement::update;
    ///
    /// let games = table("games");
    /// let change = update(&games).set_part(element(games.c::<Vec<i32>>("scores"), 1), 21);
    /// assert_eq!(aludel_sql::compile(&change.into(), &Postgres::default())?.sql, "UPDATE games SET scores[$1]=$2");
    /// # Ok::<(), aludel_sql::CompileError>(())
    /// ```
    #[must_use]
    pub fn set_part<T: Field>(mut self, part: crate::Expr<T>, value: impl IntoExpr<T>) -> Self {
        self.ast.options_mut().set_elsewhere.push((part.into_ast(), value.into_expr().into_ast()));
        self
    }

    /// Writes a common table expression in the statement's `WITH` even where nothing reads it.
    #[must_use]
    pub fn add_cte<S>(mut self, cte: &Subquery<S>) -> Self {
        self.ast.options_mut().ctes.push(WithCte { cte: cte.ast().clone(), nest_here: false });
        self
    }

    /// The order in which rows are changed (MySQL, MariaDB).
    #[must_use]
    pub fn order_by(mut self, orders: impl IntoOrders) -> Self {
        orders.orders(&mut self.ast.options_mut().order_by);
        self
    }

    /// At most so many rows are changed (MySQL, MariaDB).
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.options_mut().limit = Some(super::row_count(rows));
        self
    }

    /// The statement as a common table expression, read by another one: with `RETURNING`.
    pub fn cte(self, name: impl Into<Name>) -> Subquery<R> {
        Subquery::from_write(ast::Query::Update(Box::new(self.ast)), name.into())
    }
}

impl<R> Delete<R> {
    /// Reads another source as well: `DELETE … USING`, or the form that the database has for it. Conditions connect it
    /// with the table.
    #[must_use]
    pub fn using(mut self, source: impl IntoFrom) -> Self {
        self.ast.options_mut().from.push(source.into_from());
        self
    }

    /// Writes a common table expression in the statement's `WITH` even where nothing reads it.
    #[must_use]
    pub fn add_cte<S>(mut self, cte: &Subquery<S>) -> Self {
        self.ast.options_mut().ctes.push(WithCte { cte: cte.ast().clone(), nest_here: false });
        self
    }

    /// The order in which rows are deleted (MySQL, MariaDB).
    #[must_use]
    pub fn order_by(mut self, orders: impl IntoOrders) -> Self {
        orders.orders(&mut self.ast.options_mut().order_by);
        self
    }

    /// At most so many rows are deleted (MySQL, MariaDB).
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.options_mut().limit = Some(super::row_count(rows));
        self
    }

    /// The statement as a common table expression, read by another one: with `RETURNING`.
    pub fn cte(self, name: impl Into<Name>) -> Subquery<R> {
        Subquery::from_write(ast::Query::Delete(Box::new(self.ast)), name.into())
    }
}

/// A delete whose returned rows, where there are any, are read as `R`. Begin one with [`delete`].
pub struct Delete<R = ()> {
    ast: ast::Delete,
    marker: PhantomData<fn() -> R>,
}

/// Begins a delete from a table. Without a condition it deletes every row.
pub fn delete(table: impl IntoTable) -> Delete {
    Delete {
        ast: ast::Delete {
            table: table.into_table(),
            filter: Vec::new(),
            returning: Vec::new(),
            options: None,
        },
        marker: PhantomData,
    }
}

impl<R> Delete<R> {
    /// Adds a condition; all of them must hold. `None` adds nothing.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoFilter) -> Self {
        self.ast.filter.extend(condition.into_filter());
        self
    }

    /// Hands back values of the deleted rows.
    #[must_use]
    pub fn returning<S: Selectable>(mut self, what: S) -> Delete<S::Row> {
        what.items(&mut self.ast.returning);
        Delete { ast: self.ast, marker: PhantomData }
    }
}

macro_rules! shell {
    ($($name:ident),+) => {$(
        impl<R> Clone for $name<R> {
            fn clone(&self) -> Self {
                $name { ast: self.ast.clone(), marker: PhantomData }
            }
        }

        impl<R> fmt::Debug for $name<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.ast.fmt(f)
            }
        }

        impl<R> From<$name<R>> for Statement {
            fn from(statement: $name<R>) -> Self {
                Statement::$name(statement.ast)
            }
        }
    )+};
}

shell!(Update, Delete);
