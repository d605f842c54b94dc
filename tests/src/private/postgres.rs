//! A private PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::Folder;
use super::program;
use super::server::{Program, Server};

/// What a private PostgreSQL is to be like. See [`Postgres::setup`].
#[derive(Default)]
pub struct PostgresSetup {
    lines: Vec<String>,
    hba: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl PostgresSetup {
    /// Adds a line to `postgresql.conf`, such as `wal_level = logical`. Later lines win.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Adds a line to `pg_hba.conf`, such as `hostssl all all 127.0.0.1/32 scram-sha-256`. Without any, everybody is let in
    /// from this machine, for replication, too. `postgres` gets in through the socket in any case.
    #[must_use]
    pub fn hba(mut self, line: impl Into<String>) -> Self {
        self.hba.push(line.into());
        self
    }

    /// Puts a file into the data folder that only the server can read, such as `server.key`.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, contents: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), contents.into()));
        self
    }

    /// Starts it, and waits until it lets people in.
    ///
    /// # Panics
    /// Where it does not come up, with the end of its log.
    #[must_use]
    pub fn start(self) -> Postgres {
        let folder = Folder::create("postgres", &["postgres", "nobody"]);
        let mut command = Command::new(program(&["initdb"]));
        command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        folder.run(command.arg("--pgdata").arg(folder.path().join("data")));
        self.serve(folder)
    }

    /// Starts it as a standby that follows `primary` and can be read.
    ///
    /// # Panics
    /// Where it does not come up, with the end of its log.
    #[must_use]
    pub fn start_standby_of(self, primary: &Postgres) -> Postgres {
        let folder = Folder::create("postgres", &["postgres", "nobody"]);
        let mut command = Command::new(program(&["pg_basebackup"]));
        command.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--username=postgres"]);
        command.args(["--host=127.0.0.1", &format!("--port={}", primary.port())]);
        folder.run(command.arg("--pgdata").arg(folder.path().join("data")));
        self.serve(folder)
    }

    fn serve(mut self, folder: Folder) -> Postgres {
        if self.hba.is_empty() {
            for host in ["127.0.0.1/32", "::1/128"] {
                self.hba.push(format!("host all,replication all {host} trust"));
            }
        }
        self.hba.insert(0, "local all,replication postgres trust".into());
        let mut files = vec![("pg_hba.conf".to_owned(), lines(&self.hba).into_bytes())];
        files.append(&mut self.files);
        Server::start(folder, self.lines, &files)
    }
}

/// A PostgreSQL of the test's own. It ends, and its data go, with this value.
pub type Postgres = Server<PostgresProgram>;

impl Postgres {
    /// What it is to be like, to be followed by [`start`](PostgresSetup::start).
    #[must_use]
    pub fn setup() -> PostgresSetup {
        PostgresSetup::default()
    }

    /// The URL of the database `postgres` for the superuser `postgres`, by TCP.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port())
    }

    /// The same by the Unix socket, where `postgres` always gets in.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let folder = self.socket_folder().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/postgres", self.port())
    }

    /// The folder of the Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.folder()
    }

    /// Has the running server read its files anew.
    pub fn reload(&mut self) {
        self.signal("HUP");
    }
}

/// What is PostgreSQL's own.
pub struct PostgresProgram;

impl Program for PostgresProgram {
    const NAME: &'static str = "PostgreSQL";
    const FAST: &'static str = "INT";
    const IMMEDIATE: &'static str = "QUIT";
    const FILES: &'static str = "data";

    /// Nothing has to survive a power cut, so nothing waits for the disk.
    fn configure(server: &Postgres) {
        let mut all: Vec<String> = [
            "listen_addresses = '127.0.0.1, ::1'",
            "max_connections = 50",
            "fsync = off",
            "synchronous_commit = off",
            "full_page_writes = off",
            "shared_buffers = 16MB",
        ]
        .map(String::from)
        .to_vec();
        all.push(format!("unix_socket_directories = '{}'", server.socket_folder().display()));
        all.push(format!("port = {}", server.port()));
        all.extend_from_slice(&server.lines);
        server.write("postgresql.conf", lines(&all));
    }

    fn command(server: &Postgres) -> Command {
        let _ = std::fs::remove_file(status(server));
        let mut command = Command::new(program(&["postgres"]));
        command.arg("-D").arg(server.data());
        command
    }

    /// The server itself notes how far it is; no login is needed to see it.
    fn is_ready(server: &Postgres) -> bool {
        let noted = std::fs::read_to_string(status(server)).unwrap_or_default();
        noted.lines().nth(7).is_some_and(|line| ["ready", "standby"].contains(&line.trim()))
    }
}

fn status(server: &Postgres) -> PathBuf {
    server.data().join("postmaster.pid")
}

fn lines(all: &[String]) -> String {
    let mut text = all.join("\n");
    text.push('\n');
    text
}
