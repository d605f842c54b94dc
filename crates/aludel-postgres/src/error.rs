//! From the server's SQLSTATEs to classes of errors that a program can act on.

use std::error::Error as StdError;
use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};

use aludel_engine::error::{Error, ErrorKind};
use tokio_postgres::error::{DbError, ErrorPosition, Severity};

use crate::parameter::EncodeError;
use crate::tls;

/// The code of a statement in a transaction that an earlier error ended.
pub(crate) const FAILED_TRANSACTION: &str = "25P02";

/// The code of a statement that was stopped: by somebody, or because a limit of the session was reached.
pub(crate) const QUERY_CANCELED: &str = "57014";

/// The code of a write in a transaction that only reads.
pub(crate) const READ_ONLY_TRANSACTION: &str = "25006";

/// The error with its class, its code, and what the server names.
///
/// Messages leave out the server's detail, which shows the rows concerned.
#[cold]
pub(crate) fn translate(error: tokio_postgres::Error) -> Error {
    if let Some(server) = error.as_db_error() {
        return of_server(server).with_source(error);
    }
    match error.source().and_then(|source| source.downcast_ref::<EncodeError>()) {
        Some(encode) => Error::new(ErrorKind::Data, encode.to_string()),
        None => Error::new(ErrorKind::Disconnect, with_causes(&error)).with_source(error),
    }
}

/// The error of a connection that is no more, for a reason or none.
#[cold]
pub(crate) fn closed(reason: Option<&tokio_postgres::Error>) -> Error {
    let Some(reason) = reason else {
        return Error::new(ErrorKind::Disconnect, "the server closed the connection");
    };
    match reason.as_db_error() {
        Some(server) => {
            let message = format!("the server ended the connection: {}", server.message());
            Error::new(ErrorKind::Disconnect, message).with_code(server.code().code())
        }
        None => {
            Error::new(ErrorKind::Disconnect, format!("the connection was lost: {}", with_causes(reason)))
        }
    }
}

const NOT_POSTGRES: &str = ". Is it a PostgreSQL that listens there? Look at host and port in the URL";

const NO_ROOM: &str = ". Close connections that nobody needs, make the pools smaller (those of all programs count \
                       together), or raise the limit: `max_connections` of the server, the `CONNECTION LIMIT` of role or \
                       database";

/// The error of an attempt to connect, with what to look at.
#[cold]
pub(crate) fn connecting(error: tokio_postgres::Error) -> Error {
    let Some(server) = error.as_db_error() else {
        if let Some(failure) = tls::failure(&error) {
            return failure;
        }
        let io = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
        // tokio-postgres has no other mark for these.
        let strange = ["unexpected message from server", "error parsing response from server"];
        let (kind, advice) = match io.map(std::io::Error::kind) {
            _ if strange.contains(&error.to_string().as_str()) => (ErrorKind::Configuration, NOT_POSTGRES),
            Some(InvalidInput | InvalidData)
                if error.to_string() == "error communicating with the server" =>
            {
                (ErrorKind::Configuration, NOT_POSTGRES)
            }
            Some(UnexpectedEof) => (ErrorKind::Disconnect, NOT_POSTGRES),
            Some(_) => (ErrorKind::Disconnect, ". Is the server running, and do host and port name it?"),
            None => (ErrorKind::Configuration, ". Look at user and password in the URL"),
        };
        return Error::new(kind, format!("{}{advice}", with_causes(&error))).with_source(error);
    };
    let code = server.code().code();
    let (kind, advice) = match code {
        "28P01" => (ErrorKind::Configuration, ". Look at user and password in the URL"),
        "28000" => {
            (ErrorKind::Configuration, ". Look at the user in the URL, and at the server's `pg_hba.conf`")
        }
        "3D000" => (ErrorKind::Configuration, ". Create it, or name another one in the URL"),
        // Of the server, of the role, or of the database: the message says which.
        "53300" => (ErrorKind::Operational, NO_ROOM),
        _ => (kind(code, server), ""),
    };
    let known = Error::new(kind, format!("{}{advice}", server.message())).with_code(code);
    let known = if code == "53300" { known.with_server_full() } else { known };
    known.with_source(error)
}

