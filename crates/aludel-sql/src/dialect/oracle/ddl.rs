//! What is particular to Oracle's schema statements.

use crate::compiler::CompileError;
use crate::dialect::ddl::{no_options, of_constraint, of_index, quoted};
use crate::dialect::{ConstraintWords, Dialect, IndexWords, OwnOptions};
use crate::schema::{Constraint, Identity, Index, OptionValue, Sequence, Table};

/// Options in the order in which the grammar wants them. `oracle_compress` is a switch for the usual compression, or
/// says for what (`OLTP`).
pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    const KNOWN: [&str; 3] = ["on_commit", "compress", "tablespace"];
    let own = OwnOptions::of(dialect, &table.options, &KNOWN, &format!("table `{}`", table.name))?;
    let mut words = String::new();
    if let Some(action) = own.word("on_commit")? {
        words.push_str(&format!(" ON COMMIT {}", action.replace('_', " ").to_ascii_uppercase()));
    }
    match own.get("compress") {
        None => {}
        Some(value) => match (value.as_flag(), value) {
            (Some(true), _) => words.push_str(" COMPRESS"),
            (Some(false), _) => {}
            (None, OptionValue::Text(what)) => words.push_str(&format!(" COMPRESS FOR {what}")),
            (None, other) => return Err(own.wrong("compress", other, "a switch, or for what (`OLTP`)")),
        },
    }
    if let Some(space) = own.word("tablespace")? {
        words.push_str(&format!(" TABLESPACE {}", quoted(&space, dialect)));
    }
    Ok(words)
}

/// `oracle_compress` is a switch, or the number of columns at the beginning that are compressed. `oracle_vector` are
/// the words behind a vector index.
pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    let own = OwnOptions::of(dialect, &index.options, &["bitmap", "compress", "vector"], &of_index(index))?;
    let mut words = IndexWords::default();
    if own.flag("bitmap")? == Some(true) {
        words.kind.push_str("BITMAP ");
    }
    match own.get("compress") {
        None => {}
        Some(value) => match (value.as_flag(), value) {
            (Some(true), _) => words.behind.push_str(" COMPRESS"),
            (Some(false), _) => {}
            (None, OptionValue::Number(columns)) => words.behind.push_str(&format!(" COMPRESS {columns}")),
            (None, other) => return Err(own.wrong("compress", other, "a switch or a number of columns")),
        },
    }
    if let Some(vector) = own.word("vector")? {
        words.kind.push_str("VECTOR ");
        words.behind.push(' ');
        words.behind.push_str(&vector);
    }
    Ok(words)
}

pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    no_options(dialect.name(), &[], &constraint.traits().options, &of_constraint(constraint))?;
    Ok(ConstraintWords::default())
}

pub(super) fn identity_words(
    dialect: &dyn Dialect,
    identity: &Identity,
) -> Result<(String, String), CompileError> {
    let what = "an identity column";
    let own = OwnOptions::of(dialect, &identity.options, &["on_null", "order"], what)?;
    let on_null = if own.flag("on_null")? == Some(true) { " ON NULL" } else { "" };
    Ok((on_null.to_owned(), order(own.flag("order")?).to_owned()))
}

pub(super) fn sequence_words(dialect: &dyn Dialect, sequence: &Sequence) -> Result<String, CompileError> {
    let what = format!("sequence `{}`", sequence.name);
    let own = OwnOptions::of(dialect, &sequence.options, &["order"], &what)?;
    Ok(order(own.flag("order")?).to_owned())
}

fn order(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => " ORDER",
        Some(false) => " NOORDER",
        None => "",
    }
}
