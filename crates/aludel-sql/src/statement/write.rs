//! `UPDATE` and `DELETE`.

use std::fmt;
use std::marker::PhantomData;

use super::IntoTable;
use crate::ast::{self, Statement};
use crate::expression::{Column, IntoExpr, IntoFilter, Selectable};
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
