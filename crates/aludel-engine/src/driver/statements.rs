//! Prepared statements by their text, for drivers whose database has no such cache of its own.

use rustc_hash::FxHashMap;

/// The statements that a connection used last, each kept as a `T` under its text. Mirrors the cache of prepared statements
/// that asyncpg keeps below SQLAlchemy.
#[derive(Debug)]
pub struct StatementCache<T> {
    entries: FxHashMap<Box<str>, Entry<T>>,
    most: usize,
    clock: u64,
}

#[derive(Debug)]
struct Entry<T> {
    statement: T,
    used: u64,
}

impl<T> StatementCache<T> {
    /// An empty cache for up to `most` statements, and at least one.
    pub fn new(most: usize) -> Self {
        StatementCache { entries: FxHashMap::default(), most: most.max(1), clock: 0 }
    }

    /// The statement with this text, which counts as used now.
    pub fn get(&mut self, sql: &str) -> Option<&mut T> {
        self.clock += 1;
        let entry = self.entries.get_mut(sql)?;
        entry.used = self.clock;
        Some(&mut entry.statement)
    }

    /// Keeps a statement. What is handed back has made room: the one that stood under the same text, or the one that was not
    /// used for the longest time. The caller closes it.
    #[must_use = "a statement that nobody closes stays open on the server"]
    pub fn keep(&mut self, sql: &str, statement: T) -> Option<T> {
        self.clock += 1;
        let entry = Entry { statement, used: self.clock };
        if let Some(known) = self.entries.get_mut(sql) {
            return Some(std::mem::replace(known, entry).statement);
        }
        let oldest = match self.entries.len() < self.most {
            true => None,
            // A statement that is not known costs a round trip; going over the others costs less.
            false => self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(sql, _)| sql.clone()),
        };
        let made_room = oldest.and_then(|oldest| self.entries.remove(&oldest));
        self.entries.insert(sql.into(), entry);
        made_room.map(|entry| entry.statement)
    }

    /// Forgets a statement, and hands it back.
    pub fn forget(&mut self, sql: &str) -> Option<T> {
        self.entries.remove(sql).map(|entry| entry.statement)
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::StatementCache;

    #[test]
    fn the_one_that_was_not_used_for_the_longest_time_makes_room() {
        let mut cache = StatementCache::new(2);
        assert_eq!(cache.keep("a", 1), None);
        assert_eq!(cache.keep("b", 2), None);
        assert_eq!(cache.get("a"), Some(&mut 1));
        assert_eq!(cache.keep("c", 3), Some(2));
        assert_eq!(
            [cache.get("a").copied(), cache.get("b").copied(), cache.get("c").copied()],
            [Some(1), None, Some(3)]
        );
        assert_eq!(cache.keep("a", 4), Some(1));
        assert_eq!(cache.get("a"), Some(&mut 4));
        assert_eq!(cache.forget("a"), Some(4));
        assert_eq!(cache.get("a"), None);
        cache.clear();
        assert_eq!(cache.get("c"), None);
    }
}
