//! From SQLite's result codes to classes of errors that a program can act on.

use aludel_engine::error::{Error, ErrorKind};

use crate::tokens::Tokens;

const BUSY: i32 = 5;
const INTERRUPT: i32 = 9;
const CONSTRAINT: i32 = 19;
const MISUSE: i32 = 21;
const BUSY_SNAPSHOT: i32 = 517;
const LOCKED_SHAREDCACHE: i32 = 262;

/// Whether the same attempt may succeed once another connection gives its lock up.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    code_of(error)
        .is_some_and(|code| (code & 0xff == BUSY && code != BUSY_SNAPSHOT) || code == LOCKED_SHAREDCACHE)
}

/// A transaction that has read and now wants to write what another one has changed or is about to change: it can only
/// be run again.
#[cold]
pub(crate) fn cannot_upgrade(busy: rusqlite::Error) -> Error {
    let known = translate(busy);
    let message = format!(
        "{}: this transaction has read already, and another connection holds the write lock, so waiting would not help. \
         Roll back and run the transaction again, or begin it with `TransactionOptions::immediate()` if it writes",
        known.message()
    );
    let error = Error::new(ErrorKind::Serialization, message);
    match known.code() {
        Some(code) => error.with_code(code).with_source(known),
        None => error.with_source(known),
    }
}

/// The error of a text that holds no statement.
#[cold]
pub(crate) fn explain_misuse(error: Error, sql: &str) -> Error {
    let misuse = error.code() == Some(named(MISUSE).as_str());
    if misuse && Tokens::new(sql).next().is_none() {
        return Error::new(ErrorKind::Programming, "the text holds no statement");
    }
    error
}

/// The error with its class, its code, and what the message names.
#[cold]
pub(crate) fn translate(error: rusqlite::Error) -> Error {
    let (code, message) = match &error {
        rusqlite::Error::SqliteFailure(code, message) => {
            (code.extended_code, message.clone().unwrap_or_else(|| code.to_string()))
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.clone()),
        rusqlite::Error::MultipleStatement => return several_statements(),
        rusqlite::Error::Utf8Error(..) => {
            return Error::new(ErrorKind::Data, error.to_string()).with_source(error);
        }
        other => return Error::new(ErrorKind::Programming, other.to_string()).with_source(error),
    };
    if code == BUSY_SNAPSHOT {
        return Error::new(
            ErrorKind::Serialization,
            format!(
                "{message}: this transaction has read what another connection has changed since, so it can't write any \
                 more. Roll back and run it again, or begin it with `TransactionOptions::immediate()` if it writes"
            ),
        )
        .with_code(named(code))
        .with_source(error);
    }
    let translated = Error::new(kind(code, &message), message.as_str()).with_code(named(code));
    let translated = if code & 0xff == CONSTRAINT { with_subject(translated, &message) } else { translated };
    translated.with_source(error)
}

/// A text with several statements where one is expected.
#[cold]
pub(crate) fn several_statements() -> Error {
    Error::new(
        ErrorKind::Programming,
        "the text holds several statements, of which only the first would run: give a script to `execute_script`",
    )
}

fn code_of(error: &rusqlite::Error) -> Option<i32> {
    match error {
        rusqlite::Error::SqliteFailure(code, _) => Some(code.extended_code),
        rusqlite::Error::SqlInputError { error, .. } => Some(error.extended_code),
        _ => None,
    }
}

fn kind(code: i32, message: &str) -> ErrorKind {
    match code {
        2067 | 1555 | 2579 => return ErrorKind::UniqueViolation,
        787 => return ErrorKind::ForeignKeyViolation,
        1299 => return ErrorKind::NotNullViolation,
        275 => return ErrorKind::CheckViolation,
        // A value of the wrong type for a STRICT table.
        3091 => return ErrorKind::Data,
        _ => {}
    }
    match code & 0xff {
        // The general error is nearly always a wrong statement; these are the exceptions that values can cause.
        1 if ["integer overflow", "malformed JSON"].iter().any(|start| message.starts_with(start)) => {
            ErrorKind::Data
        }
        1 | 17 | 21 | 23 | 25 => ErrorKind::Programming,
        INTERRUPT => ErrorKind::Cancelled,
        18 | 20 => ErrorKind::Data,
        CONSTRAINT => ErrorKind::Integrity,
        _ => ErrorKind::Operational,
    }
}

