//! From the server's error numbers to classes of errors that a program can act on.

use aludel_engine::error::{Error, ErrorKind};
use mysql_async::{DriverError, ServerError};

use crate::tls;

/// The statement cannot be prepared, but sent as text.
pub(crate) const NOT_PREPARABLE: u16 = 1295;
/// The text holds no statement.
pub(crate) const EMPTY_QUERY: u16 = 1065;
/// The statement was stopped by `KILL QUERY`.
pub(crate) const INTERRUPTED: u16 = 1317;
const DEADLOCK: u16 = 1213;
const TOO_MANY_CONNECTIONS: u16 = 1040;
const TOO_MANY_OF_USER: u16 = 1203;
const USER_LIMIT: u16 = 1226;
const TOO_MANY_PREPARED: u16 = 1461;

/// What ended an operation: mysql_async's word, or ours.
#[derive(Debug)]
pub(crate) enum Failure {
    Server(mysql_async::Error),
    Own(Error),
}

impl Failure {
    /// Whether the connection can't be used any more.
    pub(crate) fn is_fatal(&self) -> bool {
        match self {
            Failure::Server(mysql_async::Error::Server(error)) => kind(error) == ErrorKind::Disconnect,
            // Found before anything was sent.
            Failure::Server(mysql_async::Error::Driver(DriverError::MixedParams)) => false,
            Failure::Server(_) => true,
            Failure::Own(error) => error.kind() == ErrorKind::Disconnect,
        }
    }

    /// Whether the server has taken the whole transaction back.
    pub(crate) fn ends_transaction(&self) -> bool {
        matches!(self, Failure::Server(mysql_async::Error::Server(error)) if error.code == DEADLOCK)
    }

    /// Whether the server refuses what a row holds, which ends the statement and nothing else.
    pub(crate) fn is_about_a_row(&self) -> bool {
        let kind = match self {
            Failure::Server(mysql_async::Error::Server(error)) => kind(error),
            Failure::Own(error) => error.kind(),
            Failure::Server(_) => return false,
        };
        kind == ErrorKind::Data || Error::new(kind, "").is_integrity()
    }

    /// Whether the server answered with this number.
    pub(crate) fn is(&self, code: u16) -> bool {
        matches!(self, Failure::Server(mysql_async::Error::Server(error)) if error.code == code)
    }

    /// Whether the server takes no writes from anybody, whatever the transaction. One of the numbers is that of every option
    /// that forbids something.
    pub(crate) fn says_read_only(&self) -> bool {
        match self {
            Failure::Server(mysql_async::Error::Server(error)) => match error.code {
                1290 => error.message.contains("read-only"),
                1836 => true,
                _ => false,
            },
            _ => false,
        }
    }

    pub(crate) fn into_error(self) -> Error {
        match self {
            Failure::Server(error) => translate(error),
            Failure::Own(error) => error,
        }
    }
}

impl From<mysql_async::Error> for Failure {
    fn from(error: mysql_async::Error) -> Self {
        Failure::Server(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Own(error)
    }
}

/// The error that a warning of a load stands for: in it the server skips or alters a row where it would refuse an insert's.
#[cold]
pub(crate) fn of_warning(code: u16, message: String) -> Error {
    // A warning is told without its SQLSTATE.
    let state = match code {
        1048 | 1062 | 1216 | 1217 | 1451 | 1452 | 1557 | 1586 | 4025 => "23000",
        1264 | 1690 => "22003",
        1292 | 1366 => "22007",
        1406 => "22001",
        _ => "01000",
    };
    let server = ServerError { code, message, state: state.into() };
    let error = of_server(&server);
    let error = if error.kind() == ErrorKind::Operational { error.with_kind(ErrorKind::Data) } else { error };
    error.with_source(server)
}

/// The error of a connection that could not be made.
#[cold]
pub(crate) fn cannot_connect(error: mysql_async::Error, address: &str) -> Error {
    if let Some(failure) = tls::failure(&error) {
        return failure;
    }
    match error {
        mysql_async::Error::Io(reason) => {
            let message = format!("no MySQL or MariaDB server can be reached at `{address}`: {reason}");
            Error::new(ErrorKind::Disconnect, message).with_source(reason)
        }
        mysql_async::Error::Server(mut server) => {
            let limit = connection_limit(&server);
            if let Some(limit) = limit {
                server.message.push_str(
                    ". Close connections that nobody needs, make the pools smaller (those of all programs count together), \
                     or raise the limit: ",
                );
                server.message.push_str(limit);
            }
            let refusal = refusal(&server);
            if let Some(advice) = refusal {
                server.message.push_str(advice);
            }
            let error = translate(mysql_async::Error::Server(server));
            match (limit, refusal) {
                (Some(_), _) => error.with_server_full(),
                (None, Some(_)) => error.with_kind(ErrorKind::Configuration),
                (None, None) => error,
            }
        }
        other => translate(other),
    }
}

/// What to look at where the server turns somebody away for good: it would do so the next time, and so would its like.
fn refusal(server: &ServerError) -> Option<&'static str> {
    match server.code {
        1045 | 1698 => Some(". Look at user and password in the URL"),
        1044 => Some(". Look at the database in the URL, and at what the user was granted"),
        1049 => Some(". Create it, or name another one in the URL"),
        1130 => Some(". Look at the host from which the server lets the user in"),
        // The password has expired, or the account is locked.
        1820 | 1862 | 3118 | 4151 => Some(". Look at the user's account on the server"),
        // The server takes no plain connections.
        3159 => Some(". Use `ssl_mode=required`"),
        _ => None,
    }
}

