//! The rarer parts of the language: queries combined and nested, windows, writes over several tables.

use super::aludel_sql::ast::FrameExclusion;
use super::aludel_sql::expression::{
    Bound, Expression, Operators, all_of, any_of, any_row, by_name, case_of, count_all, lag, literal,
    literal_column, max, null, row_number, sum, template, tuple, window,
};
use super::aludel_sql::statement::{IntoQuery, delete, insert, recursive, select, sql, update, values};
use super::cases::{Case, each, refused, same};
use super::tables::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = combined();
    cases.extend(named());
    cases.extend(windows());
    cases.extend(texts());
    cases.extend(writes());
    cases
}

fn combined() -> Vec<Case> {
    let ids = || select(ID).filter(AGE.gt(1));
    vec![
        same(
            "a union",
            ids().union(select(POST_ID)),
            "SELECT users.id FROM users WHERE users.age > ? UNION SELECT posts.id FROM posts",
        ),
        same(
            "a union of three",
            select(ID).union_all(select(POST_ID)).union_all(select(ID)),
            "SELECT users.id FROM users UNION ALL SELECT posts.id FROM posts UNION ALL SELECT users.id FROM users",
        ),
        same(
            "an ordered union",
            select(ID)
                .except(select(POST_ID))
                .order_by(literal_column::<i64>("id").desc())
                .limit(2)
                .offset(1),
            "SELECT users.id FROM users EXCEPT SELECT posts.id FROM posts ORDER BY id DESC LIMIT ? OFFSET ?",
        ),
        each(
            "a union of the greatest",
            select(ID).order_by(ID).limit(1).union(select(POST_ID).order_by(POST_ID).limit(1)),
            [
                "SELECT * FROM (SELECT users.id FROM users ORDER BY users.id LIMIT ?) \
                 UNION SELECT * FROM (SELECT posts.id FROM posts ORDER BY posts.id LIMIT ?)",
                "(SELECT users.id FROM users ORDER BY users.id LIMIT $1) \
                 UNION (SELECT posts.id FROM posts ORDER BY posts.id LIMIT $2)",
                "(SELECT users.id FROM users ORDER BY users.id LIMIT ?) \
                 UNION (SELECT posts.id FROM posts ORDER BY posts.id LIMIT ?)",
            ],
        ),
        same(
            "in a union",
            select(ID).filter(ID.in_query(
                select(USER_ID).union(select(POST_ID.maybe()).union(select(USER_ID)).subquery_ids()),
            )),
            "SELECT users.id FROM users WHERE users.id IN (SELECT posts.user_id FROM posts UNION SELECT u.id FROM \
             (SELECT posts.id AS id FROM posts UNION SELECT posts.user_id AS user_id FROM posts) AS u)",
        ),
    ]
}

/// A query of the first column of a compound, to nest one in another.
trait SubqueryIds {
    fn subquery_ids(self) -> super::aludel_sql::Select<Option<i64>>;
}

impl<Q: IntoQuery> SubqueryIds for Q {
    fn subquery_ids(self) -> super::aludel_sql::Select<Option<i64>> {
        select(self.subquery("u").at::<Option<i64>>(0))
    }
}

