//! Values and names that are written into the text of a statement: they come back as they were, whatever they hold.

use std::ops::ControlFlow;

use aludel::ast;
use aludel::prelude::*;
use aludel::sql::compiler::render_literal;
use aludel::sql::expression::value;
use aludel::sql::temporal::{Date, Time, Timestamp};
use aludel::sql::types::{
    Type, big_integer, binary, boolean, date, date_time, double, json, numeric, text as text_type, time,
};
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

/// A value of each kind, with its type.
pub(crate) fn values() -> impl Strategy<Value = (Value, Type)> {
    let day = || (1..10_000_u16, 1..13_u8, 1..29_u8).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    let clock = || {
        (0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_u32)
            .prop_map(|(h, m, s, micros)| format!("{h:02}:{m:02}:{s:02}.{micros:06}"))
    };
    let decimal = (any::<bool>(), 0..1_000_000_000_u32, 0..1000_u16)
        .prop_map(|(negative, whole, part)| format!("{}{whole}.{part:03}", if negative { "-" } else { "" }));
    prop_oneof![
        any::<bool>().prop_map(|flag| (Value::Bool(flag), boolean())),
        any::<i64>().prop_map(|number| (Value::I64(number), big_integer())),
        prop::num::f64::NORMAL.prop_map(|number| (Value::F64(number), double())),
        decimal.prop_map(|text| (Value::Decimal(text), numeric(20, 3))),
        texts().prop_map(|text| (Value::Text(text), text_type())),
        any::<Vec<u8>>().prop_map(|bytes| (Value::Bytes(bytes), binary())),
        day().prop_map(|text| (Value::Date(Date::parse(&text).unwrap()), date())),
        clock().prop_map(|text| (Value::Time(Time::parse(&text).unwrap()), time())),
        (day(), clock()).prop_map(|(day, clock)| {
            (Value::Timestamp(Timestamp::parse(&format!("{day}T{clock}")).unwrap()), date_time())
        }),
        texts().prop_map(|text| {
            let text = serde_json::Value::String(text).to_string();
            (Value::Json(text), json())
        }),
    ]
}

/// Whether a value that is written into the text is the one that is bound; `typed` where the database has to be told
/// what the two are.
pub(crate) fn is_itself(connection: &mut Connection, value: Value, ty: Type, typed: bool) -> bool {
    let of_type = |expr| if typed { ast::Expr::Cast(Box::new(expr), ty.clone()) } else { expr };
    let literal = of_type(ast::Expr::Literal(value.clone()));
    let equal = ast::Expr::binary(ast::BinaryOperator::Equal, literal, of_type(ast::Expr::Bind(value)));
    // A number, whatever the database has for truth.
    let one = |number| ast::Expr::Literal(Value::I64(number));
    let case = ast::Case { operand: None, whens: vec![(equal, one(1))], otherwise: Some(one(0)) };
    let items = vec![ast::SelectItem::Expr(ast::Expr::Case(Box::new(case)), None)];
    let query = ast::Statement::Select(ast::Select { items, ..Default::default() });
    let compiled = aludel::compile(&query, connection.dialect().as_ref()).unwrap();
    let key = ast::key::StatementKey::of(&query);
    let parameters: Vec<_> = compiled.binds.iter().map(|index| key.binds()[*index].as_ref()).collect();
    let mut same = false;
    let mut sink = |row: &dyn aludel::sql::decode::Row| {
        same = row.value(0).expect("the value can be read").to_owned() == Value::I64(1);
        Ok(ControlFlow::Continue(()))
    };
    let fetched = connection.raw().unwrap().fetch(&compiled.sql, &parameters, &mut sink).wait();
    fetched.unwrap_or_else(|error| panic!("{error}: {}", compiled.sql));
    same
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
    fn values_are_themselves((value, ty) in values()) {
        let same = SQLITE.with(|connection| is_itself(&mut connection.borrow_mut(), value, ty, false));
        prop_assert!(same);
    }

    #[test]
    fn names_come_back(name in texts()) {
        prop_assume!(!name.contains('\0'));
        prop_assert_eq!(on_sqlite(select(value::<i64>(1).label(name.clone()))).1, name);
    }
}
