//! Real schemas: every one loads, every table reflects, and what is read agrees with SQLite's own pragmas.

use std::collections::BTreeSet;

use aludel_engine::Wait;
use aludel_engine::driver::RawConnection;
use aludel_engine::inspect::ObjectKind;
use aludel_sql::ddl;
use aludel_sql::schema::{IndexKey, Table};
use aludel_sql::value::{Value, ValueRef};

use crate::scratch::{memory, rows};

/// Tables, columns, indexes, unique constraints, foreign keys, checks, views, generated columns, partial indexes, and
/// indexes of expressions; counted by other means than this crate's.
type Counts = [usize; 10];

const SCHEMAS: &[(&str, &str, Counts)] = &[
    ("chinook", include_str!("../schemas/chinook.sql"), [11, 64, 11, 0, 11, 0, 0, 0, 0, 0]),
    ("fossil", include_str!("../schemas/fossil.sql"), [28, 136, 15, 11, 14, 3, 0, 0, 0, 0]),
    ("proj", include_str!("../schemas/proj.sql"), [40, 450, 5, 5, 53, 178, 7, 0, 0, 0]),
    ("sakila", include_str!("../schemas/sakila.sql"), [16, 89, 24, 0, 22, 2, 5, 0, 0, 0]),
    ("synapse", include_str!("../schemas/synapse.sql"), [134, 621, 148, 57, 14, 5, 0, 0, 12, 0]),
    ("temporal", include_str!("../schemas/temporal.sql"), [38, 295, 58, 2, 0, 1, 0, 59, 0, 58]),
];

#[test]
fn every_schema_is_read_whole() {
    for (name, script, expected) in SCHEMAS {
        let mut connection = memory();
        connection.execute_script(script).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        let metadata =
            connection.inspector().metadata(None).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        let objects =
            connection.inspector().objects(None).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        let tables = metadata.tables();
        let sum = |count: fn(&Table) -> usize| tables.iter().map(count).sum::<usize>();
        let counts = [
            tables.len(),
            sum(|table| table.columns.len()),
            sum(|table| table.indexes.len()),
            // One over the columns of the primary key is declared in synapse, but makes nothing.
            sum(|table| {
                let key = table.primary_key.as_ref().map(|key| &key.columns);
                table.unique_constraints.iter().filter(|unique| Some(&unique.columns) != key).count()
            }),
            sum(|table| table.foreign_keys.len()),
            sum(|table| table.checks.len()),
            objects.iter().filter(|object| object.kind == ObjectKind::View).count(),
            sum(|table| table.columns.iter().filter(|column| column.computed.is_some()).count()),
            sum(|table| table.indexes.iter().filter(|index| index.condition.is_some()).count()),
            sum(|table| {
                let expression = |key: &IndexKey| matches!(key, IndexKey::Expression(_));
                let indexes = table.indexes.iter();
                indexes.filter(|index| index.elements.iter().any(|element| expression(&element.key))).count()
            }),
        ];
        assert_eq!(&counts, expected, "{name}");
        for table in tables {
            agrees_with_pragmas(connection.as_mut(), table);
        }
    }
}

/// SQLite's own reading of the same definition.
fn agrees_with_pragmas(connection: &mut dyn RawConnection, table: &Table) {
    let name = table.name.name.as_str();
    let mut texts = |sql: &str| -> BTreeSet<String> {
        let rows = rows(connection, sql, &[ValueRef::Text(name)]).expect(sql);
        let value = |row: Vec<Value>| match row.into_iter().next() {
            Some(Value::Text(text)) => text,
            other => panic!("{sql} gave {other:?}"),
        };
        rows.into_iter().map(value).collect()
    };
    // The key and a unique constraint over the same columns share an index, which then counts as the key's.
    let constrained = texts(
        "SELECT (SELECT group_concat(name, ',') FROM pragma_index_info(l.name)) FROM pragma_index_list(?1) AS l
         WHERE origin IN ('u', 'pk')",
    );
    let unique: BTreeSet<String> =
        table.unique_constraints.iter().map(|constraint| constraint.columns.join(",")).collect();
    let key: BTreeSet<String> = table.primary_key.iter().map(|key| key.columns.join(",")).collect();
    assert!(unique.is_subset(&constrained), "{name}: {unique:?} {constrained:?}");
    assert!(
        constrained.is_subset(&unique.union(&key).cloned().collect()),
        "{name}: {unique:?} {constrained:?}"
    );

    let foreign_keys = texts(
        "SELECT lower(\"table\" || ':' || group_concat(\"from\", ',') || ':' || coalesce(group_concat(\"to\", ','), '') ||
             ':' || on_delete || ':' || on_update) FROM pragma_foreign_key_list(?1) GROUP BY id",
    );
    let read: BTreeSet<String> = table
        .foreign_keys
        .iter()
        .map(|key| {
            let action = |action: Option<aludel_sql::schema::ReferentialAction>| {
                action.map_or("NO ACTION", |action| action.as_sql())
            };
            let (columns, target) = (key.columns.join(","), key.target_columns.join(","));
            let rules = format!("{}:{}", action(key.on_delete), action(key.on_update));
            format!("{}:{columns}:{target}:{rules}", key.target.name).to_lowercase()
        })
        .collect();
    // Where the definition leaves the referenced columns out, the pragma does so, too.
    let without_target = |text: &String| {
        let parts: Vec<&str> = text.split(':').collect();
        [parts[0], parts[1], parts[3], parts[4]].join(":")
    };
    let bare: BTreeSet<String> =
        foreign_keys.iter().filter(|key| key.contains("::")).map(without_target).collect();
    for key in &read {
        assert!(
            foreign_keys.contains(key) || bare.contains(&without_target(key)),
            "{name}: {key} {foreign_keys:?}"
        );
    }
    assert_eq!(read.len(), foreign_keys.len(), "{name}: {read:?} {foreign_keys:?}");
}

/// What the model holds is what the table is: made again from it alone, a schema reflects as the same model.
#[test]
fn every_schema_can_be_made_again_from_its_model() {
    for (name, script, _) in SCHEMAS {
        let mut original = memory();
        original.execute_script(script).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        let model =
            original.inspector().metadata(None).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        let dialect = original.dialect();
        let statements =
            ddl::create_all(&model, dialect.as_ref()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut copy = memory();
        for statement in statements {
            copy.execute(&statement, &[]).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let again = copy.inspector().metadata(None).wait().unwrap_or_else(|error| panic!("{name}: {error}"));
        for table in model.tables() {
            assert_eq!(again.get(&table.name), Some(table), "{name}");
        }
        assert_eq!(again.tables().len(), model.tables().len(), "{name}");
    }
}
