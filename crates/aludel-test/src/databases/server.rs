//! How servers make, copy and drop databases.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aludel::engine::BoxFuture;
use aludel::prelude::*;
use aludel::{DatabaseUrl, Error, ErrorKind, Result, driver};

/// How a server makes databases. There are PostgreSQL's, MySQL's and files of SQLite; a driver from elsewhere brings its
/// own. Names are of lower-case letters, digits and `_`.
pub trait Server: Send + Sync + fmt::Debug {
    /// The URL of one of its databases.
    fn url(&self, server: &DatabaseUrl, name: &str) -> DatabaseUrl {
        server.clone().with_database(name)
    }

    /// Makes a database with nothing in it.
    fn create<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Drops a database, and whoever is connected to it.
    fn drop_database<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>>;

    /// The names of the databases that begin so.
    fn names<'a>(&'a self, server: &'a DatabaseUrl, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>>>;

    /// Whether databases can be copied.
    fn has_templates(&self) -> bool {
        false
    }

    /// Makes a database that is like another one.
    fn copy<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        let _ = (server, from, name);
        Box::pin(std::future::ready(Err(no_templates())))
    }

    /// Gives a database another name: for servers with templates.
    fn rename<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        let _ = (server, from, name);
        Box::pin(std::future::ready(Err(no_templates())))
    }
}

fn no_templates() -> Error {
    Error::new(ErrorKind::NotSupported, "this server has no templates: every database is set up again")
}

/// The server behind a URL's scheme.
pub(super) fn for_url(url: &DatabaseUrl) -> Result<Arc<dyn Server>> {
    match url.scheme() {
        "sqlite" => Ok(Arc::new(SqliteFolder)),
        "postgres" | "postgresql" => Ok(Arc::new(Postgres)),
        "mysql" | "mariadb" => Ok(Arc::new(Mysql)),
        other => Err(Error::configuration(format!(
            "nobody knows how databases for tests are made at `{url}`: write a `Server` for `{other}`, and give it to \
             `Databases::with_server`"
        ))),
    }
}

/// Does something on a connection of its own, which is gone afterwards.
async fn alone<T>(url: &DatabaseUrl, work: impl AsyncFnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    let engine = Engine::with_driver(driver(url)?);
    let result = match engine.connect().await {
        Ok(mut connection) => work(&mut connection).await,
        Err(error) => Err(error),
    };
    engine.close().await;
    result
}

fn run(url: &DatabaseUrl, statement: String) -> BoxFuture<'_, Result<()>> {
    Box::pin(alone(url, async move |connection| connection.execute_script(&statement).await))
}

fn list<'a>(
    url: &'a DatabaseUrl,
    query: &'static str,
    prefix: &'a str,
) -> BoxFuture<'a, Result<Vec<String>>> {
    Box::pin(async move {
        let names: Vec<String> =
            alone(url, async |connection| connection.all(sql(query).rows()).await).await?;
        Ok(names.into_iter().filter(|name| name.starts_with(prefix)).collect())
    })
}

#[derive(Debug)]
struct Postgres;

impl Server for Postgres {
    fn create<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        run(server, format!("CREATE DATABASE {name}"))
    }

    fn drop_database<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        run(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    }

    fn names<'a>(&'a self, server: &'a DatabaseUrl, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>>> {
        list(server, "SELECT datname::text FROM pg_database ORDER BY 1", prefix)
    }

    fn has_templates(&self) -> bool {
        true
    }

    fn copy<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        run(server, format!("CREATE DATABASE {name} TEMPLATE {from}"))
    }

    fn rename<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            // Whoever filled it may be about to go.
            let others = format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{from}'"
            );
            run(server, others).await?;
            run(server, format!("ALTER DATABASE {from} RENAME TO {name}")).await
        })
    }
}

#[derive(Debug)]
struct Mysql;

impl Server for Mysql {
    fn create<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        run(server, format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    }

    fn drop_database<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        run(server, format!("DROP DATABASE IF EXISTS {name}"))
    }

    fn names<'a>(&'a self, server: &'a DatabaseUrl, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>>> {
        list(server, "SELECT schema_name FROM information_schema.schemata ORDER BY 1", prefix)
    }
}

/// Files in a folder: the one that the URL names, or the one for temporary files.
#[derive(Debug)]
struct SqliteFolder;

fn path(server: &DatabaseUrl, name: &str) -> PathBuf {
    folder(server).join(format!("{name}.db"))
}

fn folder(server: &DatabaseUrl) -> PathBuf {
    match server.database().filter(|folder| !folder.is_empty() && *folder != ":memory:") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::temp_dir(),
    }
}

fn failed(what: &str, path: &Path, error: std::io::Error) -> Error {
    let message = format!("can't {what} {}: {error}", path.display());
    Error::new(ErrorKind::Operational, message).with_source(error)
}

impl Server for SqliteFolder {
    fn url(&self, server: &DatabaseUrl, name: &str) -> DatabaseUrl {
        server.clone().with_database(path(server, name).display().to_string())
    }

    fn create<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        let path = path(server, name);
        let made = std::fs::File::create_new(&path).map(|_| ());
        Box::pin(std::future::ready(made.map_err(|error| failed("make", &path, error))))
    }

    fn drop_database<'a>(&'a self, server: &'a DatabaseUrl, name: &'a str) -> BoxFuture<'a, Result<()>> {
        let path = path(server, name);
        let mut result = Ok(());
        for ending in ["-wal", "-shm", "-journal", ""] {
            let file = PathBuf::from(format!("{}{ending}", path.display()));
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    result = Err(failed("remove", &file, error));
                }
                _ => {}
            }
        }
        Box::pin(std::future::ready(result))
    }

    fn names<'a>(&'a self, server: &'a DatabaseUrl, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>>> {
        let folder = folder(server);
        let names = std::fs::read_dir(&folder).map(|entries| {
            let mut names: Vec<String> = entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|name| name.starts_with(prefix))
                .filter_map(|name| name.strip_suffix(".db").map(str::to_owned))
                .collect();
            names.sort();
            names
        });
        Box::pin(std::future::ready(names.map_err(|error| failed("read", &folder, error))))
    }

    fn has_templates(&self) -> bool {
        true
    }

    fn copy<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let words = path(server, name).display().to_string().replace('\'', "''");
            run(&self.url(server, from), format!("VACUUM INTO '{words}'")).await
        })
    }

    fn rename<'a>(
        &'a self,
        server: &'a DatabaseUrl,
        from: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<()>> {
        let (from, to) = (path(server, from), path(server, name));
        // What stands in the write-ahead log was written into the file when the last connection was closed.
        let result = std::fs::rename(&from, &to).map_err(|error| failed("rename", &from, error));
        Box::pin(std::future::ready(result))
    }
}
