//! What is particular to Oracle's schema statements.

use crate::compiler::CompileError;
use crate::schema::Table;

/// Options in the order in which the grammar wants them. `oracle_compress` is empty for the usual compression, or says
/// for what (`OLTP`).
pub(super) fn table_options(table: &Table) -> Result<String, CompileError> {
    let mut words = String::new();
    let own = table.options.iter().filter_map(|(name, value)| Some((name.strip_prefix("oracle_")?, value)));
    let (mut on_commit, mut compress, mut tablespace) = ("", "", "");
    let mut compressed = false;
    for (option, value) in own {
        match option {
            "on_commit" => on_commit = value,
            "compress" => (compress, compressed) = (value, true),
            "tablespace" => tablespace = value,
            _ => {
                return Err(CompileError::invalid(format!(
                    "oracle knows no table option `oracle_{option}` (table `{}`): there are `oracle_` with \
                     on_commit, compress, tablespace",
                    table.name
                )));
            }
        }
    }
    if !on_commit.is_empty() {
        words.push_str(&format!(" ON COMMIT {on_commit}"));
    }
    if compressed {
        words.push_str(" COMPRESS");
        if !compress.is_empty() {
            words.push_str(&format!(" FOR {compress}"));
        }
    }
    if !tablespace.is_empty() {
        words.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    Ok(words)
}
