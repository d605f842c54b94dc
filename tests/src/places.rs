//! A database for one test, on each of the three.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aludel::prelude::*;
use aludel::{DatabaseUrl, EngineOptions, driver};

/// A database; it is dropped with this value.
pub struct Place {
    /// What compiles for it: `sqlite`, `postgres`, `mysql`.
    pub kind: &'static str,
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

    /// A new file.
    pub fn sqlite() -> Self {
        let path = std::env::temp_dir().join(format!("{}.db", Place::name()));
        let url = DatabaseUrl::new("sqlite").unwrap().with_database(path.display().to_string());
        Place { kind: "sqlite", url: url.with_option("busy_timeout", "20000"), server: None }
    }

    /// A new database on a server of the test's own.
    ///
    /// # Panics
    /// Where the URL is none, or nobody answers.
    pub fn on(url: &str) -> Self {
        let server = DatabaseUrl::parse(url).expect("a URL");
        let name = Place::name();
        run(&server, &format!("CREATE DATABASE {name}"));
        let kind = if server.scheme().starts_with("postgres") { "postgres" } else { "mysql" };
        Place { kind, url: server.clone().with_database(name), server: Some(server) }
    }

    /// A new database on the PostgreSQL server of the tests.
    pub fn postgres() -> Self {
        let server = server("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres");
        let name = Place::name();
        run(&server, &format!("CREATE DATABASE {name}"));
        Place { kind: "postgres", url: server.clone().with_database(name), server: Some(server) }
    }

    /// A new database on the MySQL or MariaDB server of the tests.
    pub fn mysql() -> Self {
        let server = server("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/");
        let name = Place::name();
        run(&server, &format!("CREATE DATABASE {name}"));
        Place { kind: "mysql", url: server.clone().with_database(name), server: Some(server) }
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// What the database is called.
    pub fn name_of_database(&self) -> &str {
        self.url.database().unwrap_or_default()
    }

    /// An engine on it.
    ///
    /// # Panics
    /// Where its driver is not built in.
    pub fn engine(&self, options: EngineOptions) -> Engine {
        Engine::with_options(driver(&self.url).expect("the driver is built in"), options)
    }

    /// How many connections the server has to this database.
    ///
    /// # Panics
    /// Where the server does not tell.
    pub fn connections(&self, watching: &mut Connection) -> i64 {
        let query = match self.kind {
            "postgres" => {
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                 AND backend_type = 'client backend'"
            }
            "mysql" => "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = database()",
            _ => return 0,
        };
        watching.one(sql(query).rows()).wait().unwrap()
    }

    /// How many transactions of others the server has open in this database.
    pub fn open_transactions(&self, watching: &mut Connection) -> i64 {
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
        let open = watching.one(sql(query).rows()).wait().unwrap();
        if open > 0 && self.kind == "mysql" {
            // The list is made anew only when nobody has looked at it for a tenth of a second, so that whoever asks again at
            // once would hear the same for ever.
            std::thread::sleep(Duration::from_millis(150));
        }
        open
    }

    /// Ends the session of a connection from the server's side, which it notices when it is used next.
    pub fn kill(&self, watching: &mut Connection, victim: i64) {
        let script = match self.kind {
            "postgres" => format!("SELECT pg_terminate_backend({victim})"),
            "mysql" => format!("KILL {victim}"),
            _ => return,
        };
        watching.execute_script(&script).wait().unwrap();
    }

    /// The number that the server knows a connection by; SQLite has none.
    pub fn session(&self, connection: &mut Connection) -> i64 {
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
