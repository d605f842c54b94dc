//! Many rows and many statements at once.

use aludel::expression::parameter;
use aludel::prelude::*;
use aludel::{Connection, ErrorKind};

use super::{Bench, Outcome, connect, number};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "pets")]
struct Pet {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(unique, length = 40)]
    name: String,
    age: Option<i32>,
}

fn pets(bench: &Bench) -> Connection {
    let engine = bench.engine();
    engine.create_all(&MetaData::new().add(Pet)).wait().expect("a table");
    connect(&engine)
}

fn count(db: &mut Connection) -> i64 {
    number(db, "SELECT count(*) FROM pets")
}

/// Rows in an order that is not that of their names.
fn rows(count: usize) -> Vec<(String, Option<i32>)> {
    (0..count).rev().map(|n| (format!("pet {n}"), (n % 3 > 0).then_some((n % 100) as i32))).collect()
}

/// A statement runs for each row of typed values, whatever kind of statement it is.
pub fn a_statement_runs_for_every_row(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    let new = insert(Pet).columns((Pet.name, Pet.age));
    let three = [("Sandy", Some(1)), ("Patrick", None), ("Gary", Some(3))];
    assert_eq!(db.execute_many(new.clone(), three).wait().expect("rows"), 3);
    let raise = sql("UPDATE pets SET age = age + ? WHERE name = ?");
    let changed = db.execute_many(raise, [(10, "Sandy"), (20, "nobody"), (30, "Gary")]).wait();
    assert_eq!(changed.expect("rows"), 2);
    // A statement with a value of its own beside those of the rows.
    let old = delete(Pet).filter(Pet.age.gt(20)).filter(Pet.name.eq(parameter::<String>(0)));
    assert_eq!(db.execute_many(old, [["Gary"], ["Sandy"]]).wait().expect("rows"), 1);
    let ages: Vec<(String, Option<i32>)> =
        db.all(select((Pet.name, Pet.age)).order_by(Pet.name)).wait().expect("rows");
    assert_eq!(ages, [("Patrick".to_owned(), None), ("Sandy".to_owned(), Some(11))]);
    assert_eq!(db.execute_many(new, Vec::<(String, i32)>::new()).wait().expect("nothing"), 0);
    assert_eq!(count(&mut db), 2);
    Ok(())
}

/// Where one of many rows is refused, none is written; in a transaction, a savepoint takes them back.
pub fn a_refused_row_takes_all_back(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    let new = || insert(Pet).columns((Pet.name, Pet.age));
    let mut many = rows(3_000);
    many[2_345].0 = many[7].0.clone();
    let error = db.execute_many(new(), &many).wait().expect_err("twice");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    assert!(error.to_string().starts_with("row 2346 of 3000: "), "{error}");
    assert_eq!(count(&mut db), 0);
    assert!(!db.in_transaction());
    let mut transaction = db.begin().wait().expect("a transaction");
    transaction.execute_many(new(), [("first", None::<i32>)]).wait().expect("a row");
    let mut nested = transaction.begin_nested().wait().expect("a savepoint");
    nested.execute_many(new(), &many).wait().expect_err("twice");
    nested.rollback().wait().expect("back to the savepoint");
    transaction.commit().wait().expect("the end");
    assert_eq!(count(&mut db), 1);
    Ok(())
}

/// What inserts return comes in the order of the rows, also of more than one statement has room for.
pub fn keys_come_in_the_order_of_the_rows(bench: &Bench) -> Outcome {
    let capabilities = bench.capabilities();
    bench.needs(capabilities.insert_returning, "insert_returning")?;
    let mut db = pets(bench);
    // Two values each: above the limit of every database that has one, and not endless where there is none.
    let many = rows((capabilities.max_parameters / 2).min(35_000) + 7);
    let new = insert(Pet).columns((Pet.name, Pet.age)).returning((Pet.id, Pet.name));
    let back: Vec<(i64, String)> = db.insert_many(new, &many).wait().expect("rows");
    assert_eq!(back.len(), many.len());
    assert!(back.iter().zip(&many).all(|(back, row)| back.1 == row.0), "in another order");
    let mut expected: Vec<(i64, String, Option<i32>)> =
        back.into_iter().zip(many).map(|((id, name), (_, age))| (id, name, age)).collect();
    expected.sort_unstable();
    let stored: Vec<(i64, String, Option<i32>)> =
        db.all(select((Pet.id, Pet.name, Pet.age)).order_by(Pet.id)).wait().expect("rows");
    assert!(stored == expected, "other keys than those that were told");
    Ok(())
}

