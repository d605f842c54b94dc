//! Operands keep their order of evaluation and their values where a database reads an operator in its own way.

use aludel_sql::Dialect;
use aludel_sql::ast::{Expr as Tree, UnaryOperator};
use aludel_sql::compile;
use aludel_sql::dialect::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
use aludel_sql::expression::{
    Expr, Expression, Operators, aggregate_strings, literal, literal_column, template,
};
use aludel_sql::statement::{IntoQuery, select};
use aludel_sql::types::big_integer;
use aludel_sql::value::Value;

use super::tables::*;

fn written(statement: impl Into<aludel_sql::ast::Statement>, dialect: &dyn Dialect) -> (String, Vec<usize>) {
    let compiled = compile(&statement.into(), dialect).unwrap();
    (compiled.sql, compiled.binds)
}

#[test]
fn postgres_adds_before_it_inverts_bits() {
    let (sql, _) = written(select(ID.bit_not() + ID), &Postgres::default());
    assert_eq!(sql, "SELECT (~users.id) + users.id AS anon_1 FROM users");
}

#[test]
fn mysql_joins_bits_exclusively_before_it_multiplies() {
    let (sql, _) = written(select(ID.bit_xor(ID * ID)), &Mysql::mariadb());
    assert_eq!(sql, "SELECT users.id ^ (users.id * users.id) AS anon_1 FROM users");
}

#[test]
fn a_divisor_keeps_its_values() {
    let query = || select((ID + 1).true_divide(ID + 2)).filter(ID.gt(3));
    let (sql, binds) = written(query(), &Postgres::default());
    assert_eq!(
        sql,
        "SELECT (users.id + $1) / CAST((users.id + $2) AS NUMERIC) AS anon_1 FROM users WHERE users.id > $3"
    );
    assert_eq!(binds, [0, 1, 2]);
    assert_eq!(written(query(), &Sqlite::default()).1, [0, 1, 2]);
}

#[test]
fn an_ordered_list_of_texts_keeps_its_values() {
    let texts = aggregate_strings(NAME.concat("-"), ";").aggregate_order_by((ID * 3).desc());
    let (sql, binds) = written(select(texts).filter(ID.gt(1)), &Mysql::mariadb());
    assert_eq!(
        sql,
        "SELECT group_concat(concat(users.name, ?) ORDER BY users.id * ? DESC SEPARATOR ';') AS aggregate_strings_1 FROM users \
         WHERE users.id > ?"
    );
    assert_eq!(binds, [0, 1, 2]);
}

#[test]
fn words_with_or_in_them_stay_together() {
    let either = || template::<bool>("users.id = :a OR users.id = :b").bind("a", 1_i64).bind("b", 2_i64);
    let (sql, binds) = written(select(ID).filter(either()).filter(ID.gt(1)), &Sqlite::default());
    assert_eq!(sql, "SELECT users.id FROM users WHERE (users.id = ? OR users.id = ?) AND users.id > ?");
    assert_eq!(binds, [0, 1, 2]);
    let (sql, _) = written(select(ID).filter(!either().expr()), &Sqlite::default());
    assert_eq!(sql, "SELECT users.id FROM users WHERE NOT (users.id = ? OR users.id = ?)");
}

#[test]
fn a_truth_value_binds_as_its_operand_does() {
    let either = Tree::Any(vec![ID.eq(1).into_ast(), ID.eq(2).into_ast()]);
    let truth: Expr<bool> = Expr::from_ast(Tree::Truth { operand: Box::new(either), negated: false });
    let (sql, _) = written(select(ID).filter(truth).filter(ID.gt(1)), &Sqlite::default());
    assert_eq!(sql, "SELECT users.id FROM users WHERE (users.id = ? OR users.id = ?) AND users.id > ?");
}

/// Two dashes begin a comment, whatever the second one belongs to.
#[test]
fn two_minus_signs_never_meet() {
    let decimal = Tree::Literal(Value::Decimal("-5".into()));
    let negated: Expr<i64> = Expr::from_ast(Tree::Unary(UnaryOperator::Negate, Box::new(decimal)));
    let known = literal(-5_i64).type_coerce::<i64>(big_integer());
    for query in
        [select(-known), select(negated), select(-literal_column::<i64>("-5")), select(-(-literal(5_i64)))]
    {
        for dialect in [&Sqlite::default() as &dyn Dialect, &Postgres::default(), &Mysql::mariadb()] {
            let (sql, _) = written(query.clone(), dialect);
            assert!(!sql.contains("--"), "{sql}");
        }
    }
}

/// What stands in `FROM` sees nothing of what stands beside it, so it reads its tables itself.
#[test]
fn a_source_reads_what_the_query_around_it_reads_as_well() {
    let first = select(ID.label("id")).filter(AGE.gt(1)).cte("grown");
    let second = select((first.c::<i64>("id") * 2).label("twice")).cte("second");
    let both =
        select((second.c::<i64>("twice"), first.c::<i64>("id"))).select_from(&second).cross_join(&first);
    let compiled = compile(&both.into(), &Sqlite::default()).unwrap();
    assert!(compiled.sql.contains("AS twice FROM grown"), "{}", compiled.sql);
}
