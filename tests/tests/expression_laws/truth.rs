//! Truth values: what is compared, and what `AND`, `OR`, `NOT` and `NULL` make of it.

use aludel::ast::{Affix, BinaryOperator, Escape, Expr as Ast, InList, UnaryOperator};
use aludel::prelude::{Expr, Expression};
use proptest::prelude::*;

use crate::number::{Number, numbers};
use crate::text::{Text, texts, words};
use crate::tree::{Answer, Choice, Database, Sample, TooLarge, Tree, call, choices};

#[derive(Clone, Debug)]
pub(crate) enum Truth {
    Column,
    MaybeColumn,
    Numbers(BinaryOperator, Box<Number>, Box<Number>),
    Texts(BinaryOperator, Box<Text>, Box<Text>),
    Truths(BinaryOperator, Box<Truth>, Box<Truth>),
    /// The negation that the compiler may push into its operand.
    Negated(Box<Truth>),
    /// A plain `NOT`.
    Not(Box<Truth>),
    All(Vec<Truth>),
    Any(Vec<Truth>),
    Choice(Choice<Truth>),
    Coalesce(Box<Truth>, Box<Truth>),
    /// A condition, or where `negated` is set its opposite.
    Test {
        negated: bool,
        test: Test,
    },
}

/// Conditions that have a negated form of their own.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    NumberIsNull(Box<Number>),
    TextIsNull(Box<Text>),
    TruthIsNull(Box<Truth>),
    NumberIn(Box<Number>, Vec<Number>),
    TextIn(Box<Text>, Vec<Text>),
    Between(Box<Number>, Box<Number>, Box<Number>),
    /// A fixed text, whose wildcards are escaped.
    Holds(Affix, Box<Text>, String),
    /// A pattern, whose wildcards count.
    Like(Affix, Box<Text>, Box<Text>),
}

impl Tree for Truth {
    type Value = bool;

    fn sql(&self, database: Database) -> Ast {
        let each = |truths: &[Truth]| truths.iter().map(|truth| truth.sql(database)).collect();
        match self {
            Truth::Column => Sample.truth.into_ast(),
            Truth::MaybeColumn => Sample.maybe_truth.into_ast(),
            Truth::Numbers(operator, l, r) => Ast::binary(*operator, l.sql(database), r.sql(database)),
            Truth::Texts(operator, l, r) => Ast::binary(*operator, l.sql(database), r.sql(database)),
            Truth::Truths(operator, l, r) => Ast::binary(*operator, l.sql(database), r.sql(database)),
            Truth::Negated(truth) => truth.sql(database).negate(),
            Truth::Not(truth) => Ast::Unary(UnaryOperator::Not, Box::new(truth.sql(database))),
            Truth::All(truths) => Ast::All(each(truths)),
            Truth::Any(truths) => Ast::Any(each(truths)),
            Truth::Choice(choice) => choice.sql(database),
            Truth::Coalesce(left, right) => call("coalesce", [left.sql(database), right.sql(database)]),
            Truth::Test { negated, test } => test.sql(database, *negated),
        }
    }

    fn value(&self, sample: &Sample) -> Answer<bool> {
        Ok(match self {
            Truth::Column => Some(sample.truth),
            Truth::MaybeColumn => sample.maybe_truth,
            Truth::Numbers(operator, l, r) => compared(*operator, &l.value(sample)?, &r.value(sample)?),
            Truth::Texts(operator, l, r) => compared(*operator, &l.value(sample)?, &r.value(sample)?),
            Truth::Truths(operator, l, r) => compared(*operator, &l.value(sample)?, &r.value(sample)?),
            Truth::Negated(truth) | Truth::Not(truth) => truth.value(sample)?.map(|truth| !truth),
            Truth::All(truths) => all(&values(truths, sample)?),
            Truth::Any(truths) => any(&values(truths, sample)?),
            Truth::Choice(choice) => choice.value(sample)?,
            Truth::Coalesce(left, right) => left.value(sample)?.or(right.value(sample)?),
            Truth::Test { negated, test } => test.value(sample)?.map(|truth| truth != *negated),
        })
    }
}

