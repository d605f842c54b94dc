//! Golden statements: an expression or a statement, and its text for each database. Whatever is asserted here as text
//! is also run on a real database of that kind (`tests/tests/golden.rs`).

use super::aludel_sql::ast::Statement;

/// A statement with what it should become on each database.
#[allow(dead_code, reason = "a test on one database does not read the texts of the others")]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) statement: Statement,
    pub(crate) sqlite: Wanted,
    pub(crate) postgres: Wanted,
    /// MySQL and MariaDB, where they do not differ.
    pub(crate) mysql: Wanted,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Text(String),
    /// The same where MySQL and MariaDB differ: this is MySQL's, and it is not run on MariaDB.
    Mysql(String),
    /// The error has this in it.
    Refused(&'static str),
    /// The statement is for another database.
    Unasked,
}

/// One text for all; only the placeholders differ.
pub(crate) fn same(name: &'static str, statement: impl Into<Statement>, text: &str) -> Case {
    let (sqlite, mysql) = (Wanted::Text(text.to_owned()), Wanted::Text(inner_joins(text)));
    Case { name, statement: statement.into(), sqlite, postgres: Wanted::Text(dollars(text)), mysql }
}

/// A text each; `!` in front is an error, `~` a text that MariaDB writes otherwise.
pub(crate) fn each(name: &'static str, statement: impl Into<Statement>, texts: [&'static str; 3]) -> Case {
    let wanted = |text: &'static str| match text.strip_prefix('!') {
        Some(message) => Wanted::Refused(message),
        None => match text.strip_prefix('~') {
            Some(text) => Wanted::Mysql(text.to_owned()),
            None => Wanted::Text(text.to_owned()),
        },
    };
    let [sqlite, postgres, mysql] = texts.map(wanted);
    Case { name, statement: statement.into(), sqlite, postgres, mysql }
}

/// What only PostgreSQL understands.
pub(crate) fn on_postgres(name: &'static str, statement: impl Into<Statement>, text: &str) -> Case {
    let (sqlite, mysql) = (Wanted::Unasked, Wanted::Unasked);
    Case { name, statement: statement.into(), sqlite, postgres: Wanted::Text(text.to_owned()), mysql }
}

/// Refused whatever the database.
pub(crate) fn refused(name: &'static str, statement: impl Into<Statement>, message: &'static str) -> Case {
    let [sqlite, postgres, mysql] =
        [Wanted::Refused(message), Wanted::Refused(message), Wanted::Refused(message)];
    Case { name, statement: statement.into(), sqlite, postgres, mysql }
}

/// MySQL's word for a join of both sides.
fn inner_joins(text: &str) -> String {
    let inner = text.replace(" JOIN ", " INNER JOIN ");
    inner.replace("OUTER INNER JOIN", "OUTER JOIN").replace("CROSS INNER JOIN", "CROSS JOIN")
}

/// `?` as PostgreSQL counts them.
fn dollars(text: &str) -> String {
    let mut number = 0;
    let mut out = String::new();
    for character in text.chars() {
        if character == '?' {
            number += 1;
            out.push_str(&format!("${number}"));
        } else {
            out.push(character);
        }
    }
    out
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = super::conditions::cases();
    cases.extend(super::postgres::cases());
    cases.extend(super::selects::cases());
    cases.extend(super::spellings::cases());
    cases.extend(super::writes::cases());
    cases.extend(super::language::cases());
    cases
}
