//! The second half: a database that exists already, with rows, foreign keys, triggers and views, is adopted by models for
//! its main tables, and two of them are changed in ways that SQLite's ALTER TABLE can't do.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use super::application::Application;
use super::{claim, title};

const TOUCHED: &str = "SELECT last_update FROM film WHERE film_id = 1";

pub(super) fn play(sakila: &Application<'_>) -> Result<(), String> {
    title("A database that was there first");
    sakila.program(&["load", "sakila.sql", "rows.sql"])?;
    let start = Snapshot::take(sakila)?;
    println!("{}\n", start.summary());
    claim(start.is_sound(), "SQLite finds nothing wrong with it")?;
    adopt(sakila)?;
    claim(Snapshot::take(sakila)? == start, "nothing of the application's data has changed so far")?;
    change(sakila)?;
    upgrade(sakila, &start)?;
    triggers_fire(sakila)?;
    downgrade(sakila, &start)
}

/// A baseline that does nothing, stamped: the history begins where the database is.
fn adopt(sakila: &Application<'_>) -> Result<(), String> {
    title("Six of its sixteen tables get models; the rest is left alone");
    sakila.show("src/lib.rs")?;
    sakila.aludel(&["init"])?;
    sakila.edit(
        "migrations/env.rs",
        "        .connect(Engine::new)\n",
        "        .connect(Engine::new)\n        .include(|object| object.kind != ObjectKind::Table || object.counterpart \
         || !object.reflected)\n",
    )?;
    sakila.edit(
        "migrations/env.rs",
        "use aludel::migrate::Environment;\n",
        "use aludel::migrate::Environment;\nuse aludel::migrate::compare::ObjectKind;\n",
    )?;
    sakila.aludel(&["revision", "-m", "baseline"])?;
    sakila.aludel(&["stamp", "head"])?;
    sakila.aludel(&["current"])?;
    let found = sakila.aludel(&["check"])?;
    claim(found.starts_with("No difference"), "the models say exactly what the database says")?;
    sakila.program(&["films"])?;
    Ok(())
}

/// Two models change: nullability, a type, and three foreign keys.
fn change(sakila: &Application<'_>) -> Result<(), String> {
    title("Two models change in ways that SQLite cannot ALTER");
    for (from, to) in [
        ("    pub rating: Auto<Option<String>>,", "    pub rating: Auto<String>,"),
        (
            "    #[column(type = raw(\"DECIMAL(4,2)\"), server_default = 4.99)]",
            "    #[column(type = numeric(6, 2), server_default = 4.99)]",
        ),
        (
            "        foreign_key_name = \"fk_film_language_original\"\n",
            "        foreign_key_name = \"fk_film_language_original\",\n        on_delete = \"set null\"\n",
        ),
        (
            "        foreign_key_name = \"fk_film_actor_actor\"\n",
            "        foreign_key_name = \"fk_film_actor_actor\",\n        on_delete = \"cascade\"\n",
        ),
        (
            "        foreign_key_name = \"fk_film_actor_film\"\n",
            "        foreign_key_name = \"fk_film_actor_film\",\n        on_delete = \"cascade\"\n",
        ),
    ] {
        sakila.edit("src/lib.rs", from, to)?;
    }
    let printed = sakila.aludel(&["revision", "--autogenerate", "-m", "stricter films"])?;
    sakila.show_revision(&printed)?;
    Ok(())
}

fn upgrade(sakila: &Application<'_>, start: &Snapshot) -> Result<(), String> {
    sakila.aludel(&["upgrade", "--verbose"])?;
    let now = Snapshot::take(sakila)?;
    let differences = start.differences(&now);
    for difference in &differences {
        println!("{difference}: {} -> {}", start.value(difference), now.value(difference));
    }
    println!("{}\n", now.summary());
    claim(
        differences
            == [
                "column film.rating",
                "column film.rental_rate",
                "foreign key film.original_language_id",
                "foreign key film_actor.actor_id",
                "foreign key film_actor.film_id",
            ],
        "what was asked for has changed, and nothing else: no value, no index, no trigger, no view",
    )?;
    claim(now.value("column film.rating") == "VARCHAR(10) NOT NULL DEFAULT 'G'", "a film has a rating now")?;
    claim(
        now.value("foreign key film_actor.film_id") == "film.film_id ON DELETE CASCADE ON UPDATE CASCADE",
        "the cast goes with the film, and the rule that was there stays",
    )?;
    claim(now.is_sound(), "the file is whole and no row refers to nothing")?;
    sakila.aludel(&["check"])?;
    Ok(())
}

