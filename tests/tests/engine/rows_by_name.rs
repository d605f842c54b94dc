//! Rows as structs by the names of their columns, and rows of which nothing is known before.

use aludel::prelude::*;
use aludel::sql::decode::DecodeError;
use aludel::{Connection, ErrorKind, Value};

#[derive(FromRow, Clone, Debug, PartialEq)]
struct Home {
    street: String,
    #[from_row(rename = "town")]
    city: Option<String>,
}

#[derive(FromRow, Clone, Debug, PartialEq)]
struct Person {
    id: i64,
    #[from_row(flatten)]
    home: Option<Home>,
    r#type: String,
    #[from_row(default)]
    age: Option<i64>,
    #[from_row(default)]
    visits: i64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Pair(i64, Option<String>);

#[derive(FromRow, Debug, PartialEq)]
struct Open {
    id: i64,
    #[from_row(flatten)]
    rest: DynamicRow,
}

fn connection() -> Connection {
    Engine::new("sqlite://").unwrap().connect().wait().unwrap()
}

fn one<R: aludel::FromRow + Send>(query: &'static str) -> aludel::Result<R> {
    connection().one(sql(query).rows::<R>()).wait()
}

/// The message of the refusal, which is about the row.
fn refusal<R: aludel::FromRow + Send + std::fmt::Debug>(query: &'static str) -> String {
    let error = one::<R>(query).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    error.to_string()
}

fn person(home: Option<(&str, Option<&str>)>) -> Person {
    let home = home.map(|(street, city)| Home { street: street.into(), city: city.map(Into::into) });
    Person { id: 1, home, r#type: "guest".into(), age: None, visits: 0 }
}

#[test]
fn the_order_of_the_columns_does_not_matter_and_others_may_stand_between() {
    for query in [
        "SELECT 1 AS id, 'High' AS street, 'Bath' AS town, 'guest' AS type",
        "SELECT 'guest' AS type, 'Bath' AS town, 'High' AS street, 1 AS id",
        "SELECT 0 AS a, 'guest' AS type, 0 AS b, 'Bath' AS town, 'High' AS street, 0 AS c, 0 AS d, 0 AS e, 1 AS id",
    ] {
        assert_eq!(one::<Person>(query).unwrap(), person(Some(("High", Some("Bath")))), "{query}");
    }
    let query = "SELECT 9 AS visits, 'guest' AS type, NULL AS street, 1 AS id, NULL AS town, 40 AS age";
    assert_eq!(one::<Person>(query).unwrap(), Person { age: Some(40), visits: 9, ..person(None) });
    // Half of a home is none.
    let query = "SELECT 1 AS id, 'High' AS street, NULL AS town, 'guest' AS type";
    assert_eq!(one::<Person>(query).unwrap(), person(Some(("High", None))));
}

#[test]
fn many_rows_and_streams_are_read_the_same() {
    let mut connection = connection();
    let query = || {
        sql("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500) SELECT 'x' AS street, n AS town FROM c")
            .rows::<DynamicRow>()
    };
    let rows = connection.all(query()).wait().unwrap();
    assert_eq!(connection.stream(query()).all().wait().unwrap(), rows);
    assert_eq!(rows.len(), 500);
    // The rows of a result share the names.
    let first_name = |row: &DynamicRow| row.names().next().unwrap().as_ptr();
    assert_eq!(first_name(&rows[0]), first_name(&rows[499]));
    assert_eq!(rows[499].get::<i64>("town").unwrap(), 500);
    let all = sql("SELECT NULL AS town, 'x' AS street UNION ALL SELECT NULL, 'y'").rows::<Home>();
    let streets: Vec<String> =
        connection.all(all).wait().unwrap().into_iter().map(|home| home.street).collect();
    assert_eq!(streets, ["x", "y"]);
}

#[test]
fn structs_stand_side_by_side_in_a_tuple() {
    let query = "SELECT 'Bath' AS town, 'High' AS street, 'Low' AS street, 'Ely' AS town, 5";
    let (left, right, number) = one::<(Home, Home, i64)>(query).unwrap();
    assert_eq!((left.street.as_str(), left.city.as_deref()), ("High", Some("Bath")));
    assert_eq!((right.street.as_str(), right.city.as_deref(), number), ("Low", Some("Ely"), 5));
    let query = "SELECT NULL AS town, NULL AS street, 5";
    assert_eq!(one::<(Option<Home>, i64)>(query).unwrap(), (None, 5));
}

#[test]
fn a_tuple_struct_is_read_by_its_places() {
    assert_eq!(one::<Pair>("SELECT 1 AS x, 'a' AS x").unwrap(), Pair(1, Some("a".into())));
    assert_eq!(one::<(Option<Pair>, i64)>("SELECT NULL, NULL, 3").unwrap(), (None, 3));
}

#[test]
fn a_session_takes_them_too() {
    let engine = Engine::new("sqlite://").unwrap();
    let rows = Session::new(&engine).all(sql("SELECT 'High' AS street, NULL AS town").rows::<Home>()).wait();
    assert_eq!(rows.unwrap(), [Home { street: "High".into(), city: None }]);
}

#[test]
fn what_is_missing_wrong_or_ambiguous_is_named() {
    let message = refusal::<Home>("SELECT 'High' AS strete, NULL AS town");
    let part = "there is no column `street` for the field `Home.street`: the row has `strete`, `town`.";
    assert!(message.contains(part), "{message}");
    let message = refusal::<Home>("SELECT 'High' AS street, NULL AS city");
    assert!(message.contains("there is no column `town` for the field `Home.city`"), "{message}");
    let message =
        refusal::<Home>("SELECT 0 AS a, NULL AS b, NULL AS town, 'High' AS street, 'Low' AS street");
    assert!(message.contains("the columns 3 and 4 both have that name"), "{message}");
    let message = refusal::<Person>("SELECT 'guest' AS type, NULL AS street, 'Bath' AS town, 1 AS id");
    let part = "field `Home.street` (column 1, `street`, read as `String`): got NULL";
    assert!(message.contains(part), "{message}");
}

#[test]
fn a_dynamic_row_is_asked_by_place_and_by_name() {
    let row = one::<DynamicRow>("SELECT 7 AS id, 'milk' AS body, NULL AS note").unwrap();
    assert_eq!((row.len(), row.is_empty(), row.contains("body"), row.contains("x")), (3, false, true, false));
    assert_eq!(row.get::<i64>(0).unwrap(), 7);
    assert_eq!(row.get::<u8>("id").unwrap(), 7);
    assert_eq!(row.get::<String>(String::from("body")).unwrap(), "milk");
    assert_eq!(row.get::<Option<f64>>("note").unwrap(), None);
    assert_eq!(row.get_value("note").unwrap(), &Value::Null);
    assert_eq!(row.names().collect::<Vec<_>>(), ["id", "body", "note"]);
    assert_eq!(row.iter().nth(1), Some(("body", &Value::Text("milk".into()))));
    assert_eq!(row.read::<(i64, String, Option<i64>)>().unwrap(), (7, "milk".into(), None));
    assert_eq!(format!("{:?}", row.names().len()), "3");
    assert_eq!(row.clone().into_values(), row.values());

    let refused = |error: Result<i64, DecodeError>| error.unwrap_err().to_string();
    assert_eq!(refused(row.get("Id")), "there is no column `Id`: the row has `id`, `body`, `note`");
    assert_eq!(refused(row.get(3)), "the row has 3 columns, so there is none at 3 (counted from 0)");
    assert!(refused(row.get("note")).starts_with("column 2 (`note`, read as `i64`): got NULL"));
    assert!(
        refused(row.get("body")).starts_with("column 1 (`body`, read as `i64`): expected i64, got the text")
    );
    let row = one::<DynamicRow>("SELECT 1 AS id, 2 AS id").unwrap();
    assert!(refused(row.get("id")).starts_with("the columns 0 and 1 both have the name `id`"));
    assert_eq!(row.get::<i64>(1).unwrap(), 2);
}

#[test]
fn a_dynamic_row_takes_what_is_left() {
    let (id, rest) = one::<(i64, DynamicRow)>("SELECT 1 AS id, 2 AS x, 3 AS y").unwrap();
    assert_eq!((id, rest.names().collect::<Vec<_>>()), (1, vec!["x", "y"]));
    let open = one::<Open>("SELECT 1 AS id, 2 AS x, 3 AS y").unwrap();
    assert_eq!((open.id, open.rest.get::<i64>("y").unwrap()), (1, 3));
}
