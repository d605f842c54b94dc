//! PostgreSQL, by hand with tokio-postgres and by Aludel.

use std::pin::pin;
use std::sync::Arc;

use aludel_benches::data::{self, Checksum, Row};
use aludel_benches::rounds::{self, Part, Scenario};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

use crate::{Databases, Input, empty, many_threads, one_thread, open, written};

const SCHEMA: &str = "
    CREATE TABLE items (
        id bigint NOT NULL PRIMARY KEY,
        name text NOT NULL,
        email text,
        age integer NOT NULL,
        score double precision NOT NULL,
        active boolean NOT NULL,
        created timestamp NOT NULL
    )
";
const COLUMNS: &str = "id, name, email, age, score, active, created";

/// Requests that the raw way has under way at a time.
const WINDOW: usize = 128;

pub(crate) fn databases(input: &Input) -> Databases {
    let usual = "postgres://postgres@127.0.0.1:5432/postgres";
    let databases = Databases::new("ALUDEL_TEST_POSTGRES", usual, " WITH (FORCE)", SCHEMA, input);
    databases.on_server(&format!(
        "ALTER DATABASE {} SET synchronous_commit = off",
        databases.fresh.database().unwrap_or_default()
    ));
    let full = open(&databases.full);
    aludel::Wait::wait(aludel::Wait::wait(full.connect()).unwrap().execute_script("VACUUM ANALYZE items"))
        .unwrap();
    databases
}

pub(crate) fn scenarios<'s>(databases: &'s Databases, input: &'s Input) -> Vec<Scenario<'s>> {
    let mut inserts = vec![
        insert(databases, input, "tokio-postgres, pipelined", |runtime, client, statement, rows| {
            runtime.block_on(pipelined(client, statement, rows));
        }),
        insert(databases, input, "tokio-postgres, COPY", |runtime, client, _, rows| {
            runtime.block_on(copy(client, rows));
        }),
    ];
    inserts.extend(crate::inserts(&databases.fresh, input));
    let mut loads = vec![
        load(databases, "tokio-postgres, query_raw", |runtime, client, statement| {
            runtime.block_on(streamed(client, statement))
        }),
        load(databases, "tokio-postgres, query", |runtime, client, statement| {
            let rows = runtime.block_on(client.query(statement, &[])).unwrap();
            rows.iter().map(read).collect()
        }),
        load_in_task(databases),
    ];
    loads.extend(crate::loads(&databases.full));
    let mut lookups = vec![
        looked_up(
            databases,
            input,
            "tokio-postgres, one thread",
            one_thread(),
            |runtime, (client, statement), keys| runtime.block_on(lookup(&client, &statement, &keys)),
        ),
        looked_up(
            databases,
            input,
            "tokio-postgres, task of many threads",
            many_threads(),
            |runtime, (client, statement), keys| {
                let task = runtime.spawn(async move { lookup(&client, &statement, &keys).await });
                runtime.block_on(task).unwrap()
            },
        ),
    ];
    lookups.extend(crate::lookups(&databases.full, input));
    let title = |what: &str| format!("PostgreSQL: {what}");
    vec![
        Scenario { key: "pa", title: title("insert of 100,000 typed rows"), parts: inserts },
        Scenario { key: "pb", title: title("load of 100,000 rows into structs"), parts: loads },
        Scenario { key: "pc", title: title("5,000 lookups by key"), parts: lookups },
    ]
}

/// A connection with its far end in a task, as tokio-postgres wants it.
fn connect(runtime: &Runtime, url: &aludel::DatabaseUrl) -> Client {
    let text = url.reveal();
    let (client, connection) = runtime.block_on(tokio_postgres::connect(&text, NoTls)).unwrap();
    runtime.spawn(connection);
    client
}

fn insert<'s>(
    databases: &'s Databases,
    input: &'s Input,
    name: &'static str,
    work: fn(&Runtime, &mut Client, &Statement, &[Row]),
) -> Part<'s> {
    let runtime = one_thread();
    let mut client = connect(&runtime, &databases.fresh);
    let engine = open(&databases.fresh);
    let sql = format!("INSERT INTO items ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
    let turn = move || {
        empty(&engine);
        let statement = runtime.block_on(client.prepare(&sql)).unwrap();
        let (time, ()) = rounds::timed(|| work(&runtime, &mut client, &statement, &input.rows));
        time.with(written(&engine))
    };
    Part { name, work: Box::new(turn) }
}