/// Objects get the keys of their own rows.
pub fn objects_get_their_keys(bench: &Bench) -> Outcome {
    let capabilities = bench.capabilities();
    let keys = capabilities.insert_returning || capabilities.last_insert_id;
    bench.needs(keys, "insert_returning` or `last_insert_id")?;
    let mut db = pets(bench);
    let mut objects: Vec<Pet> =
        rows(1_000).into_iter().map(|(name, age)| Pet { name, age, ..default() }).collect();
    // One with a key of its own in between.
    objects[500].id = Auto::new(1_000_000);
    assert_eq!(db.insert_and_fill(&mut objects).wait().expect("rows"), 1_000);
    let mut stored: Vec<Pet> = db.all(select(Pet)).wait().expect("rows");
    stored.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    objects.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    assert!(stored == objects, "keys of other rows");
    Ok(())
}

/// However many rows there are, and so however a driver divides them: all of them are there, each has its own key, and a
/// refused one is the one that is named.
pub fn any_number_of_rows(bench: &Bench) -> Outcome {
    let capabilities = bench.capabilities();
    let mut db = pets(bench);
    let new = || insert(Pet).columns((Pet.name, Pet.age));
    // A driver may learn from what ran before.
    for number in [300, 1, 2, 3, 4, 5, 7, 8, 9, 12, 17, 31, 33, 64, 65, 100, 129, 255] {
        db.execute(delete(Pet)).wait().expect("an empty table");
        let many = rows(number);
        let inserted = db.execute_many(new(), &many).wait().expect("rows");
        assert_eq!((inserted, count(&mut db)), (number as u64, number as i64));
        let mut again: Vec<(String, Option<i32>)> =
            many.iter().map(|(name, age)| (format!("new {name}"), *age)).collect();
        for place in [0, number / 2, number - 1] {
            let good = std::mem::replace(&mut again[place].0, many[0].0.clone());
            let error = db.execute_many(new(), &again).wait().expect_err("twice");
            assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
            let named = format!("row {} of {number}: ", place + 1);
            assert!(number == 1 || error.to_string().starts_with(&named), "{named}{error}");
            assert_eq!(count(&mut db), number as i64);
            again[place].0 = good;
        }
        if capabilities.insert_returning {
            let back: Vec<(i64, String)> =
                db.insert_many(new().returning((Pet.id, Pet.name)), &again).wait().expect("rows");
            assert!(
                back.iter().map(|(_, name)| name).eq(again.iter().map(|(name, _)| name)),
                "{number}: {back:?}"
            );
        }
        if capabilities.insert_returning || capabilities.last_insert_id {
            let mut objects: Vec<Pet> = rows(number)
                .into_iter()
                .map(|(name, age)| Pet { name: format!("third {name}"), age, ..default() })
                .collect();
            db.insert_and_fill(&mut objects).wait().expect("rows");
            for object in objects {
                let stored: Pet = db.one(select(Pet).filter(Pet.id.eq(object.id))).wait().expect("a row");
                assert_eq!(stored, object);
            }
        }
    }
    Ok(())
}

