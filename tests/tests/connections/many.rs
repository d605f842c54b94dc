//! Many rows at once, on each of the three databases.

use aludel::expression::parameter;
use aludel::prelude::*;
use aludel::{EngineOptions, Error, ErrorKind, MetaData, Value};
use aludel_tests::cancel::drop_at;

use aludel_tests::places::Place;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets")]
pub struct Pet {
    #[column(primary_key)]
    pub id: Auto<i64>,
    #[column(unique, length = 50)]
    pub name: String,
    pub age: Option<i32>,
}

fn pets(engine: &Engine) {
    engine.create_all(&MetaData::new().add(Pet)).wait().unwrap();
}

fn places() -> [Place; 3] {
    [Place::sqlite(), Place::postgres(), Place::mysql()]
}

fn connect(place: &Place) -> Connection {
    let engine = place.engine(EngineOptions::new());
    pets(&engine);
    engine.connect().wait().unwrap()
}

fn count(connection: &mut Connection) -> i64 {
    connection.one(sql("SELECT count(*) FROM pets").rows()).wait().unwrap()
}

fn names(count: usize) -> Vec<(String, Option<i32>)> {
    (0..count).map(|n| (format!("pet {n}"), (n % 3 > 0).then_some(n as i32))).collect()
}

#[test]
fn a_statement_runs_for_every_row() {
    for place in places() {
        let mut connection = connect(&place);
        let new = insert(Pet).columns((Pet.name, Pet.age));
        let rows = [("Sandy", Some(1)), ("Patrick", None), ("Gary", Some(3))];
        assert_eq!(connection.execute_many(new.clone(), rows).wait().unwrap(), 3, "{}", place.kind);
        let raise = sql("UPDATE pets SET age = age + ? WHERE name = ?");
        let changed = connection.execute_many(raise, [(10, "Sandy"), (20, "nobody"), (30, "Gary")]).wait();
        assert_eq!(changed.unwrap(), 2, "{}", place.kind);
        // Trees with values of their own beside those of the rows.
        let old = delete(Pet).filter(Pet.age.gt(20)).filter(Pet.name.eq(parameter::<String>(0)));
        let gone = connection.execute_many(old, vec![["Gary"], ["Sandy"]]).wait().unwrap();
        assert_eq!(gone, 1, "{}", place.kind);
        let ages: Vec<(String, Option<i32>)> =
            connection.all(select((Pet.name, Pet.age)).order_by(Pet.name.asc())).wait().unwrap();
        assert_eq!(ages, [("Patrick".to_owned(), None), ("Sandy".to_owned(), Some(11))], "{}", place.kind);
        // Values of several kinds in a list, and no rows at all.
        let plain = vec![vec![Value::Text("Plankton".into()), Value::Null]];
        assert_eq!(connection.execute_many(new.clone(), &plain).wait().unwrap(), 1);
        assert_eq!(connection.execute_many(new, Vec::<(String, i32)>::new()).wait().unwrap(), 0);
        assert_eq!(count(&mut connection), 3);
    }
}

#[test]
fn rows_that_do_not_fit_the_statement_are_told() {
    let place = Place::sqlite();
    let mut connection = connect(&place);
    let new = insert(Pet).columns((Pet.name, Pet.age));
    let error = connection.execute_many(new.clone(), [("Sandy",)]).wait().unwrap_err();
    assert!(error.message().contains("takes 2 values per row"), "{error}");
    let uneven = vec![vec![Value::Null, Value::Null], vec![Value::Null]];
    let error = connection.execute_many(new, uneven).wait().unwrap_err();
    assert!(error.message().contains("row 2 of 2 has 1 values, but the first one has 2"), "{error}");
    let bound = sql("DELETE FROM pets WHERE age = ?").bind(1);
    let error = connection.execute_many(bound, [(1,)]).wait().unwrap_err();
    assert!(error.message().contains("bind none"), "{error}");
}