/// One statement per row, with many on their way at a time.
async fn pipelined<'r>(client: &mut Client, statement: &Statement, rows: &'r [Row]) {
    let transaction = client.transaction().await.unwrap();
    let one = |row: &'r Row| {
        let Row { id, name, email, age, score, active, created } = row;
        let transaction = &transaction;
        async move {
            let parameters: [&(dyn ToSql + Sync); 7] = [id, name, email, age, score, active, created];
            transaction.execute(statement, &parameters).await
        }
    };
    let done: u64 = stream::iter(rows)
        .map(one)
        .buffered(WINDOW)
        .try_fold(0, |total, changed| async move { Ok(total + changed) })
        .await
        .unwrap();
    assert_eq!(done, rows.len() as u64);
    transaction.commit().await.unwrap();
}

async fn copy(client: &mut Client, rows: &[Row]) {
    let transaction = client.transaction().await.unwrap();
    let sink = transaction.copy_in(&format!("COPY items ({COLUMNS}) FROM STDIN BINARY")).await.unwrap();
    let types = [Type::INT8, Type::TEXT, Type::TEXT, Type::INT4, Type::FLOAT8, Type::BOOL, Type::TIMESTAMP];
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for Row { id, name, email, age, score, active, created } in rows {
        writer.as_mut().write(&[id, name, email, age, score, active, created]).await.unwrap();
    }
    writer.finish().await.unwrap();
    transaction.commit().await.unwrap();
}

fn load(
    databases: &Databases,
    name: &'static str,
    work: fn(&Runtime, &Client, &Statement) -> Vec<Row>,
) -> Part<'static> {
    let runtime = one_thread();
    let client = connect(&runtime, &databases.full);
    let statement = runtime.block_on(client.prepare(&format!("SELECT {COLUMNS} FROM items"))).unwrap();
    Part::new(name, move || work(&runtime, &client, &statement), |rows| data::sum_all(&rows))
}

fn load_in_task(databases: &Databases) -> Part<'static> {
    let runtime = many_threads();
    let client = connect(&runtime, &databases.full);
    let statement = runtime.block_on(client.prepare(&format!("SELECT {COLUMNS} FROM items"))).unwrap();
    let client = Arc::new(client);
    let work = move || {
        let (client, statement) = (Arc::clone(&client), statement.clone());
        let task = runtime.spawn(async move { streamed(&client, &statement).await });
        runtime.block_on(task).unwrap()
    };
    Part::new("tokio-postgres, task of many threads", work, |rows| data::sum_all(&rows))
}

async fn streamed(client: &Client, statement: &Statement) -> Vec<Row> {
    let parameters: [&(dyn ToSql + Sync); 0] = [];
    let mut stream = pin!(client.query_raw(statement, parameters).await.unwrap());
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await {
        rows.push(read(&row.unwrap()));
    }
    rows
}

fn read(row: &tokio_postgres::Row) -> Row {
    Row {
        id: row.get(0),
        name: row.get(1),
        email: row.get(2),
        age: row.get(3),
        score: row.get(4),
        active: row.get(5),
        created: row.get(6),
    }
}

fn looked_up<'s>(
    databases: &Databases,
    input: &'s Input,
    name: &'static str,
    runtime: Runtime,
    work: fn(&Runtime, (Arc<Client>, Statement), Arc<[i64]>) -> Checksum,
) -> Part<'s> {
    let client = connect(&runtime, &databases.full);
    let sql = format!("SELECT {COLUMNS} FROM items WHERE id = $1");
    let statement = runtime.block_on(client.prepare(&sql)).unwrap();
    let client = Arc::new(client);
    let turn = move || work(&runtime, (Arc::clone(&client), statement.clone()), Arc::clone(&input.keys));
    Part::new(name, turn, |sum| sum)
}

async fn lookup(client: &Client, statement: &Statement, keys: &[i64]) -> Checksum {
    let mut sum = Checksum::default();
    for key in keys {
        let row = client.query_one(statement, &[key]).await.unwrap();
        read(&row).sum(&mut sum);
    }
    sum
}
