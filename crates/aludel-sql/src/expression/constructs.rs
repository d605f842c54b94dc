//! What begins an expression or combines several: literals, texts, tuples, lists of conditions, constructs of the
//! user's own.

use std::marker::PhantomData;

use super::{Expr, Expression, IntoExpr, IntoExprs, IntoFilter};
use crate::ast::{
    self, Case, Construct, CustomExpr, CustomOperator, InList, Label, Param, Template, UnaryOperator,
};
use crate::encode::IntoValue;
use crate::name::Name;
use crate::schema;
use crate::statement::IntoQuery;
use crate::types::{Field, SqlType};

/// A value that is written into the text, safely quoted, rather than bound. Mirrors SQLAlchemy's `literal` with
/// `literal_execute`.
pub fn literal<T: Field>(value: T) -> Expr<T> {
    let value = value.to_value().map_or(crate::Value::Null, |value| value.to_owned());
    Expr::from_ast(ast::Expr::Literal(value))
}

/// `NULL`
pub fn null<T: SqlType>() -> Expr<Option<T>> {
    Expr::from_ast(ast::Expr::Literal(crate::Value::Null))
}

/// SQL in the user's own words that stands for a column. Nothing in it is checked or quoted. Mirrors SQLAlchemy's
/// `literal_column`.
pub fn literal_column<T>(sql: impl Into<Name>) -> Expr<T> {
    Expr::from_ast(ast::Expr::LiteralColumn(sql.into()))
}

/// A label of the same query, or else a column of what it reads, by its name alone: for an order or grouping that is
/// chosen at run time. The name is quoted like any other, so that it can only be a name. Mirrors the strings that
/// SQLAlchemy's `order_by` and `group_by` take.
pub fn by_name<T>(name: impl Into<Name>) -> Expr<T> {
    Expr::from_ast(ast::Expr::Named(name.into()))
}

/// SQL in the user's own words with `:name` for each parameter. Mirrors SQLAlchemy's `text`.
///
/// ```
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::expression::{literal_column, template};
/// use aludel_sql::statement::select;
///
/// let grown = template::<bool>("age BETWEEN :low AND :high").bind("low", 18_i64).bind("high", 99_i64);
/// let compiled = aludel_sql::compile(&select(literal_column::<i64>("1")).filter(grown).into(), &Sqlite::default())?;
/// assert_eq!(compiled.sql, "SELECT 1 WHERE age BETWEEN ? AND ?");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn template<T>(sql: &str) -> TextExpr<T> {
    TextExpr { template: Template::parse(sql), error: None, marker: PhantomData }
}

/// A text with parameters that are being given their values.
#[derive(Clone, Debug)]
pub struct TextExpr<T> {
    template: Template,
    error: Option<String>,
    marker: PhantomData<fn() -> T>,
}

impl<T> TextExpr<T> {
    /// Gives a parameter its value, wherever it occurs.
    #[must_use]
    pub fn bind(mut self, name: &str, value: impl IntoValue) -> Self {
        let param = Param {
            name: Label::Named(name.to_owned().into()),
            value: Some(value.into_value()),
            ty: None,
            literal: false,
        };
        if !self.template.set(name, &ast::Expr::Param(Box::new(param))) {
            self.error = Some(format!("a text has no parameter `:{name}`, and a value was bound to it"));
        }
        self
    }
}

impl<T: Field> Expression for TextExpr<T> {
    type Type = T;

    fn into_ast(self) -> ast::Expr {
        match self.error {
            Some(error) => ast::Expr::Invalid(error),
            None => match self.template.missing() {
                Some(name) => ast::Expr::Invalid(format!(
                    "a text has the parameter `:{name}`, and no value is bound to it (`\\:` is a colon)"
                )),
                None => ast::Expr::Template(Box::new(self.template)),
            },
        }
    }
}

impl<T: Field<Plain = bool>> IntoFilter for TextExpr<T> {
    fn into_filter(self) -> Option<ast::Expr> {
        Some(self.into_ast())
    }
}