fn named() -> Vec<Case> {
    let counts = select((USER_ID, count_all().label("n"))).group_by(USER_ID).subquery("counts");
    let busy = select((USER_ID, count_all().label("n"))).group_by(USER_ID).cte("busy");
    let tree = recursive("tree", select((ID, AGE)).filter(AGE.is_null()))
        .union_all(|tree| select((ID, AGE)).join((tree, tree.column(ID).eq(AGE))));
    let points = values("points", ["x", "y"], [(1_i64, "a".to_owned()), (2, "b".to_owned())]);
    vec![
        same(
            "a joined subquery",
            select((NAME, counts.c::<i64>("n")))
                .outer_join((&counts, counts.column(USER_ID).eq(ID)))
                .filter(counts.c::<i64>("n").gt(1)),
            "SELECT users.name, counts.n FROM users LEFT OUTER JOIN (SELECT posts.user_id AS user_id, count(*) AS n \
             FROM posts GROUP BY posts.user_id) AS counts ON counts.user_id = users.id WHERE counts.n > ?",
        ),
        same(
            "a common table expression, read twice",
            select((NAME, busy.c::<i64>("n")))
                .join((&busy, busy.column(USER_ID).eq(ID)))
                .filter(busy.c::<i64>("n").eq(select(max(busy.c::<i64>("n"))).select_from(&busy))),
            "WITH busy AS (SELECT posts.user_id AS user_id, count(*) AS n FROM posts GROUP BY posts.user_id) \
             SELECT users.name, busy.n FROM users JOIN busy ON busy.user_id = users.id \
             WHERE busy.n = (SELECT max(busy.n) AS max_1 FROM busy)",
        ),
        same(
            "a recursive one",
            select(&tree),
            "WITH RECURSIVE tree(id, age) AS (SELECT users.id AS id, users.age AS age FROM users \
             WHERE users.age IS NULL UNION ALL SELECT users.id AS id, users.age AS age FROM users \
             JOIN tree ON tree.id = users.age) SELECT tree.id, tree.age FROM tree",
        ),
        each(
            "a list of values",
            select((points.c::<i64>("x"), NAME)).join((USERS, NAME.eq(points.c::<String>("y")))),
            [
                "SELECT points.x, users.name FROM (SELECT column1 AS x, column2 AS y FROM (VALUES (?, ?), (?, ?))) \
                 AS points JOIN users ON users.name = points.y",
                "SELECT points.x, users.name FROM (VALUES ($1, $2), ($3, $4)) AS points (x, y) \
                 JOIN users ON users.name = points.y",
                "~SELECT points.x, users.name FROM (VALUES ROW(?, ?), ROW(?, ?)) AS points (x, y) \
                 INNER JOIN users ON users.name = points.y",
            ],
        ),
        each(
            "a lateral query",
            select((NAME, TITLE))
                .join((
                    &select(TITLE).filter(USER_ID.eq(ID)).limit(1).lateral("newest"),
                    literal(true).expr(),
                ))
                .with_only_columns(NAME),
            [
                "!sqlite does not support LATERAL",
                "SELECT users.name FROM users JOIN LATERAL (SELECT posts.title AS title FROM posts \
                 WHERE posts.user_id = users.id LIMIT $1) AS newest ON true",
                "~SELECT users.name FROM users INNER JOIN LATERAL (SELECT posts.title AS title FROM posts \
                 WHERE posts.user_id = users.id LIMIT ?) AS newest ON true",
            ],
        ),
        each(
            "rows that are locked",
            select(ID).limit(1).for_update(),
            [
                "SELECT users.id FROM users LIMIT ?",
                "SELECT users.id FROM users LIMIT $1 FOR UPDATE",
                "SELECT users.id FROM users LIMIT ? FOR UPDATE",
            ],
        ),
        same(
            "in the order of a label",
            select((NAME, count_all().label("n"))).group_by(NAME).order_by(by_name::<i64>("n").desc()),
            "SELECT users.name, count(*) AS n FROM users GROUP BY users.name ORDER BY n DESC",
        ),
        same(
            "any of a query",
            select(ID).filter(AGE.eq(select(max(POST_ID)).scalar::<i64>())),
            "SELECT users.id FROM users WHERE users.age = (SELECT max(posts.id) AS max_1 FROM posts)",
        ),
        each(
            "equal to any row",
            select(ID).filter(ID.eq(any_row(select(POST_ID)))),
            [
                "!sqlite does not support ANY",
                "SELECT users.id FROM users WHERE users.id = ANY (SELECT posts.id FROM posts)",
                "SELECT users.id FROM users WHERE users.id = ANY (SELECT posts.id FROM posts)",
            ],
        ),
        each(
            "the first of each",
            select((AGE, NAME)).distinct_on(AGE).order_by((AGE, NAME)),
            [
                "!sqlite does not support DISTINCT ON",
                "SELECT DISTINCT ON (users.age) users.age, users.name FROM users ORDER BY users.age, users.name",
                "!mysql does not support DISTINCT ON",
            ],
        ),
    ]
}

