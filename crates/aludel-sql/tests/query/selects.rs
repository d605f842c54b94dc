//! Queries: what they read, joins, aliases, grouping, order, subqueries, and what is refused.

use super::aludel_sql::Expr;
use super::aludel_sql::ast::{self, FromItem, SelectItem};
use super::aludel_sql::expression::{Expression, by_name, count, count_all, exists, max, not_exists, value};
use super::aludel_sql::statement::{select, sql};
use super::cases::{Case, each, refused, same};
use super::tables::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain();
    cases.extend(joins());
    cases.extend(subqueries());
    cases.extend(own_words());
    cases.extend(errors());
    cases
}

fn plain() -> Vec<Case> {
    vec![
        same("distinct", select(NAME).distinct(), "SELECT DISTINCT users.name FROM users"),
        same("a label", select(NAME.label("who")), "SELECT users.name AS who FROM users"),
        same(
            "a column once more, and one of the same name",
            select((ID, ID, POST_ID)).filter(ID.eq(POST_ID)),
            "SELECT users.id, users.id AS id__1, posts.id AS id_1 FROM users, posts WHERE users.id = posts.id",
        ),
        same(
            "an order by a label's name",
            select(NAME.label("who")).order_by(by_name::<String>("who").desc()),
            "SELECT users.name AS who FROM users ORDER BY who DESC",
        ),
        same(
            "an order and groups by a column's name",
            select(max(AGE)).group_by(by_name::<String>("name")).order_by(by_name::<String>("name")),
            "SELECT max(users.age) AS max_1 FROM users GROUP BY users.name ORDER BY users.name",
        ),
        each(
            "names that need quotes",
            select((ORDER, MIXED)).filter(ORDER.eq(1)),
            [
                "SELECT posts.\"order\", posts.\"Mixed Case\" FROM posts WHERE posts.\"order\" = ?",
                "SELECT posts.\"order\", posts.\"Mixed Case\" FROM posts WHERE posts.\"order\" = $1",
                "SELECT posts.`order`, posts.`Mixed Case` FROM posts WHERE posts.`order` = ?",
            ],
        ),
        each(
            "a label with a quote in it",
            select(NAME.label("a\"b`c")),
            [
                "SELECT users.name AS \"a\"\"b`c\" FROM users",
                "SELECT users.name AS \"a\"\"b`c\" FROM users",
                "SELECT users.name AS `a\"b``c` FROM users",
            ],
        ),
        same(
            "several conditions",
            select(ID).filter(ID.eq(1)).filter(AGE.eq(2).or(AGE.eq(3))).filter(None::<Expr<bool>>),
            "SELECT users.id FROM users WHERE users.id = ? AND (users.age = ? OR users.age = ?)",
        ),
        same(
            "groups",
            select((AGE, count_all())).group_by(AGE).having(count_all().gt(1)).having(AGE.is_not_null()),
            "SELECT users.age, count(*) AS count_1 FROM users GROUP BY users.age HAVING count(*) > ? AND users.age IS NOT NULL",
        ),
        same(
            "order",
            select(ID).order_by((AGE.desc(), NAME)),
            "SELECT users.id FROM users ORDER BY users.age DESC, users.name",
        ),
        each(
            "nulls first and last",
            select(ID).order_by((AGE.asc().nulls_first(), NAME.desc().nulls_last())),
            [
                "SELECT users.id FROM users ORDER BY users.age ASC NULLS FIRST, users.name DESC NULLS LAST",
                "SELECT users.id FROM users ORDER BY users.age ASC NULLS FIRST, users.name DESC NULLS LAST",
                "SELECT users.id FROM users ORDER BY users.age IS NOT NULL, users.age ASC, users.name IS NULL, users.name DESC",
            ],
        ),
        each(
            "nulls of a sum",
            select(ID).order_by((AGE + 1).asc().nulls_last()),
            [
                "SELECT users.id FROM users ORDER BY users.age + ? ASC NULLS LAST",
                "SELECT users.id FROM users ORDER BY users.age + $1 ASC NULLS LAST",
                "SELECT users.id FROM users ORDER BY users.age + ? IS NULL, users.age + ? ASC",
            ],
        ),
        same("limit", select(ID).limit(3), "SELECT users.id FROM users LIMIT ?"),
        same(
            "limit and offset",
            select(ID).limit(3).offset(1),
            "SELECT users.id FROM users LIMIT ? OFFSET ?",
        ),
        each(
            "offset alone",
            select(ID).offset(1),
            [
                "SELECT users.id FROM users LIMIT -1 OFFSET ?",
                "SELECT users.id FROM users LIMIT ALL OFFSET $1",
                "SELECT users.id FROM users LIMIT 18446744073709551615 OFFSET ?",
            ],
        ),
        same(
            "the table is found in the conditions",
            select(count_all()).filter(AGE.gt(3)),
            "SELECT count(*) AS count_1 FROM users WHERE users.age > ?",
        ),
    ]
}

