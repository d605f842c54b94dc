//! The laws of the structural key over the whole tree: every construct, every option.

use std::collections::BTreeSet;

use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::dialect::{
    mssql::Mssql, mysql::Mysql, oracle::Oracle, postgres::Postgres, sqlite::Sqlite, standard::Standard,
};
use aludel_sql::{Dialect, compile};
use proptest::prelude::*;

use super::grow::{Grow, KINDS};

fn choices() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 4..48)
}

fn texts(statement: &Statement) -> Vec<Result<(String, Vec<usize>), String>> {
    let dialects: [&dyn Dialect; 7] = [
        &Sqlite::default(),
        &Postgres::default(),
        &Mysql::mysql(),
        &Mysql::mariadb(),
        &Mssql::default(),
        &Oracle::default(),
        &Standard::for_printing(),
    ];
    let text = |dialect: &&dyn Dialect| {
        let compiled = compile(statement, *dialect).map_err(|error| error.to_string())?;
        Ok((compiled.sql, compiled.binds))
    };
    dialects.iter().map(text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Statements that differ in one choice and have equal keys have equal texts.
    #[test]
    fn one_choice_that_shapes_the_text_shapes_the_key(
        mut choices in choices(),
        small in any::<bool>(),
        place in any::<prop::sample::Index>(),
        by in 1..9_u8,
    ) {
        let grow = |choices: &[u8]| {
            let mut grow = Grow::new(choices, 1, 0);
            if small { grow.around_one() } else { grow.statement() }
        };
        let one = grow(&choices);
        let place = place.index(choices.len());
        choices[place] = choices[place].wrapping_add(by);
        let other = grow(&choices);
        let (key, changed) = (StatementKey::of(&one), StatementKey::of(&other));
        if key.bytes() == changed.bytes() {
            prop_assert_eq!(texts(&one), texts(&other), "{:#?} and {:#?}", one, other);
        }
    }

    /// Bound values are no part of the key or the text, and neither is how sources and labels are numbered.
    #[test]
    fn values_and_numbers_are_no_part_of_the_key(choices in choices(), id in 1..1000_u32, value in any::<i32>()) {
        let one = Grow::new(&choices, 1, 0).statement();
        let other = Grow::new(&choices, id, i64::from(value)).statement();
        let (key, changed) = (StatementKey::of(&one), StatementKey::of(&other));
        prop_assert_eq!(key.bytes(), changed.bytes(), "{:#?}", one);
        prop_assert_eq!(key.binds().len(), changed.binds().len());
        prop_assert_eq!(texts(&one), texts(&other), "{:#?}", one);
    }
}

/// What is not built is not tested.
#[test]
fn every_kind_of_expression_is_built() {
    let mut kinds = BTreeSet::new();
    for first in 0..=255_u8 {
        for second in 0..5_u8 {
            let mut choices = vec![1; 40];
            choices[0] = first;
            choices[1] = second;
            let mut grow = Grow::new(&choices, 1, 0);
            grow.around_one();
            kinds.extend(grow.kinds);
        }
    }
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
}