/// The line of a script that the server points at.
pub(crate) fn line_of<'s>(error: &tokio_postgres::Error, script: &'s str) -> Option<&'s str> {
    let Some(ErrorPosition::Original(position)) = error.as_db_error()?.position() else { return None };
    let characters = usize::try_from(*position).ok()?.saturating_sub(1);
    let at = script.char_indices().nth(characters).map_or(script.len(), |(at, _)| at);
    let start = script.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    script.get(start..)?.lines().next().map(str::trim)
}

/// Whether the server refuses a prepared statement that it took before: the schema has changed since, or somebody
/// threw the statement away.
pub(crate) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    let Some(server) = error.as_db_error() else { return false };
    match server.code().code() {
        "26000" => true,
        // "cached plan must not change result type": the routine, because the message may be in any language.
        "0A000" => server.routine() == Some("RevalidateCachedQuery"),
        _ => false,
    }
}

fn of_server(server: &DbError) -> Error {
    let code = server.code().code();
    let mut message = server.message().to_owned();
    if let Some(hint) = server.hint() {
        message = format!("{message} ({})", hint.trim_end_matches('.'));
    }
    let mut error = Error::new(kind(code, server), message).with_code(code);
    if let Some(constraint) = server.constraint() {
        error = error.with_constraint(constraint);
    }
    let columns = match server.column() {
        Some(column) => vec![column.to_owned()],
        None => server.detail().map(key_columns).unwrap_or_default(),
    };
    error.with_columns(server.table().map(str::to_owned), columns)
}

fn kind(code: &str, server: &DbError) -> ErrorKind {
    match code {
        "23505" => return ErrorKind::UniqueViolation,
        "23503" | "23001" => return ErrorKind::ForeignKeyViolation,
        "23502" => return ErrorKind::NotNullViolation,
        "23514" | "44000" => return ErrorKind::CheckViolation,
        // What a trigger's `RAISE` says unless told otherwise.
        "P0001" => return ErrorKind::Integrity,
        "23P01" => return ErrorKind::ExclusionViolation,
        // From elsewhere. In other languages it can't be told from a limit.
        QUERY_CANCELED if server.message().ends_with("due to user request") => return ErrorKind::Cancelled,
        // A statement or a lock that took longer than the session's settings allow.
        QUERY_CANCELED | "55P03" => return ErrorKind::Timeout,
        "40001" | "40P01" => return ErrorKind::Serialization,
        // What a distributed database says that has lost sight of a commit.
        "40003" => return ErrorKind::CommitUnknown,
        _ => {}
    }
    // The server ends the connection after these.
    if matches!(server.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) {
        return ErrorKind::Disconnect;
    }
    match code.get(..2).unwrap_or_default() {
        "08" => ErrorKind::Disconnect,
        "23" => ErrorKind::Integrity,
        "21" | "22" => ErrorKind::Data,
        "25" | "2D" | "3B" => ErrorKind::Usage,
        "0A" | "26" | "28" | "2B" | "34" | "3D" | "3F" | "42" => ErrorKind::Programming,
        "57" if code.starts_with("57P") => ErrorKind::Disconnect,
        _ => ErrorKind::Operational,
    }
}

/// The columns of `Key (a, b)=(1, 2) already exists.`, in whatever language the words around them are.
fn key_columns(detail: &str) -> Vec<String> {
    let listed = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=("));
    let Some((listed, _)) = listed else { return Vec::new() };
    let mut columns = vec![String::new()];
    let mut depth = 0_usize;
    let mut quoted = false;
    for character in listed.chars() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                columns.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(column) = columns.last_mut() {
            column.push(character);
        }
    }
    columns.iter().map(|column| bare(column.trim())).collect()
}

/// A name without its quotes.
fn bare(name: &str) -> String {
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => inside.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// The message with those of the errors behind it, which say what happened.
fn with_causes(error: &tokio_postgres::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::key_columns;

    #[test]
    fn columns_are_read_from_the_detail() {
        for (detail, expected) in [
            ("Key (email)=(a@b.c) already exists.", &["email"][..]),
            ("Key (a, b)=(1, 2) already exists.", &["a", "b"]),
            ("Schlüssel »(a, b)=(1, (2)=(3))« existiert bereits.", &["a", "b"]),
            ("Key (lower(name), COALESCE(a, b))=(x, y) already exists.", &["lower(name)", "COALESCE(a, b)"]),
            ("Key (\"My Column\", \"a, b\")=(1, 2) already exists.", &["My Column", "a, b"]),
            ("Failing row contains (1, null).", &[]),
        ] {
            assert_eq!(key_columns(detail), expected, "{detail}");
        }
    }
}
