//! MySQL or MariaDB, by hand with mysql_async and by Aludel.

use std::sync::Arc;

use aludel_benches::data::{self, Checksum, Row};
use aludel_benches::rounds::{self, Part, Scenario};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Params, Statement, TxOpts, Value};
use tokio::runtime::Runtime;

use crate::{Databases, Input, empty, many_threads, one_thread, open, written};

const SCHEMA: &str = "
    CREATE TABLE items (
        id bigint NOT NULL PRIMARY KEY,
        name varchar(255) NOT NULL,
        email varchar(255),
        age integer NOT NULL,
        score double NOT NULL,
        active boolean NOT NULL,
        created datetime(6) NOT NULL
    )
";
const COLUMNS: &str = "id, name, email, age, score, active, created";

/// Rows in one statement of the raw way with several: seven parameters for each, of 65,535 at the most.
const CHUNK: usize = 1_000;

pub(crate) fn databases(input: &Input) -> Databases {
    Databases::new("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/", "", SCHEMA, input)
}

pub(crate) fn scenarios<'s>(databases: &'s Databases, input: &'s Input) -> Vec<Scenario<'s>> {
    let mut inserts = vec![
        insert(databases, input, "mysql_async, row by row", |runtime, connection, rows| {
            runtime.block_on(by_rows(connection, rows));
        }),
        insert(databases, input, "mysql_async, 1,000 rows a statement", |runtime, connection, rows| {
            runtime.block_on(by_chunks(connection, rows));
        }),
    ];
    inserts.extend(crate::inserts(&databases.fresh, input));
    let mut loads = vec![load(databases), load_in_task(databases)];
    loads.extend(crate::loads(&databases.full));
    let mut lookups = vec![
        looked_up(databases, input, "mysql_async, one thread", one_thread(), |runtime, mut at, keys| {
            let sum = runtime.block_on(lookup(&mut at, &keys));
            (at, sum)
        }),
        looked_up(
            databases,
            input,
            "mysql_async, task of many threads",
            many_threads(),
            |runtime, mut at, keys| {
                let task = runtime.spawn(async move {
                    let sum = lookup(&mut at, &keys).await;
                    (at, sum)
                });
                runtime.block_on(task).unwrap()
            },
        ),
    ];
    lookups.extend(crate::lookups(&databases.full, input));
    let title = |what: &str| format!("MySQL or MariaDB: {what}");
    vec![
        Scenario { key: "ma", title: title("insert of 100,000 typed rows"), parts: inserts },
        Scenario { key: "mb", title: title("load of 100,000 rows into structs"), parts: loads },
        Scenario { key: "mc", title: title("5,000 lookups by key"), parts: lookups },
    ]
}

fn connect(runtime: &Runtime, url: &aludel::DatabaseUrl) -> Conn {
    let text = url.reveal();
    let options = Opts::from_url(&text).unwrap();
    let mut connection = runtime.block_on(Conn::new(options)).unwrap();
    runtime.block_on(connection.query_drop("SET NAMES utf8mb4, time_zone = '+00:00'")).unwrap();
    connection
}

fn insert<'s>(
    databases: &'s Databases,
    input: &'s Input,
    name: &'static str,
    work: fn(&Runtime, &mut Conn, &[Row]),
) -> Part<'s> {
    let runtime = one_thread();
    let mut connection = connect(&runtime, &databases.fresh);
    let engine = open(&databases.fresh);
    let turn = move || {
        empty(&engine);
        let (time, ()) = rounds::timed(|| work(&runtime, &mut connection, &input.rows));
        time.with(written(&engine))
    };
    Part { name, work: Box::new(turn) }
}

fn values(row: &Row) -> [Value; 7] {
    let Row { id, name, email, age, score, active, created } = row;
    [id.into(), name.into(), email.into(), age.into(), score.into(), active.into(), created.into()]
}

async fn by_rows(connection: &mut Conn, rows: &[Row]) {
    let mut transaction = connection.start_transaction(TxOpts::default()).await.unwrap();
    let sql = format!("INSERT INTO items ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)");
    let parameters = rows.iter().map(|row| Params::Positional(values(row).into()));
    transaction.exec_batch(sql, parameters).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn by_chunks(connection: &mut Conn, rows: &[Row]) {
    let mut transaction = connection.start_transaction(TxOpts::default()).await.unwrap();
    for chunk in rows.chunks(CHUNK) {
        let places = vec!["(?, ?, ?, ?, ?, ?, ?)"; chunk.len()].join(", ");
        let sql = format!("INSERT INTO items ({COLUMNS}) VALUES {places}");
        let parameters = Params::Positional(chunk.iter().flat_map(values).collect());
        transaction.exec_drop(sql, parameters).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

fn load(databases: &Databases) -> Part<'static> {
    let runtime = one_thread();
    let mut connection = connect(&runtime, &databases.full);
    let statement = runtime.block_on(connection.prep(format!("SELECT {COLUMNS} FROM items"))).unwrap();
    let work = move || -> Vec<Row> { runtime.block_on(connection.exec_map(&statement, (), read)).unwrap() };
    Part::new("mysql_async, exec_map", work, |rows| data::sum_all(&rows))
}

fn load_in_task(databases: &Databases) -> Part<'static> {
    let runtime = many_threads();
    let mut connection = connect(&runtime, &databases.full);
    let statement = runtime.block_on(connection.prep(format!("SELECT {COLUMNS} FROM items"))).unwrap();
    let mut at = Some((connection, statement));
    let work = move || -> Vec<Row> {
        let (mut connection, statement) = at.take().unwrap();
        let task = runtime.spawn(async move {
            let rows = connection.exec_map(&statement, (), read).await.unwrap();
            ((connection, statement), rows)
        });
        let (back, rows) = runtime.block_on(task).unwrap();
        at = Some(back);
        rows
    };
    Part::new("mysql_async, task of many threads", work, |rows| data::sum_all(&rows))
}

/// A row in the order of its columns.
type Columns = (i64, String, Option<String>, i32, f64, bool, chrono::NaiveDateTime);

fn read((id, name, email, age, score, active, created): Columns) -> Row {
    Row { id, name, email, age, score, active, created }
}

type At = (Conn, Statement);

fn looked_up<'s>(
    databases: &Databases,
    input: &'s Input,
    name: &'static str,
    runtime: Runtime,
    work: fn(&Runtime, At, Arc<[i64]>) -> (At, Checksum),
) -> Part<'s> {
    let mut connection = connect(&runtime, &databases.full);
    let sql = format!("SELECT {COLUMNS} FROM items WHERE id = ?");
    let statement = runtime.block_on(connection.prep(sql)).unwrap();
    let mut at = Some((connection, statement));
    let turn = move || {
        let (back, sum) = work(&runtime, at.take().unwrap(), Arc::clone(&input.keys));
        at = Some(back);
        sum
    };
    Part::new(name, turn, |sum| sum)
}

async fn lookup((connection, statement): &mut At, keys: &[i64]) -> Checksum {
    let mut sum = Checksum::default();
    for key in keys {
        let row: Option<Columns> = connection.exec_first(&*statement, (*key,)).await.unwrap();
        read(row.unwrap()).sum(&mut sum);
    }
    sum
}
