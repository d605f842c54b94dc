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

    /// Where the values of the row stand in the text.
    pub fn place(&self) -> Range<usize> {
        self.values.clone()
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

    /// The text for so many rows, ` VALUES (?, ?), (?, ?)`, where placeholders have no numbers.
    pub fn of_rows(&self, rows: usize) -> String {
        let one = self.values();
        let row = one.trim_start().trim_start_matches("VALUES").trim_start();
        let mut values = String::with_capacity(one.len() + (row.len() + 2) * rows.saturating_sub(1));
        values.push_str(one);
        for _ in 1..rows {
            values.push_str(", ");
            values.push_str(row);
        }
        self.with_values(&values)
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

#[cfg(test)]
mod tests {
    use super::ManyInsert;

    #[test]
    fn texts_of_several_rows() {
        let sql = "INSERT INTO t (a, b) VALUES (?, ?) RETURNING a";
        let insert = ManyInsert::new(sql, 20..34).expect("a place");
        assert_eq!((insert.values(), insert.place()), (" VALUES (?, ?)", 20..34));
        assert_eq!(insert.of_rows(1), sql);
        assert_eq!(insert.of_rows(3), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?) RETURNING a");
    }
}