impl Test {
    fn sql(&self, database: Database, negated: bool) -> Ast {
        let is_null = |operand| Ast::IsNull { operand: Box::new(operand), negated };
        match self {
            Test::NumberIsNull(number) => is_null(number.sql(database)),
            Test::TextIsNull(text) => is_null(text.sql(database)),
            Test::TruthIsNull(truth) => is_null(truth.sql(database)),
            Test::NumberIn(number, list) => is_in(&**number, list, database, negated),
            Test::TextIn(text, list) => is_in(&**text, list, database, negated),
            Test::Between(number, low, high) => Ast::Between {
                operand: Box::new(number.sql(database)),
                low: Box::new(low.sql(database)),
                high: Box::new(high.sql(database)),
                symmetric: false,
                negated,
            },
            Test::Holds(affix, text, part) => {
                let text = Expr::<String>::from_ast(text.sql(database));
                let holds = match affix {
                    Affix::StartsWith => text.starts_with(part),
                    Affix::EndsWith => text.ends_with(part),
                    _ => text.contains(part),
                };
                if negated { (!holds).into_ast() } else { holds.into_ast() }
            }
            Test::Like(affix, text, pattern) => Ast::Like {
                operand: Box::new(text.sql(database)),
                pattern: Box::new(pattern.sql(database)),
                affix: *affix,
                // No text holds it, so that a backslash stands for itself on every database.
                escape: Escape::Character('~'),
                insensitive: false,
                negated,
            },
        }
    }

    fn value(&self, sample: &Sample) -> Answer<bool> {
        Ok(match self {
            Test::NumberIsNull(number) => Some(number.value(sample)?.is_none()),
            Test::TextIsNull(text) => Some(text.value(sample)?.is_none()),
            Test::TruthIsNull(truth) => Some(truth.value(sample)?.is_none()),
            Test::NumberIn(number, list) => among(&number.value(sample)?, &values(list, sample)?),
            Test::TextIn(text, list) => among(&text.value(sample)?, &values(list, sample)?),
            Test::Between(number, low, high) => {
                let number = number.value(sample)?;
                let above = compared(BinaryOperator::GreaterOrEqual, &number, &low.value(sample)?);
                all(&[above, compared(BinaryOperator::LessOrEqual, &number, &high.value(sample)?)])
            }
            Test::Holds(affix, text, part) => text.value(sample)?.map(|text| match affix {
                Affix::StartsWith => text.starts_with(part),
                Affix::EndsWith => text.ends_with(part),
                _ => text.contains(part),
            }),
            Test::Like(affix, text, pattern) => {
                text.value(sample)?.zip(pattern.value(sample)?).map(|(text, pattern)| {
                    let pattern = match affix {
                        Affix::Contains => format!("%{pattern}%"),
                        Affix::StartsWith => format!("{pattern}%"),
                        Affix::EndsWith => format!("%{pattern}"),
                        _ => pattern,
                    };
                    like(&text, &pattern)
                })
            }
        })
    }
}

fn is_in<T: Tree>(operand: &T, list: &[T], database: Database, negated: bool) -> Ast {
    let list = InList::Values(list.iter().map(|item| item.sql(database)).collect());
    Ast::In { operand: Box::new(operand.sql(database)), list, negated }
}

fn values<T: Tree>(trees: &[T], sample: &Sample) -> Result<Vec<Option<T::Value>>, TooLarge> {
    trees.iter().map(|tree| tree.value(sample)).collect()
}

fn compared<T: PartialOrd>(operator: BinaryOperator, left: &Option<T>, right: &Option<T>) -> Option<bool> {
    match operator {
        BinaryOperator::IsDistinctFrom => return Some(left != right),
        BinaryOperator::IsNotDistinctFrom => return Some(left == right),
        _ => {}
    }
    let (left, right) = left.as_ref().zip(right.as_ref())?;
    Some(match operator {
        BinaryOperator::Equal => left == right,
        BinaryOperator::NotEqual => left != right,
        BinaryOperator::Less => left < right,
        BinaryOperator::LessOrEqual => left <= right,
        BinaryOperator::Greater => left > right,
        BinaryOperator::GreaterOrEqual => left >= right,
        other => unreachable!("{other:?} is not drawn"),
    })
}

/// One that is false decides; else one that is unknown does.
fn all(truths: &[Option<bool>]) -> Option<bool> {
    if truths.contains(&Some(false)) { Some(false) } else { (!truths.contains(&None)).then_some(true) }
}

