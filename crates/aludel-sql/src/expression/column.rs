//! Columns of a table, and expressions made of them.

use std::fmt;
use std::marker::PhantomData;

use super::{Expression, IntoExpr};
use crate::ast::{self, Alias, ColumnRef, TableRef};
use crate::name::Name;
use crate::schema;
use crate::types::Field;

/// One occurrence of a model's table: the table itself, or an alias of it.
#[derive(Clone, Copy)]
pub struct Source {
    table: fn() -> &'static schema::Table,
    /// 0 is the table under its own name.
    alias: u32,
}

impl Source {
    /// The table under its own name.
    pub const fn new(table: fn() -> &'static schema::Table) -> Self {
        Source { table, alias: 0 }
    }

    /// Another occurrence of the table, told apart from all others.
    #[must_use]
    pub fn alias(self) -> Self {
        Source { table: self.table, alias: new_alias() }
    }

    /// The table's description.
    pub fn table(self) -> &'static schema::Table {
        (self.table)()
    }

    /// The occurrence, as statements name it.
    pub fn table_ref(self) -> TableRef {
        let alias = if self.alias == 0 { Alias::None } else { Alias::Anonymous(self.alias) };
        TableRef::from_static(&self.table().name, alias)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.table().name)?;
        if self.alias != 0 { write!(f, "#{}", self.alias) } else { Ok(()) }
    }
}

/// A number for an alias that no other alias of this program has.
pub fn new_alias() -> u32 {
    ast::new_id()
}

/// A column of a model's table that yields a `T`.
///
/// `User.username` is one. Mirrors SQLAlchemy's `InstrumentedAttribute` at class level.
pub struct Column<T> {
    source: Source,
    index: u16,
    marker: PhantomData<fn() -> T>,
}

impl<T> Column<T> {
    /// The column at `index` of the table's description.
    pub const fn new(source: Source, index: u16) -> Self {
        Column { source, index, marker: PhantomData }
    }

    /// The occurrence of the table that the column belongs to.
    pub fn source(self) -> Source {
        self.source
    }

    /// The column's place among the table's columns.
    pub fn index(self) -> usize {
        self.index.into()
    }

    /// The column's name.
    pub fn name(self) -> &'static str {
        self.source.table().columns.get(self.index()).map_or("", |column| &column.name)
    }

    /// The same column of another occurrence of its table.
    #[must_use]
    pub const fn with_source(self, source: Source) -> Self {
        Column { source, index: self.index, marker: PhantomData }
    }
}

impl<T: Field> Column<T> {
    /// Gives the column a value, in an insert or an update.
    pub fn set(self, value: impl IntoExpr<T>) -> Assignment {
        Assignment { column: Name::Borrowed(self.name()), value: value.into_expr().into_ast() }
    }
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Column<T> {}

impl<T> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}.{}", self.source, self.name())
    }
}

impl<T: Field> Expression for Column<T> {
    type Type = T;

    fn into_ast(self) -> ast::Expr {
        ast::Expr::Column(ColumnRef {
            source: Some(self.source.table_ref().into()),
            name: Name::Borrowed(self.name()),
        })
    }
}

/// An expression that yields a `T`.
pub struct Expr<T> {
    ast: ast::Expr,
    marker: PhantomData<fn() -> T>,
}

impl<T> Expr<T> {
    /// Gives a tree the type `T`. Nothing checks that it yields one.
    pub fn from_ast(ast: ast::Expr) -> Self {
        Expr { ast, marker: PhantomData }
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Expr {
        self.ast
    }

    /// The tree, to look at.
    pub fn ast(&self) -> &ast::Expr {
        &self.ast
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Expr { ast: self.ast.clone(), marker: PhantomData }
    }
}

impl<T> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

impl<T: Field> Expression for Expr<T> {
    type Type = T;

    fn into_ast(self) -> ast::Expr {
        self.ast
    }
}

/// A column with the value that it is to get.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The column.
    pub column: Name,
    /// The value.
    pub value: ast::Expr,
}
