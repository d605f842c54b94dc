//! Expressions: operators with their parentheses, negation, lists, patterns, functions.

use super::aludel_sql::ast::{self, BinaryOperator};
use super::aludel_sql::expression::{
    Expression, case, coalesce, count, count_all, function, lower, max, sum, text, upper, value,
};
use super::aludel_sql::statement::select;
use super::aludel_sql::types::string;
use super::aludel_sql::{Expr, Value};
use super::cases::{Case, each, same};
use super::tables::*;

/// A condition behind `SELECT users.id FROM users WHERE`.
fn condition(name: &'static str, condition: Expr<bool>, text: &str) -> Case {
    let text = format!("SELECT users.id FROM users WHERE {text}");
    same(name, select(ID).filter(condition), &text)
}

/// An expression in the list of a query.
fn item(name: &'static str, item: Expr<Option<i64>>, text: &str) -> Case {
    same(name, select(item), &format!("SELECT {text} AS anon_1 FROM users"))
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = comparisons();
    cases.extend(arithmetic());
    cases.extend(lists());
    cases.extend(patterns());
    cases.extend(functions());
    cases
}

fn comparisons() -> Vec<Case> {
    vec![
        condition("equal", ID.eq(1), "users.id = ?"),
        condition("equal to nothing", AGE.eq(None), "users.age IS NULL"),
        condition("different from nothing", AGE.ne(None), "users.age IS NOT NULL"),
        condition("different", AGE.ne(3), "users.age != ?"),
        condition("a column with a column", AGE.le(ID), "users.age <= users.id"),
        condition(
            "and, or",
            ID.eq(1).and(AGE.gt(2).or(AGE.lt(1))),
            "users.id = ? AND (users.age > ? OR users.age < ?)",
        ),
        condition(
            "or of ands",
            ID.eq(1).and(AGE.gt(2)).or(AGE.lt(1)),
            "users.id = ? AND users.age > ? OR users.age < ?",
        ),
        condition(
            "operators of Rust",
            (ID.eq(1) | ID.eq(2)) & ACTIVE.expr(),
            "(users.id = ? OR users.id = ?) AND users.active",
        ),
        condition("not equal", !ID.eq(1), "users.id != ?"),
        condition("not less", !ID.lt(1), "users.id >= ?"),
        condition("not not", !!ACTIVE.expr(), "users.active"),
        condition("not a column", !ACTIVE.expr(), "NOT users.active"),
        condition("not both", !ID.eq(1).and(ID.eq(2)), "NOT (users.id = ? AND users.id = ?)"),
        condition("not of not both", !!ID.eq(1).and(ID.eq(2)), "users.id = ? AND users.id = ?"),
        condition("a comparison of comparisons", ID.eq(1).eq(ID.eq(2)), "(users.id = ?) = (users.id = ?)"),
        condition("null of a comparison", ID.eq(1).is_null(), "(users.id = ?) IS NULL"),
        condition("a negation compared", (!ACTIVE.expr()).eq(ACTIVE), "(NOT users.active) = users.active"),
        condition("not null", !AGE.is_null(), "users.age IS NOT NULL"),
        condition("between", AGE.between(1, 2), "users.age BETWEEN ? AND ?"),
        condition("not between", !AGE.between(1, 2), "users.age NOT BETWEEN ? AND ?"),
        condition(
            "between and more",
            AGE.between(1, 2).and(ID.eq(1)),
            "users.age BETWEEN ? AND ? AND users.id = ?",
        ),
        condition(
            "own words among others",
            text::<bool>("1 = 1 OR 1 = 0").and(ID.eq(1)),
            "(1 = 1 OR 1 = 0) AND users.id = ?",
        ),
        each(
            "null-safe equality",
            select(ID).filter(EMAIL.is_not_distinct_from(NAME)),
            [
                "SELECT users.id FROM users WHERE users.email IS users.name",
                "SELECT users.id FROM users WHERE users.email IS NOT DISTINCT FROM users.name",
                "SELECT users.id FROM users WHERE users.email <=> users.name",
            ],
        ),
        each(
            "null-safe difference",
            select(ID).filter(EMAIL.is_distinct_from("x")),
            [
                "SELECT users.id FROM users WHERE users.email IS NOT ?",
                "SELECT users.id FROM users WHERE users.email IS DISTINCT FROM $1",
                "SELECT users.id FROM users WHERE NOT (users.email <=> ?)",
            ],
        ),
        each(
            "null-safe, negated",
            select(ID).filter(!EMAIL.is_distinct_from("x")),
            [
                "SELECT users.id FROM users WHERE users.email IS ?",
                "SELECT users.id FROM users WHERE users.email IS NOT DISTINCT FROM $1",
                "SELECT users.id FROM users WHERE users.email <=> ?",
            ],
        ),
    ]
}