/// The rebuilt table's trigger writes the time of the last update.
fn triggers_fire(sakila: &Application<'_>) -> Result<(), String> {
    title("The rebuilt table lives");
    let before = sakila.program(&["sql", TOUCHED])?;
    // The trigger's clock counts seconds.
    thread::sleep(Duration::from_millis(1_100));
    sakila.program(&["sql", "UPDATE film SET title = title WHERE film_id = 1 RETURNING title"])?;
    let after = sakila.program(&["sql", TOUCHED])?;
    claim(before != after, "the trigger on the rebuilt table fires")?;
    let cast = "SELECT count(*) FROM film_actor WHERE film_id = 2";
    claim(sakila.program(&["sql", cast])? != "0\n", "film 2 has a cast")?;
    let statements = [
        "DELETE FROM inventory WHERE film_id = 2 AND inventory_id NOT IN (SELECT inventory_id FROM rental) RETURNING 'gone'",
        "UPDATE inventory SET film_id = 3 WHERE film_id = 2 RETURNING 'moved'",
        "DELETE FROM film_category WHERE film_id = 2 RETURNING 'gone'",
        "DELETE FROM film WHERE film_id = 2 RETURNING title",
    ];
    for statement in statements {
        sakila.program(&["sql", statement])?;
    }
    claim(sakila.program(&["sql", cast])? == "0\n", "with the film its cast is gone: the new rule acts")
}

fn downgrade(sakila: &Application<'_>, start: &Snapshot) -> Result<(), String> {
    title("And back");
    let before = Snapshot::take(sakila)?;
    sakila.aludel(&["downgrade", "-1"])?;
    let now = Snapshot::take(sakila)?;
    claim(before.rows() == now.rows(), "every row is still there")?;
    claim(now.schema() == start.schema(), "the old schema is back, down to the last column and rule")?;
    claim(now.is_sound(), "the file is whole and no row refers to nothing")?;
    sakila.aludel_ends_with(3, &["current", "--check-heads"])?;
    Ok(())
}

/// What `sakila snapshot` says: a value for each thing that must not change by accident.
#[derive(Debug, PartialEq)]
struct Snapshot(BTreeMap<String, String>);

impl Snapshot {
    fn take(sakila: &Application<'_>) -> Result<Self, String> {
        Ok(Self::parse(&sakila.quietly(&["snapshot"])?))
    }

    fn parse(text: &str) -> Self {
        let pairs = text.lines().filter_map(|line| line.split_once(": "));
        Snapshot(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    fn value(&self, key: &str) -> &str {
        self.0.get(key).map_or("(nothing)", String::as_str)
    }

    /// The keys whose values differ, and those that only one side has.
    fn differences(&self, other: &Self) -> Vec<String> {
        let keys: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        keys.into_iter().filter(|key| self.0.get(*key) != other.0.get(*key)).cloned().collect()
    }

    fn is_sound(&self) -> bool {
        self.value("integrity") == "ok" && self.value("broken foreign keys") == "0"
    }

    fn part(&self, is_in: impl Fn(&str) -> bool) -> BTreeMap<&str, &str> {
        let pairs = self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        pairs.filter(|(key, _)| is_in(key)).collect()
    }

    fn rows(&self) -> BTreeMap<&str, &str> {
        self.part(|key| key.starts_with("rows of ") || key.starts_with("values of "))
    }

    fn schema(&self) -> BTreeMap<&str, &str> {
        self.part(|key| !key.starts_with("rows of ") && !key.starts_with("values of "))
    }

    /// How much there is.
    fn summary(&self) -> String {
        let count = |kind: &str| self.0.keys().filter(|key| key.starts_with(kind)).count();
        let is_view = |name: &str| self.0.contains_key(&format!("view {name}"));
        let numbers = self.0.iter().filter_map(|(key, value)| Some((key.strip_prefix("rows of ")?, value)));
        let (tables, rows) =
            numbers.filter(|(name, _)| !is_view(name)).fold((0, 0), |(tables, rows), (_, number)| {
                (tables + 1, rows + number.parse::<usize>().unwrap_or(0))
            });
        format!(
            "{tables} tables with {rows} rows, {} indexes, {} foreign keys, {} triggers, {} views",
            count("index "),
            count("foreign key "),
            count("trigger "),
            count("view ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_tells_what_changed_what_came_and_what_went() {
        let one = Snapshot::parse(
            "rows of a: 2\nrows of v: 2\ncolumn a.x: INT\nview v: SELECT: 1\nintegrity: ok\n",
        );
        let other =
            Snapshot::parse("rows of a: 2\nrows of v: 2\ncolumn a.x: TEXT\nindex a.i: x\nintegrity: ok\n");
        assert_eq!(one.differences(&other), ["column a.x", "index a.i", "view v"]);
        assert_eq!(one.rows(), other.rows());
        assert_ne!(one.schema(), other.schema());
        assert_eq!(one.summary(), "1 tables with 2 rows, 0 indexes, 0 foreign keys, 0 triggers, 1 views");
        assert!(!one.is_sound(), "nothing is known of foreign keys");
    }
}
