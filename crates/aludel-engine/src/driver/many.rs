//! Many rows at once: the insert that a driver may make into one of several rows.

use std::ops::Range;

/// An insert of one row whose text is known well enough to be made into one of several rows. See
/// [`RawConnection::insert_many`](super::RawConnection::insert_many).
#[derive(Clone, Debug)]
pub struct ManyInsert<'a> {
    sql: &'a str,
    values: Range<usize>,
    wants_keys: bool,
}

impl<'a> ManyInsert<'a> {
    /// An insert whose values stand at `values`: ` VALUES ($1, $2)`. `None` where the text has no such place.
    pub fn new(sql: &'a str, values: Range<usize>) -> Option<Self> {
        sql.get(values.clone())?;
        Some(ManyInsert { sql, values, wants_keys: false })
    }

    /// Says that the key which the database gives to each row is wanted as
    /// [`last_insert_id`](super::Execution::last_insert_id).
    #[must_use]
    pub fn with_keys(mut self, wanted: bool) -> Self {
        self.wants_keys = wanted;
        self
    }

    /// Whether the key that the database gives to each row is wanted.
    pub fn wants_keys(&self) -> bool {
        self.wants_keys
    }

    /// The text for one row.
    pub fn sql(&self) -> &'a str {
        self.sql
    }

    /// The values of the row: ` VALUES (?, ?)`.
    pub fn values(&self) -> &'a str {
        self.sql.get(self.values.clone()).unwrap_or_default()
    }

    /// The table and its columns: `pets (name, age)`. `None` where other words stand in front of them.
    pub fn target(&self) -> Option<&'a str> {
        self.sql.get(..self.values.start)?.strip_prefix("INSERT INTO ")
    }

    /// Whether nothing stands behind the values, so that nothing comes back.
    pub fn ends_with_values(&self) -> bool {
        self.sql.get(self.values.end..).is_some_and(|behind| behind.trim().is_empty())
    }

    /// The text with something else in the place of the values.
    #[must_use]
    pub fn with_values(&self, values: &str) -> String {
        let before = self.sql.get(..self.values.start).unwrap_or_default();
        let after = self.sql.get(self.values.end..).unwrap_or_default();
        let mut sql = String::with_capacity(before.len() + values.len() + after.len());
        for part in [before, values, after] {
            sql.push_str(part);
        }
        sql
    }
}
