//! What all trees share: the rows that they read, how a value is found, and `CASE`.

use std::fmt::Debug;

use aludel::ast;
use aludel::prelude::*;
use proptest::prelude::*;

use crate::truth::{Truth, truths};

#[derive(Model, Clone, Debug)]
#[model(table = "samples")]
pub(crate) struct Sample {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) number: i64,
    pub(crate) maybe_number: Option<i64>,
    #[column(length = 50)]
    pub(crate) text: String,
    #[column(length = 50)]
    pub(crate) maybe_text: Option<String>,
    pub(crate) truth: bool,
    pub(crate) maybe_truth: Option<bool>,
}

pub(crate) fn samples() -> [Sample; 4] {
    let sample =
        |id, (number, maybe_number), (text, maybe_text): (&str, Option<&str>), (truth, maybe_truth)| {
            let (text, maybe_text) = (text.to_owned(), maybe_text.map(str::to_owned));
            Sample { id, number, maybe_number, text, maybe_text, truth, maybe_truth }
        };
    [
        sample(1, (0, None), ("", None), (false, None)),
        sample(2, (3, Some(-2)), ("ab", Some("a")), (true, Some(false))),
        sample(3, (-7, Some(5)), ("a%b", Some("_")), (false, Some(true))),
        sample(4, (1, Some(1)), ("1", Some("'\\")), (true, Some(true))),
    ]
}

/// What a tree has to allow for so that a database computes what Rust does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Database {
    /// It takes a parameter's type from what stands around it, so a value needs a cast to keep its own.
    pub(crate) guesses_parameters: bool,
    /// Its operators on bits yield unsigned numbers.
    pub(crate) unsigned_bits: bool,
}

/// A number is so large that databases may differ in what they do with it.
#[derive(Debug)]
pub(crate) struct TooLarge;

/// `None` is `NULL`. Every branch is computed, as a database may do so, too.
pub(crate) type Answer<T> = Result<Option<T>, TooLarge>;

/// An expression whose value is known without a database.
pub(crate) trait Tree: Clone + Debug {
    type Value: SqlType + Clone + Debug + PartialEq;

    fn sql(&self, database: Database) -> ast::Expr;

    fn value(&self, sample: &Sample) -> Answer<Self::Value>;
}

/// `CASE WHEN … THEN … ELSE … END`.
#[derive(Clone, Debug)]
pub(crate) struct Choice<T> {
    whens: Vec<(Truth, T)>,
    otherwise: Option<Box<T>>,
}

impl<T: Tree> Choice<T> {
    pub(crate) fn sql(&self, database: Database) -> ast::Expr {
        let when = |(truth, result): &(Truth, T)| (truth.sql(database), result.sql(database));
        ast::Expr::Case(Box::new(ast::Case {
            operand: None,
            whens: self.whens.iter().map(when).collect(),
            otherwise: self.otherwise.as_ref().map(|result| result.sql(database)),
        }))
    }

    pub(crate) fn value(&self, sample: &Sample) -> Answer<T::Value> {
        let mut chosen = None;
        for (truth, result) in &self.whens {
            let (truth, result) = (truth.value(sample)?, result.value(sample)?);
            if truth == Some(true) && chosen.is_none() {
                chosen = Some(result);
            }
        }
        let otherwise = self.otherwise.as_ref().map_or(Ok(None), |result| result.value(sample))?;
        Ok(chosen.unwrap_or(otherwise))
    }
}

pub(crate) fn choices<T: Debug + 'static>(
    depth: u32,
    results: fn(u32) -> BoxedStrategy<T>,
) -> BoxedStrategy<Choice<T>> {
    let whens = prop::collection::vec((truths(depth), results(depth)), 1..3);
    let otherwise = prop::option::of(results(depth).prop_map(Box::new));
    (whens, otherwise).prop_map(|(whens, otherwise)| Choice { whens, otherwise }).boxed()
}

/// A function that every database has, under the name that it gives it.
pub(crate) fn call<const N: usize>(name: &'static str, arguments: [ast::Expr; N]) -> ast::Expr {
    let function = ast::Function::new(name, arguments.into());
    ast::Expr::Function(ast::Function { generic: true, ..function })
}
