//! Two nodes of Galera, both of which take writes. Needs the provider library, which Debian has in `galera-4`, and `rsync`,
//! by which the second node gets its data.

use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use aludel::prelude::*;
use aludel::{Error, ErrorKind, RetryPolicy};
use aludel_tests::private::MariaDb;

use crate::pair::run;

const PROVIDERS: [&str; 3] = [
    "/usr/lib/galera/libgalera_smm.so",
    "/usr/lib64/galera-4/libgalera_smm.so",
    "/usr/lib64/galera/libgalera_smm.so",
];

fn port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    free.local_addr().expect("an address").port()
}

/// A node that joins those at an address, or begins a cluster where that is empty.
fn node(group: u16, join: &str) -> MariaDb {
    let provider = PROVIDERS.iter().find(|path| Path::new(path).exists());
    let provider = provider.unwrap_or_else(|| {
        panic!("this test needs Galera's provider library, as Debian's package `galera-4` has it: there is none of {PROVIDERS:?}")
    });
    let transfer = port();
    let mut setup = MariaDb::setup();
    for line in [
        "binlog_format = ROW",
        "innodb_autoinc_lock_mode = 2",
        "wsrep_on = ON",
        "wsrep_cluster_name = aludel",
        "wsrep_node_address = 127.0.0.1",
        "wsrep_sst_method = rsync",
        &format!("wsrep_sst_receive_address = 127.0.0.1:{}", port()),
        &format!("wsrep_provider = {provider}"),
        &format!("wsrep_cluster_address = gcomm://{join}"),
        &format!(
            "wsrep_provider_options = \"base_host=127.0.0.1;base_port={group};\
             gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{transfer};gcache.size=16M\""
        ),
    ] {
        setup = setup.line(line);
    }
    setup.start()
}

#[test]
fn a_commit_that_another_node_was_faster_than_is_run_again() {
    let group = port();
    let one = node(group, "");
    let other = node(port(), &format!("127.0.0.1:{group}"));
    run(
        &one.url(),
        "CREATE DATABASE shop; CREATE TABLE shop.stock (id int PRIMARY KEY, pieces int NOT NULL);
         INSERT INTO shop.stock VALUES (1, 10)",
    );
    // A read that waits until the node has everything that the cluster has committed.
    let engine = |server: &MariaDb| Engine::new(&server.url()).expect("a URL");
    let pieces = |server: &MariaDb| -> i64 {
        let mut connection = engine(server).connect().wait().expect("a connection");
        connection.execute_script("SET SESSION wsrep_sync_wait = 1").wait().expect("a setting");
        connection.one(sql("SELECT pieces FROM shop.stock").rows()).wait().expect("a row")
    };
    assert_eq!(pieces(&other), 10);

    let take = "UPDATE shop.stock SET pieces = pieces - 1 WHERE id = 1";
    let (first, attempts) = (engine(&one), AtomicU32::new(0));
    let taken = first.retry_transaction(RetryPolicy::new(), async |mut tx| {
        tx.execute(sql(take)).await?;
        // Galera has no locks across nodes: the other one changes the row as well, and commits first.
        if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            run(&other.url(), take);
        }
        Ok::<(), Error>(())
    });
    taken.wait().expect("it is run again");
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    assert_eq!((pieces(&one), pieces(&other)), (8, 8));

    // Without running it again, the error says what it is.
    let refused = first.transaction(async |mut tx| {
        tx.execute(sql(take)).await?;
        run(&other.url(), take);
        Ok::<(), Error>(())
    });
    let refused = refused.wait().expect_err("the other node was faster");
    assert_eq!(refused.kind(), ErrorKind::Serialization, "{refused}");
    assert!(refused.code().is_some_and(|code| code.starts_with("1213")), "{refused}");
    assert_eq!((pieces(&one), pieces(&other)), (7, 7));
}
