//! Whether the system asks if the other end of a connection is there, and when. Linux says it of each socket.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use aludel::prelude::*;
use aludel_tests::private::{MariaDb, Postgres};

/// Sockets count in these.
const PER_SECOND: u64 = 100;

/// What a socket of an IPv4 connection waits for, by our own port.
#[derive(Debug, PartialEq)]
enum Timer {
    None,
    /// It asks whether the other end is there, in so many seconds at the most.
    Keepalive(u64),
    /// An answer is under way.
    Other,
}

fn timer(port: u16) -> Timer {
    let sockets = std::fs::read_to_string("/proc/net/tcp").expect("Linux's list of sockets");
    let ours = format!(":{port:04X}");
    let fields = sockets
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|fields| fields[1].ends_with(&ours) && fields[3] == "01")
        .expect("our socket, which is connected");
    let (kind, when) = fields[5].split_once(':').expect("a timer");
    match kind {
        "00" => Timer::None,
        "02" => Timer::Keepalive(
            u64::from_str_radix(when, 16).expect("a hexadecimal number").div_ceil(PER_SECOND),
        ),
        _ => Timer::Other,
    }
}

/// What a connection waits for once it is quiet.
fn at_rest(port: u16) -> Timer {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match timer(port) {
            Timer::Other if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
            timer => return timer,
        }
    }
}

/// The timer of a new connection, on which a question tells our own port.
fn timer_of(url: &str, question: &'static str) -> Timer {
    let engine = Engine::new(url).expect(url);
    let mut connection = engine.connect().wait().expect(url);
    let port: i64 = connection.one(sql(question).rows()).wait().expect(question);
    at_rest(u16::try_from(port).expect("a port"))
}

/// Some of the time has passed since; it is between two values that could be confused with no other.
fn assert_between(timer: &Timer, least: u64, most: u64) {
    assert!(matches!(timer, Timer::Keepalive(seconds) if (least..=most).contains(seconds)), "{timer:?}");
}

#[test]
fn postgres_is_asked_whether_it_is_there() {
    let server = Postgres::setup().start();
    let of =
        |options: &str| timer_of(&format!("{}?{options}", server.url()), "SELECT inet_client_port()::int8");
    assert_between(&of(""), 1, 60);
    assert_between(&of("keepalives_idle=3000"), 2_000, 3_000);
    // A list of servers and a limit take another way through the driver.
    assert_between(
        &of("keepalives_idle=3000&target_session_attrs=primary&tcp_user_timeout=5000"),
        2_000,
        3_000,
    );
    assert_eq!(of("keepalives=0"), Timer::None);
}

#[test]
fn mariadb_is_asked_whether_it_is_there() {
    let server = MariaDb::setup().start();
    let of = |options: &str| {
        let question = "SELECT CAST(SUBSTRING_INDEX(host, ':', -1) AS SIGNED) FROM information_schema.processlist \
                        WHERE id = CONNECTION_ID()";
        timer_of(&format!("{}?{options}", server.url()), question)
    };
    assert_between(&of(""), 1, 60);
    assert_between(&of("tcp_keepalive=3000"), 2_000, 3_000);
    assert_eq!(of("tcp_keepalive=0"), Timer::None);
}
