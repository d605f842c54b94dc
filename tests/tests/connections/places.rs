//! A database for one test, on each of the three.

use std::sync::atomic::{AtomicU32, Ordering};

use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, driver};

/// A database; it is dropped with this value.
pub(crate) struct Place {
    /// What compiles for it: `sqlite`, `postgres`, `mysql`.
    pub(crate) kind: &'static str,
    url: DatabaseUrl,
    /// Where it can be dropped.
    server: Option<DatabaseUrl>,
}

fn server(variable: &str, otherwise: &str) -> DatabaseUrl {
    let named = std::env::var(variable).ok().filter(|url| !url.is_empty());
    DatabaseUrl::parse(&named.unwrap_or_else(|| otherwise.to_owned())).expect("a URL")
}

fn plain(url: &DatabaseUrl) -> Engine {
    Engine::with_driver(driver(url).expect("the driver is built in"))
}

fn run(url: &DatabaseUrl, script: &str) {
    let engine = plain(url);
    engine.connect().wait().expect("a server answers").execute_script(script).wait().expect(script);
    engine.close().wait();
}

impl Place {
    fn name() -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("aludel_connections_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn sqlite() -> Self {
        let path = std::env::temp_dir().join(format!("{}.db", Place::name()));
        let url = DatabaseUrl::new("sqlite").unwrap().with_database(path.display().to_string());
        Place { kind: "sqlite", url: url.with_option("busy_timeout", "20000"), server: None }
    }

    pub(crate) fn postgres() -> Self {
        let server = server("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres");
        let name = Place::name();
        run(&server, &format!("CREATE DATABASE {name}"));
        Place { kind: "postgres", url: server.clone().with_database(name), server: Some(server) }
    }

    pub(crate) fn mysql() -> Self {
        let server = server("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/");
        let name = Place::name();
        run(&server, &format!("CREATE DATABASE {name}"));
        Place { kind: "mysql", url: server.clone().with_database(name), server: Some(server) }
    }

    pub(crate) fn engine(&self, options: EngineOptions) -> Engine {
        Engine::with_options(driver(&self.url).expect("the driver is built in"), options)
    }

    /// How many transactions of others the server has open in this database.
    pub(crate) fn open_transactions(&self, watching: &mut Connection) -> i64 {
        let query = match self.kind {
            "postgres" => {
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                 AND state <> 'idle' AND pid <> pg_backend_pid()"
            }
            "mysql" => {
                "SELECT count(*) FROM information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p
                 ON p.ID = t.TRX_MYSQL_THREAD_ID WHERE p.DB = database() AND p.ID <> CONNECTION_ID()"
            }
            _ => return 0,
        };
        watching.one(sql(query).rows()).wait().unwrap()
    }

    /// Ends the session of a connection from the server's side, which it notices when it is used next.
    pub(crate) fn kill(&self, watching: &mut Connection, victim: i64) {
        let script = match self.kind {
            "postgres" => format!("SELECT pg_terminate_backend({victim})"),
            "mysql" => format!("KILL {victim}"),
            _ => return,
        };
        watching.execute_script(&script).wait().unwrap();
    }

    /// The number that the server knows a connection by; SQLite has none.
    pub(crate) fn session(&self, connection: &mut Connection) -> i64 {
        let query = match self.kind {
            "postgres" => "SELECT pg_backend_pid()",
            "mysql" => "SELECT CONNECTION_ID()",
            _ => "SELECT 0",
        };
        connection.one(sql(query).rows()).wait().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(name) = self.url.database() else { return };
        match &self.server {
            Some(server) => {
                let force = if self.kind == "postgres" { " WITH (FORCE)" } else { "" };
                run(server, &format!("DROP DATABASE {name}{force}"));
            }
            None => {
                for ending in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{name}{ending}"));
                }
            }
        }
    }
}