#[test]
fn too_many_parameters_are_told_with_the_way_out() {
    for place in places() {
        let mut connection = connect(&place);
        let rows = names(35_000).into_iter().map(|(name, age)| [Pet.name.set(name), Pet.age.set(age)]);
        let error = connection.execute(insert(Pet).values(rows)).wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Compile, "{}: {error}", place.kind);
        assert!(error.message().contains("70000 parameters"), "{error}");
        assert!(error.message().contains("`insert_many`"), "{error}");
    }
}

/// More than any database takes parameters in one statement.
#[test]
fn keys_come_back_in_the_order_of_the_rows() {
    for place in places() {
        let mut connection = connect(&place);
        let new = insert(Pet).columns((Pet.name, Pet.age)).returning((Pet.id, Pet.name));
        if !connection.dialect().capabilities().insert_returning {
            continue;
        }
        let rows = names(70_001);
        let back = connection.insert_many(new, &rows).wait().unwrap();
        assert_eq!(back.len(), rows.len(), "{}", place.kind);
        assert!(back.iter().zip(&rows).all(|(back, row)| back.1 == row.0), "{}", place.kind);
        assert!(back.windows(2).all(|pair| pair[0].0 < pair[1].0), "{}", place.kind);
        let stored: Vec<(i64, String)> =
            connection.all(select((Pet.id, Pet.name)).order_by(Pet.id.asc())).wait().unwrap();
        assert_eq!(stored, back, "{}", place.kind);
    }
}

#[test]
fn objects_are_filled_in_order() {
    for place in places() {
        let mut connection = connect(&place);
        let pet = |n: usize, id: Auto<i64>| Pet { id, name: format!("pet {n}"), age: Some(n as i32) };
        let mut objects: Vec<Pet> = (0..5_000).map(|n| pet(n, Auto::default())).collect();
        // One with a key of its own in between.
        objects[2_500].id = Auto::new(1_000_000);
        assert_eq!(connection.insert_and_fill(&mut objects).wait().unwrap(), 5_000, "{}", place.kind);
        let stored: Vec<Pet> = connection.all(select(Pet).order_by(Pet.age.asc())).wait().unwrap();
        assert!(stored == objects, "{}", place.kind);
        assert!(!connection.in_transaction());
    }
}

#[test]
fn a_refused_row_is_named_and_nothing_is_left() {
    for place in places() {
        let mut connection = connect(&place);
        let mut rows = names(3_000);
        rows[2_345].0 = "pet 7".to_owned();
        let new = insert(Pet).columns((Pet.name, Pet.age));
        let told = |error: Error| {
            assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{}: {error}", place.kind);
            assert!(error.to_string().starts_with("row 2346 of 3000: "), "{}: {error}", place.kind);
        };
        told(connection.execute_many(new.clone(), &rows).wait().unwrap_err());
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        if connection.dialect().capabilities().insert_returning {
            let error = connection.insert_many(new.clone().returning(Pet.id), &rows).wait().unwrap_err();
            told(error);
        }
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        let objects: Vec<Pet> = rows
            .iter()
            .map(|(name, age)| Pet { id: Auto::default(), name: name.clone(), age: *age })
            .collect();
        told(connection.insert_all(&objects).wait().unwrap_err());
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        // Inside of a transaction, a savepoint takes it back.
        let mut transaction = connection.begin().wait().unwrap();
        transaction.execute_many(new.clone(), [("first", None::<i32>)]).wait().unwrap();
        let mut nested = transaction.begin_nested().wait().unwrap();
        told(nested.execute_many(new.clone(), &rows).wait().unwrap_err());
        nested.rollback().wait().unwrap();
        rows[2_345].0 = "another".to_owned();
        assert_eq!(transaction.execute_many(new, &rows).wait().unwrap(), 3_000, "{}", place.kind);
        transaction.commit().wait().unwrap();
        assert_eq!(count(&mut connection), 3_001, "{}", place.kind);
    }
}

