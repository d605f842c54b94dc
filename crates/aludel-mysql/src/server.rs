//! Which server answers: MySQL or MariaDB, and of what version.

use std::sync::Arc;

use aludel_engine::error::{Error, Result};
use aludel_sql::Dialect;
use aludel_sql::dialect::mysql::Mysql;

/// What a server's version string says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// MariaDB rather than MySQL.
    pub(crate) mariadb: bool,
    version: (u16, u16, u16),
}

/// The first MySQL that checks its check constraints, and the first MariaDB with `INSERT … RETURNING` and
/// `RENAME COLUMN`. The dialects' facts hold from there on.
const OLDEST_MYSQL: (u16, u16, u16) = (8, 0, 16);
const OLDEST_MARIADB: (u16, u16, u16) = (10, 5, 2);

impl Server {
    /// Reads a version string such as `8.0.36` or `10.11.6-MariaDB-log`.
    ///
    /// # Errors
    /// Where it is none, or the server is too old.
    pub(crate) fn of_version(words: &str) -> Result<Self> {
        let mariadb = words.to_ascii_lowercase().contains("mariadb");
        // Proxies hand on the prefix that MariaDB once put in front for old replicas.
        let numbers = if mariadb { words.strip_prefix("5.5.5-").unwrap_or(words) } else { words };
        let digits = |part: Option<&str>| {
            let part = part.unwrap_or_default();
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end).and_then(|digits| digits.parse().ok())
        };
        let mut parts = numbers.split('.');
        let (major, minor, patch) = (digits(parts.next()), digits(parts.next()), digits(parts.next()));
        let (Some(major), Some(minor)) = (major, minor) else {
            return Err(Error::configuration(format!(
                "the server calls its version `{words}`, which is none"
            )));
        };
        let server = Server { mariadb, version: (major, minor, patch.unwrap_or(0)) };
        let oldest = if mariadb { OLDEST_MARIADB } else { OLDEST_MYSQL };
        if server.version < oldest {
            return Err(Error::configuration(format!(
                "the server is version {words}, but MySQL {}.{}.{} or MariaDB {}.{}.{} or later is needed",
                OLDEST_MYSQL.0,
                OLDEST_MYSQL.1,
                OLDEST_MYSQL.2,
                OLDEST_MARIADB.0,
                OLDEST_MARIADB.1,
                OLDEST_MARIADB.2
            )));
        }
        Ok(server)
    }

    /// Whether the server runs a statement for arrays of parameters in one request.
    pub(crate) fn takes_arrays(self) -> bool {
        self.mariadb
    }

    /// The statement that tells of the servers that this one follows.
    pub(crate) fn replica_status(self) -> &'static str {
        // The old words are gone from current versions, the new ones are not in older ones.
        match self.mariadb || self.version >= (8, 0, 22) {
            true => "SHOW REPLICA STATUS",
            false => "SHOW SLAVE STATUS",
        }
    }

    /// The query for how far the server's data has come.
    pub(crate) fn position(self) -> &'static str {
        if self.mariadb { "SELECT @@global.gtid_current_pos" } else { "SELECT @@global.gtid_executed" }
    }

    /// The query that yields 1 where the server's data has come so far as a parameter says.
    pub(crate) fn has_reached(self) -> &'static str {
        // Without time to wait, the function only looks.
        match self.mariadb {
            true => "SELECT MASTER_GTID_WAIT(?, 0) = 0",
            false => "SELECT GTID_SUBSET(?, @@global.gtid_executed)",
        }
    }

    /// The dialect with this server's facts.
    pub(crate) fn dialect(self) -> Arc<dyn Dialect> {
        let (major, minor, _) = self.version;
        Arc::new(if self.mariadb {
            Mysql::mariadb().native_uuid((major, minor) >= (10, 7))
        } else {
            Mysql::mysql()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_strings() {
        let known = [
            ("8.0.36", false, (8, 0, 36)),
            ("8.4.0-commercial", false, (8, 4, 0)),
            ("8.0.36-28.1", false, (8, 0, 36)),
            ("10.11.6-MariaDB-1:10.11.6+maria~ubu2204", true, (10, 11, 6)),
            ("5.5.5-10.6.12-MariaDB", true, (10, 6, 12)),
            ("11.4-mariadb", true, (11, 4, 0)),
        ];
        for (words, mariadb, version) in known {
            assert_eq!(Server::of_version(words).unwrap(), Server { mariadb, version }, "{words}");
        }
        for words in ["", "5.7.44", "8.0.11", "10.4.34-MariaDB", "MariaDB", "x.y"] {
            let error = Server::of_version(words).unwrap_err();
            assert!(error.message().contains(words), "{error}");
        }
    }
}
