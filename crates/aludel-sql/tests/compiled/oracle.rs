//! Oracle.

use super::aludel_sql::ast::{Lock, Statement};
use super::aludel_sql::dialect::oracle::Oracle;
use super::aludel_sql::expression::{Expression, Operators, count_all, lower};
use super::aludel_sql::interval::Interval;
use super::aludel_sql::statement::{IntoQuery, delete, insert, select, update};
use super::aludel_sql::{Dialect, Value};
use super::tables::*;
use super::{Case, bound, check};

/// 11, before there was a clause for limits.
fn old() -> Oracle {
    Oracle::of_version(11)
}

#[test]
fn limits() {
    let cases: Vec<Case> = vec![
        (
            select(ID).order_by(AGE).limit(3).into(),
            "SELECT users.id FROM users ORDER BY users.age FETCH FIRST :param_1 ROWS ONLY",
        ),
        (
            select(ID).limit(3).offset(1).into(),
            "SELECT users.id FROM users OFFSET :param_1 ROWS FETCH FIRST :param_2 ROWS ONLY",
        ),
        (
            select(ID).union(select(POST_ID)).limit(3).into(),
            "SELECT users.id FROM users UNION SELECT posts.id FROM posts FETCH FIRST :param_1 ROWS ONLY",
        ),
    ];
    check(&Oracle::default(), cases);
}

#[test]
fn old_versions_count_the_rows() {
    let cases: Vec<Case> = vec![
        (
            select(ID).order_by(AGE).limit(3).into(),
            "SELECT anon_1.id FROM (SELECT users.id AS id FROM users ORDER BY users.age) anon_1 \
             WHERE ROWNUM <= :param_1",
        ),
        (
            select((ID, count_all())).group_by(ID).limit(3).offset(1).into(),
            "SELECT anon_1.id, anon_1.count_1 FROM (SELECT anon_2.id AS id, anon_2.count_1 AS count_1, \
             ROWNUM AS ora_rn FROM (SELECT users.id AS id, count(*) AS count_1 FROM users GROUP BY users.id) anon_2 \
             WHERE ROWNUM <= :param_1 + :param_2) anon_1 WHERE ora_rn > :param_3",
        ),
        (
            select(ID).filter(ID.in_query(select(USER_ID).limit(1))).into(),
            "SELECT users.id FROM users WHERE users.id IN (SELECT anon_1.user_id FROM \
             (SELECT posts.user_id AS user_id FROM posts) anon_1 WHERE ROWNUM <= :param_1)",
        ),
        (select(ID).union(select(POST_ID)).limit(3).into(), "!select from them as a subquery"),
    ];
    check(&old(), cases);
    let page: Statement = select(ID).filter(AGE.gt(7)).limit(3).offset(1).into();
    assert_eq!(bound(&page, &old()), [7, 3, 1, 1]);
    // A hint is a comment, in which nothing is bound.
    let hinted = old().limit_hints();
    let compiled = super::aludel_sql::compile(&select(ID).limit(3).into(), &hinted).unwrap();
    assert!(!compiled.sql.contains("FIRST_ROWS"), "{}", compiled.sql);
    let text = super::aludel_sql::compiler::render_literal(&select(ID).limit(3).into(), &hinted).unwrap();
    assert_eq!(
        text,
        "SELECT /*+ FIRST_ROWS(3) */ anon_1.id FROM (SELECT users.id AS id FROM users) anon_1 WHERE ROWNUM <= 3"
    );
}

#[test]
fn locks_name_columns() {
    let cases: Vec<Case> = vec![
        (
            select(ID).lock(Lock::update().of(AGE).no_wait()).into(),
            "SELECT users.id FROM users FOR UPDATE OF users.age NOWAIT",
        ),
        (
            select(ID).lock(Lock::update().skip_locked()).into(),
            "SELECT users.id FROM users FOR UPDATE SKIP LOCKED",
        ),
    ];
    check(&Oracle::default(), cases);
    let cases: Vec<Case> = vec![(
        select(ID).limit(3).lock(Lock::update().of(AGE)).into(),
        "SELECT anon_1.id FROM (SELECT users.id AS id, users.age AS age FROM users) anon_1 \
         WHERE ROWNUM <= :param_1 FOR UPDATE OF anon_1.age",
    )];
    check(&old(), cases);
}

#[test]
fn joins_without_the_word() {
    let dialect = Oracle::default().with_capabilities(|facts| facts.ansi_joins = false);
    let cases: Vec<Case> = vec![
        (
            select((NAME, TITLE)).join((POSTS, USER_ID.eq(ID))).filter(AGE.eq(1).or(AGE.eq(2))).into(),
            "SELECT users.name, posts.title FROM users, posts \
             WHERE (users.age = :param_1 OR users.age = :param_2) AND posts.user_id = users.id",
        ),
        (
            select((NAME, TITLE.maybe())).outer_join((POSTS, USER_ID.eq(ID))).into(),
            "SELECT users.name, posts.title FROM users, posts WHERE posts.user_id(+) = users.id",
        ),
        (
            select((NAME, TITLE.maybe())).full_join((POSTS, USER_ID.eq(ID))).into(),
            "!does not support FULL OUTER JOIN",
        ),
    ];
    check(&dialect, cases);
}

#[test]
fn written_rows_come_back_into_parameters() {
    let cases: Vec<Case> = vec![
        (
            insert(USERS).values([NAME.set("a")]).returning((ID, lower(NAME))).into(),
            "INSERT INTO users (name) VALUES (:param_1) RETURNING users.id, lower(users.name) INTO :ret_0, :ret_1",
        ),
        (
            update(USERS).set(AGE, 1).returning(AGE).into(),
            "UPDATE users SET age=:param_1 RETURNING users.age INTO :ret_0",
        ),
        (
            delete(USERS).filter(ID.eq(2)).returning(ID).into(),
            "DELETE FROM users WHERE users.id = :param_1 RETURNING users.id INTO :ret_0",
        ),
    ];
    check(&Oracle::default(), cases);
}

#[test]
fn lengths_of_time_are_calls() {
    let literal = |interval: Interval| {
        let mut out = String::new();
        Oracle::default().literal(&Value::Interval(interval), &mut out).map(|()| out)
    };
    let interval = |months, days, microseconds| Interval { months, days, microseconds };
    assert_eq!(literal(interval(0, 1, 2_500_000)).unwrap(), "NUMTODSINTERVAL(86402.5, 'SECOND')");
    assert_eq!(literal(interval(0, -1, 1)).unwrap(), "NUMTODSINTERVAL(-86399.999999, 'SECOND')");
    assert_eq!(literal(interval(14, 0, 0)).unwrap(), "NUMTOYMINTERVAL(14, 'MONTH')");
    assert!(literal(interval(1, 1, 0)).unwrap_err().to_string().contains("months and days"));
}
