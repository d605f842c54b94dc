//! Operators and functions that each database spells in its own way, from the plain tree.

use super::aludel_sql::Value;
use super::aludel_sql::ast::{
    Aggregate, BinaryOperator, Escape, Expr, Function, InList, JsonAccess, OrderBy, Regexp, Select,
    SelectItem, SelectOptions, Statement, UnaryOperator,
};
use super::aludel_sql::expression::Expression;
use super::aludel_sql::types::{Type, big_integer, decimal, string};
use super::cases::{Case, each};
use super::tables::*;

/// A query of one value.
fn yields(expr: Expr) -> Statement {
    let options = SelectOptions { implicit_from: true, ..SelectOptions::default() };
    let items = vec![SelectItem::Expr(expr, Some("x".into()))];
    Statement::Select(Select { items, options: Some(Box::new(options)), ..Select::default() })
}

fn generic(name: &'static str, arguments: Vec<Expr>) -> Expr {
    Expr::Function(Function { generic: true, ..Function::new(name, arguments) })
}

fn number(number: i64) -> Expr {
    Expr::Literal(Value::I64(number))
}

fn text(text: &str) -> Expr {
    Expr::Literal(Value::Text(text.into()))
}

fn binary(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
    Expr::binary(operator, left, right)
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = operators();
    cases.extend(functions());
    cases.extend(documents());
    cases.extend(conditions());
    cases
}

fn operators() -> Vec<Case> {
    use BinaryOperator::*;
    let sum = || binary(Add, AGE.into_ast(), number(1));
    vec![
        each(
            "exclusive or",
            yields(binary(BitXor, AGE.into_ast(), number(6))),
            [
                "SELECT ((users.age | 6) - (users.age & 6)) AS x FROM users",
                "SELECT users.age # 6 AS x FROM users",
                "SELECT users.age ^ 6 AS x FROM users",
            ],
        ),
        each(
            "a quotient with its fraction",
            yields(binary(TrueDivide, AGE.into_ast(), sum())),
            [
                "SELECT users.age / ((users.age + 1) + 0.0) AS x FROM users",
                "SELECT users.age / CAST((users.age + 1) AS NUMERIC) AS x FROM users",
                "SELECT users.age / (users.age + 1) AS x FROM users",
            ],
        ),
        each(
            "a sum behind a text",
            yields(binary(Concat, NAME.into_ast(), Expr::Cast(Box::new(sum()), decimal()))),
            [
                "SELECT users.name || CAST(users.age + 1 AS NUMERIC) AS x FROM users",
                "SELECT users.name || CAST(users.age + 1 AS NUMERIC) AS x FROM users",
                "SELECT concat(users.name, CAST(users.age + 1 AS DECIMAL)) AS x FROM users",
            ],
        ),
        each(
            "a negated sum",
            yields(Expr::Unary(UnaryOperator::BitNot, Box::new(sum()))),
            [
                "SELECT ~(users.age + 1) AS x FROM users",
                "SELECT ~(users.age + 1) AS x FROM users",
                "SELECT ~(users.age + 1) AS x FROM users",
            ],
        ),
    ]
}

