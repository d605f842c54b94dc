//! Prepared statements: what is known of one, and the ones that a connection keeps.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_postgres::Statement;
use tokio_postgres::types::Type;

use crate::codec::Class;

/// Prepared statements that each connection keeps.
const MOST: usize = 256;

/// A statement that the server has parsed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    /// How each column of the result is read.
    pub(crate) classes: Box<[Class]>,
    /// The server counts the rows of a query, too, but those were not changed.
    pub(crate) only_reads: bool,
}

impl Prepared {
    pub(crate) fn new(sql: &str, statement: Statement) -> Self {
        const READING: [&str; 6] = ["SELECT", "VALUES", "TABLE", "SHOW", "EXPLAIN", "FETCH"];
        Prepared {
            classes: statement.columns().iter().map(|column| Class::of(column.type_())).collect(),
            only_reads: READING.iter().any(|word| begins_with(sql, word)),
            statement,
        }
    }
}

/// A statement's forms: with the parameter types that the server infers, and with some that the values ask for.
#[derive(Debug)]
struct Entry {
    inferred: Arc<Prepared>,
    typed: Option<(Vec<Type>, Arc<Prepared>)>,
    used: u64,
}

/// The statements used last, by their text.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    entries: HashMap<Box<str>, Entry>,
    clock: u64,
}

impl Statements {
    /// The statement with the types that the server infers.
    pub(crate) fn inferred(&mut self, sql: &str) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let entry = self.entries.get_mut(sql)?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.inferred))
    }

    /// The statement with these types.
    pub(crate) fn typed(&self, sql: &str, types: &[Type]) -> Option<Arc<Prepared>> {
        match &self.entries.get(sql)?.typed {
            Some((known, prepared)) if known == types => Some(Arc::clone(prepared)),
            _ => None,
        }
    }

    /// Keeps a statement; the one that was not used for the longest time makes room.
    pub(crate) fn keep(&mut self, sql: &str, inferred: &Arc<Prepared>) {
        if self.entries.len() >= MOST {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(sql, _)| sql.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        self.clock += 1;
        let entry = Entry { inferred: Arc::clone(inferred), typed: None, used: self.clock };
        self.entries.insert(sql.into(), entry);
    }

    /// Keeps a statement with types beside the one without.
    pub(crate) fn keep_typed(&mut self, sql: &str, types: Vec<Type>, prepared: &Arc<Prepared>) {
        if let Some(entry) = self.entries.get_mut(sql) {
            entry.typed = Some((types, Arc::clone(prepared)));
        }
    }

    pub(crate) fn forget(&mut self, sql: &str) {
        self.entries.remove(sql);
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
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
