//! A way to a server that a test has in its hands: it can be slow, and it can be cut at an exact moment.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use aludel::DatabaseUrl;

/// What a proxy does besides passing everything on.
#[derive(Clone, Debug, Default)]
pub enum Rule {
    /// Nothing.
    #[default]
    Pass,
    /// A request with these bytes never reaches the server, and the connection is cut.
    CutBefore(&'static [u8]),
    /// A request with these bytes reaches the server; its answer never comes back, and the connection is cut when the
    /// server has given it.
    CutBehind(&'static [u8]),
    /// A request with these bytes takes so long to reach the server, while others overtake it.
    Late(&'static [u8], Duration),
    /// A request with these bytes never reaches the server, and its connection stays open.
    Swallow(&'static [u8]),
    /// Nothing that the server says comes through, from now on.
    Mute,
    /// A MariaDB's greeting does not say that it takes arrays of rows.
    NoArrays,
}

/// A listener on this machine that passes everything on to a server. It ends with this value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rule: Rule,
    /// Each answer waits for so long.
    delay: Duration,
    /// How often the rule has cut a connection.
    cuts: usize,
    over: bool,
    open: Vec<TcpStream>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Proxy {
    /// A proxy in front of the server of a URL.
    ///
    /// # Panics
    /// Where there is no port to listen at.
    pub fn new(url: &DatabaseUrl) -> Self {
        let usual = if url.scheme().starts_with("postgres") { 5432 } else { 3306 };
        let server = format!("{}:{}", url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(usual));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared { server, state: Mutex::default() });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.state().over {
                    return;
                }
                if let Ok(client) = client {
                    join(&accepting, client);
                }
            }
        });
        Proxy { address, shared }
    }

    /// The URL, by way of this proxy, which has to be able to read what passes: so nothing is encrypted.
    pub fn through(&self, url: &DatabaseUrl) -> DatabaseUrl {
        let here = url.clone().with_host(self.address.ip().to_string()).with_port(self.address.port());
        match url.scheme().starts_with("postgres") {
            true => here.replace_option("sslmode", "disable"),
            false => here.replace_option("ssl_mode", "disabled"),
        }
    }

    /// Lets each answer wait.
    pub fn delay(&self, delay: Duration) {
        self.shared.state().delay = delay;
    }

    /// Sets what happens from now on.
    pub fn rule(&self, rule: Rule) {
        self.shared.state().rule = rule;
    }

    /// How often a rule has cut a connection.
    pub fn cuts(&self) -> usize {
        self.shared.state().cuts
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        for stream in self.shared.state().open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().over = true;
        self.cut();
        // The listener hears of it with one more guest.
        let _ = TcpStream::connect(self.address);
    }
}

fn join(shared: &Arc<Shared>, client: TcpStream) {
    // Where the server is down, whoever comes is turned away.
    let Ok(server) = TcpStream::connect(&shared.server) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ends = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
    let (Some(kept), Some(there), Some(back)) = (ends(), ends(), ends()) else { return };
    {
        let mut state = shared.state();
        state.open.push(kept.0);
        state.open.push(kept.1);
    }
    // A request whose answer is not to come through.
    let silent = Arc::new(Mutex::new(false));
    let (sharing, silence) = (Arc::clone(shared), Arc::clone(&silent));
    thread::spawn(move || {
        let (client, mut server) = there;
        carry(&client, |bytes| {
            let mut state = sharing.state();
            let mut late = Duration::ZERO;
            let has = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
            match state.rule {
                Rule::CutBefore(wanted) if has(wanted) => {
                    state.cuts += 1;
                    return false;
                }
                Rule::CutBehind(wanted) if has(wanted) => {
                    *silence.lock().unwrap_or_else(PoisonError::into_inner) = true;
                }
                Rule::Late(wanted, delay) if has(wanted) => late = delay,
                Rule::Swallow(wanted) if has(wanted) => {
                    // Not even when the client has said that this was all.
                    while !state.over {
                        drop(state);
                        thread::sleep(Duration::from_millis(20));
                        state = sharing.state();
                    }
                    return false;
                }
                _ => {}
            }
            drop(state);
            thread::sleep(late);
            server.write_all(bytes).is_ok()
        });
        part(&client, &server);
    });
    let sharing = Arc::clone(shared);
    thread::spawn(move || {
        let (mut client, server) = back;
        let mut greeted = false;
        carry(&server, |bytes| {
            let (mute, no_arrays, delay) = {
                let state = sharing.state();
                (matches!(state.rule, Rule::Mute), matches!(state.rule, Rule::NoArrays), state.delay)
            };
            let greeting = !std::mem::replace(&mut greeted, true);
            if *silent.lock().unwrap_or_else(PoisonError::into_inner) {
                sharing.state().cuts += 1;
                return false;
            }
            if !delay.is_zero() {
                thread::sleep(delay);
            }
            match greeting && no_arrays {
                true => client.write_all(&without_arrays(bytes)).is_ok(),
                false => mute || client.write_all(bytes).is_ok(),
            }
        });
        part(&client, &server);
    });
}

/// A MariaDB's greeting without the bit that stands for arrays: the third of those that MariaDB has in the reserve
/// behind the server's other abilities.
fn without_arrays(greeting: &[u8]) -> Vec<u8> {
    let mut changed = greeting.to_vec();
    // Behind the packet's head and the protocol's version.
    let version = 5;
    let end =
        version + greeting[version..].iter().position(|byte| *byte == 0).expect("the end of the version");
    // The thread's number, the challenge and a byte; then abilities, character set, state, abilities, a length, a reserve.
    let more = end + 1 + (4 + 8 + 1) + (2 + 1 + 2 + 2 + 1) + 6;
    assert!(greeting[more] & 4 != 0, "the server takes arrays");
    changed[more] &= !4;
    changed
}

/// Reads until the end, or until nobody wants more.
fn carry(mut from: &TcpStream, mut pass: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 65_536];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                if !pass(&buffer[..length]) {
                    return;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn part(client: &TcpStream, server: &TcpStream) {
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}