fn functions() -> Vec<Case> {
    let joined = || Function {
        generic: true,
        ..Function::new("aggregate_strings", vec![NAME.into_ast(), Expr::Bind(Value::Text("'; ".into()))])
    };
    let ordered = Aggregate {
        order_by: vec![OrderBy::from(ID.into_ast())],
        ..Aggregate::new(Expr::Function(joined()))
    };
    let year = Expr::Extract("year".into(), Box::new(Expr::Now));
    vec![
        each(
            "texts of several rows",
            yields(Expr::Function(joined())),
            [
                "SELECT group_concat(users.name, '''; ') AS x FROM users",
                "SELECT string_agg(users.name, '''; ') AS x FROM users",
                "SELECT group_concat(users.name SEPARATOR '''; ') AS x FROM users",
            ],
        ),
        each(
            "texts of several rows in order",
            yields(Expr::Aggregate(Box::new(ordered))),
            [
                "SELECT group_concat(users.name, '''; ' ORDER BY users.id) AS x FROM users",
                "SELECT string_agg(users.name, '''; ' ORDER BY users.id) AS x FROM users",
                "SELECT group_concat(users.name ORDER BY users.id SEPARATOR '''; ') AS x FROM users",
            ],
        ),
        each(
            "characters",
            yields(generic("char_length", vec![NAME.into_ast()])),
            [
                "SELECT length(users.name) AS x FROM users",
                "SELECT char_length(users.name) AS x FROM users",
                "SELECT char_length(users.name) AS x FROM users",
            ],
        ),
        each(
            "a random number",
            yields(generic("random", vec![])),
            ["SELECT random() AS x", "SELECT random() AS x", "SELECT rand() AS x"],
        ),
        each(
            "now",
            yields(generic("now", vec![])),
            ["SELECT CURRENT_TIMESTAMP AS x", "SELECT now() AS x", "SELECT now() AS x"],
        ),
        each(
            "the clock of the place",
            yields(generic("localtimestamp", vec![])),
            [
                "SELECT DATETIME(CURRENT_TIMESTAMP, 'localtime') AS x",
                "SELECT LOCALTIMESTAMP AS x",
                "SELECT LOCALTIMESTAMP AS x",
            ],
        ),
        each(
            "today",
            yields(generic("current_date", vec![])),
            ["SELECT CURRENT_DATE AS x", "SELECT CURRENT_DATE AS x", "SELECT CURRENT_DATE AS x"],
        ),
        each(
            "the year",
            yields(year),
            [
                "SELECT CAST(STRFTIME('%Y', CURRENT_TIMESTAMP) AS INTEGER) AS x",
                "SELECT EXTRACT(year FROM CURRENT_TIMESTAMP) AS x",
                "SELECT EXTRACT(year FROM CURRENT_TIMESTAMP) AS x",
            ],
        ),
    ]
}

