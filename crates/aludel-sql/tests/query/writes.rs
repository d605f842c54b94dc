//! Inserts, updates, deletes, and what they hand back.

use super::aludel_sql::Value;
use super::aludel_sql::ast::{self, Statement};
use super::aludel_sql::expression::{Expression, Labelled, exists, lower, max, value};
use super::aludel_sql::statement::{delete, insert, select, update};
use super::aludel_sql::types::Auto;
use super::cases::{Case, each, refused, same};
use super::tables::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = inserts();
    cases.extend(conflicts());
    cases.extend(changes());
    cases.extend(completed());
    cases.extend(returning());
    cases
}

fn inserts() -> Vec<Case> {
    let placeholders = ast::Insert {
        columns: vec!["name".into(), "age".into()],
        source: ast::InsertSource::Placeholders,
        ..insert(USERS).into_ast()
    };
    let rest = ast::Insert { source: ast::InsertSource::Placeholders, ..insert(POSTS).into_ast() };
    vec![
        each(
            "a row of defaults",
            insert(POSTS),
            [
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts () VALUES ()",
            ],
        ),
        each(
            "a row that sets nothing",
            insert(POSTS).values([Vec::new()]),
            [
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts () VALUES ()",
            ],
        ),
        each(
            "two rows that set nothing",
            insert(POSTS).values([Vec::new(), Vec::new()]),
            [
                "!sqlite does not support several rows of defaults in one insert",
                "!postgres does not support several rows of defaults in one insert",
                "INSERT INTO posts () VALUES (), ()",
            ],
        ),
        each(
            "placeholders for nothing",
            Statement::Insert(rest),
            [
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts DEFAULT VALUES",
                "INSERT INTO posts () VALUES ()",
            ],
        ),
        same("placeholders", Statement::Insert(placeholders), "INSERT INTO users (name, age) VALUES (?, ?)"),
        same(
            "a row",
            insert(USERS).values([NAME.set("golden"), AGE.set(None)]),
            "INSERT INTO users (name, age) VALUES (?, ?)",
        ),
        same(
            "rows, in the order of the first one's columns",
            insert(USERS).values([[NAME.set("golden 1"), AGE.set(1)], [AGE.set(2), NAME.set("golden 2")]]),
            "INSERT INTO users (name, age) VALUES (?, ?), (?, ?)",
        ),
        same(
            "an expression as a value",
            insert(USERS).values([NAME.set(lower(value::<String>("GOLDEN"))), AGE.set(select(max(POST_ID)))]),
            "INSERT INTO users (name, age) VALUES (lower(?), (SELECT max(posts.id) AS max_1 FROM posts))",
        ),
        same(
            "rows of a query",
            insert(POSTS).from_select(["title", "user_id"], select((NAME, ID)).filter(AGE.gt(3))),
            "INSERT INTO posts (title, user_id) SELECT users.name, users.id FROM users WHERE users.age > ?",
        ),
        refused("a value that nobody has set", update(USERS).set(ID, Auto::default()), "unset"),
        refused("no rows at all", insert(USERS).values(Vec::<Vec<_>>::new()), "`values` was given no rows"),
        refused(
            "a row that sets more",
            insert(USERS).values([vec![NAME.set("a")], vec![NAME.set("b"), AGE.set(1)]]),
            "a row sets `age`, which the first row does not",
        ),
        refused(
            "a row that sets less",
            insert(USERS).values([vec![NAME.set("a"), AGE.set(1)], vec![NAME.set("b")]]),
            "a row does not set `age`, which the first row does",
        ),
        refused(
            "rows of a query and rows of values",
            insert(USERS).from_select(["name"], select(TITLE)).values([NAME.set("a")]),
            "both the rows of a query and rows of values",
        ),
    ]
}

