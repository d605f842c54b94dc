//! Prepared statements: what is known of one, and the ones that a connection keeps.

use std::sync::Arc;

use aludel_engine::driver::StatementCache;
use tokio_postgres::Statement;
use tokio_postgres::types::Type;

use crate::codec::ResultColumns;

/// Prepared statements that each connection keeps.
const MOST: usize = 256;

/// A statement that the server has parsed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// How the columns of the result are read.
    pub(crate) columns: ResultColumns,
    /// The server counts the rows of a query, too, but those were not changed.
    pub(crate) only_reads: bool,
}

impl Prepared {
    pub(crate) fn new(sql: &str, statement: Statement) -> Self {
        const READING: [&str; 6] = ["SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "FETCH"];
        Prepared {
            columns: ResultColumns::of(&statement),
            only_reads: READING.iter().any(|word| begins_with(sql, word)),
            statement,
        }
    }
}

/// A statement's forms: with the parameter types that the server infers, and with some that the values ask for.
#[derive(Debug)]
struct Forms {
    inferred: Arc<Prepared>,
    typed: Option<(Vec<Type>, Arc<Prepared>)>,
}

/// The statements used last, by their text. The driver closes a statement that nobody holds any more.
#[derive(Debug)]
pub(crate) struct Statements(StatementCache<Forms>);

impl Default for Statements {
    fn default() -> Self {
        Statements(StatementCache::new(MOST))
    }
}

impl Statements {
    /// The statement with the types that the server infers.
    pub(crate) fn inferred(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        self.0.get(sql).map(|forms| Arc::clone(&forms.inferred))
    }

    /// The statement with these types.
    pub(crate) fn typed(&mut self, sql: &str, types: &[Type]) -> Option<Arc<Prepared>> {
        match &self.0.get(sql)?.typed {
            Some((known, prepared)) if known == types => Some(Arc::clone(prepared)),
            _ => None,
        }
    }

    /// Keeps a statement.
    pub(crate) fn keep(&mut self, sql: &str, inferred: &Arc<Prepared>) {
        drop(self.0.keep(sql, Forms { inferred: Arc::clone(inferred), typed: None }));
    }

    /// Keeps a statement with types beside the one without.
    pub(crate) fn keep_typed(&mut self, sql: &str, types: Vec<Type>, prepared: &Arc<Prepared>) {
        if let Some(forms) = self.0.get(sql) {
            forms.typed = Some((types, Arc::clone(prepared)));
        }
    }

    pub(crate) fn forget(&mut self, sql: &str) {
        drop(self.0.forget(sql));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether a statement's first word is this one, in any case.
pub(crate) fn begins_with(sql: &str, word: &str) -> bool {
    let sql = sql.trim_start().trim_start_matches('(').as_bytes();
    let ends = sql.get(word.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'_');
    ends && sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::begins_with;

    #[test]
    fn first_words() {
        assert!(begins_with("  select 1", "SELECT"));
        assert!(begins_with("(SELECT 1) UNION (SELECT 2)", "SELECT"));
        assert!(begins_with("TABLE", "TABLE"));
        assert!(!begins_with("SELECTED", "SELECT"));
        assert!(!begins_with("SEL", "SELECT"));
        assert!(!begins_with("INSERT INTO t SELECT 1", "SELECT"));
    }
}
