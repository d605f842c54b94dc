//! Schema changes and their text. The values are the schema model's own; every function here turns one into the
//! statements of a dialect, or says what that dialect cannot say.

mod alter;
mod column;
mod comment;
mod constraint;
mod index;
mod literal;
mod names;
mod resolve;
mod schema;
mod sequence;
mod table;
mod view;

pub use alter::{AlterColumn, alter_column};
pub use column::{add_column, column_definition, drop_column, rename_column, server_default};
pub(crate) use comment::text as push_comment;
pub use comment::{comment_on_column, comment_on_constraint, comment_on_table};
pub use constraint::{DropConstraint, add_constraint, constraint_definition, drop_constraint};
pub use index::{CreateIndex, DropIndex, create_index, drop_index};
pub use literal::{is_enclosed, is_literal};
pub use names::object_name;
pub use resolve::{made, resolved};
pub use schema::{CreateSchema, DropSchema, create_type, drop_type};
pub use sequence::{CreateSequence, DropSequence, identity_definition};
pub use table::{CreateTable, DropTable, create_table, drop_table, rename_table, table_definition};
pub use view::{CreateTableAs, CreateView, DropView};

use crate::compiler::CompileError;
use crate::dialect::{AutoIncrement, Dialect};
use crate::schema::{Constraint, DdlEvent, ForeignKey, MetaData, ObjectName, Sequence, Table, statements_at};

/// The statements that make everything in an empty database: named types and sequences, the tables in the order in
/// which they refer to each other, the views.
///
/// Where foreign keys go round in a circle, the keys that close it are added once all tables are there; a database
/// that cannot add constraints (SQLite) takes them in the tables. Sequences and named types are left out where the
/// database has none. Mirrors SQLAlchemy's `MetaData.create_all`.
///
/// # Errors
/// Where the dialect cannot say something, or the naming convention cannot name it.
pub fn create_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    metadata.check_names().map_err(|error| CompileError::invalid(error.to_string()))?;
    let sorted = metadata.sorted_tables();
    let mut statements = statements_at(metadata.events(), DdlEvent::BeforeCreate, None, dialect)?;
    if dialect.capabilities().ddl.named_types {
        for ty in metadata.named_types() {
            statements.push(create_type(ty, dialect)?);
        }
    }
    for sequence in sequences(metadata, dialect) {
        statements.push(CreateSequence::of(sequence).sql(dialect)?);
    }
    let mut late = Vec::new();
    for (index, table) in sorted.iter().enumerate() {
        let closing = closing_keys(&sorted, index, dialect);
        if closing.is_empty() {
            statements.extend(create_table(table, dialect)?);
            continue;
        }
        let mut first = Table::clone(table);
        first.foreign_keys.retain(|key| !closing.contains(&key));
        statements.extend(create_table(&first, dialect)?);
        for key in closing {
            let key = Constraint::ForeignKey(key.clone());
            late.extend(table::add_with_comment(&table.name, &key, dialect)?);
        }
    }
    statements.extend(late);
    for view in metadata.views() {
        statements.push(CreateView::of(view).sql(dialect)?);
    }
    statements.extend(statements_at(metadata.events(), DdlEvent::AfterCreate, None, dialect)?);
    Ok(statements)
}

/// The statements that drop everything, in the opposite order. Mirrors SQLAlchemy's `MetaData.drop_all`.
///
/// # Errors
/// Where a foreign key that closes a circle has to be dropped first and its name is not known.
pub fn drop_all(metadata: &MetaData, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let sorted = metadata.sorted_tables();
    let mut statements = statements_at(metadata.events(), DdlEvent::BeforeDrop, None, dialect)?;
    for view in metadata.views().iter().rev() {
        let drop = DropView::of(&view.name);
        statements.push(if view.materialized { drop.materialized() } else { drop }.sql(dialect)?);
    }
    for (index, table) in sorted.iter().enumerate() {
        for key in closing_keys(&sorted, index, dialect) {
            let constraint = Constraint::ForeignKey(key.clone());
            let given = key.name.as_ref().map(|name: &ObjectName| object_name(name, dialect)).transpose()?;
            let name = given.or_else(|| dialect.implicit_name(&table.name, &constraint));
            let Some(name) = name else {
                return Err(CompileError::invalid(format!(
                    "the foreign key of `{}` ({}) to `{}` closes a circle, so it has to be dropped before the tables, \
                     and it has no name to be dropped by: name it",
                    table.name,
                    key.columns.join(", "),
                    key.target
                )));
            };
            statements.push(drop_constraint(&table.name, &name, constraint.kind(), dialect)?);
        }
    }
    for table in sorted.iter().rev() {
        let events = |when| statements_at(&table.events, when, Some(&table.name), dialect);
        statements.extend(events(DdlEvent::BeforeDrop)?);
        statements.push(drop_table(&table.name, dialect));
        statements.extend(events(DdlEvent::AfterDrop)?);
    }
    for sequence in sequences(metadata, dialect) {
        statements.push(DropSequence::of(&sequence.name).sql(dialect)?);
    }
    if dialect.capabilities().ddl.named_types {
        for ty in metadata.named_types().iter().rev() {
            statements.push(drop_type(ty, dialect)?);
        }
    }
    statements.extend(statements_at(metadata.events(), DdlEvent::AfterDrop, None, dialect)?);
    Ok(statements)
}

/// The sequences that the database needs and can have.
fn sequences<'m>(metadata: &'m MetaData, dialect: &dyn Dialect) -> impl Iterator<Item = &'m Sequence> {
    let facts = &dialect.capabilities().ddl;
    let (has, numbers) = (facts.sequences.is_some(), facts.autoincrement != AutoIncrement::Nothing);
    metadata.sequences().iter().filter(move |sequence| has && !(sequence.optional && numbers))
}

/// The foreign keys of a table to tables that stand behind it, and those that ask to be added later, where the dialect
/// can keep them apart.
fn closing_keys<'t>(sorted: &[&'t Table], index: usize, dialect: &dyn Dialect) -> Vec<&'t ForeignKey> {
    if !dialect.capabilities().alter.constraints {
        return Vec::new();
    }
    let Some((table, behind)) = sorted.get(index..).and_then(<[_]>::split_first) else { return Vec::new() };
    let closes = |key: &&ForeignKey| key.use_alter || behind.iter().any(|other| other.name == key.target);
    let wanted = |key: &&ForeignKey| {
        let only = &key.traits.only_on;
        only.is_empty() || only.iter().any(|name| crate::dialect::answers_to(dialect, name))
    };
    table.foreign_keys.iter().filter(closes).filter(wanted).collect()
}
