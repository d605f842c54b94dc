//! What the comparison lets pass, and what it does not.

use super::*;

fn case(dialect: &str, sql: &str, more: &str) -> Case {
    let sql = Json::Text(sql.to_owned());
    let line = format!(
        r#"{{"id": "x", "dialect": "{dialect}", "kind": "select", "statement": {{}}, "sql": {sql}{more}}}"#
    );
    Case::parse("area", &line).expect("a case")
}

fn ours(sql: &str, style: ParameterStyle, values: Vec<Value>) -> Compiled {
    Compiled { sql: sql.to_owned(), style, values: Some(values) }
}

fn text(case: &Case, sql: &str) -> Agreement {
    compare(case, &ours(sql, ParameterStyle::Question, Vec::new())).expect("it can be read").text
}

#[test]
fn the_same_bytes_are_exact() {
    assert_eq!(text(&case("default", "SELECT a", ""), "SELECT a"), Agreement::Exact);
    assert_eq!(text(&case("default", "SELECT a", ""), "SELECT  a"), Agreement::Differs);
    assert_eq!(text(&case("default", "SELECT a", ""), "SELECT a "), Agreement::Differs);
    assert_eq!(text(&case("default", "SELECT a", ""), "SELECT (a)"), Agreement::Differs);
    assert_eq!(text(&case("default", "SELECT a", ""), "select a"), Agreement::Differs);
}

#[test]
fn generated_names_may_be_others_one_to_one() {
    let names = r#", "anonymous_names": ["a_1", "a_2"]"#;
    let expected = case("default", "SELECT a_1.x, a_2.x FROM a AS a_1, a AS a_2", names);
    assert_eq!(text(&expected, "SELECT a_2.x, a_1.x FROM a AS a_2, a AS a_1"), Agreement::Lax);
    assert_eq!(text(&expected, "SELECT s.x, t.x FROM a AS s, a AS t"), Agreement::Lax);
    assert_eq!(text(&expected, "SELECT s.x, s.x FROM a AS s, a AS s"), Agreement::Differs);
    assert_eq!(text(&expected, "SELECT s.x, t.x FROM a AS t, a AS s"), Agreement::Differs);
    assert_eq!(text(&expected, "SELECT x.x, t.x FROM a AS x, a AS t"), Agreement::Differs);
    assert_eq!(text(&expected, "SELECT \"s\".x, t.x FROM a AS \"s\", a AS t"), Agreement::Differs);
}

