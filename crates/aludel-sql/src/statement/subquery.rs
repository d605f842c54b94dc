//! Sources that a statement defines, as a program holds them: subqueries, common table expressions, values, functions.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::IntoTable;
use crate::ast::{self, Cte, Derived, DerivedKind, FromItem, Label, SelectItem, Source, TableFunction};
use crate::decode::FromRow;
use crate::expression::{Column, Expr, Selectable};
use crate::name::Name;
use crate::types::Field;

/// Something that can stand in `FROM`: whatever is a table for a statement, or a [`Subquery`].
pub trait IntoFrom {
    /// The element of the `FROM` list.
    fn into_from(self) -> FromItem;
}

impl<T: IntoTable> IntoFrom for T {
    fn into_from(self) -> FromItem {
        FromItem::Table(self.into_table())
    }
}

impl<R> IntoFrom for &Subquery<R> {
    fn into_from(self) -> FromItem {
        FromItem::Derived(self.derived.clone())
    }
}

impl<R> IntoFrom for Subquery<R> {
    fn into_from(self) -> FromItem {
        FromItem::Derived(self.derived)
    }
}

/// A source that a query speaks of without reading it there: a table, or a [`Subquery`].
pub trait IntoSource {
    /// The source.
    fn into_source(self) -> Source;
}

impl<T: IntoTable> IntoSource for T {
    fn into_source(self) -> Source {
        Source::Table(self.into_table())
    }
}

impl<R> IntoSource for &Subquery<R> {
    fn into_source(self) -> Source {
        Source::Derived(self.derived.clone())
    }
}

impl IntoSource for Source {
    fn into_source(self) -> Source {
        self
    }
}

/// A source whose rows are read as `R`: a subquery, a common table expression, values, a function.
///
/// Cheap to clone; clones are the same source. [`alias`](Self::alias) makes another occurrence.
pub struct Subquery<R> {
    derived: Arc<Derived>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Subquery<R> {
    /// Gives a source the row type `R`. Nothing checks that it yields one.
    pub fn from_ast(derived: Arc<Derived>) -> Self {
        Subquery { derived, marker: PhantomData }
    }

    /// A write as a common table expression.
    pub(super) fn from_write(write: ast::Query, name: Name) -> Self {
        Subquery::from_ast(Derived::new(DerivedKind::Cte(Box::new(Cte::new(write))), name))
    }

    /// The tree.
    pub fn into_ast(self) -> Arc<Derived> {
        self.derived
    }

    /// The tree, to look at.
    pub fn ast(&self) -> &Arc<Derived> {
        &self.derived
    }

    /// A column that has the name and type of a column of a table: of the one that the query selects.
    pub fn column<T: Field>(&self, of: Column<T>) -> Expr<T> {
        self.c(of.name())
    }

    /// A column by its name; the caller says its type.
    pub fn c<T: Field>(&self, name: impl Into<Name>) -> Expr<T> {
        Expr::from_ast(ast::Expr::column(self.derived.clone(), name))
    }

    /// The n-th column, from 0, whatever it is called; the caller says its type.
    pub fn at<T: Field>(&self, index: usize) -> Expr<T> {
        Expr::from_ast(ast::Expr::Position(self.derived.clone(), index))
    }

    /// Another occurrence of the same source under another name.
    #[must_use]
    pub fn alias(&self, name: impl Into<Label>) -> Self {
        let kind = DerivedKind::Alias(Source::Derived(self.derived.clone()));
        Subquery::from_ast(Derived::new(kind, name))
    }

    /// All columns as one value that is `None` where an outer join found nothing.
    pub fn maybe(&self) -> MaybeRows<R> {
        MaybeRows(self.clone())
    }

    /// For a common table expression: `MATERIALIZED`, or `NOT MATERIALIZED`.
    #[must_use]
    pub fn materialized(self, materialized: bool) -> Self {
        self.change_cte(|cte| cte.materialized = Some(materialized))
    }

    /// For a common table expression: written in the `WITH` of the query that reads it, not in the outermost one.
    #[must_use]
    pub fn nesting(self) -> Self {
        self.change_cte(|cte| cte.nesting = true)
    }

    /// For a common table expression: the names of its columns.
    #[must_use]
    pub fn columns(self, names: impl IntoIterator<Item: Into<Name>>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.change_cte(|cte| cte.columns = names)
    }

    fn change_cte(mut self, change: impl FnOnce(&mut Cte)) -> Self {
        if let DerivedKind::Cte(cte) = &mut Arc::make_mut(&mut self.derived).kind {
            change(cte);
        }
        self
    }
}

impl<R> Clone for Subquery<R> {
    fn clone(&self) -> Self {
        Subquery::from_ast(self.derived.clone())
    }
}

impl<R> fmt::Debug for Subquery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.derived.fmt(f)
    }
}

impl<R: FromRow> Selectable for &Subquery<R> {
    type Row = R;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem::All(self.derived.clone()));
    }
}

/// What [`Subquery::maybe`] gives.
pub struct MaybeRows<R>(Subquery<R>);

impl<R: FromRow> Selectable for MaybeRows<R> {
    type Row = Option<R>;

    fn items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem::All(self.0.derived));
    }
}

/// A function that yields rows, as something to read from. Mirrors SQLAlchemy's `table_valued`.
///
/// ```
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::expression::function;
/// use aludel_sql::statement::{select, table_function};
///
/// let each = table_function::<(String,)>("json_each", ["value"], [function::<String>("json", []).into_ast()]);
/// let compiled = aludel_sql::compile(&select(&each).into(), &Sqlite::default())?;
/// assert_eq!(compiled.sql, "SELECT anon_1.value FROM json_each(json()) AS anon_1");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn table_function<R>(
    name: impl Into<Name>,
    columns: impl IntoIterator<Item: Into<Name>>,
    arguments: impl IntoIterator<Item = ast::Expr>,
) -> Subquery<R> {
    let call = ast::Expr::Function(ast::Function::new(name, arguments.into_iter().collect()));
    let function = TableFunction {
        call,
        columns: columns.into_iter().map(|column| (column.into(), None)).collect(),
        derived: false,
        with_types: false,
        ordinality: false,
        joins_implicitly: false,
    };
    Subquery::from_ast(Derived::unnamed(DerivedKind::Function(Box::new(function))))
}

impl<R> Subquery<R> {
    /// For a function: writes the columns' names behind its alias, `AS t(a, b)`, which renames what it yields.
    #[must_use]
    pub fn render_derived(self) -> Self {
        self.change_function(|function| function.derived = true)
    }

    /// For a function: `WITH ORDINALITY`; the number is one more column, which [`render_derived`](Self::render_derived)
    /// names.
    #[must_use]
    pub fn with_ordinality(self, name: impl Into<Name>) -> Self {
        let name = name.into();
        self.change_function(|function| {
            function.ordinality = true;
            function.columns.push((name, None));
        })
    }

    fn change_function(mut self, change: impl FnOnce(&mut TableFunction)) -> Self {
        if let DerivedKind::Function(function) = &mut Arc::make_mut(&mut self.derived).kind {
            change(function);
        }
        self
    }
}
