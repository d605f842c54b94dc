//! Texts, among them those that quoting and `LIKE` stumble over.

use aludel::Value;
use aludel::ast::{BinaryOperator, Expr};
use aludel::prelude::Expression;
use aludel::types::string;
use proptest::prelude::*;

use crate::number::{Number, numbers};
use crate::tree::{Answer, Choice, Database, Sample, Tree, call, choices};

#[derive(Clone, Debug)]
pub(crate) enum Text {
    Column,
    MaybeColumn,
    Literal(String),
    Bound(String),
    Joined(Box<Text>, Box<Text>),
    Choice(Choice<Text>),
    Coalesce(Box<Text>, Box<Text>),
    Replaced { text: Box<Text>, from: String, to: String },
    OfNumber(Box<Number>),
}

impl Tree for Text {
    type Value = String;

    fn sql(&self, database: Database) -> Expr {
        let bound = |text: &String| Expr::Bind(Value::Text(text.clone()));
        match self {
            Text::Column => Sample.text.into_ast(),
            Text::MaybeColumn => Sample.maybe_text.into_ast(),
            Text::Literal(text) => Expr::Literal(Value::Text(text.clone())),
            Text::Bound(text) if database.guesses_parameters => Expr::Cast(Box::new(bound(text)), string(50)),
            Text::Bound(text) => bound(text),
            Text::Joined(left, right) => {
                Expr::binary(BinaryOperator::Concat, left.sql(database), right.sql(database))
            }
            Text::Choice(choice) => choice.sql(database),
            Text::Coalesce(left, right) => call("coalesce", [left.sql(database), right.sql(database)]),
            Text::Replaced { text, from, to } => {
                call("replace", [text.sql(database), bound(from), bound(to)])
            }
            Text::OfNumber(number) => Expr::Cast(Box::new(number.sql(database)), string(30)),
        }
    }

    fn value(&self, sample: &Sample) -> Answer<String> {
        Ok(match self {
            Text::Column => Some(sample.text.clone()),
            Text::MaybeColumn => sample.maybe_text.clone(),
            Text::Literal(text) | Text::Bound(text) => Some(text.clone()),
            Text::Joined(left, right) => {
                left.value(sample)?.zip(right.value(sample)?).map(|(left, right)| left + &right)
            }
            Text::Choice(choice) => choice.value(sample)?,
            Text::Coalesce(left, right) => left.value(sample)?.or(right.value(sample)?),
            Text::Replaced { text, from, to } => text.value(sample)?.map(|text| text.replace(from, to)),
            Text::OfNumber(number) => number.value(sample)?.map(|number| number.to_string()),
        })
    }
}

/// Lower case and no spaces: collations differ in whether they tell those apart.
pub(crate) fn words() -> BoxedStrategy<String> {
    let words = vec!["a", "b", "ab", "", "%", "_", "'", "\\", "/", "1", "a/"];
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

pub(crate) fn texts(depth: u32) -> BoxedStrategy<Text> {
    let leaf = prop_oneof![
        Just(Text::Column),
        Just(Text::MaybeColumn),
        words().prop_map(Text::Literal),
        words().prop_map(Text::Bound)
    ];
    let Some(depth) = depth.checked_sub(1) else { return leaf.boxed() };
    let text = || texts(depth).prop_map(Box::new);
    let replaced = (text(), prop::sample::select(vec!["a", "%", "\\"]), words());
    prop_oneof![
        1 => leaf,
        4 => (text(), text()).prop_map(|(left, right)| Text::Joined(left, right)),
        1 => choices(depth, texts).prop_map(Text::Choice),
        1 => (text(), text()).prop_map(|(left, right)| Text::Coalesce(left, right)),
        1 => replaced.prop_map(|(text, from, to)| Text::Replaced { text, from: from.to_owned(), to }),
        1 => numbers(depth).prop_map(|number| Text::OfNumber(Box::new(number))),
    ]
    .boxed()
}