/// Writes that their tables' defaults were added to.
fn completed() -> Vec<Case> {
    let call =
        |name: &'static str, value: ast::Expr| ast::Expr::Function(ast::Function::new(name, vec![value]));
    let text = |text: &str| ast::Expr::Bind(Value::Text(text.to_owned()));
    let columns = [
        ast::ColumnDefault::none("id"),
        ast::ColumnDefault::new("name", call("lower", text("NEW"))),
        ast::ColumnDefault::new("email", ast::Expr::Bind(Value::Null)),
        ast::ColumnDefault::new("age", ast::Expr::Bind(Value::I64(7))),
    ];
    let completed = |mut insert: ast::Insert, columns: &[ast::ColumnDefault]| -> Statement {
        insert.complete(columns).expect("an insert that can be completed");
        Statement::Insert(insert)
    };
    let copied = ast::Insert {
        columns: vec!["name".into(), "email".into()],
        source: ast::InsertSource::Values(vec![vec![
            text("golden"),
            call("upper", ast::Expr::Assigned("name".into())),
        ]]),
        ..insert(USERS).into_ast()
    };
    let Statement::Update(mut changed) = Statement::from(update(USERS).set(EMAIL, None).filter(ID.eq(1)))
    else {
        panic!("an update is one");
    };
    changed.set.push(("age".into(), ast::Expr::Assigned("id".into())));
    changed.complete(&columns);
    vec![
        same(
            "a row of nothing but defaults",
            completed(insert(USERS).into_ast(), &columns),
            "INSERT INTO users (name, email, age) VALUES (lower(?), ?, ?)",
        ),
        same(
            "defaults among what is given",
            completed(
                insert(USERS)
                    .values([[NAME.set("golden 1"), AGE.set(1)], [NAME.set("golden 2"), AGE.set(2)]])
                    .into_ast(),
                &columns,
            ),
            "INSERT INTO users (name, email, age) VALUES (?, ?, ?), (?, ?, ?)",
        ),
        same(
            "defaults behind the rows of a query",
            completed(
                insert(USERS).from_select(["name"], select(TITLE)).into_ast(),
                &[ast::ColumnDefault::new("email", call("lower", text("NEW")))],
            ),
            "INSERT INTO users (name, email) SELECT posts.title, lower(?) AS lower_1 FROM posts",
        ),
        same(
            "a copy of another column's value",
            completed(copied, &columns),
            "INSERT INTO users (name, email, age) VALUES (?, upper(?), ?)",
        ),
        same(
            "defaults and copies in an update",
            Statement::Update(changed),
            "UPDATE users SET email=?, age=users.id, name=lower(?) WHERE users.id = ?",
        ),
    ]
}

fn conflicts() -> Vec<Case> {
    vec![
        each(
            "a row that is there stays",
            insert(USERS).values([NAME.set("golden")]).on_conflict(NAME).do_nothing(),
            [
                "INSERT INTO users (name) VALUES (?) ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) VALUES (?) ON DUPLICATE KEY UPDATE name = name",
            ],
        ),
        each(
            "a row that is there by any key",
            insert(USERS).values([NAME.set("golden")]).on_conflict_do_nothing(),
            [
                "INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING",
                "INSERT INTO users (name) VALUES ($1) ON CONFLICT DO NOTHING",
                "INSERT INTO users (name) VALUES (?) ON DUPLICATE KEY UPDATE name = name",
            ],
        ),
        each(
            "a row that is there is changed",
            insert(USERS)
                .values([NAME.set("golden"), AGE.set(1)])
                .on_conflict(NAME)
                .do_update(|new| [AGE.set(new.get(AGE) + AGE), EMAIL.set("x")]),
            [
                "INSERT INTO users (name, age) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET age = (excluded.age + \
                 users.age), email = ?",
                "INSERT INTO users (name, age) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET age = (excluded.age + \
                 users.age), email = $3",
                "INSERT INTO users (name, age) VALUES (?, ?) ON DUPLICATE KEY UPDATE age = (VALUES(age) + users.age), \
                 email = ?",
            ],
        ),
        each(
            "a row that is there is changed where it is older",
            insert(USERS)
                .values([NAME.set("golden"), AGE.set(1)])
                .on_conflict(NAME)
                .do_update_where(|new| [AGE.set(new.get(AGE))], AGE.lt(3)),
            [
                "INSERT INTO users (name, age) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET age = excluded.age WHERE \
                 users.age < ?",
                "INSERT INTO users (name, age) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET age = excluded.age WHERE \
                 users.age < $3",
                "!does not support a condition on ON CONFLICT DO UPDATE",
            ],
        ),
        each(
            "rows of a query that are there stay",
            insert(USERS).from_select(["name"], select(TITLE)).on_conflict(NAME).do_nothing(),
            [
                "INSERT INTO users (name) SELECT posts.title FROM posts WHERE 1 = 1 ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) SELECT posts.title FROM posts WHERE 1 = 1 ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) SELECT posts.title FROM posts ON DUPLICATE KEY UPDATE name = name",
            ],
        ),
        each(
            "rows of an ordered query that are there stay",
            insert(USERS)
                .from_select(["name"], select(TITLE).group_by(TITLE).order_by(TITLE).limit(1))
                .on_conflict(NAME)
                .do_nothing(),
            [
                "INSERT INTO users (name) SELECT posts.title FROM posts WHERE 1 = 1 GROUP BY posts.title ORDER BY \
                 posts.title LIMIT ? ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) SELECT posts.title FROM posts WHERE 1 = 1 GROUP BY posts.title ORDER BY \
                 posts.title LIMIT $1 ON CONFLICT (name) DO NOTHING",
                "INSERT INTO users (name) SELECT posts.title FROM posts GROUP BY posts.title ORDER BY posts.title LIMIT ? \
                 ON DUPLICATE KEY UPDATE name = name",
            ],
        ),
    ]
}