/// One that is true decides; else one that is unknown does.
fn any(truths: &[Option<bool>]) -> Option<bool> {
    if truths.contains(&Some(true)) { Some(true) } else { (!truths.contains(&None)).then_some(false) }
}

/// Nothing is in an empty list, not even `NULL`.
fn among<T: PartialOrd>(value: &Option<T>, list: &[Option<T>]) -> Option<bool> {
    any(&list.iter().map(|item| compared(BinaryOperator::Equal, value, item)).collect::<Vec<_>>())
}

/// `LIKE` without an escape.
fn like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => {
            (0..=text.len()).filter_map(|start| text.get(start..)).any(|text| like(text, rest.as_str()))
        }
        Some(wanted) => {
            let mut characters = text.chars();
            let fits = characters.next().is_some_and(|found| wanted == '_' || found == wanted);
            fits && like(characters.as_str(), rest.as_str())
        }
    }
}

pub(crate) fn truths(depth: u32) -> BoxedStrategy<Truth> {
    let leaf = prop_oneof![Just(Truth::Column), Just(Truth::MaybeColumn)];
    let Some(depth) = depth.checked_sub(1) else { return leaf.boxed() };
    let number = || numbers(depth).prop_map(Box::new);
    let text = || texts(depth).prop_map(Box::new);
    let truth = || truths(depth).prop_map(Box::new);
    let several = || prop::collection::vec(truths(depth), 0..4);
    // Collations differ in how they order texts, but not in which are equal.
    let equality = || prop::sample::select(vec![BinaryOperator::Equal, BinaryOperator::NotEqual]);
    let comparison = prop::sample::select(vec![
        BinaryOperator::Equal,
        BinaryOperator::NotEqual,
        BinaryOperator::Less,
        BinaryOperator::LessOrEqual,
        BinaryOperator::Greater,
        BinaryOperator::GreaterOrEqual,
        BinaryOperator::IsDistinctFrom,
        BinaryOperator::IsNotDistinctFrom,
    ]);
    prop_oneof![
        1 => leaf,
        5 => (comparison, number(), number()).prop_map(|(operator, l, r)| Truth::Numbers(operator, l, r)),
        2 => (equality(), text(), text()).prop_map(|(operator, l, r)| Truth::Texts(operator, l, r)),
        2 => (equality(), truth(), truth()).prop_map(|(operator, l, r)| Truth::Truths(operator, l, r)),
        3 => truth().prop_map(Truth::Negated),
        2 => truth().prop_map(Truth::Not),
        3 => several().prop_map(Truth::All),
        3 => several().prop_map(Truth::Any),
        1 => choices(depth, truths).prop_map(Truth::Choice),
        1 => (truth(), truth()).prop_map(|(left, right)| Truth::Coalesce(left, right)),
        12 => (proptest::bool::ANY, tests(depth)).prop_map(|(negated, test)| Truth::Test { negated, test }),
    ]
    .boxed()
}

fn tests(depth: u32) -> BoxedStrategy<Test> {
    let number = || numbers(depth).prop_map(Box::new);
    let text = || texts(depth).prop_map(Box::new);
    let affix =
        || prop::sample::select(vec![Affix::None, Affix::Contains, Affix::StartsWith, Affix::EndsWith]);
    prop_oneof![
        1 => number().prop_map(Test::NumberIsNull),
        1 => text().prop_map(Test::TextIsNull),
        1 => truths(depth).prop_map(|truth| Test::TruthIsNull(Box::new(truth))),
        2 => (number(), prop::collection::vec(numbers(depth), 0..4)).prop_map(|(n, list)| Test::NumberIn(n, list)),
        1 => (text(), prop::collection::vec(texts(depth), 0..4)).prop_map(|(text, list)| Test::TextIn(text, list)),
        2 => (number(), number(), number()).prop_map(|(number, low, high)| Test::Between(number, low, high)),
        2 => (affix(), text(), words()).prop_map(|(affix, text, part)| Test::Holds(affix, text, part)),
        2 => (affix(), text(), text()).prop_map(|(affix, text, pattern)| Test::Like(affix, text, pattern)),
    ]
    .boxed()
}
