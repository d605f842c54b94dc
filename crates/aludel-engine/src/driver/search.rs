//! Looking for the server to connect to, where a URL names several.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::str::FromStr;
use std::time::{Duration, Instant};

use super::ServerState;
use crate::error::{Error, ErrorKind, Result};
use crate::url::{DatabaseUrl, HostPort};

/// Which of several servers is wanted: the option `target_session_attrs`, as libpq has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetServer {
    /// The first that answers.
    #[default]
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that takes none.
    ReadOnly,
    /// One that follows nobody.
    Primary,
    /// One that follows another.
    Standby,
    /// One that follows another, or any where there is none.
    PreferStandby,
}

impl TargetServer {
    const ALL: [(&'static str, TargetServer); 6] = [
        ("any", TargetServer::Any),
        ("read-write", TargetServer::ReadWrite),
        ("read-only", TargetServer::ReadOnly),
        ("primary", TargetServer::Primary),
        ("standby", TargetServer::Standby),
        ("prefer-standby", TargetServer::PreferStandby),
    ];

    /// Whether a server that is so is one of those.
    pub fn accepts(self, state: ServerState) -> bool {
        match self {
            TargetServer::Any => true,
            TargetServer::ReadWrite => !state.read_only,
            TargetServer::ReadOnly => state.read_only,
            TargetServer::Primary => !state.standby,
            TargetServer::Standby | TargetServer::PreferStandby => state.standby,
        }
    }

    /// Whether a server that refuses a write is one of which this was not to be expected.
    pub fn expects_writes(self) -> bool {
        matches!(self, TargetServer::ReadWrite | TargetServer::Primary)
    }
}

impl FromStr for TargetServer {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = TargetServer::ALL.iter().find(|(name, _)| *name == text);
        known.map(|(_, target)| *target).ok_or_else(|| {
            let names: Vec<&str> = TargetServer::ALL.iter().map(|(name, _)| *name).collect();
            Error::configuration(format!("it is one of {}", names.join(", ")))
        })
    }
}

/// The servers of a URL, and which of them is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    servers: Vec<HostPort>,
    wanted: TargetServer,
    /// They are tried in another order each time.
    shuffled: bool,
}

impl Hosts {
    /// The names of the options that [`of_url`](Self::of_url) reads, which a driver may leave out of account.
    pub const OPTIONS: [&'static str; 4] = ["host", "port", "target_session_attrs", "load_balance_hosts"];

    /// Reads servers, `target_session_attrs` (`any`, `read-write`, `read-only`, `primary`, `standby`, `prefer-standby`) and
    /// `load_balance_hosts` (`disable`, `random`) from a URL.
    ///
    /// # Errors
    /// Where it names servers in two places, or an option has no value that it can have.
    pub fn of_url(url: &DatabaseUrl) -> Result<Self> {
        let mut hosts = Hosts { servers: url.hosts()?, ..Hosts::default() };
        let impossible = |name: &str, value: &str, reason: &str| {
            Error::configuration(format!("`{url}`: the option `{name}` can't be `{value}`: {reason}"))
        };
        if let Some(value) = url.option("target_session_attrs") {
            hosts.wanted = value
                .parse()
                .map_err(|error: Error| impossible("target_session_attrs", value, error.message()))?;
        }
        hosts.shuffled = match url.option("load_balance_hosts") {
            None | Some("disable") => false,
            Some("random") => true,
            Some(value) => {
                return Err(impossible("load_balance_hosts", value, "it is `disable` or `random`"));
            }
        };
        Ok(hosts)
    }

    /// Which server is wanted.
    pub fn wanted(&self) -> TargetServer {
        self.wanted
    }

    /// The servers, in the URL's order.
    pub fn servers(&self) -> &[HostPort] {
        &self.servers
    }

    /// Begins to look for a server. All of it may take so long, of which each server gets its share.
    pub fn search(&self, limit: Option<Duration>) -> Search {
        let mut left = self.servers.clone();
        // What is popped first is tried first.
        left.reverse();
        if self.shuffled {
            shuffle(&mut left);
        }
        Search {
            wanted: self.wanted,
            // A time that no clock reaches is no limit.
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            several: left.len() > 1,
            left,
            current: None,
            refused: Vec::new(),
            over: false,
        }
    }
}

fn shuffle<T>(list: &mut [T]) {
    // The standard library seeds a thread's first `RandomState` at random, and each later one differs from it.
    let random = RandomState::new();
    for last in (1..list.len()).rev() {
        let mut hasher = random.build_hasher();
        hasher.write_usize(last);
        let chosen = usize::try_from(hasher.finish() % (last as u64 + 1)).unwrap_or(last);
        list.swap(last, chosen);
    }
}

/// A search for a server under way. A driver asks for the [`next_server`](Self::next_server) server until it has connected to one
/// that is [fit](Self::is_fit), and tells the others' reasons.
#[derive(Debug)]
pub struct Search {
    wanted: TargetServer,
    deadline: Option<Instant>,
    several: bool,
    /// The next one is the last.
    left: Vec<HostPort>,
    current: Option<HostPort>,
    refused: Vec<(HostPort, Error)>,
    /// No other server would do better.
    over: bool,
}

impl Search {
    /// The server to try next, and how long that may take.
    pub fn next_server(&mut self) -> Option<(HostPort, Option<Duration>)> {
        if self.over {
            return None;
        }
        let shares = u32::try_from(self.left.len()).unwrap_or(u32::MAX);
        let server = self.left.pop()?;
        let share = self.deadline.map(|deadline| {
            deadline.saturating_duration_since(Instant::now()).checked_div(shares).unwrap_or_default()
        });
        self.current = Some(server.clone());
        Some((server, share))
    }