/// Dropped at every await point, many rows are either all there or not at all.
fn whole_or_not_at_all(
    place: &Place,
    least: usize,
    work: impl AsyncFn(&mut Connection, &[(String, Option<i32>)]),
) {
    let engine = place.engine(EngineOptions::new());
    pets(&engine);
    let rows = names(300);
    let mut points = 0;
    loop {
        let mut connection = engine.connect().wait().unwrap();
        let done = drop_at(points, work(&mut connection, &rows)).is_some();
        drop(connection);
        assert_eq!(engine.status().checked_out, 0);
        let mut next = engine.connect().wait().unwrap();
        assert!(!next.in_transaction());
        let limit = std::time::Instant::now() + std::time::Duration::from_secs(10);
        // A session that is about to end may still find a statement that was sent before.
        while place.open_transactions(&mut next) > 0 || place.connections(&mut next) > 1 {
            assert!(std::time::Instant::now() < limit, "a session stays open on {}", place.kind);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let there = count(&mut next);
        assert!(there == 300 || (there == 0 && !done), "{} at {points}: {there}", place.kind);
        next.execute(delete(Pet)).wait().unwrap();
        if done {
            break;
        }
        points += 1;
        assert!(points < 2_000, "the work does not come to its end");
    }
    assert!(points >= least, "only {points} await points were seen on {}", place.kind);
}

#[test]
fn dropped_inserts_leave_nothing_half_done() {
    for (place, least) in [(Place::sqlite(), 0), (Place::postgres(), 1), (Place::mysql(), 1)] {
        let new = || insert(Pet).columns((Pet.name, Pet.age));
        whole_or_not_at_all(&place, least, async |connection, rows| {
            connection.execute_many(new(), rows).await.unwrap();
        });
        whole_or_not_at_all(&place, least, async |connection, rows| {
            connection.insert_many(new().returning(Pet.id), rows).await.unwrap();
        });
    }
}

#[test]
fn rows_are_loaded_as_they_come() {
    for place in places() {
        let mut connection = connect(&place);
        let into = || insert(Pet).columns((Pet.name, Pet.age));
        let mut heard = Vec::new();
        let rows = (0..10_500).map(|n| (format!("pet {n}"), (n % 3 > 0).then_some(n)));
        let load = connection.bulk_load(into(), rows).progress(|rows| heard.push(rows));
        assert_eq!(load.wait().unwrap(), 10_500, "{}", place.kind);
        assert!(heard.len() > 3 && heard.is_sorted(), "{heard:?}");
        assert_eq!(heard.last(), Some(&10_500));
        let stored: Vec<(String, Option<i32>)> =
            connection.all(select((Pet.name, Pet.age)).order_by(Pet.id.asc())).wait().unwrap();
        let expected = (0..10_500).map(|n| (format!("pet {n}"), (n % 3 > 0).then_some(n)));
        assert!(stored.into_iter().eq(expected), "{}", place.kind);
        assert_eq!(connection.bulk_load(into(), Vec::<(String, i32)>::new()).wait().unwrap(), 0);

        // A row that is refused takes all of them back, and is named.
        connection.execute(delete(Pet)).wait().unwrap();
        let rows = (0..5_000).map(|n| (format!("pet {}", if n == 2_345 { 7 } else { n }), None::<i32>));
        let error = connection.bulk_load(into(), rows).wait().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{}: {error}", place.kind);
        let shown = error.to_string();
        assert!(shown.contains("row 2346") || shown.contains("first 2000 rows: row 346"), "{shown}");
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        assert!(!connection.in_transaction());

        // In a transaction it is part of it.
        let mut transaction = connection.begin().wait().unwrap();
        let rows = (0..10).map(|n| (format!("pet {n}"), n));
        assert_eq!(transaction.bulk_load(into(), rows).wait().unwrap(), 10);
        transaction.rollback().wait().unwrap();
        assert_eq!(count(&mut connection), 0, "{}", place.kind);

        let error = connection.bulk_load(into(), [("one",)]).wait().unwrap_err();
        assert!(error.message().contains("row 1 has 1 values, but the insert has 2 columns"), "{error}");
        let error = connection.bulk_load(insert(Pet), [("one",)]).wait().unwrap_err();
        assert!(error.message().contains("names its columns"), "{error}");
        assert_eq!(count(&mut connection), 0);
    }
}

#[test]
fn a_value_that_does_not_fit_ends_a_load() {
    for place in places() {
        let mut connection = connect(&place);
        let into = insert(Pet).columns((Pet.name, Pet.age));
        let rows = (0..3_000).map(|n| (format!("pet {n}"), if n == 1_500 { 1_i64 << 40 } else { n }));
        let loaded = connection.bulk_load(into, rows).wait();
        // SQLite's integers are as wide as they come.
        if place.kind == "sqlite" {
            assert_eq!(loaded.unwrap(), 3_000);
            continue;
        }
        let error = loaded.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Data, "{}: {error}", place.kind);
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        assert!(!connection.in_transaction());
    }
}