fn windows() -> Vec<Case> {
    vec![
        same(
            "numbered rows",
            select((NAME, row_number().over(window().partition_by(AGE).order_by(NAME.desc())))),
            "SELECT users.name, row_number() OVER (PARTITION BY users.age ORDER BY users.name DESC) AS anon_1 \
             FROM users",
        ),
        same(
            "a running sum",
            select(sum(AGE).over(window().order_by(ID).rows(Bound::unbounded(), Bound::current_row()))),
            "SELECT sum(users.age) OVER (ORDER BY users.id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) \
             AS anon_1 FROM users",
        ),
        same(
            "a named window",
            select(lag(AGE, 1).over_named("w")).window("w", window().order_by(ID)),
            "SELECT lag(users.age, ?) OVER w AS anon_1 FROM users WINDOW w AS (ORDER BY users.id)",
        ),
        each(
            "a frame without the current row",
            select(
                sum(AGE).over(
                    window()
                        .order_by(ID)
                        .groups(Bound::preceding(1), Bound::following(1))
                        .exclude(FrameExclusion::CurrentRow),
                ),
            ),
            [
                "SELECT sum(users.age) OVER (ORDER BY users.id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING \
                 EXCLUDE CURRENT ROW) AS anon_1 FROM users",
                "SELECT sum(users.age) OVER (ORDER BY users.id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING \
                 EXCLUDE CURRENT ROW) AS anon_1 FROM users",
                "!mysql does not support",
            ],
        ),
        each(
            "an aggregate of some rows",
            select(count_all().filter(AGE.gt(1))),
            [
                "SELECT count(*) FILTER (WHERE users.age > ?) AS anon_1 FROM users",
                "SELECT count(*) FILTER (WHERE users.age > $1) AS anon_1 FROM users",
                "!mysql does not support",
            ],
        ),
    ]
}

fn texts() -> Vec<Case> {
    vec![
        same(
            "a text with parameters",
            select(ID).filter(
                template::<bool>("age BETWEEN :low AND :high").bind("low", 1_i64).bind("high", 9_i64),
            ),
            "SELECT users.id FROM users WHERE age BETWEEN ? AND ?",
        ),
        refused(
            "a parameter without a value",
            select(ID).filter(template::<bool>("age > :low")),
            "the parameter `:low`, and no value is bound to it",
        ),
        refused(
            "a parameter that a text lacks",
            select(ID).filter(template::<bool>("age > :low").bind("lwo", 1_i64)),
            "a text has no parameter `:lwo`",
        ),
        same(
            "conditions made at run time",
            select(ID).filter(all_of([AGE.gt(1), any_of([ID.eq(1), ID.eq(2)])])),
            "SELECT users.id FROM users WHERE users.age > ? AND (users.id = ? OR users.id = ?)",
        ),
        same(
            "no conditions",
            select(ID).filter(None::<super::aludel_sql::Expr<bool>>),
            "SELECT users.id FROM users",
        ),
        same(
            "a text as a query",
            select(ID)
                .filter(ID.in_query(sql("SELECT id FROM posts WHERE id > ?").bind(1_i64).rows::<i64>())),
            "SELECT users.id FROM users WHERE users.id IN (SELECT id FROM posts WHERE id > ?)",
        ),
        same(
            "tuples in a list",
            select(NAME).filter(tuple((AGE, ID)).in_query(select((USER_ID, POST_ID)))),
            "SELECT users.name FROM users WHERE (users.age, users.id) IN (SELECT posts.user_id, posts.id FROM posts)",
        ),
        same(
            "a short case",
            select(case_of::<String, _>(AGE).when(1, "one").otherwise("many")),
            "SELECT CASE users.age WHEN ? THEN ? ELSE ? END AS anon_1 FROM users",
        ),
        same(
            "a null",
            select((ID, null::<i64>().label("absent"))),
            "SELECT users.id, NULL AS absent FROM users",
        ),
        same("bits", select(ID.bit_and(3)), "SELECT users.id & ? AS anon_1 FROM users"),
    ]
}