/// Where the limit was set that leaves no room for another connection, if it is that.
fn connection_limit(server: &ServerError) -> Option<&'static str> {
    match server.code {
        TOO_MANY_CONNECTIONS => Some("`max_connections` of the server"),
        TOO_MANY_OF_USER => Some("`max_user_connections` of the server"),
        // There are others, such as so many queries an hour.
        USER_LIMIT if server.message.contains("'max_user_connections'") => {
            Some("`MAX_USER_CONNECTIONS` of the user")
        }
        _ => None,
    }
}

/// The error with its class, its number, and what the message names.
#[cold]
pub(crate) fn translate(error: mysql_async::Error) -> Error {
    match error {
        mysql_async::Error::Server(server) => of_server(&server).with_source(server),
        mysql_async::Error::Io(reason) => {
            Error::new(ErrorKind::Disconnect, format!("the connection to the server is lost: {reason}"))
                .with_source(reason)
        }
        mysql_async::Error::Driver(DriverError::ConnectionClosed) => {
            Error::new(ErrorKind::Disconnect, "the connection to the server is closed")
        }
        mysql_async::Error::Driver(DriverError::PacketTooLarge) => Error::new(
            ErrorKind::Data,
            "a value is larger than the server takes in one packet: raise its `max_allowed_packet`",
        ),
        mysql_async::Error::Driver(DriverError::MixedParams) => Error::new(
            ErrorKind::Programming,
            "the statement has both `?` and `:name` outside of quotes: parameters are written `?`",
        ),
        mysql_async::Error::Driver(reason) => {
            Error::new(ErrorKind::Operational, reason.to_string()).with_source(reason)
        }
        other => Error::new(ErrorKind::Operational, other.to_string()),
    }
}

fn of_server(server: &ServerError) -> Error {
    let error = Error::new(kind(server), server.message.as_str())
        .with_code(format!("{} ({})", server.code, server.state));
    with_subject(error, server)
}

fn kind(server: &ServerError) -> ErrorKind {
    match server.code {
        1022 | 1062 | 1169 | 1557 | 1586 => ErrorKind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 | 1761 | 1762 | 1834 => ErrorKind::ForeignKeyViolation,
        1048 | 1121 | 1263 | 1364 => ErrorKind::NotNullViolation,
        3819 | 4025 => ErrorKind::CheckViolation,
        // Those of the servers' own numbers that their SQLSTATE does not class.
        1265 | 1366 | 1411 | 1439 | 1772 | 1941 | 4038 => ErrorKind::Data,
        // Behind the deadlock: TiDB's conflicts that are found when a transaction commits.
        1020 | DEADLOCK | 8002 | 8022 | 8028 | 9007 => ErrorKind::Serialization,
        1205 | 1969 | 3024 => ErrorKind::Timeout,
        1317 => ErrorKind::Cancelled,
        // Limits that are reached now, and may not be later. Their SQLSTATEs are those of syntax and of lost connections.
        TOO_MANY_CONNECTIONS | TOO_MANY_OF_USER | USER_LIMIT | TOO_MANY_PREPARED => ErrorKind::Operational,
        1053 | 1077 | 1079 | 1927 | 2006 | 2013 | 4031 => ErrorKind::Disconnect,
        1005
        | 1093
        | 1111
        | 1210
        | NOT_PREPARABLE
        | 1347..=1356
        | 1359
        | 1360
        | 1553
        | 1822
        | 1824..=1833
        | 1901
        | 1906 => ErrorKind::Programming,
        _ => match server.state.get(..2) {
            Some("08") => ErrorKind::Disconnect,
            Some("22") => ErrorKind::Data,
            Some("23") => ErrorKind::Integrity,
            Some("40") => ErrorKind::Serialization,
            Some("21" | "25" | "3D" | "42") => ErrorKind::Programming,
            _ => ErrorKind::Operational,
        },
    }
}

