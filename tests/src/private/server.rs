//! What private servers have in common: how one comes up on a port of its own, is stopped, and comes up again.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::folder::Folder;
use super::process::{Process, free_port};
use super::{PATIENCE, Stop};

/// What servers of one kind have to themselves.
pub trait Program: Sized {
    /// What messages call it.
    const NAME: &'static str;

    /// The signal that stops it in order.
    const FAST: &'static str;

    /// The signal that stops it at once.
    const IMMEDIATE: &'static str;

    /// Where in its folder the files are that it is given.
    const FILES: &'static str;

    /// Writes its settings down.
    fn configure(server: &Server<Self>);

    /// What starts it, after whatever an earlier run left behind is cleared away.
    fn command(server: &Server<Self>) -> Command;

    /// Whether it lets people in.
    fn is_ready(server: &Server<Self>) -> bool;
}

/// A server of the test's own. It ends, and its data go, with this value.
pub struct Server<P> {
    // In this order: the server has to be gone before its folder goes.
    running: Option<Process>,
    port: u16,
    pub(super) lines: Vec<String>,
    folder: Folder,
    program: PhantomData<P>,
}

impl<P: Program> Server<P> {
    /// Starts one whose data are in place, and waits until it lets people in.
    pub(super) fn start(folder: Folder, lines: Vec<String>, files: &[(String, Vec<u8>)]) -> Self {
        let mut server = Server { running: None, port: 0, lines, folder, program: PhantomData };
        for (name, contents) in files {
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
        panic!("a private {} did not come up; the end of its log:\n{}", P::NAME, server.folder.log_end());
    }

    /// The port on 127.0.0.1, and for PostgreSQL, where there is one, on ::1. It stays the same.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder around the data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
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

    /// Writes a file that only the server can read: into PostgreSQL's data folder, such as a new `pg_hba.conf`, and beside
    /// that of MariaDB.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.folder.write(&self.folder().join(P::FILES).join(name), contents.as_ref());
    }

    /// Adds a line to the settings. It holds after [`restart`](Self::restart), and what PostgreSQL can change while it runs
    /// after [`reload`](super::Postgres::reload).
    pub fn add_line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
        P::configure(self);
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
            Stop::Fast => P::FAST,
            Stop::Immediate => P::IMMEDIATE,
        });
        assert!(running.ends(), "{} does not stop; the end of its log:\n{}", P::NAME, self.folder.log_end());
    }

    /// Starts a stopped one again, on the same port, and waits until it lets people in.
    ///
    /// # Panics
    /// Where it does not come up, with the end of its log.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        assert!(self.comes_up(), "{} did not come up again; its log:\n{}", P::NAME, self.folder.log_end());
    }

    /// [`stop`](Self::stop) and [`start_again`](Self::start_again).
    pub fn restart(&mut self, how: Stop) {
        self.stop(how);
        self.start_again();
    }

    fn comes_up(&mut self) -> bool {
        P::configure(self);
        let mut process = Process::start(&self.folder, &mut P::command(self), P::FAST);
        let deadline = Instant::now() + PATIENCE;
        while process.runs() && Instant::now() < deadline {
            if P::is_ready(self) {
                self.running = Some(process);
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}
