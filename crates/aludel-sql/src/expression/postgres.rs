//! What only PostgreSQL has, with its types: arrays, elements of documents, ranges, full-text search.
//!
//! Functions rather than methods, because one sign (`@>`) means the same for arrays, ranges and documents. On another
//! database they are refused when the statement is compiled, or by the server.

use super::{Expr, Expression, IntoExpr};
use crate::ast::{
    self, BinaryOperator, CustomOperation, CustomOperator, JsonAccess, Match, Slice, Subscript, UnaryOperator,
};
use crate::compiler::level;
use crate::name::Name;
use crate::types::{Element, Field, Range, RangeElement, SqlType};
use crate::value::Value;

type Plain<E> = <<E as Expression>::Type as Field>::Plain;

/// `ARRAY[…]`; an empty one says what it is an array of. Mirrors SQLAlchemy's `postgresql.array`.
///
/// ```
/// use aludel_sql::compiler::render_expr;
/// use aludel_sql::dialect::postgres::Postgres;
/// use aludel_sql::expression::postgres::{array, contains};
///
/// let all = contains(array::<i32>([1, 2, 3]), vec![2, 3]);
/// assert_eq!(render_expr(&all.into_ast(), &Postgres::default())?, "ARRAY[1, 2, 3] @> '{\"2\",\"3\"}'");
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn array<T: Element + SqlType>(
    elements: impl IntoIterator<Item = impl IntoExpr<Option<T>>>,
) -> Expr<Vec<T>> {
    let elements = elements.into_iter().map(|element| element.into_expr().into_ast()).collect();
    Expr::from_ast(ast::Expr::Array(elements, Some(T::sql_type())))
}

/// `x[n]`: an element of an array, counted from 1; `NULL` where there is none.
pub fn element<T: Element + SqlType, E: Expression<Type: Field<Plain = Vec<T>>>>(
    array: E,
    index: impl IntoExpr<Option<i32>>,
) -> Expr<Option<T>> {
    let index = Subscript::Element(index.into_expr().into_ast());
    Expr::from_ast(ast::Expr::Subscript(Box::new(array.into_ast()), Box::new(index)))
}

/// `x[m:n]`: the elements from the m-th to the n-th, both included.
pub fn slice<E: Expression>(
    array: E,
    first: impl IntoExpr<Option<i32>>,
    last: impl IntoExpr<Option<i32>>,
) -> Expr<E::Type> {
    let slice = Slice {
        start: Some(first.into_expr().into_ast()),
        stop: Some(last.into_expr().into_ast()),
        step: None,
    };
    let part = Subscript::Slice(slice);
    Expr::from_ast(ast::Expr::Subscript(Box::new(array.into_ast()), Box::new(part)))
}

/// `ANY (x)`, behind a comparison: it holds for one of the array's elements at least.
pub fn any<T: Element + SqlType>(array: impl IntoExpr<Vec<T>>) -> Expr<T> {
    quantified(UnaryOperator::AnyOf, array.into_expr().into_ast())
}

/// `ALL (x)`, behind a comparison: it holds for every element of the array.
pub fn all<T: Element + SqlType>(array: impl IntoExpr<Vec<T>>) -> Expr<T> {
    quantified(UnaryOperator::AllOf, array.into_expr().into_ast())
}

fn quantified<T>(operator: UnaryOperator, array: ast::Expr) -> Expr<T> {
    Expr::from_ast(ast::Expr::Unary(operator, Box::new(array)))
}

/// `@>`: all of the right is in the left. Of arrays, ranges and documents.
pub fn contains<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    condition("@>", left.into_ast(), right.into_expr().into_ast())
}

/// `<@`: all of the left is in the right. Of arrays, ranges and documents.
pub fn contained_by<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    condition("<@", left.into_ast(), right.into_expr().into_ast())
}

/// `&&`: something is in both. Of arrays and ranges.
pub fn overlaps<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison("&&", left.into_ast(), right.into_expr().into_ast())
}

