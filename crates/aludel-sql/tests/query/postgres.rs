//! What only PostgreSQL has.

use super::aludel_sql::Expr;
use super::aludel_sql::ast::Lock;
use super::aludel_sql::expression::postgres::*;
use super::aludel_sql::expression::{Expression, Operators, function, literal, template};
use super::aludel_sql::statement::select;
use super::aludel_sql::types::Range;
use super::cases::{Case, on_postgres};
use super::tables::{ID, NAME, POST_ID, POSTS};

fn document() -> Expr<String> {
    template::<String>(r#"CAST('{"a": [{"b": 1}]}' AS jsonb)"#).expr()
}

fn weeks(first: i32, last: i32) -> Expr<Range<i32>> {
    function("int4range", [literal(first).into_ast(), literal(last).into_ast()])
}

pub(crate) fn cases() -> Vec<Case> {
    let case = |name, value: Expr<bool>, text: &str| {
        on_postgres(name, select(ID).filter(value), &format!("SELECT users.id FROM users WHERE {text}"))
    };
    vec![
        case(
            "array",
            contains(array::<i64>([1, 2]), array::<i64>([ID.expr()])),
            "ARRAY[$1::BIGINT, $2::BIGINT] @> ARRAY[users.id]",
        ),
        case("empty array", contained_by(array::<i64>([] as [i64; 0]), vec![1]), "ARRAY[]::BIGINT[] <@ $1"),
        case(
            "overlap",
            overlaps(array::<String>(["a"]), array::<String>([NAME.expr()])),
            "ARRAY[$1::VARCHAR] && ARRAY[users.name]",
        ),
        case("any", ID.eq(any(vec![1_i64, 2])), "users.id = ANY ($1)"),
        case("all", ID.gt(all(array::<i64>([1, 2]))), "users.id > ALL (ARRAY[$1::BIGINT, $2::BIGINT])"),
        case("element", element(array::<i64>([7]), 1).eq(7), "(ARRAY[$1::BIGINT])[$2] = $3"),
        case(
            "slice",
            slice(array::<i64>([7, 8]), 1, 2).eq(vec![7, 8]),
            "(ARRAY[$1::BIGINT, $2::BIGINT])[$3:$4] = $5",
        ),
        case(
            "member",
            get::<String>(document(), "a").is_not_null(),
            r#"(CAST('{"a": [{"b": 1}]}' AS jsonb) -> $1) IS NOT NULL"#,
        ),
        case(
            "element of a document",
            get_text(get::<String>(document(), "a"), 0).eq("x"),
            r#"((CAST('{"a": [{"b": 1}]}' AS jsonb) -> $1) ->> 0) = $2"#,
        ),
        case(
            "path",
            get_path_text(document(), [Key::from("a"), Key::from(0), Key::from("b")]).eq("1"),
            r#"(CAST('{"a": [{"b": 1}]}' AS jsonb) #>> $1) = $2"#,
        ),
        case(
            "document by path",
            get_path::<String, _>(document(), ["a"]).is_null(),
            r#"(CAST('{"a": [{"b": 1}]}' AS jsonb) #> $1) IS NULL"#,
        ),
        case("key", has_key(document(), "a"), r#"CAST('{"a": [{"b": 1}]}' AS jsonb) ? $1"#),
        case(
            "one of several keys",
            has_any(document(), vec!["a".to_owned()]),
            r#"CAST('{"a": [{"b": 1}]}' AS jsonb) ?| $1"#,
        ),
        case(
            "all of several keys",
            has_all(document(), vec!["a".to_owned()]),
            r#"CAST('{"a": [{"b": 1}]}' AS jsonb) ?& $1"#,
        ),
        case("range", contains(weeks(1, 5), Range::from(2..4)), "int4range(1, 5) @> $1"),
        case("value in a range", contains_value(weeks(1, 5), 4), "int4range(1, 5) @> CAST($1 AS INTEGER)"),
        case(
            "ranges apart",
            strictly_left_of(weeks(1, 5), weeks(5, 9)),
            "int4range(1, 5) << int4range(5, 9)",
        ),
        case(
            "ranges apart, the other way",
            strictly_right_of(weeks(1, 5), weeks(5, 9)),
            "int4range(1, 5) >> int4range(5, 9)",
        ),
        case(
            "end of a range",
            not_extend_right_of(weeks(1, 5), weeks(5, 9)),
            "int4range(1, 5) &< int4range(5, 9)",
        ),
        case(
            "begin of a range",
            not_extend_left_of(weeks(1, 5), weeks(5, 9)),
            "int4range(1, 5) &> int4range(5, 9)",
        ),
        case("touching ranges", adjacent_to(weeks(1, 5), weeks(5, 9)), "int4range(1, 5) -|- int4range(5, 9)"),
        case(
            "union",
            overlaps(union(weeks(1, 5), weeks(5, 9)), weeks(2, 3)),
            "int4range(1, 5) + int4range(5, 9) && int4range(2, 3)",
        ),
        case(
            "intersection",
            intersection(weeks(1, 5), weeks(4, 9)).eq(weeks(4, 5)),
            "int4range(1, 5) * int4range(4, 9) = int4range(4, 5)",
        ),
        case(
            "difference",
            difference(weeks(1, 5), weeks(4, 9)).eq(weeks(1, 4)),
            "int4range(1, 5) - int4range(4, 9) = int4range(1, 4)",
        ),
        case(
            "full text",
            matches(NAME, "cats", Some("english")),
            "users.name @@ plainto_tsquery('english', $1)",
        ),
        case("regular expression", NAME.regexp_match("^a"), "users.name ~ $1"),
        case(
            "replaced",
            NAME.regexp_replace("^a", "b").eq("bc"),
            "(REGEXP_REPLACE(users.name, $1, $2)) = $3",
        ),
        on_postgres(
            "lock",
            select((ID, POST_ID))
                .join((POSTS, POST_ID.eq(ID)))
                .lock(Lock::no_key_update().of(ID).skip_locked()),
            "SELECT users.id, posts.id AS id_1 FROM users JOIN posts ON posts.id = users.id FOR NO KEY UPDATE OF users SKIP LOCKED",
        ),
        on_postgres(
            "shared lock",
            select(ID).lock(Lock::key_share().no_wait()),
            "SELECT users.id FROM users FOR KEY SHARE NOWAIT",
        ),
    ]
}
