//! Random expressions mean on every database what they mean in Rust: no spelling, bracket, negation or rewriting may
//! change a value.

mod number;
#[cfg(feature = "servers")]
mod servers;
mod text;
mod tree;
mod truth;

use std::cell::RefCell;

use aludel::prelude::*;
use aludel::{Connection, compile};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::number::{Number, numbers};
use crate::text::{Text, texts};
use crate::tree::{Database, Sample, Tree, samples};
use crate::truth::{Truth, truths};

#[derive(Clone, Debug)]
enum Any {
    Number(Number),
    Text(Text),
    Truth(Truth),
}

#[test]
fn sqlite_agrees() {
    let engine = Engine::new("sqlite://").unwrap();
    agrees(&engine, Database { guesses_parameters: false, unsigned_bits: false });
}

fn agrees(engine: &Engine, database: Database) {
    engine.create_all(&MetaData::new().add(Sample)).wait().unwrap();
    let mut connection = engine.connect().wait().unwrap();
    connection.execute(insert(Sample).values(samples())).wait().unwrap();
    let connection = RefCell::new(connection);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        max_global_rejects: 100_000,
        max_shrink_iters: 3000,
        ..Default::default()
    });
    let any = prop_oneof![
        numbers(3).prop_map(Any::Number),
        texts(3).prop_map(Any::Text),
        truths(3).prop_map(Any::Truth)
    ];
    let result = runner.run(&any, |any| {
        let connection = &mut *connection.borrow_mut();
        match any {
            Any::Number(number) => is_its_value(connection, database, &number),
            Any::Text(text) => is_its_value(connection, database, &text),
            Any::Truth(truth) => is_its_value(connection, database, &truth),
        }
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Asks the database for a tree's value on each row.
fn is_its_value<T: Tree>(
    connection: &mut Connection,
    database: Database,
    tree: &T,
) -> Result<(), TestCaseError> {
    let values: Result<Vec<_>, _> = samples().iter().map(|sample| tree.value(sample)).collect();
    let Ok(values) = values else { return Err(TestCaseError::reject("a number is too large")) };
    let query = select(Expr::<Option<T::Value>>::from_ast(tree.sql(database)))
        .select_from(Sample)
        .order_by(Sample.id);
    let text = compile(&query.clone().into(), connection.dialect().as_ref()).map(|compiled| compiled.sql);
    // The second time, the text comes from the cache.
    for round in ["compiled", "cached"] {
        let answer = connection.all(query.clone()).wait();
        let answer = answer.map_err(|error| TestCaseError::fail(format!("{error}: {text:?}")))?;
        prop_assert_eq!(&answer, &values, "{}: {:?}", round, text);
    }
    Ok(())
}
