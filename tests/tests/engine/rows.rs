//! Rows that do not fit what they are read as: the error names the model, the field and the column.

use aludel::prelude::*;
use aludel::{Engine, ErrorKind};

#[derive(Model, Clone, Debug, Default)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(name = "user_name")]
    name: String,
    age: Option<i64>,
}

/// A table that has less strict rows than the model.
fn engine(rows: &str) -> Engine {
    let engine = Engine::new("sqlite://").unwrap();
    let mut connection = engine.connect().wait().unwrap();
    connection
        .execute_script(&format!("CREATE TABLE users (id INTEGER PRIMARY KEY, user_name, age); {rows}"))
        .wait()
        .unwrap();
    drop(connection);
    engine
}

#[test]
fn a_null_in_a_field_that_takes_none_is_named_by_core_and_by_the_session() {
    let engine = engine("INSERT INTO users VALUES (1, NULL, 2)");
    let core = engine.connect().wait().unwrap().all(select(User)).wait().unwrap_err();
    assert_eq!(core.kind(), ErrorKind::Decode);
    let mut session = Session::new(&engine);
    let mapped = session.all(select(User)).wait().unwrap_err();
    assert_eq!(mapped.database().unwrap().kind(), ErrorKind::Decode);
    let got = session.get::<User>(1_i64).wait().unwrap_err();
    for message in [core.to_string(), mapped.to_string(), got.to_string()] {
        assert!(message.contains("User"), "{message}");
        assert!(message.contains("`name`") || message.contains("User.name"), "{message}");
        assert!(message.contains("user_name"), "{message}");
        assert!(message.contains("NULL"), "{message}");
    }
}

#[test]
fn a_value_of_another_type_is_named_with_what_it_is() {
    let engine = engine("INSERT INTO users VALUES (1, 'alice', 'old')");
    let core = engine.connect().wait().unwrap().all(select(User)).wait().unwrap_err().to_string();
    let session = Session::new(&engine).all(select(User)).wait().unwrap_err().to_string();
    for message in [core, session] {
        assert!(message.contains("User"), "{message}");
        assert!(message.contains("age"), "{message}");
        assert!(message.contains("text"), "{message}");
    }
}

#[test]
fn a_column_outside_of_a_model_is_named_by_its_place() {
    let engine = engine("");
    let mut connection = engine.connect().wait().unwrap();
    let error = connection.all(sql("SELECT 1, NULL AS hollow").rows::<(i64, i64)>()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("hollow"), "{error}");
    let error = connection.all(sql("SELECT 1").rows::<(i64, i64)>()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[test]
fn an_error_names_the_column_its_place_its_type_and_the_rust_type() {
    for options in ["", "?thread=own"] {
        let engine = Engine::new(&format!("sqlite://{options}")).unwrap();
        let mut connection = engine.connect().wait().unwrap();
        let script = "CREATE TABLE things (id INTEGER PRIMARY KEY, label VARCHAR(20), size REAL);
                      INSERT INTO things VALUES (1, NULL, 'wide')";
        connection.execute_script(script).wait().unwrap();
        let mut refused = |query: &'static str, part: &str| {
            let error = connection.all(sql(query).rows::<(i64, String)>()).wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains(part), "{error}");
        };
        refused(
            "SELECT id, label FROM things",
            "column 1 (`label`, of the type `VARCHAR(20)`, read as `String`): got NULL",
        );
        refused(
            "SELECT size, label FROM things",
            "column 0 (`size`, of the type `REAL`, read as `i64`): expected i64, got the text \"wide\"",
        );
        // An expression has no type of its own.
        refused("SELECT 1, x'00' AS raw", "column 1 (`raw`, read as `String`): expected String, got bytes");
        refused(
            "SELECT 1, CAST(x'ff' AS TEXT) AS broken",
            "column 1 (`broken`, read as `String`): the text is not UTF-8",
        );
    }
}

#[test]
fn a_field_that_does_not_fit_is_named_with_both_types() {
    let engine = Engine::new("sqlite://").unwrap();
    let mut connection = engine.connect().wait().unwrap();
    let script = "CREATE TABLE users (id INTEGER PRIMARY KEY, user_name CLOB, age BIGINT);
                  INSERT INTO users VALUES (1, NULL, 2)";
    connection.execute_script(script).wait().unwrap();
    let error = connection.all(select(User)).wait().unwrap_err().to_string();
    let part =
        "field `User.name` (column `users.user_name` at 1, of the type `CLOB`, read as `String`): got NULL";
    assert!(error.contains(part), "{error}");
}

#[test]
fn a_number_that_does_not_fit_is_refused_and_not_cut() {
    let engine = engine("");
    let mut connection = engine.connect().wait().unwrap();
    let error = connection.one(sql("SELECT 300").rows::<u8>()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("300"), "{error}");
    let error = connection.one(sql("SELECT -1").rows::<u32>()).wait().unwrap_err();
    assert!(error.to_string().contains("-1"), "{error}");
}

#[test]
fn an_unset_auto_says_what_to_do() {
    let user = User { name: "alice".into(), ..default() };
    let panic = std::panic::catch_unwind(|| *user.id + 1).unwrap_err();
    let message =
        panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    let message = message.expect("the panic has a message");
    assert!(message.contains("flush"), "{message}");
    let engine = engine("");
    let query = select(User).filter(User.id.eq(User::default().id));
    let error = engine.connect().wait().unwrap().all(query).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Compile);
    assert!(error.to_string().contains("unset `Auto"), "{error}");
}

#[test]
fn one_row_is_one_row() {
    let engine = engine("INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2)");
    let mut connection = engine.connect().wait().unwrap();
    assert_eq!(connection.one(select(User)).wait().unwrap_err().kind(), ErrorKind::SeveralRows);
    assert_eq!(connection.one_or_none(select(User)).wait().unwrap_err().kind(), ErrorKind::SeveralRows);
    let nobody = select(User).filter(User.id.eq(9));
    assert_eq!(connection.one(nobody).wait().unwrap_err().kind(), ErrorKind::NoRow);
    assert_eq!(connection.first(select(User.id).order_by(User.id.desc())).wait().unwrap(), Some(2));
}
