//! Servers of a test's own come up, restart in place, and leave nothing behind.

use aludel_tests::private::{MariaDb, Postgres, Stop};

use crate::asking::ask;

/// Whether a process of this number runs.
fn runs(pid: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z")
}

#[test]
fn a_postgres_of_ones_own() {
    let mut server = Postgres::setup().line("work_mem = 5MB").start();
    assert_eq!(ask::<String>(&server.url(), "SHOW work_mem").unwrap(), "5MB");
    assert_eq!(ask::<String>(&server.socket_url(), "SHOW work_mem").unwrap(), "5MB");

    let standby = Postgres::setup().start_standby_of(&server);
    assert!(ask::<bool>(&standby.url(), "SELECT pg_is_in_recovery()").unwrap());
    assert_ne!(standby.port(), server.port());

    let (port, data) = (server.port(), server.data());
    server.add_line("work_mem = 6MB");
    for how in [Stop::Fast, Stop::Immediate] {
        server.stop(how);
        assert!(ask::<i32>(&server.url(), "SELECT 1").is_err());
        server.start_again();
        assert_eq!(ask::<String>(&server.url(), "SHOW work_mem").unwrap(), "6MB");
    }
    assert_eq!(server.port(), port);
    let pid = server.pid().unwrap();
    assert!(runs(pid));
    let panicked = std::thread::spawn(move || {
        let _gone_with_this_thread = server;
        panic!("a test that fails");
    });
    assert!(panicked.join().is_err());
    assert!(!runs(pid) && !data.exists());
}

#[test]
fn a_mariadb_of_ones_own() {
    let mut server = MariaDb::setup().line("max-connections = 17").start();
    assert_eq!(ask::<i64>(&server.url(), "SELECT @@max_connections").unwrap(), 17);
    assert_eq!(ask::<i64>(&server.socket_url(), "SELECT @@max_connections").unwrap(), 17);
    server.add_line("max-connections = 18");
    for how in [Stop::Fast, Stop::Immediate] {
        server.stop(how);
        assert!(ask::<i64>(&server.url(), "SELECT 1").is_err());
        server.start_again();
        assert_eq!(ask::<i64>(&server.url(), "SELECT @@max_connections").unwrap(), 18);
    }
    let (pid, data) = (server.pid().unwrap(), server.data());
    assert!(runs(pid));
    drop(server);
    assert!(!runs(pid) && !data.exists());
}
