//! Servers of a test's own, on loopback, in a temporary folder, with the settings that the test wants. They end with the
//! value that stands for them, also where the test panics, and also where the whole program is killed.
//!
//! ```no_run
//! use aludel_tests::private::{Postgres, Stop};
//!
//! let mut server = Postgres::setup().line("max_connections = 5").start();
//! println!("{} keeps its data in {}", server.url(), server.data().display());
//! server.stop(Stop::Immediate);
//! server.start_again(); // on the same port
//! ```
//!
//! PostgreSQL refuses to run as root: where the test does, the server runs as the account `postgres` or `nobody`.

mod folder;
mod mariadb;
mod postgres;
mod process;
mod server;

pub use mariadb::{MariaDb, MariaDbSetup};
pub use postgres::{Postgres, PostgresSetup};
pub use server::{Program, Server};

use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a server is stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop {
    /// In order: connections are closed, open transactions are rolled back.
    Fast,
    /// As if the machine had lost its power; the next start recovers.
    Immediate,
}

/// How long a server may take to come up or to go down on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program on the path, or where distributions hide it.
fn program(names: &[&str]) -> PathBuf {
    let mut folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    // Debian keeps each major version of PostgreSQL in a folder of its own: the newest comes first.
    let mut versions: Vec<u32> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_by(|one, other| other.cmp(one));
    folders.extend(
        versions.iter().map(|version| Path::new("/usr/lib/postgresql").join(format!("{version}/bin"))),
    );
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("this test starts a server of its own, but there is no `{}`", names.join("` or `"))
        })
}
