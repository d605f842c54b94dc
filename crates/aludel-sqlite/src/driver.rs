//! The driver: from a URL to open connections.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aludel_engine::DatabaseUrl;
use aludel_engine::driver::{Address, BoxFuture, Driver, PoolOptions, RawConnection};
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::Dialect;
use aludel_sql::dialect::sqlite::Sqlite;
use rusqlite::OpenFlags;

use crate::connection::SqliteConnection;
use crate::error;
use crate::movable::MovableConnection;
use crate::options::{Location, Mode, Options};

/// SQLite, reached through rusqlite. Mirrors SQLAlchemy's `sqlite` dialect with the `pysqlite` driver.
///
/// URLs are written as there: `sqlite:///shop.db` for a relative path, `sqlite:////var/shop.db` for an absolute one,
/// `sqlite://` for a database in memory (which lives as long as the engine's one connection).
///
/// Options behind the `?`: `mode` (`ro`, `rw`, or `rwc`, which also creates the file and is the default),
/// `busy_timeout` in milliseconds (5000), `foreign_keys` (`on`), `journal_mode` (`wal` for files that may be written),
/// `synchronous` (`normal` with a write-ahead log, else SQLite's own default), `thread` (`shared`, or `own`).
///
/// A statement runs on the thread that polls its future: a function call, and no hop to another thread. One that takes
/// long keeps other tasks of that thread waiting. With `thread=own`, each connection has a thread of its own for its
/// statements, so that the others go on; each statement then costs two hops. Streams run on that thread in any case.
/// Where the future of a statement is dropped there, the statement is stopped, and an open transaction that it was
/// writing in may be taken back with it.
#[derive(Debug)]
pub struct SqliteDriver {
    options: Options,
    description: String,
    address: Address,
    dialect: Arc<dyn Dialect>,
}

/// The oldest version that has all that the inspector reads (3.37) and the place of an error in a text.
const OLDEST: i32 = 3_038_000;

impl SqliteDriver {
    /// The driver for a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the URL names a host or an unknown option, or the SQLite library is too old.
    pub fn from_url(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        let version = rusqlite::version_number();
        if version < OLDEST {
            return Err(Error::configuration(format!(
                "the SQLite library is version {}, but 3.38 or later is needed: build with the feature `bundled` (of `aludel`: `sqlite`)",
                rusqlite::version()
            )));
        }
        Ok(Arc::new(SqliteDriver {
            options: Options::of_url(url)?,
            description: url.to_string(),
            address: Address::of_url(url),
            dialect: Arc::new(Sqlite::of_version(version)),
        }))
    }

    async fn open(&self) -> Result<Box<dyn RawConnection>> {
        let raw = match &self.options.location {
            Location::Memory => rusqlite::Connection::open_in_memory().map_err(error::translate)?,
            Location::File(path) => open_file(path, self.options.mode)?,
        };
        let dialect = Arc::clone(&self.dialect);
        let mut connection = SqliteConnection::new(raw, dialect, self.options.busy_timeout);
        connection.configure(&self.options).await.map_err(|error| match &self.options.location {
            Location::Memory => error,
            Location::File(path) => error.context(format!("cannot open the database `{}`", path.display())),
        })?;
        Ok(Box::new(MovableConnection::new(connection, self.options.own_thread)))
    }
}

impl Driver for SqliteDriver {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(self.open())
    }

    fn pool_options(&self) -> PoolOptions {
        match self.options.location {
            Location::Memory => PoolOptions::single(),
            Location::File(_) => PoolOptions::default(),
        }
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn address(&self) -> Address {
        self.address.clone()
    }
}

fn open_file(path: &Path, mode: Mode) -> Result<rusqlite::Connection> {
    let access = match mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    // The bundled library reads `file:…` as a URI; here every name is a path.
    let plain: PathBuf = if path.is_relative() { Path::new(".").join(path) } else { path.to_owned() };
    rusqlite::Connection::open_with_flags(plain, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(|error| {
        let translated = error::translate(error);
        match why_not(path, mode) {
            None => translated.context(format!("cannot open the database `{}`", path.display())),
            Some(reason) => {
                let message = format!("cannot open the database `{}`: {reason}", path.display());
                let explained = Error::new(ErrorKind::Operational, message);
                match translated.code() {
                    Some(code) => explained.with_code(code),
                    None => explained,
                }
            }
        }
    })
}

/// SQLite says no more than "unable to open database file"; this looks for the reason.
fn why_not(path: &Path, mode: Mode) -> Option<String> {
    if path.is_dir() {
        return Some("this is a directory, not a database file".to_owned());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.exists() {
        return Some(format!("the directory `{}` does not exist; create it first", folder.display()));
    }
    if !folder.is_dir() {
        return Some(format!("`{}` is not a directory", folder.display()));
    }
    if !path.exists() {
        return match mode {
            Mode::Create => Some(format!("no file can be created in `{}`", folder.display())),
            _ => Some("the file does not exist, and this `mode` creates none (`mode=rwc` does)".to_owned()),
        };
    }
    std::fs::File::open(path).err().map(|error| error.to_string())
}