/// The value at `index`, from 0, of each row that `execute_many` is given. Mirrors SQLAlchemy's `bindparam`.
///
/// ```
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::expression::{Expression, literal_column, parameter};
/// use aludel_sql::schema::{column, table};
/// use aludel_sql::statement::delete;
/// use aludel_sql::types::text;
///
/// let pets = table("pets").column(column("name", text()));
/// let old = delete(&pets).filter(literal_column::<i64>("age").gt(parameter::<i64>(0)));
/// assert_eq!(aludel_sql::compile(&old.into(), &Sqlite::default())?.sql, "DELETE FROM pets WHERE age > ?");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn parameter<T: Field>(index: usize) -> Expr<T> {
    Expr::from_ast(ast::Expr::Parameter(index))
}

/// All of these hold; true where there are none. Mirrors SQLAlchemy's `and_`.
pub fn all_of<F: IntoFilter>(conditions: impl IntoIterator<Item = F>) -> Expr<bool> {
    Expr::from_ast(ast::Expr::All(conditions.into_iter().filter_map(IntoFilter::into_filter).collect()))
}

/// One of these holds; false where there are none. Mirrors SQLAlchemy's `or_`.
pub fn any_of<F: IntoFilter>(conditions: impl IntoIterator<Item = F>) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Any(conditions.into_iter().filter_map(IntoFilter::into_filter).collect()))
}

/// Several values taken as one: `(a, b)`. Mirrors SQLAlchemy's `tuple_`.
pub fn tuple(parts: impl IntoExprs) -> Tuple {
    let mut exprs = Vec::new();
    parts.exprs(&mut exprs);
    Tuple(exprs)
}

/// Several values taken as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuple(Vec<ast::Expr>);

impl Tuple {
    /// The tree.
    pub fn into_ast(self) -> ast::Expr {
        ast::Expr::Tuple(self.0)
    }

    /// `IN` a list of such tuples; never true for an empty one.
    pub fn is_in<E: IntoExprs>(self, rows: impl IntoIterator<Item = E>) -> Expr<bool> {
        let row = |row: E| {
            let mut exprs = Vec::new();
            row.exprs(&mut exprs);
            ast::Expr::Tuple(exprs)
        };
        let list = InList::Values(rows.into_iter().map(row).collect());
        Expr::from_ast(ast::Expr::In { operand: Box::new(ast::Expr::Tuple(self.0)), list, negated: false })
    }

    /// `IN` the rows of a query.
    pub fn in_query(self, query: impl IntoQuery) -> Expr<bool> {
        let list = InList::Select(query.into_query());
        Expr::from_ast(ast::Expr::In { operand: Box::new(ast::Expr::Tuple(self.0)), list, negated: false })
    }

    /// `=`
    pub fn eq(self, other: Tuple) -> Expr<bool> {
        let (left, right) = (ast::Expr::Tuple(self.0), ast::Expr::Tuple(other.0));
        Expr::from_ast(ast::Expr::binary(ast::BinaryOperator::Equal, left, right))
    }

    /// `<`, compared part by part.
    pub fn lt(self, other: Tuple) -> Expr<bool> {
        let (left, right) = (ast::Expr::Tuple(self.0), ast::Expr::Tuple(other.0));
        Expr::from_ast(ast::Expr::binary(ast::BinaryOperator::Less, left, right))
    }

    /// `>`, compared part by part.
    pub fn gt(self, other: Tuple) -> Expr<bool> {
        let (left, right) = (ast::Expr::Tuple(self.0), ast::Expr::Tuple(other.0));
        Expr::from_ast(ast::Expr::binary(ast::BinaryOperator::Greater, left, right))
    }
}

/// `ANY (SELECT …)`, behind a comparison.
pub fn any_row<Q: IntoQuery<Row = T>, T: Field>(query: Q) -> Expr<T> {
    quantified(UnaryOperator::AnyOf, query)
}

