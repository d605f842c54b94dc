//! A server of our own, in a temporary folder, at a free port of this machine. It never outlives this program.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::time::{Duration, Instant};

use super::account::{self, Account};
use super::address::Address;
use super::guard::{Guard, signal};
use super::scratch::Scratch;
use super::{Kind, Programs};

/// How long a server may take to come up, or to go down before it is killed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropping it stops the server and removes its folder.
pub(super) struct Private {
    address: Address,
    server: Child,
    stop: &'static str,
    guard: Option<Guard>,
    scratch: Scratch,
}

impl Private {
    /// Makes a data folder, starts a server on it and waits until it lets us in.
    pub(super) fn start(kind: &Kind, programs: &Programs) -> Result<Self, String> {
        let scratch = Scratch::create(kind.name, account(kind)?)?;
        let data = scratch.path().join("data");

        let status = scratch.house(&mut (kind.create)(programs, &data))?.status();
        if !matches!(&status, Ok(status) if status.success()) {
            return Err(failure(
                kind,
                &scratch,
                &format!("could not make a data folder ({})", shown(&status)),
            ));
        }

        let address = Address::here(free_port()?);
        let mut serve = (kind.serve)(programs, &data, address.port);
        // A process group of its own: Ctrl-C reaches us, and the guard stops the server.
        let server = scratch.house(&mut serve)?.process_group(0).spawn();
        let server =
            server.map_err(|error| failure(kind, &scratch, &format!("could not be started: {error}")))?;
        let mut private = Self { address, server, stop: kind.stop, guard: None, scratch };
        private.guard = Some(Guard::over(&private.server, kind.stop, private.scratch.path())?);
        private.wait_until_up(kind)?;
        Ok(private)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    fn wait_until_up(&mut self, kind: &Kind) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while let Err(reason) = (kind.admits)(&self.address) {
            if !self.runs() {
                return Err(failure(kind, &self.scratch, "ended while it started"));
            }
            if Instant::now() > deadline {
                return Err(failure(kind, &self.scratch, &format!("did not come up: {reason}")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn runs(&mut self) -> bool {
        matches!(self.server.try_wait(), Ok(None))
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.guard = None;
        if !self.runs() {
            return;
        }
        signal(&self.server, self.stop);
        let deadline = Instant::now() + PATIENCE;
        while self.runs() {
            if Instant::now() > deadline {
                eprintln!("process {} does not stop, so it is killed", self.server.id());
                if let Err(error) = self.server.kill().and_then(|()| self.server.wait()) {
                    eprintln!("process {} cannot be killed: {error}", self.server.id());
                }
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whom the server is to run as: ourselves, unless we are root.
fn account(kind: &Kind) -> Result<Option<Account>, String> {
    if !account::we_are_root() {
        return Ok(None);
    }
    let found = kind.accounts.iter().find_map(|name| Account::named(name));
    found.map(Some).ok_or_else(|| {
        format!(
            "{} refuses to run as root, and there is no account `{}`",
            kind.name,
            kind.accounts.join("` or `")
        )
    })
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("there is no free port: {error}"))
}

fn failure(kind: &Kind, scratch: &Scratch, what: &str) -> String {
    format!("a private {} {what}; the end of its log:\n{}", kind.name, scratch.log_end())
}

fn shown(status: &std::io::Result<std::process::ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
