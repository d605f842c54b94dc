//! Schema statements in the user's own words, and when they run.

use super::TableName;
use crate::compiler::CompileError;
use crate::dialect::{Dialect, answers_to, quoted};

/// When a statement of the user's own runs. Mirrors SQLAlchemy's DDL events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DdlEvent {
    /// In front of what makes the table, or all tables.
    BeforeCreate,
    /// Behind it.
    AfterCreate,
    /// In front of what drops the table, or all tables.
    BeforeDrop,
    /// Behind it.
    AfterDrop,
}

/// A schema statement in the user's own words. Mirrors SQLAlchemy's `DDL`.
///
/// `%(table)s`, `%(schema)s` and `%(fullname)s` stand for the table that it is about, `%(name)s` for what
/// [`set`](Self::set) said of `name`; `%%` is a percent sign.
///
/// ```
/// use aludel_sql::dialect::postgres::Postgres;
/// use aludel_sql::schema::{DdlText, TableName};
///
/// let analyse = DdlText::new("ANALYZE %(fullname)s").only_on(["postgres"]);
/// let sql = analyse.sql(Some(&TableName::in_schema("shop", "Orders")), &Postgres::default())?;
/// assert_eq!(sql.as_deref(), Some("ANALYZE shop.\"Orders\""));
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DdlText {
    text: String,
    context: Vec<(String, String)>,
    only_on: Vec<String>,
}

impl DdlText {
    /// A statement by its text.
    pub fn new(text: impl Into<String>) -> Self {
        DdlText { text: text.into(), context: Vec::new(), only_on: Vec::new() }
    }

    /// Says what a place in the text stands for.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.context.push((name.into(), text.into()));
        self
    }

    /// Runs the statement on these dialects alone. Mirrors SQLAlchemy's `execute_if(dialect=…)`.
    #[must_use]
    pub fn only_on<N: Into<String>>(mut self, dialects: impl IntoIterator<Item = N>) -> Self {
        self.only_on = dialects.into_iter().map(Into::into).collect();
        self
    }

    /// The dialects that it is for; empty for all.
    pub fn dialects(&self) -> &[String] {
        &self.only_on
    }

    /// The text, and what its places stand for.
    pub fn parts(&self) -> (&str, &[(String, String)]) {
        (&self.text, &self.context)
    }

    /// The statement; none where it is for other dialects.
    ///
    /// # Errors
    /// For a place in the text that nothing is known of.
    pub fn sql(
        &self,
        target: Option<&TableName>,
        dialect: &dyn Dialect,
    ) -> Result<Option<String>, CompileError> {
        if !self.only_on.is_empty() && !self.only_on.iter().any(|name| answers_to(dialect, name)) {
            return Ok(None);
        }
        let mut sql = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, behind)) = rest.split_once('%') {
            sql.push_str(before);
            if let Some(behind) = behind.strip_prefix('%') {
                sql.push('%');
                rest = behind;
                continue;
            }
            let place = behind.strip_prefix('(').and_then(|behind| behind.split_once(")s"));
            let Some((name, behind)) = place else {
                return Err(CompileError::invalid(format!(
                    "`{}` has a `%` that begins no place such as `%(table)s`: write `%%` for a percent sign",
                    self.text
                )));
            };
            sql.push_str(&self.place(name, target, dialect)?);
            rest = behind;
        }
        sql.push_str(rest);
        Ok(Some(sql))
    }

    fn place(
        &self,
        name: &str,
        target: Option<&TableName>,
        dialect: &dyn Dialect,
    ) -> Result<String, CompileError> {
        // What the user said goes before what the table says.
        if let Some((_, text)) = self.context.iter().rev().find(|(known, _)| known == name) {
            return Ok(text.clone());
        }
        let schema = |table: &TableName| table.schema.as_ref().map(|schema| quoted(schema, dialect));
        let known = match (name, target) {
            ("table", Some(table)) => Some(quoted(&table.name, dialect)),
            ("schema", Some(table)) => Some(schema(table).unwrap_or_default()),
            ("fullname", Some(table)) => {
                let name = quoted(&table.name, dialect);
                Some(schema(table).map_or(name.clone(), |schema| format!("{schema}.{name}")))
            }
            _ => None,
        };
        known.ok_or_else(|| {
            CompileError::invalid(format!(
                "`{}` has a place `%({name})s` that nothing is known of: `.set(\"{name}\", ..)`",
                self.text
            ))
        })
    }
}

impl From<&str> for DdlText {
    fn from(text: &str) -> Self {
        DdlText::new(text)
    }
}

impl From<String> for DdlText {
    fn from(text: String) -> Self {
        DdlText::new(text)
    }
}

/// The statements of an event, in the order in which they were set.
///
/// # Errors
/// For a place in a text that nothing is known of.
pub(crate) fn at(
    events: &[(DdlEvent, DdlText)],
    when: DdlEvent,
    target: Option<&TableName>,
    dialect: &dyn Dialect,
) -> Result<Vec<String>, CompileError> {
    let texts = events.iter().filter(|(event, _)| *event == when);
    texts.filter_map(|(_, text)| text.sql(target, dialect).transpose()).collect()
}
