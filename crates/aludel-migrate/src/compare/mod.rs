//! The difference between the wanted schema (the application's [`MetaData`]) and the current one (reflected from a
//! database), as operations in an order that can run. Mirrors Alembic's `alembic.autogenerate.compare`.
//!
//! Like is compared with like: types, defaults and conditions are brought to the dialect's own form first. Nothing is
//! guessed: what looks like a rename becomes a drop and an addition, and a warning.

mod canonical;
mod columns;
mod constraints;
mod filter;
mod indexes;
mod phases;
mod renames;
mod tables;

use aludel_sql::schema::TableName;
use aludel_sql::{Dialect, MetaData, ddl};

pub(crate) use constraints::same_definition;
pub use filter::{Include, ObjectKind, ObjectRef};
use phases::Phases;

use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;

/// What is looked at. Mirrors the comparison options of Alembic's `context.configure`.
#[derive(Clone, Copy)]
pub struct CompareOptions<'a> {
    /// Whether types are compared.
    pub types: bool,
    /// Whether server defaults are compared.
    pub server_defaults: bool,
    /// Decides what is looked at; `None` is everything.
    pub include: Option<&'a Include>,
    /// Tables that are none of the application's: the version table and the ledger.
    pub own_tables: &'a [TableName],
    /// Lets a wanted schema without any table drop all tables of the database.
    pub allow_drop_all: bool,
}

impl Default for CompareOptions<'_> {
    fn default() -> Self {
        CompareOptions {
            types: true,
            server_defaults: true,
            include: None,
            own_tables: &[],
            allow_drop_all: false,
        }
    }
}

/// What would make the current schema the wanted one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// The operations, in an order that can run. What is dropped is carried along, so that they can be reversed.
    pub operations: Vec<Operation>,
    /// What a person should look at: possible renames, changes that no operation expresses, data that is lost.
    pub warnings: Vec<String>,
}

impl Difference {
    /// Whether the schemas are the same.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

/// Compares two schemas for a dialect. Mirrors Alembic's `compare_metadata` and `produce_migrations`.
///
/// # Errors
/// [`ErrorKind::Refused`] where the wanted schema has no table at all while the current one has some, unless
/// [`CompareOptions::allow_drop_all`] is set; [`ErrorKind::Schema`] where the dialect has no word for a wanted type.
pub fn compare(
    wanted: &MetaData,
    current: &MetaData,
    dialect: &dyn Dialect,
    options: &CompareOptions<'_>,
) -> Result<Difference> {
    wanted.check_names().map_err(|error| Error::new(ErrorKind::Schema, error.to_string()))?;
    let mut comparison = Comparison { dialect, options, phases: Phases::default(), warnings: Vec::new() };
    beside_the_tables(&mut comparison, wanted);
    // Both sides in the words of the dialect.
    let in_words = |metadata: &MetaData| -> Result<MetaData> {
        metadata.tables().iter().map(|table| Ok(ddl::resolved(table, dialect)?)).collect()
    };
    tables::compare(&mut comparison, &in_words(wanted)?, &in_words(current)?)?;
    Ok(Difference { operations: comparison.phases.into_operations(), warnings: comparison.warnings })
}

/// What is declared beside the tables is no part of the comparison, which has to be said.
fn beside_the_tables(comparison: &mut Comparison<'_>, wanted: &MetaData) {
    let facts = &comparison.dialect.capabilities().ddl;
    let kinds = [
        ("views", wanted.views().len()),
        ("sequences", if facts.sequences.is_some() { wanted.sequences().len() } else { 0 }),
        ("named types", if facts.named_types { wanted.named_types().len() } else { 0 }),
    ];
    for (kind, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
        comparison.warn(format!(
            "the metadata has {count} {kind}, which are not compared: make and change them with `op.execute(..)`"
        ));
    }
}

/// What the parts of a comparison share.
struct Comparison<'c> {
    dialect: &'c dyn Dialect,
    options: &'c CompareOptions<'c>,
    phases: Phases,
    warnings: Vec<String>,
}

impl Comparison<'_> {
    fn includes(&self, object: ObjectRef<'_>) -> bool {
        self.options.include.is_none_or(|include| include(&object))
    }

    fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }
}

fn refuse_to_drop_all(tables: usize) -> Error {
    Error::new(
        ErrorKind::Refused,
        format!(
            "the application's metadata has no tables while the database has {tables}: all of them would be dropped. \
             Hand the models to the environment (`Environment::new`), or allow it"
        ),
    )
}