/// `@>`: a range holds a value.
pub fn contains_value<T: RangeElement, E: Expression<Type: Field<Plain = Range<T>>>>(
    range: E,
    value: impl IntoExpr<Option<T>>,
) -> Expr<bool> {
    // By itself, a parameter would be taken for a range.
    let value = ast::Expr::Cast(Box::new(value.into_expr().into_ast()), T::sql_type());
    condition("@>", range.into_ast(), value)
}

/// `<<`: a range ends before the other one begins.
pub fn strictly_left_of<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison("<<", left.into_ast(), right.into_expr().into_ast())
}

/// `>>`: a range begins behind the end of the other one.
pub fn strictly_right_of<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison(">>", left.into_ast(), right.into_expr().into_ast())
}

/// `&<`: a range does not reach beyond the end of the other one.
pub fn not_extend_right_of<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison("&<", left.into_ast(), right.into_expr().into_ast())
}

/// `&>`: a range does not begin before the other one.
pub fn not_extend_left_of<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison("&>", left.into_ast(), right.into_expr().into_ast())
}

/// `-|-`: two ranges touch, and nothing is in both.
pub fn adjacent_to<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<bool> {
    comparison("-|-", left.into_ast(), right.into_expr().into_ast())
}

/// `+`: what is in one of two ranges, which have to overlap or touch.
pub fn union<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<E::Type> {
    Expr::from_ast(ast::Expr::binary(BinaryOperator::Add, left.into_ast(), right.into_expr().into_ast()))
}

/// `*`: what is in both of two ranges.
pub fn intersection<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<E::Type> {
    Expr::from_ast(ast::Expr::binary(BinaryOperator::Multiply, left.into_ast(), right.into_expr().into_ast()))
}

/// `-`: what is in the left of two ranges alone.
pub fn difference<E: Expression>(left: E, right: impl IntoExpr<Option<Plain<E>>>) -> Expr<E::Type> {
    Expr::from_ast(ast::Expr::binary(BinaryOperator::Subtract, left.into_ast(), right.into_expr().into_ast()))
}

/// An operator that yields a truth value, written like a comparison.
fn comparison(sign: &'static str, left: ast::Expr, right: ast::Expr) -> Expr<bool> {
    let operator =
        CustomOperator { precedence: level::COMPARISON, comparison: true, ..CustomOperator::new(sign) };
    operation(operator, left, right)
}

/// The same, in parentheses inside of any other operator.
fn condition(sign: &'static str, left: ast::Expr, right: ast::Expr) -> Expr<bool> {
    let operator = CustomOperator { precedence: level::COMPARISON, comparison: true, ..enclosed(sign) };
    operation(operator, left, right)
}

/// An arrow that yields a text.
fn arrow(sign: &'static str, left: ast::Expr, right: ast::Expr) -> Expr<Option<String>> {
    operation(CustomOperator { precedence: level::INDEX, ..enclosed(sign) }, left, right)
}

fn enclosed(sign: &'static str) -> CustomOperator {
    CustomOperator { eager_grouping: true, associative: true, ..CustomOperator::new(sign) }
}

fn operation<T>(operator: CustomOperator, left: ast::Expr, right: ast::Expr) -> Expr<T> {
    let operation = CustomOperation { operator, left: Some(left), right: Some(right) };
    Expr::from_ast(ast::Expr::Operation(Box::new(operation)))
}

/// By what an element of a document is asked for: the name of a member, or the place of an element, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The member of an object.
    Name(Name),
    /// The element of an array; from the end where negative.
    Index(i32),
}

impl From<&'static str> for Key {
    fn from(name: &'static str) -> Self {
        Key::Name(Name::Borrowed(name))
    }
}

impl From<String> for Key {
    fn from(name: String) -> Self {
        Key::Name(Name::Owned(name))
    }
}

impl From<i32> for Key {
    fn from(index: i32) -> Self {
        Key::Index(index)
    }
}

