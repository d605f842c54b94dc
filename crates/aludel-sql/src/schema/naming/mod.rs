//! Naming conventions: names of constraints and indexes that nobody has to think up.

mod md5;
mod tokens;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Constraint, ConstraintKind, Index, ObjectName, Table};

/// What makes the text of a token of the user's own.
type Token = Arc<dyn Fn(&Subject<'_>) -> String + Send + Sync>;

/// How constraints and indexes without a name are called, by templates with tokens such as `%(table_name)s`.
///
/// | token | stands for |
/// |---|---|
/// | `table_name` | the table |
/// | `column_0_name`, `column_1_name`, … | the first column, the second, … |
/// | `column_0N_name`, `column_0_N_name` | all columns, run together or with `_` between |
/// | `column_0_label` | table and column, with the schema where there is one |
/// | `referred_table_name`, `referred_column_0_name`, … | what a foreign key refers to |
/// | `constraint_name` | the name that was written; the template then extends it |
///
/// Without a template a constraint keeps no name, and an index is called `ix_%(column_0_label)s`. Mirrors SQLAlchemy's
/// `MetaData(naming_convention=…)`.
///
/// ```
/// use aludel_sql::MetaData;
/// use aludel_sql::schema::{NamingConvention, column, table};
/// use aludel_sql::types::{integer, string};
///
/// let convention = NamingConvention::new().unique("uq_%(table_name)s_%(column_0_N_name)s").primary_key("pk_%(table_name)s");
/// let metadata = MetaData::new().naming_convention(convention).add(
///     table("users")
///         .column(column("id", integer()).primary_key())
///         .column(column("email", string(50)).unique()),
/// );
/// let users = &metadata.tables()[0];
/// assert_eq!(users.unique_constraints[0].name.as_deref(), Some("uq_users_email"));
/// assert_eq!(users.primary_key.as_ref().unwrap().name.as_deref(), Some("pk_users"));
/// ```
#[derive(Clone, Default)]
pub struct NamingConvention {
    templates: BTreeMap<&'static str, String>,
    tokens: BTreeMap<String, Token>,
}

/// What is to be named.
pub struct Subject<'t> {
    /// The table that it belongs to.
    pub table: &'t Table,
    /// Its columns.
    pub columns: Vec<&'t str>,
    /// What it refers to, for foreign keys: the table and its columns.
    pub referred: Option<(&'t str, &'t [String])>,
    /// The name that was written.
    pub name: Option<&'t str>,
}

/// A name that a convention can't make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingError(String);

impl fmt::Display for NamingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NamingError {}

impl NamingConvention {
    /// No templates.
    pub fn new() -> Self {
        NamingConvention::default()
    }

    /// The template for indexes.
    #[must_use]
    pub fn index(self, template: impl Into<String>) -> Self {
        self.template("ix", template.into())
    }

    /// The template for unique constraints.
    #[must_use]
    pub fn unique(self, template: impl Into<String>) -> Self {
        self.template("uq", template.into())
    }

    /// The template for checks.
    #[must_use]
    pub fn check(self, template: impl Into<String>) -> Self {
        self.template("ck", template.into())
    }

    /// The template for foreign keys.
    #[must_use]
    pub fn foreign_key(self, template: impl Into<String>) -> Self {
        self.template("fk", template.into())
    }

    /// The template for primary keys.
    #[must_use]
    pub fn primary_key(self, template: impl Into<String>) -> Self {
        self.template("pk", template.into())
    }

    /// The template for exclusion constraints.
    #[must_use]
    pub fn exclude(self, template: impl Into<String>) -> Self {
        self.template("ex", template.into())
    }