/// Adds constraint, table and columns as far as the message names them. Messages differ between the two servers in
/// their quotes: `'t.name'` and `'name'`, `'c'` and `` `db`.`t`.`c` ``.
fn with_subject(error: Error, server: &ServerError) -> Error {
    let message = server.message.as_str();
    match server.code {
        // Duplicate entry 'alice' for key 'users.uq_name'
        1062 | 1586 => match message.rsplit_once(" for key ").and_then(|(_, key)| quoted(key)) {
            Some(key) => match key.split_once('.') {
                Some((table, name)) => {
                    error.with_constraint(name).with_columns(Some(table.to_owned()), Vec::new())
                }
                None => error.with_constraint(key),
            },
            None => error,
        },
        // … fails (`db`.`orders`, CONSTRAINT `fk_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`))
        1451 | 1452 => {
            let Some((_, details)) = message.split_once(" fails (") else { return error };
            let (table, details) = details.split_once(", CONSTRAINT ").unwrap_or((details, ""));
            let table = names(table).pop();
            let (constraint, details) = details.split_once(" FOREIGN KEY (").unwrap_or((details, ""));
            let columns = details.split(')').next().map(names).unwrap_or_default();
            let error = match names(constraint).pop() {
                Some(name) => error.with_constraint(name),
                None => error,
            };
            error.with_columns(table, columns)
        }
        // Check constraint 'ck_price' is violated.
        3819 => match message.split_once("onstraint ").and_then(|(_, rest)| quoted(rest)) {
            Some(name) => error.with_constraint(name),
            None => error,
        },
        // CONSTRAINT `ck_price` failed for `db`.`t`
        4025 => {
            let (constraint, table) = message.split_once(" failed for ").unwrap_or((message, ""));
            let table = names(table).pop();
            match names(constraint).pop() {
                Some(name) => error.with_constraint(name).with_columns(table, Vec::new()),
                None => error,
            }
        }
        // Column 'name' cannot be null; Field 'name' doesn't have a default value
        1048 | 1364 => match message.split_once(' ').and_then(|(_, rest)| quoted(rest)) {
            Some(column) => error.with_columns(None, vec![column.to_owned()]),
            None => error,
        },
        // … for column 'name' at row 1; … for column `db`.`t`.`name` at row 1
        1264..=1265 | 1292 | 1366 | 1406 => {
            let Some((_, rest)) = message.rsplit_once(" for column ") else { return error };
            if let Some(column) = quoted(rest) {
                return error.with_columns(None, vec![column.to_owned()]);
            }
            let mut path = names(rest.split(" at row ").next().unwrap_or(rest));
            let column = path.pop();
            error.with_columns(path.pop(), column.into_iter().collect())
        }
        _ => error,
    }
}

/// What stands in the single quotes that the text begins with.
fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.split_once('\'').map(|(inside, _)| inside)
}

