//! What is particular to SQL Server's schema statements.

use crate::compiler::CompileError;
use crate::dialect::ddl::{name_list, no_options, of_constraint, of_index};
use crate::dialect::{ConstraintWords, Dialect, IndexWords, OwnOptions};
use crate::schema::{Constraint, Index, Table};

pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    no_options(dialect.name(), &[], &table.options, &format!("table `{}`", table.name))?;
    Ok(String::new())
}

pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    const KNOWN: [&str; 4] = ["clustered", "include", "where", "columnstore"];
    let own = OwnOptions::of(dialect, &index.options, &KNOWN, &of_index(index))?;
    let mut words = IndexWords { condition: own.sql("where")?, ..IndexWords::default() };
    words.kind.push_str(clustered(own.flag("clustered")?));
    if own.flag("columnstore")? == Some(true) {
        words.kind.push_str("COLUMNSTORE ");
    }
    let include = own.names("include")?;
    if !include.is_empty() {
        words.behind = format!(" INCLUDE ({})", name_list(&include, dialect));
    }
    Ok(words)
}

pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    let known: &[&str] = match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => &["clustered"],
        _ => &[],
    };
    let options = &constraint.traits().options;
    let own = OwnOptions::of(dialect, options, known, &of_constraint(constraint))?;
    Ok(ConstraintWords { kind: clustered(own.flag("clustered")?).to_owned(), ..ConstraintWords::default() })
}

fn clustered(flag: Option<bool>) -> &'static str {
    match flag {
        Some(true) => "CLUSTERED ",
        Some(false) => "NONCLUSTERED ",
        None => "",
    }
}