    /// A token of your own, by a function.
    #[must_use]
    pub fn token(
        mut self,
        name: impl Into<String>,
        text: impl Fn(&Subject<'_>) -> String + Send + Sync + 'static,
    ) -> Self {
        self.tokens.insert(name.into(), Arc::new(text));
        self
    }

    fn template(mut self, kind: &'static str, template: String) -> Self {
        self.templates.insert(kind, template);
        self
    }

    /// The name that a constraint gets, where the convention has something to say on it.
    ///
    /// # Errors
    /// Where the template has a token that doesn't exist, or extends a name that isn't there.
    pub fn constraint_name(
        &self,
        table: &Table,
        constraint: &Constraint,
    ) -> Result<Option<ObjectName>, NamingError> {
        let kind = match constraint.kind() {
            ConstraintKind::PrimaryKey => "pk",
            ConstraintKind::Unique => "uq",
            ConstraintKind::ForeignKey => "fk",
            ConstraintKind::Check => "ck",
            ConstraintKind::Exclude => "ex",
        };
        let Some(template) = self.templates.get(kind) else { return Ok(None) };
        let name = constraint.object_name();
        let keeps = name.is_some() && !template.contains("%(constraint_name)s");
        if keeps || name.is_some_and(ObjectName::is_generated) {
            return Ok(None);
        }
        let subject = tokens::of_constraint(table, constraint);
        self.expand(template, &subject, constraint.kind()).map(|name| Some(ObjectName::generated(name)))
    }

    /// The name that an index gets, unless somebody wrote one.
    ///
    /// # Errors
    /// Where the template has a token that doesn't exist.
    pub fn index_name(&self, table: &Table, index: &Index) -> Result<Option<ObjectName>, NamingError> {
        let template = match self.templates.get("ix") {
            Some(template) if index.name.is_empty() || index.name.is_generated() => template,
            None if index.name.is_empty() => "ix_%(column_0_label)s",
            _ => return Ok(None),
        };
        let subject = tokens::of_index(table, index);
        self.expand(template, &subject, "index").map(|name| Some(ObjectName::generated(name)))
    }

    /// Names what has no name in a table. What can't be named is left alone; the error says why.
    pub(super) fn apply(&self, table: &mut Table) -> Result<(), NamingError> {
        let mut result = Ok(());
        let mut named = |name: Result<Option<ObjectName>, NamingError>| {
            name.unwrap_or_else(|error| {
                result = Err(error);
                None
            })
        };
        let mut pending = table.clone();
        if let Some(key) = &mut pending.primary_key
            && let Some(name) = named(self.constraint_name(table, &Constraint::PrimaryKey(key.clone())))
        {
            key.name = Some(name);
        }
        for unique in &mut pending.unique_constraints {
            if let Some(name) = named(self.constraint_name(table, &Constraint::Unique(unique.clone()))) {
                unique.name = Some(name);
            }
        }
        for key in &mut pending.foreign_keys {
            if let Some(name) = named(self.constraint_name(table, &Constraint::ForeignKey(key.clone()))) {
                key.name = Some(name);
            }
        }
        let inline = pending.columns.iter_mut().flat_map(|column| &mut column.checks);
        for check in pending.checks.iter_mut().chain(inline) {
            if let Some(name) = named(self.constraint_name(table, &Constraint::Check(check.clone()))) {
                check.name = Some(name);
            }
        }
        for exclude in &mut pending.excludes {
            if let Some(name) = named(self.constraint_name(table, &Constraint::Exclude(exclude.clone()))) {
                exclude.name = Some(name);
            }
        }
        for index in &mut pending.indexes {
            if let Some(name) = named(self.index_name(table, index)) {
                index.name = name;
            }
        }
        *table = pending;
        result
    }

    fn expand(
        &self,
        template: &str,
        subject: &Subject<'_>,
        what: impl fmt::Display,
    ) -> Result<String, NamingError> {
        let mut name = String::new();
        let mut rest = template;
        while let Some((before, token)) = rest.split_once("%(") {
            name.push_str(before);
            let Some((token, behind)) = token.split_once(")s") else {
                return Err(NamingError(format!("the naming template `{template}` has a `%(` without `)s`")));
            };
            let text = match self.tokens.get(token) {
                Some(own) => Some(own(subject)),
                None => tokens::expand(token, subject),
            };
            let Some(text) = text else {
                return Err(NamingError(match (token, subject.name) {
                    ("constraint_name", None) => format!(
                        "the naming template `{template}` extends the name of a {what}, and one of table `{}` has \
                         none: name it",
                        subject.table.name
                    ),
                    _ => format!(
                        "the naming template `{template}` has a token `%({token})s` that means nothing for a {what}"
                    ),
                }));
            };
            name.push_str(&text);
            rest = behind;
        }
        name.push_str(rest);
        Ok(name)
    }
}

impl fmt::Debug for NamingConvention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamingConvention")
            .field("templates", &self.templates)
            .field("tokens", &self.tokens.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl PartialEq for NamingConvention {
    fn eq(&self, other: &Self) -> bool {
        self.templates == other.templates && self.tokens.keys().eq(other.tokens.keys())
    }
}

/// A name of at most `most` characters: a longer one is cut, and a hash of the whole keeps it apart from others.
/// The cut names are those that SQLAlchemy makes.
pub fn cut(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let hash = md5::hex(name.as_bytes());
    let kept: String = name.chars().take(most.saturating_sub(8)).collect();
    let tail = hash.get(28..).unwrap_or_default();
    format!("{kept}_{tail}")
}