fn writes() -> Vec<Case> {
    let gone = delete(POSTS).filter(USER_ID.is_null()).returning(POST_ID).cte("gone");
    vec![
        each(
            "an update from another table",
            update(USERS).set(EMAIL, TITLE).from(POSTS).filter(USER_ID.eq(ID)),
            [
                "UPDATE users SET email=posts.title FROM posts WHERE posts.user_id = users.id",
                "UPDATE users SET email=posts.title FROM posts WHERE posts.user_id = users.id",
                "UPDATE users, posts SET users.email=posts.title WHERE posts.user_id = users.id",
            ],
        ),
        each(
            "a delete by another table",
            delete(POSTS).using(USERS).filter(USER_ID.eq(ID).and(AGE.lt(1))),
            [
                "!sqlite does not support a DELETE that reads other tables",
                "DELETE FROM posts USING users WHERE posts.user_id = users.id AND users.age < $1",
                "DELETE FROM posts USING posts, users WHERE posts.user_id = users.id AND users.age < ?",
            ],
        ),
        each(
            "a delete that is read",
            select(&gone),
            [
                "!sqlite does not support",
                "WITH gone AS (DELETE FROM posts WHERE posts.user_id IS NULL RETURNING posts.id) \
                 SELECT gone.id FROM gone",
                "!mysql does not support",
            ],
        ),
        each(
            "an insert of what is named",
            insert(POSTS).from_select(["user_id"], {
                let grown = select(ID).filter(AGE.gt(1)).cte("grown");
                select(grown.column(ID))
            }),
            [
                "WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > ?) \
                 INSERT INTO posts (user_id) SELECT grown.id FROM grown",
                "WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > $1) \
                 INSERT INTO posts (user_id) SELECT grown.id FROM grown",
                "INSERT INTO posts (user_id) WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > ?) \
                 SELECT grown.id FROM grown",
            ],
        ),
        each(
            "a delete of what is named",
            delete(POSTS).filter(USER_ID.in_query({
                let grown = select(ID).filter(AGE.gt(1)).cte("grown");
                select(grown.column(ID))
            })),
            [
                "WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > ?) \
                 DELETE FROM posts WHERE posts.user_id IN (SELECT grown.id FROM grown)",
                "WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > $1) \
                 DELETE FROM posts WHERE posts.user_id IN (SELECT grown.id FROM grown)",
                "~WITH grown AS (SELECT users.id AS id FROM users WHERE users.age > ?) \
                 DELETE FROM posts WHERE posts.user_id IN (SELECT grown.id FROM grown)",
            ],
        ),
        each(
            "some rows deleted",
            delete(POSTS).order_by(POST_ID).limit(2),
            [
                "!sqlite does not support an order or a limit",
                "!postgres does not support an order or a limit",
                "DELETE FROM posts ORDER BY posts.id LIMIT ?",
            ],
        ),
        same(
            "an insert of a union",
            insert(POSTS).from_select(["user_id"], select(ID).union(select(AGE.expr().or_zero()))),
            "INSERT INTO posts (user_id) SELECT users.id FROM users UNION SELECT coalesce(users.age, ?) AS coalesce_1 \
             FROM users",
        ),
        each(
            "a conflict on part of a table",
            insert(USERS).values([NAME.set("x")]).on_conflict(NAME).index_where(AGE.gt(1)).do_nothing(),
            [
                "INSERT INTO users (name) VALUES (?) ON CONFLICT (name) WHERE age > ? DO NOTHING",
                "INSERT INTO users (name) VALUES ($1) ON CONFLICT (name) WHERE age > $2 DO NOTHING",
                "INSERT INTO users (name) VALUES (?) ON DUPLICATE KEY UPDATE name = name",
            ],
        ),
    ]
}

/// Zero in the place of nothing.
trait OrZero {
    fn or_zero(self) -> super::aludel_sql::Expr<i64>;
}

impl OrZero for super::aludel_sql::Expr<Option<i64>> {
    fn or_zero(self) -> super::aludel_sql::Expr<i64> {
        super::aludel_sql::expression::coalesce(self, 0)
    }
}