/// A load takes rows as they come, and tells how far it is.
pub fn a_load_tells_how_far_it_is(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    let into = || insert(Pet).columns((Pet.name, Pet.age));
    let mut heard = Vec::new();
    let many = rows(10_500);
    let load = db.bulk_load(into(), many.clone()).progress(|rows| heard.push(rows));
    assert_eq!(load.wait().expect("rows"), 10_500);
    assert!(heard.is_sorted(), "{heard:?}");
    assert_eq!(heard.last(), Some(&10_500), "{heard:?}");
    let mut stored: Vec<(String, Option<i32>)> = db.all(select((Pet.name, Pet.age))).wait().expect("rows");
    stored.sort_unstable();
    let mut expected = many;
    expected.sort_unstable();
    assert!(stored == expected, "other rows than those that were loaded");
    assert_eq!(db.bulk_load(into(), Vec::<(String, i32)>::new()).wait().expect("nothing"), 0);
    assert!(!db.in_transaction());
    // In a transaction it is part of it.
    db.execute(delete(Pet)).wait().expect("an empty table");
    let mut transaction = db.begin().wait().expect("a transaction");
    assert_eq!(transaction.bulk_load(into(), rows(10)).wait().expect("rows"), 10);
    assert_eq!(count(&mut transaction), 10);
    transaction.rollback().wait().expect("the end");
    assert_eq!(count(&mut db), 0);
    Ok(())
}

/// A row that is refused ends a load, and nothing of it is left.
pub fn a_refused_row_takes_a_load_back(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    let into = || insert(Pet).columns((Pet.name, Pet.age));
    let mut many = rows(5_000);
    many[4_321].0 = many[7].0.clone();
    let error = db.bulk_load(into(), many).wait().expect_err("twice");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    assert_eq!(count(&mut db), 0);
    assert!(!db.in_transaction());
    let error = db.bulk_load(into(), [("one",)]).wait().expect_err("one value of two");
    assert!(error.to_string().contains("row 1 has 1 values"), "{error}");
    assert_eq!(db.bulk_load(into(), rows(5)).wait().expect("rows"), 5);
    assert_eq!(count(&mut db), 5);
    Ok(())
}

/// The statements of a pipeline run in order, and give back what each does alone.
pub fn a_pipeline_gives_back_what_each_does_alone(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    // The second time, the statements are known to the server.
    for _ in 0..2 {
        db.execute(delete(Pet)).wait().expect("an empty table");
        let (inserted, named, nothing, all) = db
            .pipeline()
            .execute(insert(Pet).values([Pet.name.set("Sandy"), Pet.age.set(1)]))
            .all(select((Pet.name, Pet.age)).filter(Pet.name.eq("Sandy")))
            .execute(delete(Pet).filter(Pet.name.eq("nobody")))
            .all(sql("SELECT count(*) FROM pets WHERE name <> ?").bind("nobody").rows::<i64>())
            .wait()
            .expect("four answers");
        assert_eq!(inserted.rows_affected, 1);
        assert_eq!(named, [("Sandy".to_owned(), Some(1))]);
        assert_eq!(nothing.rows_affected, 0);
        assert_eq!(all, [1]);
        assert!(!db.in_transaction());
    }
    db.pipeline().wait().expect("nothing");
    assert_eq!(count(&mut db), 1);
    Ok(())
}

/// An error in a pipeline names the statement. Outside of a transaction nothing has happened then; in one, nothing
/// behind it has.
pub fn an_error_in_the_middle_of_a_pipeline(bench: &Bench) -> Outcome {
    let mut db = pets(bench);
    let new = |name: &str| insert(Pet).values([Pet.name.set(name), Pet.age.set(1)]);
    let failing = |db: &mut Connection| {
        let pipeline = db.pipeline().execute(new("a")).execute(new("a")).execute(new("b"));
        let error = pipeline.wait().expect_err("twice");
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        assert!(error.to_string().starts_with("statement 2 of 3: "), "{error}");
    };
    failing(&mut db);
    assert_eq!(count(&mut db), 0);
    assert!(!db.in_transaction());
    // A row that can't be read is the same.
    let unread = db.pipeline().execute(new("a")).all(sql("SELECT name FROM pets").rows::<i64>());
    assert_eq!(unread.wait().expect_err("no number").kind(), ErrorKind::Decode);
    assert_eq!(count(&mut db), 0);
    let mut transaction = db.begin().wait().expect("a transaction");
    transaction.execute(new("first")).wait().expect("a row");
    let mut nested = transaction.begin_nested().wait().expect("a savepoint");
    failing(&mut nested);
    nested.rollback().wait().expect("back to the savepoint");
    transaction.commit().wait().expect("the end");
    assert_eq!(db.all(select(Pet.name)).wait().expect("rows"), ["first"]);
    Ok(())
}
