//! `User` as a word of queries: what the derive's table type is to the statements.

use aludel_sql::ast::{SelectItem, TableRef};
use aludel_sql::expression::{Assignment, Selectable, Source};
use aludel_sql::schema::{Occurrence, join_condition};
use aludel_sql::statement::IntoTable;
use aludel_sql::{Expr, Name, ast};

use super::Model;

/// A model's query vocabulary: the type of the constant `User` and of its aliases. The derive writes the
/// implementation.
pub trait ModelTable: Copy + IntoTable {
    /// The model.
    type Model: Model;

    /// The occurrence of the table that the vocabulary speaks of.
    fn source(self) -> Source;

    /// The same vocabulary for another occurrence.
    #[must_use]
    fn with_source(self, source: Source) -> Self;

    /// Another occurrence of the table in the same query. Mirrors SQLAlchemy's `aliased`.
    #[must_use]
    fn alias(self) -> Self {
        self.with_source(self.source().alias())
    }

    /// The condition under which rows of the two tables belong together: the one foreign key between them holds, in
    /// whichever direction. Where there is none, or several, compiling the statement is an error that says so. Mirrors
    /// how SQLAlchemy's `join` finds its condition.
    ///
    /// `select(…).join((Book, Book.key_to(Author)))`
    fn key_to(self, other: impl ModelTable) -> Expr<bool> {
        let (own, other) = (occurrence(self.source()), occurrence(other.source()));
        Expr::from_ast(
            join_condition(&[other], &[own]).unwrap_or_else(|error| ast::Expr::Invalid(error.to_string())),
        )
    }

    /// The model on the outer side of an outer join: rows without one yield `None`.
    fn maybe(self) -> Maybe<Self> {
        Maybe(self)
    }
}

fn occurrence(source: Source) -> Occurrence<'static> {
    Occurrence { table: source.table(), read_as: source.table_ref() }
}

/// A model that may be missing from a row: see [`ModelTable::maybe`].
#[derive(Clone, Copy, Debug)]
pub struct Maybe<T>(T);

impl<T: ModelTable> Selectable for Maybe<T> {
    type Row = Option<T::Model>;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(select_item::<T::Model>(self.0.source().table_ref()));
    }
}

/// All columns of one occurrence of a model's table.
pub fn select_item<M: Model>(table: TableRef) -> SelectItem {
    SelectItem::Columns(table.into(), &M::definition().column_names)
}

/// The values of an object as assignments of an insert; unset fields are left to the database. Client defaults fill
/// unset fields that have one.
pub fn assignments<M: Model>(object: &M) -> Vec<Assignment> {
    let definition = M::definition();
    let columns = definition.column_names.iter().zip(&definition.fields).enumerate();
    columns
        .filter(|(index, _)| {
            definition.table.columns.get(*index).is_some_and(|column| column.computed.is_none())
        })
        .filter_map(|(index, (name, field))| {
            let value = match object.value(index) {
                Some(value) => value.to_owned(),
                None => (field.default?)(),
            };
            Some(Assignment { column: Name::clone(name), value: ast::Expr::Bind(value) })
        })
        .collect()
}