#[test]
fn dropped_loads_leave_nothing_half_done() {
    for (place, least) in [(Place::sqlite(), 0), (Place::postgres(), 1), (Place::mysql(), 1)] {
        whole_or_not_at_all(&place, least, async |connection, rows| {
            let into = insert(Pet).columns((Pet.name, Pet.age));
            connection.bulk_load(into, rows).await.unwrap();
        });
    }
}

#[test]
fn statements_of_a_pipeline_give_back_what_they_do_alone() {
    for place in places() {
        let mut connection = connect(&place);
        for round in 0..2 {
            connection.execute(delete(Pet)).wait().unwrap();
            let (inserted, named, nothing, all) = connection
                .pipeline()
                .execute(insert(Pet).values([Pet.name.set("Sandy"), Pet.age.set(1)]))
                .all(select((Pet.name, Pet.age)).filter(Pet.name.eq("Sandy")))
                .execute(delete(Pet).filter(Pet.name.eq("nobody")))
                .all(sql("SELECT count(*), ? FROM pets").bind("x").rows::<(i64, String)>())
                .wait()
                .unwrap();
            assert_eq!(inserted.rows_affected, 1, "{} {round}", place.kind);
            assert_eq!(named, [("Sandy".to_owned(), Some(1))]);
            assert_eq!(nothing.rows_affected, 0);
            assert_eq!(all, [(1, "x".to_owned())]);
            assert!(!connection.in_transaction());
        }
        let () = connection.pipeline().wait().unwrap();
    }
}

#[test]
fn an_error_in_the_middle_of_a_pipeline() {
    for place in places() {
        let mut connection = connect(&place);
        let new = |name: &str| insert(Pet).values([Pet.name.set(name), Pet.age.set(1)]);
        let failing = |connection: &mut Connection| {
            let pipeline = connection.pipeline().execute(new("a")).execute(new("a")).execute(new("b"));
            let error = pipeline.wait().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{}: {error}", place.kind);
            assert!(error.to_string().starts_with("statement 2 of 3: "), "{}: {error}", place.kind);
            assert!(error.statement().unwrap().starts_with("INSERT INTO pets"), "{error}");
        };
        // Outside of a transaction, none has happened.
        failing(&mut connection);
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        assert!(!connection.in_transaction());
        // A row that can't be read is the same.
        let unread = connection.pipeline().execute(new("a")).all(sql("SELECT 'x' FROM pets").rows::<i64>());
        assert_eq!(unread.wait().unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(count(&mut connection), 0, "{}", place.kind);
        // Inside of one, it is the error of that statement.
        let mut transaction = connection.begin().wait().unwrap();
        failing(&mut transaction);
        if place.kind == "postgres" {
            transaction.rollback().wait().unwrap();
            assert_eq!(count(&mut connection), 0);
        } else {
            transaction.commit().wait().unwrap();
            let names: Vec<String> = connection.all(select(Pet.name)).wait().unwrap();
            assert_eq!(names, ["a"], "{}", place.kind);
        }
    }
}

#[test]
fn dropped_pipelines_leave_nothing_half_done() {
    for (place, least) in [(Place::sqlite(), 0), (Place::postgres(), 1), (Place::mysql(), 1)] {
        whole_or_not_at_all(&place, least, async |connection, rows| {
            let part = |rows: &[(String, Option<i32>)]| {
                insert(Pet).values(
                    rows.iter()
                        .map(|(name, age)| vec![Pet.name.set(name.clone()), Pet.age.set(*age)])
                        .collect::<Vec<_>>(),
                )
            };
            let (first, second) = rows.split_at(150);
            connection.pipeline().execute(part(first)).execute(part(second)).await.unwrap();
        });
    }
}