impl Key {
    fn into_ast(self) -> ast::Expr {
        match self {
            Key::Name(name) => ast::Expr::Bind(Value::Text(name.to_string())),
            // By itself, a parameter would be taken for a name.
            Key::Index(index) => ast::Expr::Literal(Value::I64(index.into())),
        }
    }

    fn into_text(self) -> Value {
        Value::Text(match self {
            Key::Name(name) => name.to_string(),
            Key::Index(index) => index.to_string(),
        })
    }
}

/// `x -> 'k'`: an element of a document, as a document; the caller says of which type. `NULL` where there is none.
pub fn get<T: SqlType>(document: impl Expression, key: impl Into<Key>) -> Expr<Option<T>> {
    let (operand, key) = (document.into_ast(), key.into());
    let integer_key = matches!(key, Key::Index(_));
    Expr::from_ast(ast::Expr::Json(Box::new(JsonAccess {
        operand,
        key: key.into_ast(),
        path: false,
        integer_key,
        binary: false,
        result: None,
    })))
}

/// `x ->> 'k'`: an element of a document, as text. `NULL` where there is none, or where it is `null`.
pub fn get_text(document: impl Expression, key: impl Into<Key>) -> Expr<Option<String>> {
    arrow("->>", document.into_ast(), key.into().into_ast())
}

/// `x #> '{a, 0, b}'`: what a path leads to, as a document; the caller says of which type. `NULL` where it leads nowhere.
pub fn get_path<T: SqlType, K: Into<Key>>(
    document: impl Expression,
    path: impl IntoIterator<Item = K>,
) -> Expr<Option<T>> {
    Expr::from_ast(ast::Expr::Json(Box::new(JsonAccess {
        operand: document.into_ast(),
        key: self::path(path),
        path: true,
        integer_key: false,
        binary: false,
        result: None,
    })))
}

/// `x #>> '{a, 0, b}'`: what a path leads to, as text.
pub fn get_path_text<K: Into<Key>>(
    document: impl Expression,
    path: impl IntoIterator<Item = K>,
) -> Expr<Option<String>> {
    arrow("#>>", document.into_ast(), self::path(path))
}

fn path<K: Into<Key>>(path: impl IntoIterator<Item = K>) -> ast::Expr {
    ast::Expr::Bind(Value::Array(path.into_iter().map(|key| key.into().into_text()).collect()))
}

/// `x ? 'k'`: a `jsonb` object has a member of this name, or a `jsonb` array has this text.
pub fn has_key(document: impl Expression, key: impl IntoExpr<Option<String>>) -> Expr<bool> {
    condition("?", document.into_ast(), key.into_expr().into_ast())
}

/// `x ?| …`: one of these keys at least is there.
pub fn has_any(document: impl Expression, keys: impl IntoExpr<Vec<String>>) -> Expr<bool> {
    condition("?|", document.into_ast(), keys.into_expr().into_ast())
}

/// `x ?& …`: all of these keys are there.
pub fn has_all(document: impl Expression, keys: impl IntoExpr<Vec<String>>) -> Expr<bool> {
    condition("?&", document.into_ast(), keys.into_expr().into_ast())
}

/// Finds all of these words in a text, by the rules of a language (`english`) or, with `None`, of the server's own
/// choice. Mirrors SQLAlchemy's `match` with its `postgresql_regconfig`.
pub fn matches<E: Expression<Type: Field<Plain = String>>>(
    text: E,
    words: impl IntoExpr<Option<String>>,
    language: Option<&str>,
) -> Expr<bool> {
    Expr::from_ast(ast::Expr::Match(Box::new(Match {
        columns: vec![text.into_ast()],
        against: words.into_expr().into_ast(),
        boolean_mode: false,
        natural_language: false,
        query_expansion: false,
        configuration: language.map(|language| Name::Owned(language.to_owned())),
        negated: false,
    })))
}
