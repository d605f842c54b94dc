//! PostgreSQL: how to recognise one, and how to run one of our own.

use std::path::Path;
use std::process::Command;

use super::address::{Address, ask};
use super::programs::find;
use super::{Kind, Programs};

pub(super) const KIND: Kind = Kind {
    name: "PostgreSQL",
    variable: "ALUDEL_TEST_POSTGRES",
    schemes: &["postgres", "postgresql"],
    port: 5432,
    url: |address| format!("postgres://postgres@{address}/postgres"),
    speaks,
    admits,
    programs: |folders| {
        Some(Programs { create: find("initdb", folders)?, serve: find("postgres", folders)? })
    },
    create,
    serve,
    accounts: &["postgres", "nobody"],
    stop: "INT", // "fast": open transactions are rolled back, nobody is waited for
    package: "postgresql",
};

/// Asks for encryption: every PostgreSQL answers this one question with one letter, before any login.
fn speaks(address: &Address) -> Result<(), String> {
    const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
    match ask(&mut address.connect()?, &SSL_REQUEST)? {
        [b'S' | b'N'] => Ok(()),
        _ => Err(format!("what listens at {address} is not PostgreSQL")),
    }
}

/// Logs in as `postgres` and leaves it at that: the first answer says whether a password is wanted.
fn admits(address: &Address) -> Result<(), String> {
    let parameters = b"user\0postgres\0database\0postgres\0\0";
    let mut startup = Vec::new();
    startup.extend((8 + parameters.len() as u32).to_be_bytes());
    startup.extend([0, 3, 0, 0]);
    startup.extend(parameters);
    match ask(&mut address.connect()?, &startup)? {
        [b'R', 0, 0, 0, 8, 0, 0, 0, 0] => Ok(()),
        [b'R' | b'E', ..] => {
            Err(format!("the one at {address} does not let `postgres` in without a password"))
        }
        _ => Err(format!("what listens at {address} is not PostgreSQL")),
    }
}

fn create(programs: &Programs, data: &Path) -> Command {
    let mut command = Command::new(&programs.create);
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    command.arg("--pgdata").arg(data);
    command
}

/// Nothing has to survive a power cut, so nothing waits for the disk.
fn serve(programs: &Programs, data: &Path, port: u16) -> Command {
    let mut command = Command::new(&programs.serve);
    command.arg("-D").arg(data).arg("-p").arg(port.to_string());
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
    ] {
        command.arg("-c").arg(setting);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::address::tests::fake;

    #[test]
    fn a_postgres_is_recognised() {
        assert_eq!(speaks(&fake(b"", &[b"N"])), Ok(()));
        assert_eq!(admits(&fake(b"", &[b"R\0\0\0\x08\0\0\0\0"])), Ok(()));
    }

    #[test]
    fn a_password_is_told_from_a_stranger() {
        let error = admits(&fake(b"", &[b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"])).unwrap_err();
        assert!(error.contains("password"), "{error}");
        let error = speaks(&fake(b"HTTP/1.1 400 Bad Request\r\n", &[])).unwrap_err();
        assert!(error.contains("not PostgreSQL"), "{error}");
        assert!(admits(&fake(b"", &[b""])).is_err());
    }
}