fn changes() -> Vec<Case> {
    let elsewhere = USERS.alias();
    vec![
        same(
            "update",
            update(USERS).set(AGE, AGE + 1).set(EMAIL, None).filter(ID.eq(1)),
            "UPDATE users SET age=(users.age + ?), email=? WHERE users.id = ?",
        ),
        same(
            "update by a query",
            update(USERS)
                .set(AGE, select(max(POST_ID)).filter(USER_ID.eq(ID)))
                .filter(exists(select(POST_ID).filter(USER_ID.eq(ID)))),
            "UPDATE users SET age=(SELECT max(posts.id) AS max_1 FROM posts WHERE posts.user_id = users.id) WHERE EXISTS (SELECT posts.id FROM posts WHERE posts.user_id = users.id)",
        ),
        same("delete", delete(USERS).filter(ID.is_in([1, 2])), "DELETE FROM users WHERE users.id IN (?, ?)"),
        same("delete all", delete(POSTS), "DELETE FROM posts"),
        same(
            "delete by a query",
            delete(POSTS).filter(USER_ID.in_select(select(ID).filter(AGE.lt(1)))),
            "DELETE FROM posts WHERE posts.user_id IN (SELECT users.id FROM users WHERE users.age < ?)",
        ),
        refused("an update of nothing", update(USERS).filter(ID.eq(1)), "an update of `users` sets nothing"),
        refused(
            "an update out of reach",
            update(USERS).set(AGE, 1).filter(TITLE.eq("x")),
            "`posts.title` is used",
        ),
        each(
            "an update of an alias",
            update(elsewhere).set(AGE, 1),
            [
                "UPDATE users AS users_1 SET age=?",
                "UPDATE users AS users_1 SET age=$1",
                "UPDATE users AS users_1 SET age=?",
            ],
        ),
        each(
            "a delete from an alias",
            delete(elsewhere),
            ["DELETE FROM users AS users_1", "DELETE FROM users AS users_1", "~DELETE FROM users AS users_1"],
        ),
        refused("a delete out of reach", delete(USERS).filter(TITLE.eq("x")), "`posts.title` is used"),
        refused(
            // Compared with itself, every row's age is the greatest.
            "a delete by a query of the same table",
            delete(USERS).filter(AGE.eq(select(max(AGE)))),
            "reads no table of its own",
        ),
    ]
}

fn returning() -> Vec<Case> {
    let label: Labelled<String> = lower(NAME).label("low");
    vec![
        each(
            "an insert hands back",
            insert(USERS).values([NAME.set("golden")]).returning((ID, AGE)),
            [
                "INSERT INTO users (name) VALUES (?) RETURNING id, age",
                "INSERT INTO users (name) VALUES ($1) RETURNING users.id, users.age",
                "!mysql does not support INSERT … RETURNING",
            ],
        ),
        each(
            "an expression is handed back",
            insert(USERS).values([NAME.set("golden")]).returning((AGE + 1, label)),
            [
                "INSERT INTO users (name) VALUES (?) RETURNING age + ? AS anon_1, lower(name) AS low",
                "INSERT INTO users (name) VALUES ($1) RETURNING users.age + $2 AS anon_1, lower(users.name) AS low",
                "!mysql does not support INSERT … RETURNING",
            ],
        ),
        each(
            "an update hands back",
            update(USERS).set(AGE, 1).returning(NAME),
            [
                "UPDATE users SET age=? RETURNING name",
                "UPDATE users SET age=$1 RETURNING users.name",
                "!mysql does not support UPDATE … RETURNING",
            ],
        ),
        each(
            "a delete hands back",
            delete(USERS).filter(ID.eq(1)).returning(NAME),
            [
                "DELETE FROM users WHERE users.id = ? RETURNING name",
                "DELETE FROM users WHERE users.id = $1 RETURNING users.name",
                "!mysql does not support DELETE … RETURNING",
            ],
        ),
        each(
            "a column of another table is not handed back",
            insert(USERS).values([NAME.set("golden")]).returning(POST_ID),
            ["!`posts.id` is used", "!`posts.id` is used", "!mysql does not support INSERT"],
        ),
    ]
}
