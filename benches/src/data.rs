//! The data that everyone works on: made by a formula, so that every run and every peer has the same.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

pub const ROWS: usize = 100_000;
pub const LOOKUPS: usize = 50_000;
pub const UPDATES: usize = 20_000;
pub const OWNERS: usize = 2_000;
pub const PETS: usize = 10;
pub const RENDERS: usize = 200_000;

pub const SCHEMA: &str = "
    CREATE TABLE items (
        id INTEGER NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT,
        age INTEGER NOT NULL,
        score REAL NOT NULL,
        active BOOLEAN NOT NULL,
        created TIMESTAMP NOT NULL
    );
    CREATE TABLE owners (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE pets (
        id INTEGER NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        owner_id INTEGER NOT NULL REFERENCES owners (id)
    );
    CREATE INDEX ix_pets_owner_id ON pets (owner_id);
";

/// What every connection is set to, whoever opens it.
pub const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";

#[derive(Clone)]
pub struct Row {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub age: i32,
    pub score: f64,
    pub active: bool,
    pub created: NaiveDateTime,
}

pub fn rows() -> Vec<Row> {
    let start =
        NaiveDate::from_ymd_opt(2020, 1, 1).and_then(|date| date.and_hms_opt(0, 0, 0)).unwrap_or_default();
    (0..ROWS as i64)
        .map(|id| Row {
            id: id + 1,
            name: format!("item number {id}"),
            email: (id % 3 != 0).then(|| format!("item{id}@example.org")),
            age: (id % 90) as i32,
            score: id as f64 * 0.25,
            active: id % 2 == 0,
            created: start + TimeDelta::seconds(id * 61),
        })
        .collect()
}

impl Row {
    pub fn sum(&self, sum: &mut Checksum) {
        sum.item(self.id, &self.name, self.email.as_deref(), self.age, self.score, self.active, self.created);
    }
}

pub fn sum_all(rows: &[Row]) -> Checksum {
    let mut sum = Checksum::default();
    rows.iter().for_each(|row| row.sum(&mut sum));
    sum
}

/// Keys in an order that looks like chance and is not.
pub fn lookup_keys() -> Vec<i64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    (0..LOOKUPS)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % ROWS as u64) as i64 + 1
        })
        .collect()
}

/// A sum over what was read, so that nobody can leave something out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checksum(u64);

impl Checksum {
    pub fn number(&mut self, number: i64) {
        self.0 = self.0.wrapping_mul(31).wrapping_add(number as u64);
    }

    pub fn text(&mut self, text: &str) {
        self.number(text.len() as i64);
    }

    pub fn item(
        &mut self,
        id: i64,
        name: &str,
        email: Option<&str>,
        age: i32,
        score: f64,
        active: bool,
        created: NaiveDateTime,
    ) {
        self.number(id);
        self.text(name);
        self.text(email.unwrap_or("-"));
        self.number(age.into());
        self.number(score.to_bits() as i64);
        self.number(active.into());
        self.number(created.and_utc().timestamp());
    }
}
