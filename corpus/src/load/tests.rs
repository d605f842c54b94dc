//! What becomes of trees: the same object stays the same object, and nothing is passed over in silence.

use aludel_sql::Value;
use aludel_sql::ast::{BinaryOperator, Expr, FromItem, InList, SelectItem, Source};

use super::{Context, expr, select};
use crate::case::Case;
use crate::unsayable::{By, Unsayable};

fn case(more: &str, statement: &str) -> Case {
    let line = format!(
        r#"{{"id": "x", "dialect": "default", "kind": "expression", "sql": "", "statement": {statement}{more}}}"#
    );
    Case::parse("area", &line).expect("a case")
}

fn load(more: &str, statement: &str) -> Result<Expr, Unsayable> {
    let case = case(more, statement);
    expr::load(&case.statement, &Context::new(&case))
}

const X: &str = r#"{"node": "column", "name": "x"}"#;

#[test]
fn a_part_that_nobody_reads_is_named() {
    let statement =
        format!(r#"{{"node": "exists", "element": {{"node": "select", "columns": [{X}], "lost": 1}}}}"#);
    let error = load("", &statement).unwrap_err();
    assert_eq!((error.by, error.message.as_str()), (By::Loader, "select: its `lost`: 1"));
    let error = load(
        "",
        r#"{"node": "binary", "operator": "frobnicate", "left": {"node": "null"}, "right": {"node": "null"}}"#,
    );
    assert_eq!(error.unwrap_err().message, "the operator frobnicate");
    assert_eq!(load("", r#"{"ref": "t9"}"#).unwrap_err().message, "nothing has the id `t9`");
}

#[test]
fn parentheses_are_left_to_the_compiler_unless_they_are_meant() {
    let statement = format!(r#"{{"node": "grouping", "element": {X}}}"#);
    assert!(matches!(load("", &statement), Ok(Expr::Column(_))));
    assert!(matches!(load(r#", "explicit_grouping": true"#, &statement), Ok(Expr::Group(_))));
}

#[test]
fn a_list_behind_in_is_one_parameter_per_value() {
    let list =
        r#"{"node": "bindparam", "key": {"anon": 1, "base": "x"}, "value": [1, 2], "expanding": true}"#;
    let statement = |operator: &str| {
        format!(r#"{{"node": "binary", "operator": "{operator}", "left": {X}, "right": {list}}}"#)
    };
    let Ok(Expr::In { list: InList::Values(values), negated: true, .. }) = load("", &statement("not_in_op"))
    else {
        panic!("it should be NOT IN with values");
    };
    let value = |expr: &Expr| match expr {
        Expr::Param(param) => param.value.clone(),
        _ => None,
    };
    assert_eq!(values.iter().map(value).collect::<Vec<_>>(), [Some(Value::I64(1)), Some(Value::I64(2))]);
    assert!(load("", list).is_err());
}

#[test]
fn what_is_named_twice_is_one_object() {
    let defs = format!(
        r#", "defs": [{{"id": "t1", "node": "table", "name": "t", "columns": [{{"name": "x"}}]}},
            {{"id": "q1", "node": "subquery", "name": {{"anon": 1, "base": "anon"}},
              "element": {{"node": "select", "columns": [{{"ref": "t1"}}]}}}},
            {{"id": "l1", "node": "label", "name": "l", "element": {X}}}]"#
    );
    let statement = r#"{"node": "select", "from": [{"ref": "q1"}], "order_by": [{"ref": "l1"}],
        "columns": [{"node": "column", "of": "q1", "name": "x", "index": 0}, {"ref": "l1"}]}"#;
    let case = case(&defs, statement);
    let ctx = Context::new(&case);
    let select = select::select(&ctx.node(&case.statement).expect("a node"), &ctx).expect("it can be said");
    let [FromItem::Derived(read)] = select.from.as_slice() else { panic!("{:?}", select.from) };
    let [SelectItem::Expr(Expr::Position(of, 0), None), SelectItem::Expr(Expr::Labelled(label), None)] =
        select.items.as_slice()
    else {
        panic!("{:?}", select.items)
    };
    assert_eq!(read.id, of.id);
    let [order] = select.order_by.as_slice() else { panic!("{:?}", select.order_by) };
    assert_eq!(order.expr, Expr::Labelled(label.clone()));
}

#[test]
fn what_divides_decides_which_quotient_it_is() {
    let divided = |left: &str, right: &str| {
        let column = |ty: &str| format!(r#"{{"node": "column", "name": "x", "type": {{"type": "{ty}"}}}}"#);
        let (left, right) = (column(left), column(right));
        let statement =
            format!(r#"{{"node": "binary", "operator": "floordiv", "left": {left}, "right": {right}}}"#);
        match load("", &statement) {
            Ok(Expr::Binary(operator, ..)) => operator,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(divided("Integer", "Integer"), BinaryOperator::FloorDivide);
    assert_eq!(divided("Float", "Integer"), BinaryOperator::FloorDivideReal);
}

#[test]
fn an_alias_of_a_table_is_another_occurrence_of_it() {
    let defs = r#", "defs": [{"id": "t1", "node": "table", "name": "t", "schema": "s", "columns": [{"name": "x"}]},
        {"id": "a1", "node": "alias", "element": {"ref": "t1"}, "name": "other"}]"#;
    let Ok(Expr::Column(column)) = load(defs, r#"{"node": "column", "of": "a1", "name": "x", "index": 0}"#)
    else {
        panic!("it should be a column");
    };
    let Some(Source::Table(table)) = &column.source else { panic!("{column:?}") };
    assert_eq!((table.schema.as_deref(), table.name.as_ref()), (Some("s"), "t"));
    assert_eq!(table.alias, aludel_sql::ast::Alias::Named("other".into()));
}
