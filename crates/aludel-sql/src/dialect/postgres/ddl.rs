//! What is particular to PostgreSQL's schema statements.

use crate::compiler::CompileError;
use crate::dialect::ddl::{name_list, of_constraint, of_index, quoted};
use crate::dialect::{ConstraintWords, Dialect, IndexWords, OwnOptions};
use crate::schema::{Constraint, Index, IndexKey, OptionValue, Table, TableName, View};
use crate::types::Type;

/// The longest name that the server does not cut, in bytes.
const LONGEST_NAME: usize = 63;

pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    const KNOWN: [&str; 7] =
        ["inherits", "partition_by", "using", "with", "with_oids", "on_commit", "tablespace"];
    let own = OwnOptions::of(dialect, &table.options, &KNOWN, &format!("table `{}`", table.name))?;
    // In the order in which the grammar wants them.
    let mut words = String::new();
    match own.get("inherits") {
        // Text is taken as it is, for a name with its schema.
        Some(OptionValue::Text(parents)) => words.push_str(&format!(" INHERITS ({parents})")),
        Some(_) => {
            words.push_str(&format!(" INHERITS ({})", name_list(&own.names("inherits")?, dialect)));
        }
        None => {}
    }
    if let Some(partition) = own.word("partition_by")? {
        words.push_str(&format!(" PARTITION BY {partition}"));
    }
    if let Some(method) = own.word("using")? {
        words.push_str(&format!(" USING {method}"));
    }
    if let Some(parameters) = own.parameters("with")? {
        words.push_str(&format!(" WITH ({parameters})"));
    }
    match own.flag("with_oids")? {
        Some(true) => words.push_str(" WITH OIDS"),
        Some(false) => words.push_str(" WITHOUT OIDS"),
        None => {}
    }
    if let Some(action) = own.word("on_commit")? {
        words.push_str(&format!(" ON COMMIT {}", action.replace('_', " ").to_ascii_uppercase()));
    }
    if let Some(space) = own.word("tablespace")? {
        words.push_str(&format!(" TABLESPACE {}", quoted(&space, dialect)));
    }
    Ok(words)
}

pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    const KNOWN: [&str; 8] =
        ["using", "include", "where", "ops", "concurrently", "with", "tablespace", "nulls_not_distinct"];
    let own = OwnOptions::of(dialect, &index.options, &KNOWN, &of_index(index))?;
    let mut words = IndexWords { condition: own.sql("where")?, ..IndexWords::default() };
    let concurrent = dialect.capabilities().ddl.concurrent_indexes.0;
    if own.flag("concurrently")? == Some(true) && concurrent {
        words.manner.push_str("CONCURRENTLY ");
    }
    if let Some(method) = own.word("using")? {
        words.method = format!("USING {} ", method.to_ascii_lowercase());
    }
    match own.get("ops") {
        None => {}
        Some(OptionValue::Settings(classes)) => words.elements = operator_classes(index, classes)?,
        Some(other) => return Err(own.wrong("ops", other, "settings: an operator class by column")),
    }
    let include = own.names("include")?;
    if !include.is_empty() {
        words.behind.push_str(&format!(" INCLUDE ({})", name_list(&include, dialect)));
    }
    words.behind.push_str(match own.flag("nulls_not_distinct")? {
        Some(true) => " NULLS NOT DISTINCT",
        Some(false) => " NULLS DISTINCT",
        None => "",
    });
    if let Some(parameters) = own.parameters("with")? {
        words.behind.push_str(&format!(" WITH ({parameters})"));
    }
    if let Some(space) = own.word("tablespace")? {
        words.behind.push_str(&format!(" TABLESPACE {}", quoted(&space, dialect)));
    }
    Ok(words)
}

/// Operator classes by column, or by the position of an expression.
fn operator_classes(index: &Index, classes: &[(String, OptionValue)]) -> Result<Vec<String>, CompileError> {
    let mut all = vec![String::new(); index.elements.len()];
    for (name, class) in classes {
        let named = |key: &IndexKey| matches!(key, IndexKey::Column(column) if column == name);
        let by_name = index.elements.iter().position(|element| named(&element.key));
        let position = by_name.or_else(|| name.parse().ok());
        let Some(place) = position.and_then(|position: usize| all.get_mut(position)) else {
            return Err(CompileError::invalid(format!(
                "the operator class `{class}` of {} is for `{name}`, which is neither a column of it nor the position \
                 of an element, counted from 0",
                of_index(index)
            )));
        };
        *place = format!(" {class}");
    }
    Ok(all)
}

pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    let known: &[&str] = match constraint {
        Constraint::PrimaryKey(_) => &["include"],
        Constraint::Unique(_) => &["include", "nulls_not_distinct"],
        Constraint::ForeignKey(_) | Constraint::Check(_) => &["not_valid"],
        Constraint::Exclude(_) => &[],
    };
    let what = of_constraint(constraint);
    let own = OwnOptions::of(dialect, &constraint.traits().options, known, &what)?;
    let mut words = ConstraintWords::default();
    words.kind.push_str(match own.flag("nulls_not_distinct")? {
        Some(true) => "NULLS NOT DISTINCT ",
        Some(false) => "NULLS DISTINCT ",
        None => "",
    });
    let include = own.names("include")?;
    if !include.is_empty() {
        words.columns = format!(" INCLUDE ({})", name_list(&include, dialect));
    }
    if own.flag("not_valid")? == Some(true) {
        words.end.push_str(" NOT VALID");
    }
    Ok(words)
}

pub(super) fn view_words(dialect: &dyn Dialect, view: &View) -> Result<String, CompileError> {
    let own = OwnOptions::of(dialect, &view.options, &["with"], &format!("view `{}`", view.name))?;
    Ok(own.parameters("with")?.map(|parameters| format!(" WITH ({parameters})")).unwrap_or_default())
}

/// The type that numbers the rows by a sequence of its own.
pub(super) fn serial(ty: &Type) -> &'static str {
    match ty {
        Type::BigInteger => "BIGSERIAL",
        Type::SmallInteger => "SMALLSERIAL",
        _ => "SERIAL",
    }
}

/// The server's own rule: table, columns and a word for the kind. A name that is taken gets a number that cannot be
/// told from here, and one that is too long is cut; of those nothing is said.
pub(super) fn implicit_name(table: &TableName, constraint: &Constraint) -> Option<String> {
    let table = &table.name;
    let name = match constraint {
        Constraint::PrimaryKey(_) => format!("{table}_pkey"),
        Constraint::Unique(unique) => format!("{table}_{}_key", unique.columns.join("_")),
        Constraint::ForeignKey(key) => format!("{table}_{}_fkey", key.columns.join("_")),
        // Made of the columns that the condition names, which only the server's parser knows.
        Constraint::Check(_) | Constraint::Exclude(_) => return None,
    };
    (name.len() <= LONGEST_NAME).then_some(name)
}