fn arithmetic() -> Vec<Case> {
    let negative = |expr: ast::Expr| {
        Expr::<Option<i64>>::from_ast(ast::Expr::Unary(ast::UnaryOperator::Negate, Box::new(expr)))
    };
    let concat = |left: ast::Expr, right: ast::Expr| {
        Expr::<Option<String>>::from_ast(ast::Expr::Binary(
            BinaryOperator::Concat,
            Box::new(left),
            Box::new(right),
        ))
    };
    let join = concat(NAME.into_ast(), EMAIL.into_ast());
    let sum = Expr::<Option<i64>>::from_ast((AGE + ID).into_ast());
    vec![
        item("a sum", AGE + 1, "users.age + ?"),
        item("a chain", AGE + 1 + 2, "users.age + ? + ?"),
        item("a sum to the right", AGE + (AGE + 1), "users.age + users.age + ?"),
        item("a difference to the right", AGE - (AGE - 1), "users.age - (users.age - ?)"),
        item("a product of sums", (AGE + 1) * (AGE + 2), "(users.age + ?) * (users.age + ?)"),
        item("a sum of products", AGE * 1 + AGE * 2, "users.age * ? + users.age * ?"),
        each(
            "a quotient of quotients",
            select(AGE / (AGE / 2)),
            [
                "SELECT users.age / (users.age / ?) AS anon_1 FROM users",
                "SELECT users.age / (users.age / $1) AS anon_1 FROM users",
                "SELECT users.age DIV (users.age DIV ?) AS anon_1 FROM users",
            ],
        ),
        item("a remainder", (AGE % 3) % 2, "(users.age % ?) % ?"),
        same("minus", select(negative(AGE.into_ast())), "SELECT -users.age FROM users"),
        item("minus a sum", negative((AGE + 1).into_ast()), "-(users.age + ?)"),
        // Two dashes in a row would begin a comment.
        item("minus minus", negative(negative(AGE.into_ast()).into_ast()), "-(-users.age)"),
        item(
            "minus a negative number",
            AGE + negative(ast::Expr::Literal(Value::I64(-3))),
            "users.age + -(-3)",
        ),
        condition("a sum compared", (AGE + 1).gt(AGE * 2), "users.age + ? > users.age * ?"),
        each(
            "concatenation",
            select(NAME.concat("!").concat(EMAIL)),
            [
                "SELECT users.name || ? || users.email AS anon_1 FROM users",
                "SELECT users.name || $1 || users.email AS anon_1 FROM users",
                "SELECT concat(users.name, ?, users.email) AS anon_1 FROM users",
            ],
        ),
        // SQLite binds `||` tighter than `+`, PostgreSQL less tightly.
        each(
            "sums joined",
            select(concat(sum.clone().cast::<String>().into_ast(), (AGE + 1).into_ast()).cast::<String>()),
            [
                "SELECT CAST(CAST(users.age + users.id AS VARCHAR) || (users.age + ?) AS VARCHAR) AS anon_1 FROM users",
                "SELECT CAST(CAST(users.age + users.id AS VARCHAR) || users.age + $1 AS VARCHAR) AS anon_1 FROM users",
                "SELECT CAST(concat(CAST(users.age + users.id AS CHAR), users.age + ?) AS CHAR) AS anon_1 FROM users",
            ],
        ),
        each(
            "joined texts compared",
            select(ID).filter(join.clone().eq("x")),
            [
                "SELECT users.id FROM users WHERE (users.name || users.email) = ?",
                "SELECT users.id FROM users WHERE (users.name || users.email) = $1",
                "SELECT users.id FROM users WHERE (concat(users.name, users.email)) = ?",
            ],
        ),
    ]
}

