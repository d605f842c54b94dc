//! What a URL says about a SQLite database.

use std::path::PathBuf;
use std::time::Duration;

use aludel_engine::DatabaseUrl;
use aludel_engine::error::{Error, Result};

/// Where the database is and how it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) location: Location,
    pub(crate) mode: Mode,
    pub(crate) busy_timeout: Duration,
    pub(crate) foreign_keys: bool,
    pub(crate) journal_mode: Option<&'static str>,
    pub(crate) synchronous: Option<&'static str>,
    /// Every connection runs its statements on a thread of its own.
    pub(crate) own_thread: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Memory,
    File(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `ro`
    Read,
    /// `rw`
    Write,
    /// `rwc`
    Create,
}

const KNOWN: &str = "`mode` (ro, rw, rwc), `busy_timeout` (milliseconds), `foreign_keys` (on, off), \
                     `journal_mode` (wal, delete, truncate, persist, memory, off), \
                     `synchronous` (off, normal, full, extra), `thread` (shared, own)";

impl Options {
    /// Reads a URL.
    ///
    /// # Errors
    /// Where it names a host, or an option or value that is not known.
    pub(crate) fn of_url(url: &DatabaseUrl) -> Result<Self> {
        if let Some(host) = url.host() {
            return Err(Error::configuration(format!(
                "`{url}` names the host `{host}`, but SQLite opens a file: write `sqlite:///{host}` for a relative path \
                 and `sqlite:////…` for an absolute one"
            )));
        }
        if url.user().is_some() || url.password().is_some() || url.port().is_some() {
            return Err(Error::configuration(format!(
                "`{url}`: a SQLite database takes no user, password or port"
            )));
        }
        let location = match url.database() {
            None | Some(":memory:") => Location::Memory,
            Some(path) => Location::File(PathBuf::from(path)),
        };
        let mut options = Options {
            location,
            mode: Mode::Create,
            busy_timeout: Duration::from_secs(5),
            foreign_keys: true,
            journal_mode: None,
            synchronous: None,
            own_thread: false,
        };
        for (name, value) in url.options() {
            options.set(name, value).map_err(|problem| {
                Error::configuration(format!("`{url}`: {problem}. The options of SQLite are {KNOWN}"))
            })?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wrong = || format!("the option `{name}` can't be `{value}`");
        let one_of = |known: &[&'static str]| {
            known.iter().copied().find(|word| word.eq_ignore_ascii_case(value)).ok_or_else(wrong)
        };
        match name {
            "mode" => {
                self.mode = match one_of(&["ro", "rw", "rwc"])? {
                    "ro" => Mode::Read,
                    "rw" => Mode::Write,
                    _ => Mode::Create,
                };
            }
            "busy_timeout" => self.busy_timeout = Duration::from_millis(value.parse().map_err(|_| wrong())?),
            "foreign_keys" => {
                let word = one_of(&["on", "off", "true", "false", "1", "0"])?;
                self.foreign_keys = matches!(word, "on" | "true" | "1");
            }
            "journal_mode" => {
                self.journal_mode = Some(one_of(&["wal", "delete", "truncate", "persist", "memory", "off"])?);
            }
            "thread" => self.own_thread = one_of(&["shared", "own"])? == "own",
            "synchronous" => self.synchronous = Some(one_of(&["off", "normal", "full", "extra"])?),
            _ => return Err(format!("there is no option `{name}`")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> Result<Options> {
        Options::of_url(&DatabaseUrl::parse(url)?)
    }

    #[test]
    fn urls_name_files_as_in_sqlalchemy() {
        let location = |url: &str| options(url).map(|options| options.location).ok();
        assert_eq!(location("sqlite:///shop.db"), Some(Location::File("shop.db".into())));
        assert_eq!(location("sqlite:////var/shop.db"), Some(Location::File("/var/shop.db".into())));
        assert_eq!(location("sqlite:///a%20b.db"), Some(Location::File("a b.db".into())));
        assert_eq!(location("sqlite://"), Some(Location::Memory));
        assert_eq!(location("sqlite:///:memory:"), Some(Location::Memory));
    }

    #[test]
    fn options_are_read() {
        let options = options(
            "sqlite:///a?mode=ro&busy_timeout=250&foreign_keys=off&journal_mode=DELETE&synchronous=full",
        )
        .expect("a good URL");
        assert_eq!(options.mode, Mode::Read);
        assert_eq!(options.busy_timeout, Duration::from_millis(250));
        assert!(!options.foreign_keys);
        assert_eq!(options.journal_mode, Some("delete"));
        assert_eq!(options.synchronous, Some("full"));
    }

    #[test]
    fn bad_urls_say_what_is_wrong() {
        for (url, part) in [
            ("sqlite://shop.db", "sqlite:///shop.db"),
            ("sqlite://me@/shop.db", "takes no user"),
            ("sqlite:///a?colour=red", "no option `colour`. The options of SQLite are `mode`"),
            ("sqlite:///a?mode=w", "`mode` can't be `w`"),
            ("sqlite:///a?busy_timeout=soon", "`busy_timeout` can't be `soon`"),
        ] {
            let message = options(url).expect_err(url).to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
