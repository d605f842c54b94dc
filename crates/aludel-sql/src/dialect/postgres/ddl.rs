//! What is particular to PostgreSQL's schema statements.

use crate::compiler::CompileError;
use crate::schema::{Constraint, Table, TableName};

/// The longest name that the server does not cut, in bytes.
const LONGEST_NAME: usize = 63;

pub(super) fn table_options(table: &Table) -> Result<String, CompileError> {
    let mut words = String::new();
    // In the order in which the grammar wants them.
    for (option, before, after) in [
        ("postgres_inherits", " INHERITS (", ")"),
        ("postgres_partition_by", " PARTITION BY ", ""),
        ("postgres_using", " USING ", ""),
        ("postgres_with", " WITH (", ")"),
        ("postgres_tablespace", " TABLESPACE ", ""),
    ] {
        if let Some(value) = table.options.get(option) {
            words.extend([before, value, after]);
        }
    }
    const KNOWN: [&str; 5] = ["inherits", "partition_by", "using", "with", "tablespace"];
    for name in table.options.keys() {
        if name.strip_prefix("postgres_").is_some_and(|option| !KNOWN.contains(&option)) {
            return Err(CompileError::invalid(format!(
                "postgres knows no table option `{name}` (table `{}`): there are `postgres_` with {}",
                table.name,
                KNOWN.join(", ")
            )));
        }
    }
    Ok(words)
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
        Constraint::Check(_) => return None,
    };
    (name.len() <= LONGEST_NAME).then_some(name)
}
