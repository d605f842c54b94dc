//! Types that are stored as others.

use aludel::prelude::*;
use aludel::sql::types::{As, AsText, StoredAs, ValueError};
use proptest::prelude::*;

use crate::homes::{ALL, refused, survive};

/// Text that is stored in lower case.
struct Lowercase;

impl StoredAs for Lowercase {
    type Value = String;
    type Stored = String;

    fn to_stored(value: &String) -> Result<String, ValueError> {
        Ok(value.to_lowercase())
    }

    fn from_stored(stored: String) -> Result<String, ValueError> {
        Ok(stored)
    }
}

/// A type of one's own that is stored as an integer.
#[derive(SqlType, Clone, Copy, Debug, Default, PartialEq)]
#[sql_type(stored_as)]
struct Celsius {
    degrees: f32,
}

impl StoredAs for Celsius {
    type Value = Self;
    type Stored = i32;

    fn to_stored(value: &Self) -> Result<i32, ValueError> {
        if value.degrees < -273.15 {
            return Err(ValueError::new("colder than cold"));
        }
        Ok((value.degrees * 1_000.0).round() as i32)
    }

    fn from_stored(stored: i32) -> Result<Self, ValueError> {
        Ok(Celsius { degrees: stored as f32 / 1_000.0 })
    }
}

#[derive(SqlType, Clone, Copy, Debug, Default, PartialEq)]
#[sql_type(rename_all = "snake_case")]
enum Mood {
    #[default]
    VeryHappy,
    #[sql_type(rename = "it's ok")]
    Ok,
}

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
#[sql_type(integer)]
#[repr(i16)]
enum Level {
    Low = -1,
    High = 7,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "rooms")]
struct Room {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50)]
    email: As<Lowercase>,
    celsius: Celsius,
    colder: Option<Celsius>,
    #[column(length = 39)]
    host: Option<As<AsText<std::net::Ipv6Addr>>>,
    moods: Vec<Mood>,
    prices: Vec<rust_decimal::Decimal>,
    extra: aludel::sql::types::Json<Vec<(String, i32)>>,
    wait: std::time::Duration,
}

#[test]
fn values_survive() {
    let celsius = (-200_000..200_000_i32).prop_map(|stored| Celsius { degrees: stored as f32 / 1_000.0 });
    survive(ALL, &Celsius::sql_type(), &[Celsius { degrees: 0.0 }], celsius);
    survive(ALL, &Mood::sql_type(), &[Mood::VeryHappy, Mood::Ok], Just(Mood::Ok));
    survive(ALL, &Level::sql_type(), &[Level::Low, Level::High], Just(Level::Low));
    survive(ALL, &Vec::<Level>::sql_type(), &[vec![Level::Low, Level::High]], Just(Vec::new()));
    for name in ALL {
        let error = refused(name, &Celsius::sql_type(), &Celsius { degrees: -300.0 });
        assert!(error.contains("parameter") && error.contains("colder than cold"), "{error}");
    }
}

#[test]
fn a_model_has_such_fields() {
    let engine = Engine::new("sqlite://").expect("a URL");
    engine.create_all(&MetaData::new().add(Room)).wait().expect("a table");
    let mut session = Session::new(&engine);
    let room = Room {
        email: As("Alice@Example.ORG".into()),
        celsius: Celsius { degrees: 21.5 },
        host: Some(As(std::net::Ipv6Addr::LOCALHOST)),
        moods: vec![Mood::Ok, Mood::VeryHappy],
        prices: vec![rust_decimal::Decimal::ONE],
        extra: aludel::sql::types::Json(vec![("a".into(), 1)]),
        wait: std::time::Duration::from_secs(90),
        ..default()
    };
    let handle = session.add(room.clone());
    session.commit().wait().expect("written");
    // What the database has, once it is read again; the filter's value goes the same way as the column's.
    let mut session = Session::new(&engine);
    let query = select(Room).filter(Room.email.eq(As::<Lowercase>("ALICE@example.org".into())));
    let found =
        session.one(query.filter(Room.celsius.eq(Celsius { degrees: 21.5 }))).wait().expect("one room");
    let expected = Room { id: 1.into(), email: As("alice@example.org".into()), ..room };
    assert_eq!(session[found], expected);
    let _ = handle;
    // Changes inside of the values are noticed, and only they are written.
    session[found].extra.push(("b".into(), 2));
    session[found].moods.pop();
    session.commit().wait().expect("changed");
    let mut connection = engine.connect().wait().expect("a connection");
    let (extra, moods): (String, String) =
        connection.one(sql("SELECT extra, moods FROM rooms").rows()).wait().expect("a row");
    assert_eq!((extra.as_str(), moods.as_str()), (r#"[["a",1],["b",2]]"#, r#"["it's ok"]"#));
    connection.execute(sql("UPDATE rooms SET moods = '[\"sad\"]'")).wait().expect("changed");
    let error = connection.all(select(Room)).wait().expect_err("no such mood").to_string();
    assert!(error.contains("element 0 of the array") && error.contains("Room.moods"), "{error}");
}