/// The names in backticks, in order.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('`') {
        let mut name = String::new();
        let mut characters = behind.char_indices().peekable();
        let mut end = behind.len();
        while let Some((at, character)) = characters.next() {
            if character != '`' {
                name.push(character);
            } else if characters.next_if(|(_, next)| *next == '`').is_some() {
                name.push('`');
            } else {
                end = at + 1;
                break;
            }
        }
        names.push(name);
        rest = behind.get(end..).unwrap_or_default();
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: u16, state: &str, message: &str) -> Error {
        translate(mysql_async::Error::Server(ServerError {
            code,
            message: message.into(),
            state: state.into(),
        }))
    }

    #[test]
    fn messages_of_both_servers_name_their_subjects() {
        let error = of(1062, "23000", "Duplicate entry 'a for key b' for key 'uq_name'");
        assert_eq!((error.kind(), error.code()), (ErrorKind::UniqueViolation, Some("1062 (23000)")));
        assert_eq!((error.constraint(), error.table()), (Some("uq_name"), None));
        let error = of(1062, "23000", "Duplicate entry '1' for key 'users.PRIMARY'");
        assert_eq!((error.constraint(), error.table()), (Some("PRIMARY"), Some("users")));
        let error = of(
            1452,
            "23000",
            "Cannot add or update a child row: a foreign key constraint fails (`shop`.`or``ders`, CONSTRAINT `fk_user` \
             FOREIGN KEY (`user_id`, `b`) REFERENCES `users` (`id`, `b`) ON DELETE CASCADE)",
        );
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
        assert_eq!((error.constraint(), error.table()), (Some("fk_user"), Some("or`ders")));
        assert_eq!(error.columns(), ["user_id", "b"]);
        let error = of(3819, "HY000", "Check constraint 'ck_price' is violated.");
        assert_eq!((error.kind(), error.constraint()), (ErrorKind::CheckViolation, Some("ck_price")));
        let error = of(4025, "23000", "CONSTRAINT `ck_price` failed for `shop`.`items`");
        assert_eq!((error.kind(), error.constraint()), (ErrorKind::CheckViolation, Some("ck_price")));
        assert_eq!(error.table(), Some("items"));
        for message in ["Column 'name' cannot be null", "Field 'name' doesn't have a default value"] {
            let error = of(if message.starts_with('C') { 1048 } else { 1364 }, "23000", message);
            assert_eq!(error.kind(), ErrorKind::NotNullViolation);
            assert_eq!(error.columns(), ["name"]);
        }
        let error = of(1406, "22001", "Data too long for column 'name' at row 1");
        assert_eq!((error.kind(), error.table()), (ErrorKind::Data, None));
        assert_eq!(error.columns(), ["name"]);
        let error = of(1366, "22007", "Incorrect integer value: 'x' for column `shop`.`items`.`n` at row 1");
        assert_eq!((error.kind(), error.table()), (ErrorKind::Data, Some("items")));
        assert_eq!(error.columns(), ["n"]);
    }

    #[test]
    fn warnings_are_what_an_insert_would_be_refused_with() {
        let of = |code| of_warning(code, "Duplicate entry '7' for key 'uq_v'".into());
        let error = of(1062);
        assert_eq!((error.kind(), error.code()), (ErrorKind::UniqueViolation, Some("1062 (23000)")));
        assert_eq!(error.constraint(), Some("uq_v"));
        let kinds = [1263, 1452, 4025, 1264, 1406, 1261, 9999].map(|code| of(code).kind());
        use ErrorKind::*;
        assert_eq!(kinds, [NotNullViolation, ForeignKeyViolation, CheckViolation, Data, Data, Data, Data]);
    }

    #[test]
    fn refusals_and_limits_of_connections_say_what_to_do() {
        let of = |code, state: &str, message: &str| {
            let server = ServerError { code, message: message.into(), state: state.into() };
            cannot_connect(mysql_async::Error::Server(server), "h:1")
        };
        let error = of(1040, "08004", "Too many connections");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Operational, Some("1040 (08004)")));
        assert!(error.message().ends_with("`max_connections` of the server"), "{error}");
        assert!(error.is_server_full());
        let error =
            of(1203, "42000", "User a already has more than 'max_user_connections' active connections");
        assert_eq!(error.kind(), ErrorKind::Operational);
        assert!(error.message().ends_with("`max_user_connections` of the server"), "{error}");
        assert!(error.is_server_full());
        let error = of(1045, "28000", "Access denied for user 'a'@'h' (using password: YES)");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, Some("1045 (28000)")));
        assert!(
            error.message().ends_with("(using password: YES). Look at user and password in the URL"),
            "{error}"
        );
        let hourly = "User 'a' has exceeded the 'max_connections_per_hour' resource (current value: 2)";
        let error = of(1226, "42000", hourly);
        assert_eq!((error.kind(), error.message()), (ErrorKind::Operational, hourly));
        assert!(!error.is_server_full(), "the next hour is too far away");
    }

    #[test]
    fn numbers_that_are_not_listed_go_by_their_class() {
        assert_eq!(of(9999, "22003", "?").kind(), ErrorKind::Data);
        assert_eq!(of(9999, "23000", "?").kind(), ErrorKind::Integrity);
        assert_eq!(of(9999, "42000", "?").kind(), ErrorKind::Programming);
        assert_eq!(of(9999, "HY000", "?").kind(), ErrorKind::Operational);
        assert_eq!(of(9999, "", "?").kind(), ErrorKind::Operational);
        assert_eq!(of(1213, "40001", "Deadlock found").kind(), ErrorKind::Serialization);
        // TiDB gives its own numbers no class.
        assert_eq!(of(9007, "HY000", "Write conflict").kind(), ErrorKind::Serialization);
        assert_eq!(of(1205, "HY000", "Lock wait timeout exceeded").kind(), ErrorKind::Timeout);
    }

    #[test]
    fn odd_messages_lose_nothing() {
        for code in [1062, 1451, 1452, 3819, 4025, 1048, 1364, 1264, 1292, 1366, 1406] {
            for message in ["", "'", "`", "fails (", " fails (`a", " for key '", " for column `", "x y z"] {
                assert_eq!(of(code, "", message).message(), message);
            }
        }
    }
}