/// `ALL (SELECT …)`, behind a comparison.
pub fn every_row<Q: IntoQuery<Row = T>, T: Field>(query: Q) -> Expr<T> {
    quantified(UnaryOperator::AllOf, query)
}

fn quantified<T>(operator: UnaryOperator, query: impl IntoQuery) -> Expr<T> {
    Expr::from_ast(ast::Expr::Unary(operator, Box::new(ast::Expr::Select(query.into_query()))))
}

/// `CASE x WHEN … THEN … ELSE … END`: the short form, which compares `x` with each value.
pub fn case_of<T: SqlType, E: Expression>(operand: E) -> CaseOf<T, E::Type> {
    CaseOf {
        case: Case { operand: Some(operand.into_ast()), whens: Vec::new(), otherwise: None },
        marker: PhantomData,
    }
}

/// A short `CASE` under construction.
#[derive(Clone, Debug)]
pub struct CaseOf<T, O> {
    case: Case,
    marker: PhantomData<fn() -> (T, O)>,
}

impl<T: SqlType, O: Field> CaseOf<T, O> {
    /// Adds a value with its result.
    #[must_use]
    pub fn when(mut self, value: impl IntoExpr<Option<O::Plain>>, then: impl IntoExpr<T>) -> Self {
        self.case.whens.push((value.into_expr().into_ast(), then.into_expr().into_ast()));
        self
    }

    /// Ends with the result for every other value.
    pub fn otherwise(mut self, result: impl IntoExpr<T>) -> Expr<T> {
        self.case.otherwise = Some(result.into_expr().into_ast());
        Expr::from_ast(ast::Expr::Case(Box::new(self.case)))
    }

    /// Ends without one.
    pub fn finish(self) -> Expr<Option<T>> {
        Expr::from_ast(ast::Expr::Case(Box::new(self.case)))
    }
}

/// An expression of the user's own, which writes itself for each dialect. See [`Construct`].
pub fn construct<T: Field>(construct: impl Construct) -> Expr<T> {
    Expr::from_ast(ast::Expr::Custom(CustomExpr::new(construct)))
}

/// An operator with two operands that has no method here. The caller says what it yields.
///
/// ```
/// use aludel_sql::ast::CustomOperator;
/// use aludel_sql::dialect::postgres::Postgres;
/// use aludel_sql::expression::{Expression, literal_column, operation};
/// use aludel_sql::compiler::render_expr;
///
/// let near = operation::<f64>(literal_column::<f64>("a"), CustomOperator::new("<->"), literal_column::<f64>("b"));
/// assert_eq!(render_expr(&near.into_ast(), &Postgres::default())?, "a <-> b");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn operation<T: Field>(
    left: impl Expression,
    operator: CustomOperator,
    right: impl Expression,
) -> Expr<T> {
    Expr::from_ast(ast::Expr::Operation(Box::new(ast::CustomOperation {
        operator,
        left: Some(left.into_ast()),
        right: Some(right.into_ast()),
    })))
}

impl schema::Table {
    /// A column of a table that is known only at run time; the caller says its type. Whether there is such a column is
    /// for the database to say. Mirrors SQLAlchemy's `table.c.name`.
    pub fn c<T: Field>(&self, name: impl Into<Name>) -> Expr<T> {
        Expr::from_ast(ast::Expr::column(ast::TableRef::from(self), name))
    }

    /// Another occurrence of the table, under a name of the user's choice.
    pub fn alias(&self, name: impl Into<Name>) -> ast::TableRef {
        ast::TableRef { alias: ast::Alias::Named(name.into()), ..ast::TableRef::from(self) }
    }
}

impl ast::TableRef {
    /// A column of this occurrence; the caller says its type.
    pub fn c<T: Field>(&self, name: impl Into<Name>) -> Expr<T> {
        Expr::from_ast(ast::Expr::column(self.clone(), name))
    }
}
