//! MariaDB (or MySQL, which speaks the same protocol): how to recognise one, and how to run one of our own.

use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::address::{Address, ask, unexpected};
use super::programs::find;
use super::{Kind, Programs};

pub(super) const KIND: Kind = Kind {
    name: "MariaDB",
    variable: "ALUDEL_TEST_MYSQL",
    schemes: &["mysql", "mariadb"],
    port: 3306,
    url: |address| format!("mysql://root@{address}/"),
    speaks: |address| greeting(address).map(drop),
    admits,
    programs,
    create,
    serve,
    accounts: &["mysql", "nobody"],
    stop: "TERM",
    package: "mariadb-server",
};

/// The server speaks first: a packet that opens with the protocol's version.
fn greeting(address: &Address) -> Result<TcpStream, String> {
    let mut stream = address.connect()?;
    match packet(&mut stream, &[])?.first() {
        Some(10) => Ok(stream),
        Some(0xff) => Err(format!("the one at {address} refuses connections from here")),
        _ => Err(format!("what listens at {address} is neither MariaDB nor MySQL")),
    }
}

/// Logs in as `root` with an empty password. A server may first ask to go on by another method, once.
fn admits(address: &Address) -> Result<(), String> {
    const CAPABILITIES: u32 = 0x0200 | 0x8000 | 0x0008_0000; // protocol 4.1, secure connection, named methods
    let mut stream = greeting(address)?;
    let mut login = Vec::new();
    login.extend(CAPABILITIES.to_le_bytes());
    login.extend(0x0100_0000_u32.to_le_bytes()); // the longest packet
    login.push(45); // utf8mb4_general_ci
    login.extend([0; 23]);
    login.extend(b"root\0\0mysql_native_password\0");
    let mut answer = packet(&mut stream, &framed(1, &login))?;
    if answer.first() == Some(&0xfe) {
        answer = packet(&mut stream, &framed(3, &[]))?;
    }
    match answer.first() {
        Some(0) => Ok(()),
        _ => Err(format!("the one at {address} does not let `root` in without a password")),
    }
}

fn framed(number: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = (body.len() as u32).to_le_bytes().to_vec();
    packet[3] = number;
    packet.extend(body);
    packet
}

/// Sends bytes, if there are any, and reads one packet's body.
fn packet(stream: &mut TcpStream, question: &[u8]) -> Result<Vec<u8>, String> {
    let [a, b, c, _number] = ask(stream, question)?;
    let length = u32::from_le_bytes([a, b, c, 0]);
    let mut body = Vec::new();
    // Whatever claims to send more than a login needs is read no further.
    match stream.by_ref().take(u64::from(length.min(4096))).read_to_end(&mut body) {
        Ok(_) => Ok(body),
        Err(error) => Err(unexpected(stream, &error)),
    }
}

/// Under its own names, or under those that it had as a MySQL.
fn programs(folders: &[PathBuf]) -> Option<Programs> {
    Some(Programs {
        create: find("mariadb-install-db", folders).or_else(|| find("mysql_install_db", folders))?,
        serve: find("mariadbd", folders).or_else(|| find("mysqld", folders))?,
    })
}

fn create(programs: &Programs, data: &Path) -> Command {
    let mut command = Command::new(&programs.create);
    command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    command.arg(option("--datadir", data));
    command
}

/// Nothing has to survive a power cut, so nothing waits for the disk.
fn serve(programs: &Programs, data: &Path, port: u16) -> Command {
    let mut command = Command::new(&programs.serve);
    command.args([
        "--no-defaults",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--max-connections=200",
    ]);
    command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"]);
    command.arg(format!("--port={port}"));
    command.arg(option("--datadir", data));
    command.arg(option("--socket", &data.join("socket")));
    command.arg(option("--pid-file", &data.join("pid")));
    command
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push("=");
    option.push(path);
    option
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::address::tests::fake;

    const GREETING: &[u8] = b"\x08\0\0\0\x0a10.11\0!";

    #[test]
    fn a_mariadb_is_recognised() {
        assert_eq!((KIND.speaks)(&fake(GREETING, &[])), Ok(()));
        assert_eq!(admits(&fake(GREETING, &[b"\x01\0\0\x02\0"])), Ok(()));
    }

    #[test]
    fn another_method_is_tried_once() {
        const SWITCH: &[u8] = b"\x02\0\0\x02\xfex";
        assert_eq!(admits(&fake(GREETING, &[SWITCH, b"\x01\0\0\x04\0"])), Ok(()));
        assert!(admits(&fake(GREETING, &[SWITCH, b"\x01\0\0\x04\xff"])).unwrap_err().contains("password"));
    }

    #[test]
    fn a_refusal_is_told_from_a_stranger() {
        assert!((KIND.speaks)(&fake(b"\x01\0\0\0\xff", &[])).unwrap_err().contains("refuses"));
        assert!((KIND.speaks)(&fake(b"SSH-2.0-x\r\n", &[])).is_err());
        assert!(admits(&fake(GREETING, &[b"\x01\0\0\x02\xff"])).unwrap_err().contains("`root`"));
    }
}