#[test]
fn names_that_were_given_may_not() {
    let expected = case("default", "SELECT a AS b", r#", "anonymous_names": []"#);
    assert_eq!(text(&expected, "SELECT a AS c"), Agreement::Differs);
}

#[test]
fn parameters_may_be_written_in_any_style() {
    for (dialect, expected) in [
        ("default", "x = :x_1 AND ':x' = y"),
        ("postgresql", "x = %(x_1)s::INTEGER AND ':x' = y"),
        ("postgresql", "x = %(x_1)s::TIMESTAMP WITHOUT TIME ZONE AND ':x' = y"),
        ("postgresql", "x = %(x_1)s::NUMERIC(10, 2)[] AND ':x' = y"),
        ("mysql", "x = %s AND ':x' = y"),
        ("sqlite", "x = ? AND ':x' = y"),
    ] {
        let expected = case(dialect, expected, "");
        assert_ne!(text(&expected, "x = ? AND ':x' = y"), Agreement::Differs, "{}", expected.expected.sql);
        assert_eq!(text(&expected, "x = 5 AND ':x' = y"), Agreement::Differs);
        assert_eq!(text(&expected, "x = ? AND ':y' = y"), Agreement::Differs);
    }
    let numbered = ours("x = $1", ParameterStyle::Dollar, Vec::new());
    let comparison = compare(&case("postgresql", "x = %(x_1)s::VARCHAR", ""), &numbered);
    assert_eq!(comparison.map(|comparison| comparison.text), Ok(Agreement::Lax));
}

#[test]
fn a_cast_that_the_statement_asks_for_counts() {
    assert_eq!(text(&case("postgresql", "x::INTEGER = %(x_1)s", ""), "x = ?"), Agreement::Differs);
    assert_eq!(text(&case("default", "CAST(:x_1 AS INTEGER)", ""), "?"), Agreement::Differs);
}

#[test]
fn doubled_percent_signs_are_single_where_the_style_doubles_them() {
    assert_eq!(text(&case("mysql", "x LIKE '%%a' %% %s", ""), "x LIKE '%a' % ?"), Agreement::Lax);
    assert_eq!(text(&case("sqlite", "x LIKE '%%a'", ""), "x LIKE '%a'"), Agreement::Differs);
}

#[test]
fn what_is_known_late_is_what_the_execution_makes_of_it() {
    let list = |values: &str| {
        case("default", "x IN (__[POSTCOMPILE_x_1])", &format!(r#", "bound": {{"x_1": {values}}}"#))
    };
    assert_eq!(text(&list("[1, 2]"), "x IN (?, ?)"), Agreement::Lax);
    assert_eq!(text(&list("[1, 2]"), "x IN (1, 2)"), Agreement::Lax);
    assert_eq!(text(&list("[1, 2]"), "x IN (1, 3)"), Agreement::Differs);
    assert_eq!(text(&list("[1, 2]"), "x IN (?)"), Agreement::Differs);
    assert_eq!(text(&list("[]"), "x IN (NULL) AND (1 != 1)"), Agreement::Lax);
    let row = r#"[{"py": "tuple", "value": [1, "a"]}, {"py": "tuple", "value": [2, "b"]}]"#;
    assert_eq!(text(&list(row), "x IN ((?, ?), (?, ?))"), Agreement::Lax);
    let rows = case("default", "((a, b) NOT IN (__[POSTCOMPILE_p]))", r#", "bound": {"p": []}"#);
    assert_eq!(text(&rows, "((a, b) NOT IN ((NULL, NULL)) OR (1 = 1))"), Agreement::Lax);
    let one = case("mssql", "SELECT TOP __[POSTCOMPILE_p] a", r#", "bound": {"p": 10}"#);
    assert_eq!(text(&one, "SELECT TOP 10 a"), Agreement::Lax);
    assert_eq!(text(&one, "SELECT TOP ? a"), Agreement::Lax);
    assert_eq!(text(&one, "SELECT TOP 11 a"), Agreement::Differs);
}

#[test]
fn schemas_are_translated() {
    let map = r#", "flags": {"schema_translate_map": [[null, "z"], ["bar", null], ["foo", "bat"]]}"#;
    let expected = case("default", "a __[SCHEMA__none].t __[SCHEMA_foo].t __[SCHEMA_bar].t", map);
    assert_eq!(text(&expected, "a z.t bat.t t"), Agreement::Lax);
    assert_eq!(text(&expected, "a t foo.t bar.t"), Agreement::Differs);
}

#[test]
fn values_are_compared_in_order_of_appearance() {
    let expected = case("default", "x = :x_1 AND y = :y_1", r#", "params": {"y_1": "b", "x_1": 1}"#);
    let values = |first: i64, second: &str| vec![Value::I64(first), Value::Text(second.to_owned())];
    let compared = |values| compare(&expected, &ours("x = ? AND y = ?", ParameterStyle::Question, values));
    assert_eq!(compared(values(1, "b")).map(|one| one.values), Ok(Some(true)));
    assert_eq!(compared(values(2, "b")).map(|one| one.values), Ok(Some(false)));
    assert_eq!(compared(Vec::new()).map(|one| one.values), Ok(Some(false)));
    let numbered = case(
        "default",
        "x = :2, y = :1",
        r#", "dialect_options": {"paramstyle": "numeric"}, "positional": ["b", 1]"#,
    );
    let comparison = compare(&numbered, &ours("x = ?, y = ?", ParameterStyle::Question, values(1, "b")));
    assert_eq!(comparison.map(|one| one.values), Ok(Some(true)));
}

#[test]
fn each_expected_text_agrees_with_itself_piece_by_piece() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut told_less = Vec::new();
    for case in crate::case::read(&folder).expect("the cases can be read") {
        let sql = &case.expected.sql;
        if sql.contains("__[") {
            continue;
        }
        let style = ParameterStyle::expected(&case.dialect, &case.dialect_options).expect("a known style");
        let expected = fold::expected(&case).expect("it can be read");
        let values = matched(&expected, &fold::ours(sql, style, &case)).expect(&case.id);
        let parameters = expected.iter().filter(|piece| matches!(piece, Piece::Parameter(_))).count();
        assert_eq!(values.len(), parameters, "{}", case.id);
        let longer = fold::ours(&format!("{sql} x"), style, &case);
        assert_eq!(matched(&expected, &longer), None, "{}", case.id);
        if values.contains(&None) {
            told_less.push(case.id);
        }
    }
    // Two `?` that are one parameter.
    assert_eq!(told_less.len(), 2, "{told_less:?}");
}
