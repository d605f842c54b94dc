//! What listens at the address is no server, or not the one that the URL means.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use aludel::ErrorKind;
use aludel_tests::private::{MariaDb, Postgres};

use crate::asking::{refused, says};

/// What a stranger does with everybody who comes.
type Behaviour = fn(&mut TcpStream);

/// A stranger's port. It lasts as long as the test.
fn stranger(behaviour: Behaviour) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || behaviour(&mut stream.expect("a stream")));
        }
    });
    port
}

fn listen(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
}

/// Waits until the other one gives up.
fn stall(stream: &mut TcpStream) {
    let mut rest = [0; 4096];
    while stream.read(&mut rest).is_ok_and(|read| read > 0) {}
}

const STRANGERS: &[(&str, Behaviour)] = &[
    ("closes at once", |_| {}),
    ("listens and closes", listen),
    ("says nothing", stall),
    ("speaks HTTP", |stream| {
        listen(stream);
        let _ =
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }),
    ("speaks SSH", |stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n");
        stall(stream);
    }),
    ("is full of zeros", |stream| {
        let _ = stream.write_all(&[0; 10_000]);
        stall(stream);
    }),
    ("is full of ones", |stream| {
        let _ = stream.write_all(&[0xff; 10_000]);
        stall(stream);
    }),
    ("says half of PostgreSQL's first word", |stream| {
        listen(stream);
        let _ = stream.write_all(b"N");
        listen(stream);
        let _ = stream.write_all(b"R\0\0\0\x08\0");
        stall(stream);
    }),
    ("agrees to TLS and does not mean it", |stream| {
        listen(stream);
        let _ = stream.write_all(b"S");
        listen(stream);
        let _ = stream.write_all(b"what is this?");
        stall(stream);
    }),
    ("asks PostgreSQL's clients for an unknown login", |stream| {
        listen(stream);
        let _ = stream.write_all(b"N");
        listen(stream);
        let _ = stream.write_all(b"R\0\0\0\x08\0\0\0\x63");
        stall(stream);
    }),
    ("says half of MySQL's first word", |stream| {
        let _ = stream.write_all(b"\x4a\0\0\0\x0a10.11.6-Maria");
        stall(stream);
    }),
    ("says MySQL's first word wrongly", |stream| {
        let _ = stream.write_all(b"\x08\0\0\0\x0a10.11\0!");
        stall(stream);
    }),
    ("is a MySQL of old", |stream| {
        let _ = stream.write_all(b"\x05\0\0\0\x093.1\0");
        stall(stream);
    }),
    ("is a MySQL that has enough clients", |stream| {
        let _ = stream.write_all(b"\x17\0\0\0\xff\x10\x04Too many connections");
        stall(stream);
    }),
];

#[test]
fn strangers_are_found_out() {
    for scheme in ["postgres", "mysql"] {
        for (what, behaviour) in STRANGERS {
            let port = stranger(*behaviour);
            let begun = Instant::now();
            let error = refused(&format!("{scheme}://me:hidden@127.0.0.1:{port}/shop?connect_timeout=2"));
            assert!(begun.elapsed() < Duration::from_secs(60), "{scheme}: one that {what} is waited for");
            println!("{scheme}, one that {what}: {error}");
            let kinds =
                [ErrorKind::Configuration, ErrorKind::Disconnect, ErrorKind::Operational, ErrorKind::Timeout];
            assert!(kinds.contains(&error.kind()), "{scheme}, one that {what}: {error:?}");
            let address = format!("{scheme}://me:***@127.0.0.1:{port}/shop?connect_timeout=2");
            says(&error, &address);
        }
    }
}

#[test]
fn each_of_the_two_where_the_other_is_expected() {
    let (postgres, mariadb) = (Postgres::setup().start(), MariaDb::setup().start());
    // Both wait for the other one to begin.
    let error = refused(&format!("mysql://me:hidden@127.0.0.1:{}/?connect_timeout=2", postgres.port()));
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    println!("{error}");
    for mode in ["disable", "prefer", "require"] {
        let url =
            format!("postgres://me:hidden@127.0.0.1:{}/d?connect_timeout=2&sslmode={mode}", mariadb.port());
        println!("{}", refused(&url));
    }
}