fn lists() -> Vec<Case> {
    vec![
        condition("in", ID.is_in([1, 2]), "users.id IN (?, ?)"),
        condition("not in", ID.not_in([1, 2]), "(users.id NOT IN (?, ?))"),
        condition("in, negated", !ID.is_in([1]), "(users.id NOT IN (?))"),
        each(
            "in nothing",
            select(ID).filter(ID.is_in([] as [i64; 0])),
            [
                "SELECT users.id FROM users WHERE users.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)",
                "SELECT users.id FROM users WHERE users.id IN (NULL) AND (1 != 1)",
                "SELECT users.id FROM users WHERE users.id IN (NULL) AND (1 != 1)",
            ],
        ),
        each(
            "not in nothing",
            select(ID).filter(ID.not_in([] as [i64; 0])),
            [
                "SELECT users.id FROM users WHERE (users.id NOT IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1))",
                "SELECT users.id FROM users WHERE (users.id NOT IN (NULL) OR (1 = 1))",
                "SELECT users.id FROM users WHERE (users.id NOT IN (NULL) OR (1 = 1))",
            ],
        ),
        each(
            "in nothing, and",
            select(ID).filter(ID.is_in([] as [i64; 0]).and(ID.eq(1))),
            [
                "SELECT users.id FROM users WHERE users.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1) AND users.id = ?",
                "SELECT users.id FROM users WHERE users.id IN (NULL) AND (1 != 1) AND users.id = $1",
                "SELECT users.id FROM users WHERE users.id IN (NULL) AND (1 != 1) AND users.id = ?",
            ],
        ),
        condition("eight", ID.is_in(1..=8), "users.id IN (?, ?, ?, ?, ?, ?, ?, ?)"),
        condition(
            "nine are filled up to sixteen",
            ID.is_in(1..=9),
            "users.id IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ),
        condition(
            "expressions in a list",
            AGE.is_in([ID + 1, ID + 2]),
            "users.age IN (users.id + ?, users.id + ?)",
        ),
        condition("a sum in a list", (AGE + 1).is_in([1]), "users.age + ? IN (?)"),
        condition(
            "in a query",
            ID.in_select(select(USER_ID).filter(TITLE.eq("x"))),
            "users.id IN (SELECT posts.user_id FROM posts WHERE posts.title = ?)",
        ),
    ]
}

fn patterns() -> Vec<Case> {
    vec![
        condition("like", NAME.like("a%"), "users.name LIKE ?"),
        condition("not like", !NAME.like("a%"), "users.name NOT LIKE ?"),
        condition("a part", NAME.contains("50%"), "users.name LIKE ? ESCAPE '/'"),
        condition("a beginning", NAME.starts_with("a_"), "users.name LIKE ? ESCAPE '/'"),
        condition("not an end", !EMAIL.ends_with("/"), "users.email NOT LIKE ? ESCAPE '/'"),
        each(
            "like in any case",
            select(ID).filter(NAME.ilike("A%")),
            [
                "SELECT users.id FROM users WHERE lower(users.name) LIKE lower(?)",
                "SELECT users.id FROM users WHERE users.name ILIKE $1",
                "SELECT users.id FROM users WHERE lower(users.name) LIKE lower(?)",
            ],
        ),
        each(
            "not like in any case",
            select(ID).filter(!NAME.ilike("A%")),
            [
                "SELECT users.id FROM users WHERE lower(users.name) NOT LIKE lower(?)",
                "SELECT users.id FROM users WHERE users.name NOT ILIKE $1",
                "SELECT users.id FROM users WHERE lower(users.name) NOT LIKE lower(?)",
            ],
        ),
    ]
}

fn functions() -> Vec<Case> {
    vec![
        same("count", select(count(AGE)), "SELECT count(users.age) AS count_1 FROM users"),
        same(
            "count different",
            select(count(AGE).distinct()),
            "SELECT count(DISTINCT users.age) AS count_1 FROM users",
        ),
        same("count all", select(count_all()).select_from(USERS), "SELECT count(*) AS count_1 FROM users"),
        same(
            "sum and max",
            select((sum(AGE), max(NAME))),
            "SELECT sum(users.age) AS sum_1, max(users.name) AS max_1 FROM users",
        ),
        same(
            "coalesce",
            select(coalesce::<_, i64>(AGE, 0)),
            "SELECT coalesce(users.age, ?) AS coalesce_1 FROM users",
        ),
        condition("functions in functions", lower(upper(NAME)).eq("a"), "lower(upper(users.name)) = ?"),
        same(
            "a function by its name",
            select(function::<Option<i64>>("length", [NAME.into_ast()])),
            "SELECT length(users.name) AS length_1 FROM users",
        ),
        same(
            "case",
            select(case::<i64>().when(AGE.gt(17), 1).when(AGE.is_null(), 2).otherwise(0)),
            "SELECT CASE WHEN (users.age > ?) THEN ? WHEN (users.age IS NULL) THEN ? ELSE ? END AS anon_1 FROM users",
        ),
        same(
            "case without an else",
            select(case::<String>().when(ACTIVE.expr(), NAME).finish()),
            "SELECT CASE WHEN users.active THEN users.name END AS anon_1 FROM users",
        ),
        each(
            "cast",
            select(AGE.cast::<String>()),
            [
                "SELECT CAST(users.age AS VARCHAR) AS age FROM users",
                "SELECT CAST(users.age AS VARCHAR) AS age FROM users",
                "SELECT CAST(users.age AS CHAR) AS age FROM users",
            ],
        ),
        each(
            "cast to a number",
            select((SCORE.cast::<i64>(), NAME.cast_to::<String>(string(3)), AGE.cast::<f64>())),
            [
                "SELECT CAST(users.score AS BIGINT) AS score, CAST(users.name AS VARCHAR(3)) AS name, CAST(users.age AS DOUBLE) AS age FROM users",
                "SELECT CAST(users.score AS BIGINT) AS score, CAST(users.name AS VARCHAR(3)) AS name, CAST(users.age AS DOUBLE PRECISION) AS age FROM users",
                "SELECT CAST(users.score AS SIGNED INTEGER) AS score, CAST(users.name AS CHAR(3)) AS name, CAST(users.age AS DOUBLE) AS age FROM users",
            ],
        ),
        condition(
            "now",
            Expr::<String>::from_ast(ast::Expr::Now).is_not_null().and(ID.eq(1)),
            "CURRENT_TIMESTAMP IS NOT NULL AND users.id = ?",
        ),
        same("a value", select(value::<i64>(7)), "SELECT ? AS anon_1"),
        same("own words", select(text::<i64>("1 + 1")), "SELECT 1 + 1"),
        condition("a boolean value", ACTIVE.eq(true), "users.active = ?"),
    ]
}
