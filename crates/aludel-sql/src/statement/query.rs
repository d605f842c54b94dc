//! What all queries can do: be combined, named, nested.

use std::fmt;
use std::marker::PhantomData;

use super::{Select, Subquery, TextRows};
use crate::ast::{self, Compound, Cte, Derived, DerivedKind, Label, Query, SetOperator, Statement};
use crate::decode::FromRow;
use crate::expression::{Expr, IntoOrders};
use crate::name::Name;
use crate::types::{Field, SqlType};
use crate::value::Value;

/// Something that yields rows of one type: a [`Select`], queries combined, values, a text with said rows.
pub trait IntoQuery: Sized {
    /// What each row is.
    type Row;

    /// The tree.
    fn into_query(self) -> Query;

    /// Rows of either. Mirrors SQLAlchemy's `union`.
    #[must_use]
    fn union(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::Union, self.into_query(), other.into_query())
    }

    /// Rows of either, duplicates included.
    #[must_use]
    fn union_all(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::UnionAll, self.into_query(), other.into_query())
    }

    /// Rows of both.
    #[must_use]
    fn intersect(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::Intersect, self.into_query(), other.into_query())
    }

    /// Rows of both, duplicates included.
    #[must_use]
    fn intersect_all(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::IntersectAll, self.into_query(), other.into_query())
    }

    /// Rows of this one that the other does not yield.
    #[must_use]
    fn except(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::Except, self.into_query(), other.into_query())
    }

    /// The same, duplicates included.
    #[must_use]
    fn except_all(self, other: impl IntoQuery<Row = Self::Row>) -> CompoundSelect<Self::Row> {
        combine(SetOperator::ExceptAll, self.into_query(), other.into_query())
    }

    /// The query as something to read from, under a name. Mirrors SQLAlchemy's `subquery`.
    fn subquery(self, name: impl Into<Label>) -> Subquery<Self::Row> {
        Subquery::from_ast(Derived::new(DerivedKind::Subquery(self.into_query()), name))
    }

    /// The same behind `LATERAL`: it may name the sources in front of it.
    fn lateral(self, name: impl Into<Label>) -> Subquery<Self::Row> {
        let kind = DerivedKind::Subquery(self.into_query());
        let derived = Derived { id: ast::new_id(), name: Some(name.into()), kind, lateral: true };
        Subquery::from_ast(std::sync::Arc::new(derived))
    }

    /// The query as a common table expression, written once in `WITH` however often it is read. Mirrors SQLAlchemy's
    /// `cte`; see [`recursive`] for one that reads itself.
    fn cte(self, name: impl Into<Label>) -> Subquery<Self::Row> {
        Subquery::from_ast(Derived::new(DerivedKind::Cte(Box::new(Cte::new(self.into_query()))), name))
    }

    /// The value of the only row, `NULL` where there is none. Mirrors SQLAlchemy's `scalar_subquery`.
    fn scalar<P: SqlType>(self) -> Expr<Option<P>>
    where
        Self::Row: Field<Plain = P>,
    {
        Expr::from_ast(ast::Expr::Select(self.into_query()))
    }
}

impl<R> IntoQuery for Select<R> {
    type Row = R;

    fn into_query(self) -> Query {
        Query::Select(self.into_boxed())
    }
}

impl<R> IntoQuery for TextRows<R> {
    type Row = R;

    fn into_query(self) -> Query {
        self.into_ast()
    }
}

/// Queries combined by `UNION` and the like. Order and limit hold for the whole.
pub struct CompoundSelect<R> {
    ast: Compound,
    marker: PhantomData<fn() -> R>,
}

fn combine<R>(operator: SetOperator, first: Query, second: Query) -> CompoundSelect<R> {
    let members = match first {
        // `a.union(b).union(c)` is one union of three.
        Query::Compound(mut known) if known.operator == operator && is_plain(&known) => {
            known.members.push(second);
            known.members
        }
        first => vec![first, second],
    };
    CompoundSelect { ast: Compound::new(operator, members), marker: PhantomData }
}

fn is_plain(compound: &Compound) -> bool {
    let Compound { group_by, order_by, limit, offset, fetch, lock, ctes, .. } = compound;
    group_by.is_empty()
        && order_by.is_empty()
        && limit.is_none()
        && offset.is_none()
        && fetch.is_none()
        && lock.is_none()
        && ctes.is_empty()
}

impl<R> CompoundSelect<R> {
    /// Adds to the order of the whole. Columns are those of the first query, by their names in the result.
    #[must_use]
    pub fn order_by(mut self, orders: impl IntoOrders) -> Self {
        orders.orders(&mut self.ast.order_by);
        self
    }

