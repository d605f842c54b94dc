//! The verdict on a case.

use crate::case::Case;
use crate::compare::{self, Agreement};
use crate::load;
use crate::unsayable::Unsayable;

/// What came out of a case.
#[derive(Clone, Debug)]
pub struct Judged<'c> {
    /// The case.
    pub case: &'c Case,
    /// Our text, or why there is none.
    pub ours: Result<String, Unsayable>,
    /// How it compares; none where there is no text.
    pub agreement: Option<Agreement>,
    /// Whether the bound values are the same, where the texts agree and the case tells them.
    pub values: Option<bool>,
}

impl Judged<'_> {
    /// Whether our text says the same.
    pub fn agrees(&self) -> bool {
        matches!(self.agreement, Some(Agreement::Exact | Agreement::Lax))
    }
}

/// Compiles a case and compares.
///
/// # Errors
/// Where it is not clear how to read what the case expects; the message names the case.
pub fn judge(case: &Case) -> Result<Judged<'_>, String> {
    match load::compile(case) {
        Ok(compiled) => {
            let comparison =
                compare::compare(case, &compiled).map_err(|error| format!("{}: {error}", case.id))?;
            let sql = compare::one_line(&compiled.sql, case.kind == "ddl");
            Ok(Judged { case, ours: Ok(sql), agreement: Some(comparison.text), values: comparison.values })
        }
        Err(error) => Ok(Judged { case, ours: Err(error), agreement: None, values: None }),
    }
}
