//! What a dialect adds to schema statements by options that bear its name.

use super::Dialect;
use crate::compiler::CompileError;
use crate::schema::{OptionValue, Options, Sql};

/// What an index says besides its columns.
#[derive(Clone, Debug, Default)]
pub struct IndexWords {
    /// In front of `INDEX`, with a space behind: `FULLTEXT `.
    pub kind: String,
    /// Between `INDEX` and the name, with a space behind: `CONCURRENTLY `.
    pub manner: String,
    /// Between the table and the columns, with a space behind: `USING gin `.
    pub method: String,
    /// Behind each element, with what parts it: an operator class, a length.
    pub elements: Vec<String>,
    /// Between the columns and the condition, with a space in front: `INCLUDE (…)`.
    pub behind: String,
    /// The condition, where it is this dialect's own.
    pub condition: Option<Sql>,
}

/// What a constraint says besides what it constrains.
#[derive(Clone, Debug, Default)]
pub struct ConstraintWords {
    /// Between the kind and the columns, with a space behind: `CLUSTERED `.
    pub kind: String,
    /// Behind the columns, with a space in front: `INCLUDE (…)`.
    pub columns: String,
    /// At the end, with a space in front: `NOT VALID`.
    pub end: String,
}

/// Whether a dialect is meant by a name: its own, or another that it answers to.
pub fn answers_to(dialect: &dyn Dialect, name: &str) -> bool {
    dialect.name() == name || dialect.other_names().contains(&name)
}

/// The options of an object that are one dialect's.
#[derive(Debug)]
pub struct OwnOptions<'o> {
    dialect: &'static str,
    what: String,
    found: Vec<(&'o str, &'o OptionValue)>,
}

impl<'o> OwnOptions<'o> {
    /// Picks the options that bear the dialect's name; `what` says in messages whose they are.
    ///
    /// # Errors
    /// For one that is not among `known`.
    pub fn of(
        dialect: &dyn Dialect,
        options: &'o Options,
        known: &[&str],
        what: &str,
    ) -> Result<Self, CompileError> {
        let options = Self::any(dialect.name(), dialect.other_names(), options, what);
        match options.found.iter().find(|(name, _)| !known.contains(name)) {
            None => Ok(options),
            Some((name, _)) => Err(unknown(dialect.name(), name, known, what)),
        }
    }

    /// The same without a list of what there is.
    pub fn any(dialect: &'static str, others: &[&str], options: &'o Options, what: &str) -> Self {
        // An option under the dialect's own name goes before one under another that it answers to.
        let mut found: Vec<(&str, &OptionValue)> = Vec::new();
        for (name, value) in options.iter() {
            let own = |prefix: &str| name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
            if let Some(option) = own(dialect) {
                match found.iter_mut().find(|(known, _)| *known == option) {
                    Some(known) => known.1 = value,
                    None => found.push((option, value)),
                }
            } else if let Some(option) = others.iter().find_map(|prefix| own(prefix))
                && !found.iter().any(|(known, _)| *known == option)
            {
                found.push((option, value));
            }
        }
        OwnOptions { dialect, what: what.to_owned(), found }
    }

    /// The options by the names behind the dialect's, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (&'o str, &'o OptionValue)> {
        self.found.iter().copied()
    }

    /// An option.
    pub fn get(&self, name: &str) -> Option<&'o OptionValue> {
        self.found.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// A switch; `None` where it isn't set.
    ///
    /// # Errors
    /// Where it is no switch.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, CompileError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_flag().map(Some).ok_or_else(|| self.wrong(name, value, "a switch: leave the value empty"))
    }

    /// A word or phrase; none where it isn't set or empty.
    ///
    /// # Errors
    /// Where it is a list or settings.
    pub fn word(&self, name: &str) -> Result<Option<String>, CompileError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let word = value.as_word().ok_or_else(|| self.wrong(name, value, "one word"))?;
        Ok(Some(word).filter(|word| !word.is_empty()))
    }

    /// Names; none where they aren't set. A text is one name.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn names(&self, name: &str) -> Result<Vec<String>, CompileError> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(OptionValue::List(names)) => Ok(names.clone()),
            Some(OptionValue::Text(name)) => Ok(vec![name.clone()]),
            Some(value) => Err(self.wrong(name, value, "a list of names")),
        }
    }

    /// A condition; none where it isn't set.
    ///
    /// # Errors
    /// Where it is something else.
    pub fn sql(&self, name: &str) -> Result<Option<Sql>, CompileError> {
        match self.get(name) {
            None => Ok(None),
            Some(OptionValue::Sql(sql)) => Ok(Some(sql.clone())),
            Some(OptionValue::Text(words)) => Ok(Some(Sql::words(words.as_str()))),
            Some(value) => Err(self.wrong(name, value, "a condition")),
        }
    }

    /// Storage parameters as they stand in `WITH (…)`; none where they aren't set.
    ///
    /// # Errors
    /// Where it is a list or a condition.
    pub fn parameters(&self, name: &str) -> Result<Option<String>, CompileError> {
        match self.get(name) {
            None => Ok(None),
            Some(OptionValue::Text(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(OptionValue::Settings(settings)) => {
                let each = settings.iter().map(|(name, value)| match value {
                    OptionValue::Text(text) if text.is_empty() => name.clone(),
                    value => format!("{name} = {value}"),
                });
                let all = each.collect::<Vec<_>>().join(", ");
                Ok(Some(all).filter(|text| !text.is_empty()))
            }
            Some(value) => Err(self.wrong(name, value, "settings")),
        }
    }

    /// The error for a value of another kind.
    pub fn wrong(&self, name: &str, value: &OptionValue, wanted: &str) -> CompileError {
        CompileError::invalid(format!(
            "the option `{}_{name}` of {} is {wanted}, not `{value}`",
            self.dialect, self.what
        ))
    }
}

/// Refuses options that bear a dialect's name where it has none.
pub(super) fn no_options(
    dialect: &'static str,
    others: &[&str],
    options: &Options,
    what: &str,
) -> Result<(), CompileError> {
    match OwnOptions::any(dialect, others, options, what).found.first() {
        None => Ok(()),
        Some((name, _)) => Err(unknown(dialect, name, &[], what)),
    }
}

fn unknown(dialect: &str, name: &str, known: &[&str], what: &str) -> CompileError {
    let there = match known {
        [] => "it has none there".to_owned(),
        known => format!("there are `{dialect}_` with {}", known.join(", ")),
    };
    CompileError::invalid(format!("{dialect} knows no option `{dialect}_{name}` of {what}: {there}"))
}

/// A name, quoted where it has to be.
pub(crate) fn quoted(name: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    dialect.quote(name, &mut out);
    out
}

/// Names with commas between, quoted where they have to be.
pub(crate) fn name_list(names: &[String], dialect: &dyn Dialect) -> String {
    names.iter().map(|name| quoted(name, dialect)).collect::<Vec<_>>().join(", ")
}

/// What messages call an index.
pub(super) fn of_index(index: &crate::schema::Index) -> String {
    format!("index `{}`", index.name)
}

/// What messages call a constraint.
pub(super) fn of_constraint(constraint: &crate::schema::Constraint) -> String {
    match constraint.name() {
        Some(name) => format!("the {} `{name}`", constraint.kind()),
        None => format!("a {}", constraint.kind()),
    }
}
