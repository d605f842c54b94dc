//! Database servers for tests: those that are named, else those that are there, else private ones.
//!
//! Each kind of server is looked for in the same four places: its environment variable, its usual port on this
//! machine, the binaries that are installed (a private server is started from them and lives as long as this
//! program), and, for root on Debian, the package manager.

mod account;
mod address;
#[cfg(unix)]
mod guard;
mod install;
mod mariadb;
mod postgres;
#[cfg(unix)]
mod private;
#[cfg(not(unix))]
#[path = "servers/private_elsewhere.rs"]
mod private;
mod programs;
#[cfg(unix)]
mod scratch;

use std::path::{Path, PathBuf};
use std::process::Command;

use address::Address;
use private::Private;

/// Where servers may come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// The environment and the usual ports are looked at first.
    Any,
    /// Private ones in any case: nobody else's server is touched.
    Private,
}

/// The servers that a test run may use. Private ones are stopped when this is dropped.
pub(crate) struct Servers {
    variables: Vec<(&'static str, String)>,
    private: Vec<Private>,
}

impl Servers {
    /// No servers: nothing is exported, nothing will be stopped.
    pub(crate) fn none() -> Self {
        Self { variables: Vec::new(), private: Vec::new() }
    }

    /// The environment that tells the tests where the servers are.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.variables.iter().map(|(name, url)| (*name, url.as_str()))
    }
}

/// What is particular to one kind of server.
struct Kind {
    name: &'static str,
    /// The environment variable that names a server, for us and for the tests.
    variable: &'static str,
    schemes: &'static [&'static str],
    port: u16,
    /// The URL of a server on this machine that lets its administrator in without a password.
    url: fn(Address) -> String,
    /// Whether a server of this kind answers there.
    speaks: fn(&Address) -> Result<(), String>,
    /// Whether it also lets the administrator in without a password.
    admits: fn(&Address) -> Result<(), String>,
    /// Its programs, if these folders hold them.
    programs: fn(&[PathBuf]) -> Option<Programs>,
    /// Makes a data folder.
    create: fn(&Programs, data: &Path) -> Command,
    /// Serves a data folder at a port, in the foreground.
    serve: fn(&Programs, data: &Path, port: u16) -> Command,
    /// Whom it runs as when we are root, which servers refuse to be: the first account that exists.
    accounts: &'static [&'static str],
    /// The signal that makes it stop without waiting for its clients.
    stop: &'static str,
    /// The Debian package with those programs.
    package: &'static str,
}

/// The programs that make and run a private server.
struct Programs {
    create: PathBuf,
    serve: PathBuf,
}

const KINDS: [&Kind; 2] = [&postgres::KIND, &mariadb::KIND];

/// What came of looking for a server that is already there.
#[derive(Debug, PartialEq)]
enum Search {
    At { url: String, how: String },
    Nowhere { reason: String },
}

/// Finds or starts one server of each kind.
///
/// # Errors
/// When the environment names a server that is not there, or when there is none and none can be started.
pub(crate) fn find_or_start(source: Source) -> Result<Servers, String> {
    let mut servers = Servers::none();
    let mut missing = Vec::new();
    for kind in KINDS {
        let search = match source {
            Source::Private => Search::Nowhere { reason: "private servers were asked for".into() },
            Source::Any => {
                let named = std::env::var(kind.variable).ok().filter(|url| !url.is_empty());
                search(kind, named.as_deref(), &Address::here(kind.port))?
            }
        };
        match search {
            Search::At { url, how } => {
                println!("servers: {} {how}", kind.name);
                servers.variables.push((kind.variable, url));
            }
            Search::Nowhere { reason } => missing.push((kind, reason)),
        }
    }

    let lacking: Vec<&str> = missing
        .iter()
        .filter(|(kind, _)| (kind.programs)(&programs::folders()).is_none())
        .map(|(kind, _)| kind.package)
        .collect();
    if !lacking.is_empty() && install::possible() {
        install::install(&lacking)?;
    }
    for (kind, reason) in missing {
        let programs = (kind.programs)(&programs::folders()).ok_or_else(|| ways_out(kind, &reason))?;
        let private = Private::start(kind, &programs)?;
        println!("servers: {} started for this run at {} ({reason})", kind.name, private.address());
        servers.variables.push((kind.variable, (kind.url)(private.address().clone())));
        servers.private.push(private);
    }
    Ok(servers)
}

/// Looks for a server that is there: the one that is named and no other, else the one at the usual address.
fn search(kind: &Kind, named: Option<&str>, usual: &Address) -> Result<Search, String> {
    let Some(url) = named else {
        return Ok(match (kind.admits)(usual) {
            Ok(()) => Search::At { url: (kind.url)(usual.clone()), how: format!("found at {usual}") },
            Err(reason) => Search::Nowhere { reason },
        });
    };
    let checked = Address::of_url(url, kind.schemes, kind.port).and_then(|address| {
        (kind.speaks)(&address).map(|()| format!("at {address} (from {})", kind.variable))
    });
    match checked {
        Ok(how) => Ok(Search::At { url: url.to_owned(), how }),
        Err(reason) => Err(format!("{} is set, but {reason}. Correct it or unset it.", kind.variable)),
    }
}

fn ways_out(kind: &Kind, reason: &str) -> String {
    let Kind { name, variable, package, .. } = kind;
    let example = (kind.url)(Address::here(kind.port));
    format!(
        "tests ask for a {name} server, and there is none: {reason}; its programs are not installed.\n\
         Install {name} (on Debian the package {package}), or set {variable} to a server's URL such as {example},\n\
         or leave these tests out with `cargo xtask test --no-servers`."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::address::tests::closed_port;

    #[test]
    fn a_named_server_that_is_missing_is_an_error_that_says_so() {
        for kind in KINDS {
            let url = (kind.url)(Address::here(closed_port()));
            let error = search(kind, Some(&url), &Address::here(kind.port)).unwrap_err();
            assert!(error.starts_with(kind.variable) && error.contains("127.0.0.1"), "{error}");
        }
    }

    #[test]
    fn a_url_of_another_kind_is_an_error_without_its_password() {
        let error = search(&postgres::KIND, Some("sqlite://me:secret@shop"), &Address::here(1)).unwrap_err();
        assert!(error.contains("postgres://") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn nothing_at_the_usual_port_is_no_error_yet() {
        for kind in KINDS {
            let usual = Address::here(closed_port());
            let Search::Nowhere { reason } = search(kind, None, &usual).unwrap() else {
                panic!("found {usual}")
            };
            assert!(reason.contains(&usual.to_string()), "{reason}");
        }
    }

    #[test]
    fn without_programs_the_ways_out_are_named() {
        for kind in KINDS {
            assert!((kind.programs)(&[]).is_none());
            let text = ways_out(kind, "nothing answers");
            for needle in [kind.name, kind.variable, kind.package, "--no-servers"] {
                assert!(text.contains(needle), "{text}");
            }
        }
    }
}
