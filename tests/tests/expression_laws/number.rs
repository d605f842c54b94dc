//! Whole numbers.

use aludel::Value;
use aludel::ast::{BinaryOperator, Expr, UnaryOperator};
use aludel::prelude::Expression;
use aludel::types::big_integer;
use proptest::prelude::*;

use crate::text::{Text, texts};
use crate::tree::{Answer, Choice, Database, Sample, TooLarge, Tree, call, choices};

/// No product of two of them overflows, whatever is added to it.
const LARGEST: i64 = 1_000_000_000;

#[derive(Clone, Debug)]
pub(crate) enum Number {
    Column,
    MaybeColumn,
    Literal(i64),
    Bound(i64),
    Negated(Box<Number>),
    Arithmetic(BinaryOperator, Box<Number>, Box<Number>),
    Bits(BinaryOperator, Box<Number>, Box<Number>),
    BitNot(Box<Number>),
    Choice(Choice<Number>),
    Coalesce(Box<Number>, Box<Number>),
    NullIf(Box<Number>, Box<Number>),
    Length(Box<Text>),
}

impl Tree for Number {
    type Value = i64;

    fn sql(&self, database: Database) -> Expr {
        let cast_where = |needed: bool, number: Expr| {
            if needed { Expr::Cast(Box::new(number), big_integer()) } else { number }
        };
        match self {
            Number::Column => Sample.number.into_ast(),
            Number::MaybeColumn => Sample.maybe_number.into_ast(),
            Number::Literal(number) => Expr::Literal(Value::I64(*number)),
            Number::Bound(number) => cast_where(database.guesses_parameters, Expr::Bind(Value::I64(*number))),
            Number::Negated(number) => Expr::Unary(UnaryOperator::Negate, Box::new(number.sql(database))),
            Number::Arithmetic(operator, left, right) => {
                let mut right = right.sql(database);
                // Some databases refuse to divide by zero.
                if matches!(operator, BinaryOperator::IntegerDivide | BinaryOperator::Modulo) {
                    right = call("nullif", [right, Expr::Literal(Value::I64(0))]);
                }
                Expr::binary(*operator, left.sql(database), right)
            }
            Number::Bits(operator, left, right) => {
                let bits = Expr::binary(*operator, left.sql(database), right.sql(database));
                cast_where(database.unsigned_bits, bits)
            }
            Number::BitNot(number) => {
                let bits = Expr::Unary(UnaryOperator::BitNot, Box::new(number.sql(database)));
                cast_where(database.unsigned_bits, bits)
            }
            Number::Choice(choice) => choice.sql(database),
            Number::Coalesce(left, right) => call("coalesce", [left.sql(database), right.sql(database)]),
            Number::NullIf(left, right) => call("nullif", [left.sql(database), right.sql(database)]),
            Number::Length(text) => call("char_length", [text.sql(database)]),
        }
    }

    fn value(&self, sample: &Sample) -> Answer<i64> {
        Ok(match self {
            Number::Column => Some(sample.number),
            Number::MaybeColumn => sample.maybe_number,
            Number::Literal(number) | Number::Bound(number) => Some(*number),
            Number::Negated(number) => number.value(sample)?.map(|number| -number),
            Number::Arithmetic(operator, left, right) | Number::Bits(operator, left, right) => {
                let operands = left.value(sample)?.zip(right.value(sample)?);
                let result = operands.and_then(|(left, right)| computed(*operator, left, right));
                if result.is_some_and(|number| number.abs() > LARGEST) {
                    return Err(TooLarge);
                }
                result
            }
            Number::BitNot(number) => number.value(sample)?.map(|number| !number),
            Number::Choice(choice) => choice.value(sample)?,
            Number::Coalesce(left, right) => left.value(sample)?.or(right.value(sample)?),
            Number::NullIf(left, right) => {
                let (left, right) = (left.value(sample)?, right.value(sample)?);
                left.filter(|_| left != right)
            }
            Number::Length(text) => text.value(sample)?.map(|text| text.chars().count() as i64),
        })
    }
}

fn computed(operator: BinaryOperator, left: i64, right: i64) -> Option<i64> {
    match operator {
        BinaryOperator::Add => Some(left + right),
        BinaryOperator::Subtract => Some(left - right),
        BinaryOperator::Multiply => Some(left * right),
        BinaryOperator::IntegerDivide => left.checked_div(right),
        BinaryOperator::Modulo => left.checked_rem(right),
        BinaryOperator::BitAnd => Some(left & right),
        BinaryOperator::BitOr => Some(left | right),
        BinaryOperator::BitXor => Some(left ^ right),
        other => unreachable!("{other:?} is not drawn"),
    }
}

pub(crate) fn numbers(depth: u32) -> BoxedStrategy<Number> {
    let leaf = prop_oneof![
        Just(Number::Column),
        Just(Number::MaybeColumn),
        // A literal that is negative brings its own brackets, which `Negated` covers.
        (1..9_i64).prop_map(Number::Literal),
        (-9..10_i64).prop_map(Number::Bound)
    ];
    let Some(depth) = depth.checked_sub(1) else { return leaf.boxed() };
    let number = || numbers(depth).prop_map(Box::new);
    let arithmetic = prop::sample::select(vec![
        BinaryOperator::Add,
        BinaryOperator::Subtract,
        BinaryOperator::Multiply,
        BinaryOperator::IntegerDivide,
        BinaryOperator::Modulo,
    ]);
    let bits =
        prop::sample::select(vec![BinaryOperator::BitAnd, BinaryOperator::BitOr, BinaryOperator::BitXor]);
    prop_oneof![
        1 => leaf,
        2 => number().prop_map(Number::Negated),
        6 => (arithmetic, number(), number()).prop_map(|(operator, l, r)| Number::Arithmetic(operator, l, r)),
        2 => (bits, number(), number()).prop_map(|(operator, l, r)| Number::Bits(operator, l, r)),
        1 => number().prop_map(Number::BitNot),
        1 => choices(depth, numbers).prop_map(Number::Choice),
        1 => (number(), number()).prop_map(|(left, right)| Number::Coalesce(left, right)),
        1 => (number(), number()).prop_map(|(left, right)| Number::NullIf(left, right)),
        1 => texts(depth).prop_map(|text| Number::Length(Box::new(text))),
    ]
    .boxed()
}
