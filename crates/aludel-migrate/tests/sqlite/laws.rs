//! Laws that hold for any two schemas, over real databases with rows in them.

use aludel_engine::Engine;
use aludel_migrate::prelude::*;
use aludel_migrate::reverse::reverse;
use aludel_migrate::{ErrorKind, replay};
use aludel_sql::MetaData;
use aludel_sql::schema::Table;
use aludel_sql::types::Type;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::{catalogue, difference, memory, migrate, reflect, rows, script};

const TABLES: [&str; 4] = ["alpha", "Beta table", "gamma", "order"];
const COLUMNS: [&str; 4] = ["a", "b", "Some Thing", "select"];

/// What a random table is made of. Every table has `id`, so that every table can be referred to.
fn any_table(name: &'static str) -> impl Strategy<Value = Table> {
    let columns = subsequence(COLUMNS.to_vec(), 1..=4)
        .prop_flat_map(|names| names.into_iter().map(any_column).collect::<Vec<_>>());
    let extras = (any::<[bool; 6]>(), select(TABLES.to_vec()), any_action(), 0..3_u8, any::<bool>());
    (columns, extras).prop_map(move |(columns, (choices, target, action, limit, numbered))| {
        let [named, constrained, checked, keyed, indexed, generated] = choices;
        let mut made = table(name).column(column("id", big_integer()).primary_key());
        made.columns[0].autoincrement = numbered.then_some(true);
        let first = columns[0].name.clone();
        let last = columns[columns.len() - 1].name.clone();
        for column in columns {
            made.add_column(column);
        }
        if constrained {
            let constraint = unique([first.as_str(), "id"]);
            made = made.unique(if named { constraint.named(format!("uq_{}", name)) } else { constraint });
        }
        if checked {
            let condition = check(format!("id > {limit}"));
            made = made.check(if named { condition.named("ck_id") } else { condition });
        }
        if keyed {
            let mut key = foreign_key(["ref_id"]).references(target, ["id"]);
            key.on_delete = action;
            made.add_column(column("ref_id", big_integer()));
            made = made.foreign_key(key);
        }
        if indexed {
            let by_first = index(format!("ix_{}", name)).on(name, [first.as_str()]);
            made = made.index(if named { by_first.filter("id > 1") } else { by_first.unique() });
            let by_last = IndexElement::column(last.as_str()).desc();
            made = made.index(index(format!("iy {}", name)).on(name, [by_last]));
        }
        if generated {
            made.add_column(column("twice", integer()).computed(format!("id * {}", limit + 2)));
        }
        made
    })
}

fn any_action() -> impl Strategy<Value = Option<ReferentialAction>> {
    select(vec![None, Some(NoAction), Some(Cascade), Some(SetNull), Some(Restrict)])
}

fn any_column(name: &'static str) -> impl Strategy<Value = aludel_sql::schema::Column> {
    let types =
        vec![integer(), big_integer(), string(20), string(30), text(), numeric(8, 2), boolean(), double()];
    (select(types), any::<bool>(), 0..4_u8).prop_map(move |(ty, nullable, default)| {
        let mut made = column(name, ty);
        made.nullable = nullable;
        match default {
            0 => made.server_default(7),
            1 => made.server_default("it's"),
            2 => made.server_default(now()),
            _ => made,
        }
    })
}

fn any_schema() -> impl Strategy<Value = MetaData> {
    subsequence(TABLES.to_vec(), 1..=4)
        .prop_flat_map(|names| names.into_iter().map(any_table).collect::<Vec<_>>())
        .prop_map(|tables| {
            // A key refers to a table that is there.
            let names: Vec<_> = tables.iter().map(|table| table.name.clone()).collect();
            let last = names[names.len() - 1].clone();
            let repaired = tables.into_iter().map(|mut table| {
                for key in table.foreign_keys.iter_mut().filter(|key| !names.contains(&key.target)) {
                    key.target = last.clone();
                }
                table
            });
            repaired.collect()
        })
}

fn made(schema: &MetaData) -> Engine {
    let engine = memory();
    migrate(&engine, &difference(schema, &MetaData::new()).operations).expect("a schema can be made");
    engine
}