fn joins() -> Vec<Case> {
    let manager = USERS.alias();
    let other = USERS.alias();
    vec![
        same(
            "a join",
            select((NAME, TITLE)).join((POSTS, USER_ID.eq(ID))),
            "SELECT users.name, posts.title FROM users JOIN posts ON posts.user_id = users.id",
        ),
        same(
            "an outer join",
            select((NAME, TITLE.maybe())).outer_join((POSTS, USER_ID.eq(ID).and(TITLE.eq("x")))),
            "SELECT users.name, posts.title FROM users LEFT OUTER JOIN posts ON posts.user_id = users.id AND \
             posts.title = ?",
        ),
        same(
            "a cross join",
            select((NAME, TITLE)).cross_join(POSTS),
            "SELECT users.name, posts.title FROM users CROSS JOIN posts",
        ),
        same(
            "two tables that a condition connects",
            select((NAME, TITLE)).filter(USER_ID.eq(ID)),
            "SELECT users.name, posts.title FROM users, posts WHERE posts.user_id = users.id",
        ),
        same(
            "an alias",
            select((NAME, NAME.with_source(manager)))
                .join((manager, ID.with_source(manager).eq(AGE)))
                .filter(NAME.with_source(manager).ne(NAME)),
            "SELECT users.name, users_1.name AS name_1 FROM users JOIN users AS users_1 ON users_1.id = users.age WHERE users_1.name != users.name",
        ),
        same(
            "aliases are numbered as they appear",
            select((ID.with_source(other), ID.with_source(manager)))
                .filter(ID.with_source(manager).eq(AGE.with_source(other))),
            "SELECT users_1.id, users_2.id AS id_1 FROM users AS users_1, users AS users_2 WHERE users_2.id = users_1.age",
        ),
    ]
}

fn subqueries() -> Vec<Case> {
    let inner = select(AGE).filter(AGE.is_not_null()).into_ast();
    let outer = ast::Select {
        items: vec![SelectItem::Expr(
            ast::Expr::Column(ast::ColumnRef { source: None, name: "age".into() }),
            None,
        )],
        from: vec![FromItem::Derived(ast::Derived::new(ast::DerivedKind::Subquery(inner.into()), "grown"))],
        ..Default::default()
    };
    vec![
        same(
            "exists",
            select(ID).filter(exists(select(POST_ID).filter(USER_ID.eq(ID)))),
            "SELECT users.id FROM users WHERE EXISTS (SELECT posts.id FROM posts WHERE posts.user_id = users.id)",
        ),
        same(
            "not exists",
            select(ID).filter(not_exists(select(value::<i64>(1)).filter(USER_ID.eq(ID)))),
            "SELECT users.id FROM users WHERE NOT (EXISTS (SELECT ? AS anon_1 FROM posts WHERE posts.user_id = users.id))",
        ),
        same(
            "exists, negated and compared",
            select(ID).filter((!exists(select(POST_ID).filter(USER_ID.eq(ID)))).eq(ACTIVE)),
            "SELECT users.id FROM users WHERE (NOT (EXISTS (SELECT posts.id FROM posts WHERE posts.user_id = users.id))) = users.active",
        ),
        same(
            "a query as a value",
            select(ID).filter(AGE.eq(select(max(POST_ID)).filter(USER_ID.eq(ID)))),
            "SELECT users.id FROM users WHERE users.age = (SELECT max(posts.id) AS max_1 FROM posts WHERE posts.user_id = users.id)",
        ),
        same(
            "a query that reads the table anew",
            select(ID).filter(AGE.eq(select(max(AGE)).select_from(USERS))),
            "SELECT users.id FROM users WHERE users.age = (SELECT max(users.age) AS max_1 FROM users)",
        ),
        same(
            "a query as a table",
            ast::Statement::Select(outer),
            "SELECT age FROM (SELECT users.age AS age FROM users WHERE users.age IS NOT NULL) AS grown",
        ),
        same(
            "counted in groups and filtered by a query",
            select((USER_ID, count(POST_ID)))
                .filter(USER_ID.in_select(select(ID).filter(ACTIVE)))
                .group_by(USER_ID),
            "SELECT posts.user_id, count(posts.id) AS count_1 FROM posts WHERE posts.user_id IN (SELECT users.id FROM users WHERE users.active) GROUP BY posts.user_id",
        ),
    ]
}

fn own_words() -> Vec<Case> {
    vec![
        same(
            "own words with values",
            sql("SELECT id FROM users WHERE age = ? AND name = ?").bind(1_i64).bind("a".to_owned()),
            "SELECT id FROM users WHERE age = ? AND name = ?",
        ),
        refused(
            "a value too few",
            sql("SELECT ? AS anon_1, ?").bind(1_i64),
            "at least 2 placeholders, but 1 values are bound",
        ),
        refused(
            "a value too many",
            sql("SELECT ? AS anon_1").bind(1_i64).bind(2_i64),
            "1 placeholders, but 2 values are bound",
        ),
    ]
}

fn errors() -> Vec<Case> {
    vec![
        refused(
            "a column out of reach",
            select(ID).filter(TITLE.eq("x")),
            "`posts.title` is used, but `posts` is not among",
        ),
        refused("an order out of reach", select(ID).order_by(TITLE), "`posts.title` is used"),
        refused(
            "nothing connects",
            select((ID, POST_ID)),
            "`users` and `posts` are both read, but nothing connects them",
        ),
        refused(
            "a condition on each connects nothing",
            select((ID, POST_ID)).filter(ID.eq(1)).filter(POST_ID.eq(1)),
            "nothing connects them",
        ),
        refused(
            "a table twice under one name",
            select(ID).select_from(USERS).join((USERS, ID.eq(AGE))),
            "`users` is read twice in one query",
        ),
        refused(
            // It would read nothing, and yield the row's own age: true for every row.
            "a query inside that reads only what is outside",
            select(ID).filter(AGE.eq(select(max(AGE)))),
            "reads no table of its own",
        ),
        refused(
            "a join without a condition",
            select(ID).join((POSTS, None::<Expr<bool>>)),
            "a join has no condition",
        ),
        refused(
            "a join to nothing",
            select(value::<i64>(1)).join((POSTS, value::<bool>(true))),
            "a query joins a table to nothing",
        ),
    ]
}
