//! `sakila load FILE...` runs SQL files; `sakila snapshot` says all there is to say about the database's rows and objects, so
//! that two moments can be compared; `sakila films` reads films through their model; `sakila sql STATEMENT` asks.

use std::error::Error;

use aludel::prelude::*;
use sakila::Film;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let engine = Engine::new("sqlite:///sakila.db")?;
    let mut connection = engine.connect().wait()?;
    match words.as_slice() {
        ["load", files @ ..] => {
            for file in files {
                connection.execute_script(&std::fs::read_to_string(file)?).wait()?;
            }
        }
        ["snapshot"] => snapshot(&mut connection)?,
        ["films"] => {
            for film in connection.all(select(Film).order_by(Film.film_id).limit(3)).wait()? {
                println!("{film:?}");
            }
        }
        ["sql", statement] => {
            for row in connection.all(sql(statement.to_string()).rows::<Option<String>>()).wait()? {
                println!("{}", row.as_deref().unwrap_or("NULL"));
            }
        }
        _ => return Err("usage: sakila load FILE... | snapshot | films | sql STATEMENT".into()),
    }
    Ok(())
}

/// Everything that must not change by accident, one `what: value` on each line: numbers of rows, checksums of values,
/// declared columns, foreign keys, indexes, triggers, views, and what SQLite says of the file as a whole.
fn snapshot(connection: &mut Connection) -> Result<()> {
    for table in
        texts(connection, &format!("SELECT name FROM sqlite_schema WHERE type = 'table' AND {OURS}"))?
    {
        println!("rows of {table}: {}", count(connection, &table)?);
        for column in texts(connection, &format!("SELECT name FROM pragma_table_info('{table}')"))? {
            let values =
                texts(connection, &format!("SELECT quote(\"{column}\") FROM \"{table}\" ORDER BY 1"))?;
            println!("values of {table}.{column}: {:016x}", checksum(values.iter().map(String::as_str)));
        }
        // DEFAULT NULL says what holds without it.
        let declared = "SELECT concat('column ', ?, '.', name, ': ', type, iif(\"notnull\", ' NOT NULL', ''),
                               ' DEFAULT ' || nullif(dflt_value, 'NULL'), iif(pk, ' KEY ' || pk, '')) FROM pragma_table_info(?)";
        let keys = "SELECT concat('foreign key ', ?, '.', \"from\", ': ', \"table\", '.', \"to\", ' ON DELETE ', on_delete,
                           ' ON UPDATE ', on_update) FROM pragma_foreign_key_list(?)";
        let indexes = "SELECT concat('index ', ?, '.', l.name, ': ', iif(l.\"unique\", 'UNIQUE ', ''), group_concat(i.name))
                       FROM pragma_index_list(?) AS l JOIN pragma_index_info(l.name) AS i GROUP BY l.name";
        for statement in [declared, keys, indexes] {
            let statement = sql(statement).bind(table.clone()).bind(table.clone());
            for line in connection.all(statement.rows::<String>()).wait()? {
                println!("{line}");
            }
        }
    }
    let objects = "SELECT concat(type, ' ', name, ': ', replace(sql, char(10), ' ')) FROM sqlite_schema";
    for object in texts(connection, &format!("{objects} WHERE type IN ('trigger', 'view') AND {OURS}"))? {
        println!("{object}");
    }
    for view in texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'view'")? {
        println!("rows of {view}: {}", count(connection, &view)?);
    }
    println!("integrity: {}", texts(connection, "PRAGMA integrity_check")?.join("; "));
    println!(
        "broken foreign keys: {}",
        texts(connection, "SELECT \"table\" FROM pragma_foreign_key_check")?.len()
    );
    Ok(())
}

/// Leaves SQLite's own tables and those of the migrations out.
const OURS: &str = "name NOT LIKE 'sqlite_%' AND name NOT LIKE 'aludel_%' ORDER BY type, name";

fn texts(connection: &mut Connection, statement: &str) -> Result<Vec<String>> {
    Ok(connection.all(sql(statement.to_owned()).rows::<String>()).wait()?)
}

fn count(connection: &mut Connection, table: &str) -> Result<i64> {
    Ok(connection.one(sql(format!("SELECT count(*) FROM \"{table}\"")).rows()).wait()?)
}

/// FNV-1a over the texts, each closed by a zero.
fn checksum<'t>(texts: impl Iterator<Item = &'t str>) -> u64 {
    let bytes = texts.flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