/// The schema of the database is this one, seen from either side.
#[track_caller]
fn is(engine: &Engine, schema: &MetaData) {
    let current = reflect(engine);
    assert_eq!(difference(schema, &current).operations, []);
    assert_eq!(difference(&current, schema).operations, []);
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// Three rows in every table, which refer to each other, and a trigger on every table and a view of it.
fn fill(engine: &Engine, schema: &MetaData, also: &MetaData) {
    script(engine, "PRAGMA foreign_keys = OFF; CREATE TABLE aludel_ledger (entry TEXT);");
    for table in schema.tables() {
        let name = &table.name.name;
        let columns: Vec<_> = table.columns.iter().filter(|column| column.computed.is_none()).collect();
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        for row in 3..6 {
            let values: Vec<String> = columns
                .iter()
                .map(|column| match column.ty {
                    Type::String { .. } | Type::Text { .. } => format!("'text {row}'"),
                    _ => row.to_string(),
                })
                .collect();
            script(
                engine,
                &format!(
                    "INSERT INTO {} ({}) VALUES ({})",
                    quoted(name),
                    names.join(", "),
                    values.join(", ")
                ),
            );
        }
        if also.get(&table.name).is_some() {
            script(
                engine,
                &format!(
                    "CREATE TRIGGER \"tr {name}\" AFTER DELETE ON {target} BEGIN INSERT INTO aludel_ledger VALUES (old.id); \
                     END; CREATE VIEW \"v {name}\" AS SELECT id FROM {target}",
                    target = quoted(name)
                ),
            );
        }
    }
    script(engine, "PRAGMA foreign_keys = ON");
}

/// The values of the columns that both schemas have with the same type.
fn kept(engine: &Engine, one: &MetaData, other: &MetaData) -> Vec<String> {
    let mut all = Vec::new();
    for table in one.tables() {
        let Some(twin) = other.get(&table.name) else { continue };
        for column in &table.columns {
            let same = twin.get_column(&column.name).is_some_and(|twin| {
                twin.ty == column.ty && twin.computed.is_none() && column.computed.is_none()
            });
            if same {
                let (name, target) = (quoted(&column.name), quoted(&table.name.name));
                let query = format!("SELECT '{name}: ' || quote({name}) FROM {target} ORDER BY id");
                all.extend(rows::<String>(engine, &query));
            }
        }
    }
    all
}

fn objects(engine: &Engine) -> Vec<(String, String, Option<String>)> {
    let mut all = catalogue(engine);
    all.retain(|(kind, ..)| kind == "trigger" || kind == "view");
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn what_was_made_is_what_was_wanted(schema in any_schema()) {
        is(&made(&schema), &schema);
    }

    #[test]
    fn a_difference_leads_to_the_other_schema_and_back(one in any_schema(), other in any_schema()) {
        let engine = made(&one);
        let up = difference(&other, &reflect(&engine)).operations;
        let mut replayed = one.clone();
        replay::replay(&up, &mut replayed).expect("the model takes the steps");
        prop_assert_eq!(difference(&other, &replayed).operations, []);
        migrate(&engine, &up).expect("empty tables take any change");
        is(&engine, &other);
        let down = reverse(&up).expect("a difference can be reversed");
        migrate(&engine, &down).expect("empty tables take any change");
        is(&engine, &one);
    }

    #[test]
    fn rows_triggers_and_views_stay(one in any_schema(), other in any_schema()) {
        // Columns that are filled must fit the checks: those ask for ids greater than 2 at most.
        let engine = made(&one);
        fill(&engine, &one, &other);
        let (before, values, around) = (catalogue(&engine), kept(&engine, &one, &other), objects(&engine));
        let up = difference(&other, &reflect(&engine)).operations;
        match migrate(&engine, &up) {
            Ok(()) => {
                is(&engine, &other);
                prop_assert_eq!(kept(&engine, &one, &other), values);
                prop_assert_eq!(objects(&engine), around);
                prop_assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM pragma_foreign_key_check"), [0]);
                for table in one.tables().iter().filter(|table| other.get(&table.name).is_some()) {
                    script(&engine, "DELETE FROM aludel_ledger; PRAGMA foreign_keys = OFF");
                    script(&engine, &format!("DELETE FROM {} WHERE id = 4", quoted(&table.name.name)));
                    prop_assert_eq!(rows::<String>(&engine, "SELECT entry FROM aludel_ledger"), ["4"]);
                }
            }
            Err(error) => {
                prop_assert!(error.kind() == ErrorKind::Refused, "{}", error);
                prop_assert_eq!(catalogue(&engine), before);
                prop_assert_eq!(kept(&engine, &one, &other), values);
            }
        }
    }
}
