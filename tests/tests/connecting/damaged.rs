//! What the server says is damaged on its way.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::time::Duration;

use aludel::Result;
use aludel::prelude::*;
use aludel_tests::private::{MariaDb, Postgres};

/// What happens to the server's words.
#[derive(Clone, Copy, Debug)]
enum Damage {
    /// The connection ends.
    Cut,
    /// These bytes come instead.
    Overwrite(u8),
    /// Others come instead, which follow from this number.
    Scramble(u64),
}

/// One connection to a server by way of this proxy, which passes so many bytes of the server's on before it does damage.
/// Once the server has no more to say after that, the connection ends.
fn proxy(server: u16, after: usize, damage: Damage) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        // The same for whoever tries again.
        for client in listener.incoming() {
            let client = client.expect("a stream");
            std::thread::spawn(move || carry(client, server, after, damage));
        }
    });
    port
}

fn carry(mut client: TcpStream, server: u16, after: usize, damage: Damage) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).expect("the server");
    let (mut asking, mut asked) =
        (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut asking, &mut asked);
        let _ = asked.shutdown(Shutdown::Both);
    });
    let mut seed = 1;
    let mut passed = 0;
    let mut bytes = [0; 4096];
    loop {
        let read = match server.read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let mut end = read;
        for (at, byte) in bytes[..read].iter_mut().enumerate() {
            if passed + at < after {
                continue;
            }
            match damage {
                Damage::Cut => {
                    end = at;
                    break;
                }
                Damage::Overwrite(with) => *byte = with,
                Damage::Scramble(number) => {
                    seed = (seed ^ number)
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    *byte = (seed >> 33) as u8;
                }
            }
        }
        passed += read;
        if client.write_all(&bytes[..end]).is_err() || end < read {
            break;
        }
        if passed > after {
            // Whoever waits for more than there is would wait for ever.
            let _ = server.set_read_timeout(Some(Duration::from_millis(50)));
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

/// All that a program does with a connection: texts, parameters, rows, a transaction.
fn work(url: &str) -> Result<usize> {
    let engine = Engine::new(url)?;
    let mut connection = engine.connect().wait()?;
    connection.execute_script("SELECT 1").wait()?;
    let rows = sql("SELECT 'one', ? UNION ALL SELECT 'two', ?")
        .bind("alpha")
        .bind("beta")
        .rows::<(String, String)>();
    let found = connection.all(rows).wait()?;
    let mut transaction = engine.begin().wait()?;
    transaction.execute(sql("SELECT 1")).wait()?;
    transaction.commit().wait()?;
    Ok(found.len())
}

/// Damages the conversation at many places, and holds that the program gets an answer each time.
fn survives(server: u16, url: impl Fn(u16) -> String, places: usize) {
    assert_eq!(work(&url(server)).expect("undamaged"), 2);
    let mut errors = 0;
    for damage in [
        Damage::Cut,
        Damage::Overwrite(0),
        Damage::Overwrite(0xff),
        Damage::Scramble(7),
        Damage::Scramble(11),
    ] {
        for after in (0..places).step_by(13) {
            let url = url(proxy(server, after, damage));
            let (told, tell) = channel();
            let worker = std::thread::spawn(move || {
                let result = work(&url);
                let _ = told.send(());
                result
            });
            let in_time = tell.recv_timeout(Duration::from_secs(120));
            let result = match in_time {
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                    panic!("{damage:?} after {after} bytes: it hangs")
                }
                _ => worker.join(),
            };
            match result {
                Err(_) => panic!("{damage:?} after {after} bytes: it panics"),
                Ok(Err(error)) => {
                    assert!(!error.to_string().is_empty());
                    errors += 1;
                }
                // What was damaged came too late, or is nothing that anybody looks at.
                Ok(Ok(_)) => {}
            }
        }
    }
    assert!(errors > places / 13, "only {errors} errors");
}

#[test]
fn postgres_in_clear() {
    let server = Postgres::setup().start();
    let url = |port: u16| {
        format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable&connect_timeout=10")
    };
    survives(server.port(), url, 900);
}

#[test]
fn mariadb_in_clear() {
    let server = MariaDb::setup().start();
    let url = |port: u16| format!("mysql://root@127.0.0.1:{port}/?ssl_mode=disabled&connect_timeout=10");
    survives(server.port(), url, 600);
}

/// Encryption notices every single byte.
#[test]
fn postgres_over_tls() {
    let identity = crate::certificates::Authority::new("ours").server(&["localhost"]);
    let server = Postgres::setup()
        .line("ssl = on")
        .file("server.crt", identity.certificate)
        .file("server.key", identity.key)
        .start();
    let url = |port: u16| {
        format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=require&connect_timeout=10")
    };
    survives(server.port(), url, 1600);
}