    /// Whether the driver has to find out what the server is.
    pub fn asks_for_state(&self) -> bool {
        self.wanted != TargetServer::Any
    }

    /// Takes note of what the server is that was tried last, and tells whether it is wanted.
    pub fn is_fit(&mut self, state: ServerState) -> bool {
        let fit = self.wanted.accepts(state);
        if !fit {
            let name = TargetServer::ALL.iter().find(|(_, target)| *target == self.wanted);
            let (name, _) = name.unwrap_or(&("any", TargetServer::Any));
            let message = format!("it is {state}, but the URL asks for `target_session_attrs={name}`");
            // By the time of another attempt, another server may have been promoted.
            self.note(Error::new(ErrorKind::Disconnect, message));
        }
        fit
    }

    /// Whether a server that is not fit is better than none.
    pub fn keeps_second_best(&self) -> bool {
        self.wanted == TargetServer::PreferStandby
    }

    /// Takes note of why there is no connection to the server that was tried last. Where it has turned user or database
    /// away, the others are not asked: they would do the same.
    pub fn failed(&mut self, error: Error) {
        self.over |= error.kind() == ErrorKind::Configuration;
        self.note(error);
    }

    fn note(&mut self, error: Error) {
        if let Some(server) = self.current.take() {
            self.refused.push((server, error));
        }
    }