    /// At most so many rows of the whole.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.limit = Some(super::row_count(rows));
        self
    }

    /// Passes over so many rows of the whole first.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.ast.offset = Some(super::row_count(rows));
        self
    }

    /// The tree.
    pub fn into_ast(self) -> Compound {
        self.ast
    }
}

impl<R> IntoQuery for CompoundSelect<R> {
    type Row = R;

    fn into_query(self) -> Query {
        self.ast.into()
    }
}

impl<R> Clone for CompoundSelect<R> {
    fn clone(&self) -> Self {
        CompoundSelect { ast: self.ast.clone(), marker: PhantomData }
    }
}

impl<R> fmt::Debug for CompoundSelect<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

impl<R> From<CompoundSelect<R>> for Statement {
    fn from(compound: CompoundSelect<R>) -> Self {
        Statement::Query(compound.ast.into())
    }
}

/// Begins a common table expression that reads itself: first the rows that it begins with, then, in
/// [`union_all`](Recursive::union_all), those that follow from the ones found so far. Mirrors SQLAlchemy's
/// `cte(recursive=True)`.
///
/// ```
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::expression::{Expression, literal};
/// use aludel_sql::statement::{IntoQuery, recursive, select};
///
/// let numbers = recursive("numbers", select(literal(1_i64).label("n")))
///     .union_all(|numbers| select(numbers.c::<i64>("n") + 1).filter(numbers.c::<i64>("n").lt(3)));
/// let compiled = aludel_sql::compile(&select(&numbers).into(), &Sqlite::default())?;
/// assert_eq!(
///     compiled.sql,
///     "WITH RECURSIVE numbers(n) AS (SELECT 1 AS n UNION ALL SELECT numbers.n + ? AS anon_1 FROM numbers \
///      WHERE numbers.n < ?) SELECT numbers.n FROM numbers"
/// );
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn recursive<Q: IntoQuery>(name: impl Into<Name>, first: Q) -> Recursive<Q::Row> {
    let cte = Cte { recursive: true, ..Cte::new(first.into_query()) };
    Recursive { first: Subquery::from_ast(Derived::new(DerivedKind::Cte(Box::new(cte)), name.into())) }
}

/// A recursive common table expression that lacks its second half.
#[derive(Debug)]
pub struct Recursive<R> {
    first: Subquery<R>,
}

impl<R> Recursive<R> {
    /// The rows that follow from those found so far.
    pub fn union_all<Q: IntoQuery<Row = S>, S>(self, next: impl FnOnce(&Subquery<R>) -> Q) -> Subquery<R> {
        self.finish(SetOperator::UnionAll, |first| next(first).into_query())
    }

    /// The same without those that were found before, which ends circles.
    pub fn union<Q: IntoQuery<Row = S>, S>(self, next: impl FnOnce(&Subquery<R>) -> Q) -> Subquery<R> {
        self.finish(SetOperator::Union, |first| next(first).into_query())
    }

    fn finish(self, operator: SetOperator, next: impl FnOnce(&Subquery<R>) -> Query) -> Subquery<R> {
        let next = next(&self.first);
        let first = self.first.into_ast();
        let DerivedKind::Cte(half) = &first.kind else { return Subquery::from_ast(first) };
        let whole = Cte {
            query: Compound::new(operator, vec![half.query.clone(), next]).into(),
            restates: Some(first.id),
            ..Cte::clone(half)
        };
        let name = first.name.clone();
        let kind = DerivedKind::Cte(Box::new(whole));
        let derived = Derived { id: ast::new_id(), name, kind, lateral: false };
        Subquery::from_ast(std::sync::Arc::new(derived))
    }
}

/// Rows of values to read from. Mirrors SQLAlchemy's `values`.
///
/// Each row is a tuple of the type that the columns have; `columns` are their names.
pub fn values<R: ValueRow>(
    name: impl Into<Name>,
    columns: impl IntoIterator<Item: Into<Name>>,
    rows: impl IntoIterator<Item = R>,
) -> Subquery<R> {
    let values = ast::Values {
        columns: columns.into_iter().map(|column| (column.into(), None)).collect(),
        rows: rows.into_iter().map(ValueRow::into_row).collect(),
        literal: false,
        ctes: Vec::new(),
    };
    Subquery::from_ast(Derived::new(DerivedKind::Values(Box::new(values)), name.into()))
}

/// A tuple of values: one row of [`values`].
pub trait ValueRow: FromRow {
    /// The values as bound parameters.
    fn into_row(self) -> Vec<ast::Expr>;
}

macro_rules! value_rows {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: Field + FromRow),+> ValueRow for ($($name,)+) {
            fn into_row(self) -> Vec<ast::Expr> {
                vec![$(ast::Expr::Bind(self.$index.to_value().map_or(Value::Null, |value| value.to_owned()))),+]
            }
        }
    )+};
}

value_rows! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