fn documents() -> Vec<Case> {
    let element = |key: Expr, result: Option<Type>| {
        // MariaDB has no such type: its documents are texts.
        let document = Type::Json.with_variant(string(20), "mysql").with_variant(string(20), "mariadb");
        let operand = Expr::Cast(Box::new(text(r#"{"a": [7]}"#)), document);
        let access = JsonAccess { operand, key, path: false, integer_key: false, binary: true, result };
        yields(Expr::Json(Box::new(access)))
    };
    vec![
        each(
            "an element of a document",
            element(text("a"), None),
            [
                r#"SELECT JSON_QUOTE(JSON_EXTRACT(CAST('{"a": [7]}' AS JSON), '$."a"')) AS x"#,
                r#"SELECT (CAST('{"a": [7]}' AS JSONB))['a'] AS x"#,
                r#"SELECT JSON_EXTRACT(CAST('{"a": [7]}' AS CHAR(20)), '$."a"') AS x"#,
            ],
        ),
        each(
            "an element of a document as a number",
            element(text("b"), Some(big_integer())),
            [
                r#"SELECT CAST(JSON_EXTRACT(CAST('{"a": [7]}' AS JSON), '$."b"') AS BIGINT) AS x"#,
                r#"SELECT CAST(CAST('{"a": [7]}' AS JSONB) ->> 'b' AS BIGINT) AS x"#,
                r#"SELECT CASE JSON_EXTRACT(CAST('{"a": [7]}' AS CHAR(20)), '$."b"') WHEN 'null' THEN NULL ELSE CAST(JSON_EXTRACT(CAST('{"a": [7]}' AS CHAR(20)), '$."b"') AS SIGNED INTEGER) END AS x"#,
            ],
        ),
    ]
}

fn conditions() -> Vec<Case> {
    let replaced = Regexp {
        operand: NAME.into_ast(),
        pattern: text("^a"),
        replacement: Some(text("b")),
        flags: None,
        negated: false,
    };
    let none = |operand: Expr| Expr::In {
        operand: Box::new(operand),
        list: InList::Values(Vec::new()),
        negated: false,
    };
    let pair = Expr::Tuple(vec![ID.into_ast(), AGE.into_ast()]);
    let like = Expr::Like {
        operand: Box::new(NAME.into_ast()),
        pattern: Box::new(text("50/%%")),
        affix: Default::default(),
        escape: Escape::Character('/'),
        insensitive: true,
        negated: true,
    };
    vec![
        each(
            "a pattern replaced",
            yields(Expr::Regexp(Box::new(replaced))),
            [
                "!replacing by a regular expression",
                "SELECT REGEXP_REPLACE(users.name, '^a', 'b') AS x FROM users",
                "SELECT REGEXP_REPLACE(users.name, '^a', 'b') AS x FROM users",
            ],
        ),
        each(
            "two columns in nothing",
            yields(none(pair)),
            [
                "SELECT (users.id, users.age) IN (SELECT 1, 1 FROM (SELECT 1, 1) WHERE 1!=1) AS x FROM users",
                "SELECT (users.id, users.age) IN ((NULL, NULL)) AND (1 != 1) AS x FROM users",
                "SELECT (users.id, users.age) IN ((NULL, NULL)) AND (1 != 1) AS x FROM users",
            ],
        ),
        each(
            "in nothing, compared",
            yields(binary(BinaryOperator::Equal, none(ID.into_ast()), none(AGE.into_ast()))),
            [
                "SELECT (users.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)) = (users.age IN (SELECT 1 FROM \
                 (SELECT 1) WHERE 1!=1)) AS x FROM users",
                "SELECT (users.id IN (NULL) AND (1 != 1)) = (users.age IN (NULL) AND (1 != 1)) AS x FROM users",
                "SELECT (users.id IN (NULL) AND (1 != 1)) = (users.age IN (NULL) AND (1 != 1)) AS x FROM users",
            ],
        ),
        each(
            "a pattern in any case with an escape",
            yields(like),
            [
                "SELECT lower(users.name) NOT LIKE lower('50/%%') ESCAPE '/' AS x FROM users",
                "SELECT users.name NOT ILIKE '50/%%' ESCAPE '/' AS x FROM users",
                "SELECT lower(users.name) NOT LIKE lower('50/%%') ESCAPE '/' AS x FROM users",
            ],
        ),
    ]
}

/// SQLite has the operator, and leaves the function behind it to the user: so it is not among the cases that are run.
#[test]
fn a_pattern_is_matched_by_each_databases_operator() {
    use super::aludel_sql::dialect::{mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite};
    use super::aludel_sql::{Dialect, compile};

    let matches = |flags: Option<&'static str>| {
        yields(Expr::Regexp(Box::new(Regexp {
            operand: NAME.into_ast(),
            pattern: text("^a"),
            replacement: None,
            flags: flags.map(Into::into),
            negated: true,
        })))
    };
    let wanted: [(&dyn Dialect, &str, &str); 5] = [
        (&Sqlite::default(), "users.name NOT REGEXP '^a'", "users.name NOT REGEXP '^a'"),
        (&Postgres::default(), "users.name !~ '^a'", "users.name !~* '^a'"),
        (&Mysql::mysql(), "users.name NOT REGEXP '^a'", "NOT REGEXP_LIKE(users.name, '^a', 'i')"),
        (
            &Mysql::mariadb(),
            "users.name NOT REGEXP '^a'",
            "users.name NOT REGEXP CONCAT('(?', 'i', ')', '^a')",
        ),
        (&Oracle::default(), "NOT REGEXP_LIKE(users.name, '^a')", "NOT REGEXP_LIKE(users.name, '^a', 'i')"),
    ];
    for (dialect, plain, caseless) in wanted {
        for (flags, text) in [(None, plain), (Some("i"), caseless)] {
            let found = compile(&matches(flags), dialect).expect("every one of these has patterns").sql;
            assert_eq!(found, format!("SELECT {text} AS x FROM users"), "{}", dialect.name());
        }
    }
}