    /// Why there is no connection. Lists all servers where there are several; of a kind that is worth another attempt
    /// where one of them may answer by then.
    #[cold]
    pub fn into_error(self) -> Error {
        let mut refused = self.refused;
        if !self.several
            && let Some((_, error)) = refused.pop()
        {
            return error;
        }
        let decisive = refused.iter().find(|(_, error)| error.kind() == ErrorKind::Configuration);
        let lost = refused.iter().find(|(_, error)| error.kind() == ErrorKind::Disconnect);
        let full = decisive.is_none() && refused.iter().any(|(_, error)| error.is_server_full());
        let any = decisive.or(lost).or(refused.first());
        let kind = any.map_or(ErrorKind::Disconnect, |(_, error)| error.kind());
        let mut message = String::from("no server of the URL will do");
        for (index, (server, error)) in refused.iter().enumerate() {
            message.push_str(if index == 0 { ": " } else { "; " });
            message.push_str(&format!("{server}: {error}"));
        }
        if !self.left.is_empty() {
            let left: Vec<String> = self.left.iter().rev().map(ToString::to_string).collect();
            message.push_str(&format!("; not asked after that: {}", left.join(", ")));
        }
        let code = any.and_then(|(_, error)| error.code()).map(str::to_owned);
        let mut error = Error::new(kind, message);
        if full {
            error = error.with_server_full();
        }
        if let Some(code) = code {
            error = error.with_code(code);
        }
        match refused.into_iter().find(|(_, refusal)| refusal.kind() == kind) {
            Some((_, source)) => error.with_source(source),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(url: &str) -> Hosts {
        Hosts::of_url(&DatabaseUrl::parse(url).expect(url)).expect(url)
    }

    fn state(standby: bool, read_only: bool) -> ServerState {
        ServerState::new(standby, read_only, None)
    }

    #[test]
    fn each_attribute_wants_its_servers() {
        let states = [state(false, false), state(false, true), state(true, true)];
        for (attribute, fit) in [
            ("any", [true, true, true]),
            ("read-write", [true, false, false]),
            ("read-only", [false, true, true]),
            ("primary", [true, true, false]),
            ("standby", [false, false, true]),
            ("prefer-standby", [false, false, true]),
        ] {
            let hosts = hosts(&format!("postgres://h/d?target_session_attrs={attribute}"));
            let found = states.map(|state| hosts.search(None).is_fit(state));
            assert_eq!(found, fit, "{attribute}");
        }
    }

    #[test]
    fn servers_are_tried_in_order_each_with_its_share_of_the_time() {
        let hosts = hosts("postgres://a:1,b,[::1]:3/d");
        let mut search = hosts.search(Some(Duration::from_secs(30)));
        let mut tried = Vec::new();
        while let Some((server, share)) = search.next_server() {
            tried.push((server.to_string(), share.expect("a limit").as_secs_f64().round() as u64));
            search.failed(Error::new(ErrorKind::Disconnect, "refused"));
        }
        let tried: Vec<(&str, u64)> = tried.iter().map(|(server, share)| (server.as_str(), *share)).collect();
        // None of them took any time.
        assert_eq!(tried, [("a:1", 10), ("b", 15), ("[::1]:3", 30)]);
        let error = search.into_error();
        assert_eq!(error.kind(), ErrorKind::Disconnect);
        assert_eq!(
            error.message(),
            "no server of the URL will do: a:1: refused; b: refused; [::1]:3: refused"
        );
    }

    #[test]
    fn a_limit_beyond_every_clock_is_none() {
        let mut search = hosts("postgres://a,b/d").search(Some(Duration::from_secs(u64::MAX)));
        let (server, share) = search.next_server().expect("a server");
        assert_eq!((server.to_string().as_str(), share), ("a", None));
    }

    #[test]
    fn a_server_without_room_may_have_some_later() {
        let full = || Error::new(ErrorKind::Operational, "full").with_code("53300").with_server_full();
        let end = |errors: [Error; 2]| {
            let mut search = hosts("postgres://a,b/d").search(None);
            for error in errors {
                search.next_server();
                search.failed(error);
            }
            search.into_error()
        };
        let error = end([full(), Error::new(ErrorKind::Timeout, "slow")]);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Operational, Some("53300")));
        assert!(error.is_server_full() && error.is_transient());
        let error = end([full(), Error::new(ErrorKind::Disconnect, "refused")]);
        assert_eq!(error.kind(), ErrorKind::Disconnect);
        assert!(!end([full(), Error::configuration("no such user")]).is_transient());
    }

    #[test]
    fn a_refused_login_ends_the_search() {
        let mut search = hosts("postgres://a,b,c/d").search(None);
        search.next_server();
        search.failed(Error::new(ErrorKind::Timeout, "slow"));
        search.next_server();
        search.failed(Error::configuration("no such user"));
        assert_eq!(search.next_server(), None);
        let error = search.into_error();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().ends_with("a: slow; b: no such user; not asked after that: c"), "{error}");
    }

    #[test]
    fn a_random_order_has_every_server_and_is_not_always_the_same() {
        let hosts = hosts("postgres://a,b,c,d,e/?load_balance_hosts=random");
        let order = || {
            let mut search = hosts.search(None);
            let mut order = Vec::new();
            while let Some((server, _)) = search.next_server() {
                order.push(server.to_string());
            }
            order
        };
        let orders: Vec<Vec<String>> = (0..64).map(|_| order()).collect();
        for order in &orders {
            let mut sorted = order.clone();
            sorted.sort();
            assert_eq!(sorted, ["a", "b", "c", "d", "e"]);
        }
        assert!(orders.iter().any(|order| *order != orders[0]), "{orders:?}");
        let firsts: std::collections::BTreeSet<&String> = orders.iter().map(|order| &order[0]).collect();
        assert!(firsts.len() > 2, "{firsts:?}");
    }

    #[test]
    fn unknown_values_are_refused() {
        for (url, part) in [
            ("postgres://u:hidden@h/d?target_session_attrs=writer", "read-write"),
            ("postgres://u:hidden@h/d?load_balance_hosts=yes", "`disable` or `random`"),
            ("postgres://u:hidden@h/d?host=other", "one of the two"),
            ("postgres:///d?host=a,b,c&port=1,2", "3 hosts, but 2 ports"),
        ] {
            let error = Hosts::of_url(&DatabaseUrl::parse(url).expect(url)).expect_err(url);
            assert!(error.message().contains(part) && !error.message().contains("hidden"), "{error}");
        }
    }
}
