//! A writer that is set to take no writes any more, while its connections stay open.

use aludel::prelude::*;
use aludel::{Error, ErrorKind, RetryPolicy, TransactionOptions};

use crate::pair::{Pair, ask, eventually, port, run};

fn insert(connection: &mut Connection, id: i64) -> Result<(), Error> {
    connection.execute(sql("INSERT INTO notes VALUES (?)").bind(id)).wait().map(drop)
}

fn refused(connection: &mut Connection) -> ErrorKind {
    let error = insert(connection, 0).expect_err("nothing can be written here");
    assert_eq!(error.code(), Some("25006"), "{error}");
    error.kind()
}

#[test]
fn a_demoted_writer_is_given_up_and_what_the_user_wants_to_be_read_only_is_not() {
    let mut pair = Pair::new();
    run(&pair.primary.url(), "CREATE TABLE notes (id bigint PRIMARY KEY)");
    let url = pair.url("target_session_attrs=read-write&connect_timeout=20");
    let engine = Engine::new(&url).expect("a good URL");
    let mut connection = engine.connect().wait().expect("a writer");
    assert_eq!(port(&mut connection), pair.primary.port());

    let mut transaction =
        connection.begin_with(TransactionOptions::read_only()).wait().expect("a transaction");
    assert_eq!(refused(&mut transaction), ErrorKind::Usage);
    transaction.rollback().wait().expect("it ends");
    connection.execute(sql("BEGIN READ ONLY")).wait().expect("a transaction");
    assert_eq!(refused(&mut connection), ErrorKind::Usage);
    connection.execute(sql("ROLLBACK")).wait().expect("it ends");
    connection.execute(sql("SET default_transaction_read_only = on")).wait().expect("a setting");
    assert_eq!(refused(&mut connection), ErrorKind::Usage);
    connection.execute(sql("RESET default_transaction_read_only")).wait().expect("a setting");
    insert(&mut connection, 1).expect("the same connection still writes");
    assert_eq!(engine.status().closed, 0, "{}", engine.status());

    // Two that know nothing of it: one in a transaction, one that takes any server.
    let unaware = Engine::new(&url).expect("a good URL");
    let content = Engine::new(&pair.primary.url()).expect("a good URL");
    drop((unaware.connect().wait().expect("a writer"), content.connect().wait().expect("a server")));
    pair.primary.add_line("default_transaction_read_only = on");
    pair.primary.reload();
    eventually("the standby has the row", || {
        ask::<i64>(&pair.standby.url(), "SELECT count(*) FROM pg_class WHERE relname = 'notes'") == 1
            && ask::<i64>(&pair.standby.url(), "SELECT count(*) FROM notes") == 1
    });
    run(&pair.standby.url(), "SELECT pg_promote()");
    for engine in [&engine, &unaware, &content] {
        eventually("each session of the old writer has heard of it", || {
            let asked = match engine.status().checked_out {
                0 => engine.connect().wait().expect("a connection").one(shown()).wait(),
                _ => connection.one(shown()).wait(),
            };
            asked.expect("a setting") == "on"
        });
    }

    assert_eq!(refused(&mut connection), ErrorKind::Disconnect);
    drop(connection);
    let mut connection = engine.connect().wait().expect("the new writer");
    assert_eq!(port(&mut connection), pair.standby.port());
    insert(&mut connection, 2).expect("it takes writes");

    let written = unaware.retry_transaction(RetryPolicy::new(), async |mut tx| {
        tx.execute(sql("INSERT INTO notes VALUES (3)")).await?;
        Ok::<(), Error>(())
    });
    written.wait().expect("a second attempt goes to the new writer");
    let mut notes =
        connection.all(sql("SELECT id FROM notes ORDER BY id").rows::<i64>()).wait().expect("rows");
    notes.retain(|id| *id > 0);
    assert_eq!(notes, [1, 2, 3]);

    assert_eq!(refused(&mut content.connect().wait().expect("the old writer")), ErrorKind::Usage);
}

fn shown() -> aludel::sql::statement::TextRows<String> {
    sql("SELECT current_setting('default_transaction_read_only')").rows()
}
