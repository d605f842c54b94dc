//! A private MariaDB (or MySQL, where that is what is installed).

use std::io::Read;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;

use super::folder::Folder;
use super::server::{Program, Server};
use super::{PATIENCE, program};

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
        Server::start(folder, self.lines, &self.files)
    }
}

/// A MariaDB of the test's own. It ends, and its data go, with this value.
pub type MariaDb = Server<MariaDbProgram>;

impl MariaDb {
    /// What it is to be like, to be followed by [`start`](MariaDbSetup::start).
    #[must_use]
    pub fn setup() -> MariaDbSetup {
        MariaDbSetup::default()
    }

    /// The URL for `root`, who has no password, by TCP and without a database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/", self.port())
    }

    /// The same by the Unix socket.
    #[must_use]
    pub fn socket_url(&self) -> String {
        format!("mysql://root@localhost/?unix_socket={}", self.socket().display())
    }

    /// The Unix socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder().join("socket")
    }
}

/// What is MariaDB's own.
pub struct MariaDbProgram;

impl Program for MariaDbProgram {
    const NAME: &'static str = "MariaDB";
    const FAST: &'static str = "TERM";
    const IMMEDIATE: &'static str = "KILL";
    const FILES: &'static str = ".";

    fn configure(server: &MariaDb) {
        // Nothing has to survive a power cut, so nothing waits for the disk.
        let mut options = String::from(
            "[mysqld]\nbind-address = 127.0.0.1\nskip-name-resolve\nmax-connections = 50\n\
             innodb-flush-log-at-trx-commit = 0\ninnodb-flush-method = nosync\n",
        );
        for (name, value) in [
            ("port", server.port().to_string()),
            ("datadir", server.data().display().to_string()),
            ("socket", server.socket().display().to_string()),
            ("pid-file", server.folder().join("pid").display().to_string()),
        ] {
            options.push_str(&format!("{name} = {value}\n"));
        }
        for line in &server.lines {
            options.push_str(line);
            options.push('\n');
        }
        server.write("options", options);
    }

    fn command(server: &MariaDb) -> Command {
        let mut command = Command::new(program(&["mariadbd", "mysqld"]));
        command.arg(format!("--defaults-file={}", server.folder().join("options").display()));
        command
    }

    fn is_ready(server: &MariaDb) -> bool {
        greets(server.port())
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
