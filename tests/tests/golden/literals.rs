//! Values and names that are written into the text of a statement: they come back as they were, whatever they hold.

use std::ops::ControlFlow;

use aludel::prelude::*;
use aludel::sql::compiler::render_literal;
use aludel::sql::expression::value;
use aludel::{Connection, Value};
use proptest::prelude::*;

/// Runs a query whose values are in its text; its only value, and what the database calls it.
pub(crate) fn written(connection: &mut Connection, query: aludel::ast::Statement) -> (Value, String) {
    let text = render_literal(&query, connection.dialect().as_ref()).unwrap();
    let mut found = None;
    let mut sink = |row: &dyn aludel::sql::decode::Row| {
        let value = row.value(0).expect("the value can be read").to_owned();
        found = Some((value, row.name(0).unwrap_or_default().to_owned()));
        Ok(ControlFlow::Continue(()))
    };
    connection.raw().unwrap().fetch(&text, &[], &mut sink).wait().unwrap_or_else(|error| panic!("{error}"));
    found.expect("a row comes back")
}

/// Texts that are made to break out of quotes, and any others.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(
            prop::sample::select(vec!['\'', '"', '\\', '\0', '`', 'a', '-', '?', '$', '1', '\n', 'ß', ';']),
            0..12
        )
        .prop_map(|characters| characters.into_iter().collect()),
    ]
}

thread_local! {
    static SQLITE: std::cell::RefCell<Connection> =
        std::cell::RefCell::new(Engine::new("sqlite://").unwrap().connect().wait().unwrap());
}

fn on_sqlite(query: impl Into<aludel::ast::Statement>) -> (Value, String) {
    SQLITE.with(|connection| written(&mut connection.borrow_mut(), query.into()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_come_back(text in texts()) {
        prop_assert_eq!(on_sqlite(select(value::<String>(text.clone()))).0, Value::Text(text));
    }

    #[test]
    fn bytes_come_back(bytes in any::<Vec<u8>>()) {
        prop_assert_eq!(on_sqlite(select(value::<Vec<u8>>(bytes.clone()))).0, Value::Bytes(bytes));
    }

    #[test]
    fn whole_numbers_come_back(number in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -2..2_i64]) {
        prop_assert_eq!(on_sqlite(select(value::<i64>(number))).0, Value::I64(number));
        let sum = on_sqlite(select(value::<Option<i64>>(Some(0)) - number.checked_add(1).unwrap_or(0))).0;
        prop_assert_eq!(sum, Value::I64(0 - number.checked_add(1).unwrap_or(0)));
    }

    #[test]
    fn numbers_come_back(number in prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL) {
        prop_assert_eq!(on_sqlite(select(value::<f64>(number))).0, Value::F64(number));
    }

    #[test]
    fn names_come_back(name in texts()) {
        prop_assume!(!name.contains('\0'));
        prop_assert_eq!(on_sqlite(select(value::<i64>(1).label(name.clone()))).1, name);
    }
}
