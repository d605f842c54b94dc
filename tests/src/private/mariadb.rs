//! A private MariaDB (or MySQL, where that is what is installed).

use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::folder::Folder;
use super::process::{Process, free_port};
use super::{PATIENCE, Stop, program};

/// What a private MariaDB is to be like. See [`MariaDb::setup`].
#[derive(Default)]
pub struct MariaDbSetup {
    lines: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl MariaDbSetup {
    /// Adds a line to the server's section of the option file, such as `log-bin` or `max-connections = 5`. Later lines win.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    /// Puts a file beside the data folder that only the server can read, such as `server.key`; the server's working folder
    /// is there, so that an option can name it as it is called here.
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
    pub fn start(self) -> MariaDb {
        let folder = Folder::create("mariadb", &["mysql", "nobody"]);
        let mut command = Command::new(program(&["mariadb-install-db", "mysql_install_db"]));
        command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        folder.run(command.arg(format!("--datadir={}", folder.path().join("data").display())));
        let mut server = MariaDb { port: 0, lines: self.lines, running: None, folder };
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
        panic!("a private MariaDB did not come up; the end of its log:\n{}", server.folder.log_end());
    }
}

/// A MariaDB of the test's own. It ends, and its data go, with this value.
pub struct MariaDb {
    // In this order: the server has to be gone before its folder goes.
    running: Option<Process>,
    port: u16,
    lines: Vec<String>,
    folder: Folder,
}

impl MariaDb {
    /// What it is to be like, to be followed by [`start`](MariaDbSetup::start).
    #[must_use]
    pub fn setup() -> MariaDbSetup {
        MariaDbSetup::default()
    }

    /// The port on 127.0.0.1. It stays the same.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL for `root`, who has no password, by TCP and without a database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/", self.port)
    }

    /// The same by the Unix socket.
    #[must_use]
    pub fn socket_url(&self) -> String {
        format!("mysql://root@localhost/?unix_socket={}", self.socket().display())
    }

    /// The Unix socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder around the data folder, where [`write`](Self::write) writes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All that the server has logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.folder.log()
    }

    /// The number of the server's process, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Process::id)
    }

    /// Writes a file beside the data folder that only the server can read.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.folder.write(&self.folder.path().join(name), contents.as_ref());
    }

    /// Adds a line to the option file. It holds after [`restart`](Self::restart).
    pub fn add_line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Sends a signal to the server.
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
            Stop::Fast => "TERM",
            Stop::Immediate => "KILL",
        });
        assert!(running.ends(), "MariaDB does not stop; the end of its log:\n{}", self.folder.log_end());
    }

    /// Starts a stopped one again, on the same port, and waits until it lets people in.
    ///
    /// # Panics
    /// Where it does not come up, with the end of its log.
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        assert!(self.comes_up(), "MariaDB did not come up again; its log:\n{}", self.folder.log_end());
    }

    /// [`stop`](Self::stop) and [`start_again`](Self::start_again).
    pub fn restart(&mut self, how: Stop) {
        self.stop(how);
        self.start_again();
    }

    fn comes_up(&mut self) -> bool {
        // Nothing has to survive a power cut, so nothing waits for the disk.
        let mut options = String::from(
            "[mysqld]\nbind-address = 127.0.0.1\nskip-name-resolve\nmax-connections = 50\n\
             innodb-flush-log-at-trx-commit = 0\ninnodb-flush-method = nosync\n",
        );
        for (name, value) in [
            ("port", self.port.to_string()),
            ("datadir", self.data().display().to_string()),
            ("socket", self.socket().display().to_string()),
            ("pid-file", self.folder.path().join("pid").display().to_string()),
        ] {
            options.push_str(&format!("{name} = {value}\n"));
        }
        for line in &self.lines {
            options.push_str(line);
            options.push('\n');
        }
        self.write("options", options);
        let mut command = Command::new(program(&["mariadbd", "mysqld"]));
        command.arg(format!("--defaults-file={}", self.folder.path().join("options").display()));
        let mut process = Process::start(&self.folder, &mut command, "TERM");
        let deadline = Instant::now() + PATIENCE;
        while process.runs() && Instant::now() < deadline {
            if greets(self.port) {
                self.running = Some(process);
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

/// The server speaks first, once it is ready: a packet that opens with the protocol's version.
fn greets(port: u16) -> bool {
    let greeting = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut greeting = [0; 5];
        stream.read_exact(&mut greeting).map(|()| greeting[4])
    };
    matches!(greeting(), Ok(10))
}