/// Adds table, columns and constraint as far as the message names them: `UNIQUE constraint failed: a.x, a.y`,
/// `UNIQUE constraint failed: index 'name'`, `CHECK constraint failed: name`.
fn with_subject(error: Error, message: &str) -> Error {
    let Some((rule, subject)) = message.split_once(" constraint failed: ") else {
        return match message.split_once(" value in ").and_then(|(_, rest)| rest.split_once(" column ")) {
            // "cannot store TEXT value in INTEGER column t.a", from a STRICT table.
            Some((_, column)) => with_columns(error, column),
            None => error,
        };
    };
    if rule == "CHECK" {
        return error.with_constraint(subject);
    }
    match subject.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        Some(index) => error.with_constraint(index),
        None => with_columns(error, subject),
    }
}

fn with_columns(error: Error, listed: &str) -> Error {
    let mut table = None;
    let mut columns = Vec::new();
    for qualified in listed.split(", ") {
        match qualified.rsplit_once('.') {
            Some((name, column)) => {
                table.get_or_insert_with(|| name.to_owned());
                columns.push(column.to_owned());
            }
            None => columns.push(qualified.to_owned()),
        }
    }
    error.with_columns(table, columns)
}

fn named(code: i32) -> String {
    let known = |code: i32| NAMES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    match known(code).or_else(|| known(code & 0xff)) {
        Some(name) => format!("SQLITE_{name} ({code})"),
        None => format!("SQLite code {code}"),
    }
}

/// The names of the result codes, as SQLite documents them.
const NAMES: &[(i32, &str)] = &[
    (1, "ERROR"),
    (2, "INTERNAL"),
    (3, "PERM"),
    (4, "ABORT"),
    (5, "BUSY"),
    (6, "LOCKED"),
    (7, "NOMEM"),
    (8, "READONLY"),
    (9, "INTERRUPT"),
    (10, "IOERR"),
    (11, "CORRUPT"),
    (12, "NOTFOUND"),
    (13, "FULL"),
    (14, "CANTOPEN"),
    (15, "PROTOCOL"),
    (17, "SCHEMA"),
    (18, "TOOBIG"),
    (19, "CONSTRAINT"),
    (20, "MISMATCH"),
    (21, "MISUSE"),
    (22, "NOLFS"),
    (23, "AUTH"),
    (25, "RANGE"),
    (26, "NOTADB"),
    (257, "ERROR_MISSING_COLLSEQ"),
    (261, "BUSY_RECOVERY"),
    (262, "LOCKED_SHAREDCACHE"),
    (264, "READONLY_RECOVERY"),
    (266, "IOERR_READ"),
    (267, "CORRUPT_VTAB"),
    (270, "CANTOPEN_NOTEMPDIR"),
    (275, "CONSTRAINT_CHECK"),
    (279, "AUTH_USER"),
    (513, "ERROR_RETRY"),
    (516, "ABORT_ROLLBACK"),
    (517, "BUSY_SNAPSHOT"),
    (518, "LOCKED_VTAB"),
    (520, "READONLY_CANTLOCK"),
    (522, "IOERR_SHORT_READ"),
    (523, "CORRUPT_SEQUENCE"),
    (526, "CANTOPEN_ISDIR"),
    (531, "CONSTRAINT_COMMITHOOK"),
    (769, "ERROR_SNAPSHOT"),
    (773, "BUSY_TIMEOUT"),
    (776, "READONLY_ROLLBACK"),
    (778, "IOERR_WRITE"),
    (779, "CORRUPT_INDEX"),
    (782, "CANTOPEN_FULLPATH"),
    (787, "CONSTRAINT_FOREIGNKEY"),
    (1032, "READONLY_DBMOVED"),
    (1034, "IOERR_FSYNC"),
    (1038, "CANTOPEN_CONVPATH"),
    (1043, "CONSTRAINT_FUNCTION"),
    (1288, "READONLY_CANTINIT"),
    (1299, "CONSTRAINT_NOTNULL"),
    (1544, "READONLY_DIRECTORY"),
    (1550, "CANTOPEN_SYMLINK"),
    (1555, "CONSTRAINT_PRIMARYKEY"),
    (1811, "CONSTRAINT_TRIGGER"),
    (2067, "CONSTRAINT_UNIQUE"),
    (2323, "CONSTRAINT_VTAB"),
    (2579, "CONSTRAINT_ROWID"),
    (2835, "CONSTRAINT_PINNED"),
    (3091, "CONSTRAINT_DATATYPE"),
    (3338, "IOERR_ACCESS"),
    (3850, "IOERR_LOCK"),
];
