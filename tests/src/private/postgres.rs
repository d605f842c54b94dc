//! A private PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::folder::Folder;
use super::process::{Process, free_port};
use super::{PATIENCE, Stop, program};

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
        command.args(["--host=127.0.0.1", &format!("--port={}", primary.port)]);
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
        let mut server = Postgres { port: 0, lines: self.lines, running: None, folder };
        server.write("pg_hba.conf", lines(&self.hba));
        for (name, contents) in &self.files {
            server.write(name, contents);
        }
        // The port was free a moment ago; somebody may have been faster.
        for _ in 0..5 {
            server.port = free_port();
            if server.comes_up() {
                return server;
            }
            if !server.folder.log_end().contains("Address already in use") {
                break;
            }
        }
        panic!("a private PostgreSQL did not come up; the end of its log:\n{}", server.folder.log_end());
    }
}

/// A PostgreSQL of the test's own. It ends, and its data go, with this value.
pub struct Postgres {
    // In this order: the server has to be gone before its folder goes.
    running: Option<Process>,
    port: u16,
    lines: Vec<String>,
    folder: Folder,
}

impl Postgres {
    /// What it is to be like, to be followed by [`start`](PostgresSetup::start).
    #[must_use]
    pub fn setup() -> PostgresSetup {
        PostgresSetup::default()
    }

    /// The port, on 127.0.0.1 and, where there is one, ::1. It stays the same.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of the database `postgres` for the superuser `postgres`, by TCP.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The same by the Unix socket, where `postgres` always gets in.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let folder = self.socket_folder().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/postgres", self.port)
    }

    /// The folder of the Unix socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// All that the server has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.folder.log()
    }

    /// The number of the server's first process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Process::id)
    }

    /// Writes a file into the data folder that only the server can read, such as a new `pg_hba.conf`.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.folder.write(&self.data().join(name), contents.as_ref());
    }

    /// Adds a line to `postgresql.conf`. It holds after [`reload`](Self::reload) or [`restart`](Self::restart).
    pub fn add_line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
        self.configure();
    }

    /// Has the running server read its files anew.
    pub fn reload(&mut self) {
        self.signal("HUP");
    }

    /// Sends a signal to the server's first process.
    pub fn signal(&mut self, name: &str) {
        self.running.as_mut().expect("the server runs").signal(name);
    }

    /// Stops it, and waits until it is gone. Data and port are kept.
    ///
    /// # Panics
    /// Where it does not end.
    pub fn stop(&mut self, how: Stop) {
        let Some(mut running) = self.running.take() else { return };
        running.signal(match how {
            Stop::Fast => "INT",
            Stop::Immediate => "QUIT",
        });
        assert!(running.ends(), "PostgreSQL does not stop; the end of its log:\n{}", self.folder.log_end());
    }

    /// Starts a stopped one again, on the same port, and waits until it lets people in.
    ///
    /// # Panics
    /// Where it does not come up, with the end of its log.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        assert!(self.comes_up(), "PostgreSQL did not come up again; its log:\n{}", self.folder.log_end());
    }

    /// [`stop`](Self::stop) and [`start_again`](Self::start_again).
    pub fn restart(&mut self, how: Stop) {
        self.stop(how);
        self.start_again();
    }

    /// Nothing has to survive a power cut, so nothing waits for the disk.
    fn configure(&self) {
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
        all.push(format!("unix_socket_directories = '{}'", self.folder.path().display()));
        all.push(format!("port = {}", self.port));
        all.extend_from_slice(&self.lines);
        self.write("postgresql.conf", lines(&all));
    }

    fn comes_up(&mut self) -> bool {
        self.configure();
        let status = self.data().join("postmaster.pid");
        let _ = std::fs::remove_file(&status);
        let mut command = Command::new(program(&["postgres"]));
        command.arg("-D").arg(self.data());
        let mut process = Process::start(&self.folder, &mut command, "INT");
        let deadline = Instant::now() + PATIENCE;
        while process.runs() && Instant::now() < deadline {
            // The server itself notes here how far it is; no login is needed to see it.
            let noted = std::fs::read_to_string(&status).unwrap_or_default();
            if noted.lines().nth(7).is_some_and(|line| ["ready", "standby"].contains(&line.trim())) {
                self.running = Some(process);
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

fn lines(all: &[String]) -> String {
    let mut text = all.join("\n");
    text.push('\n');
    text
}
