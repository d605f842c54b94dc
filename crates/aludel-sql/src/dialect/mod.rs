//! What is particular to a database: facts first, then a few hooks.
//!
//! A dialect is a [`Capabilities`] record that compiler, planner and tests read, and methods for what is no plain
//! fact. The built-in ones have the same files each; another crate can bring its own.

mod capabilities;
pub mod mssql;
pub mod mysql;
pub mod oracle;
pub mod postgres;
pub mod sqlite;
pub mod standard;
mod type_names;

use std::fmt;

pub use capabilities::{
    AlterSupport, AutoIncrement, Capabilities, CommentStyle, DdlSupport, IndexExpressions, Placeholder,
};

use crate::compiler::CompileError;
use crate::schema::{Column, Constraint, ConstraintKind, Table, TableName};
use crate::types::Type;
use crate::uuid_text::UuidText;
use crate::value::Value;

/// A database's way of writing SQL. Mirrors SQLAlchemy's `Dialect` with its compilers.
pub trait Dialect: Send + Sync + fmt::Debug {
    /// The name that URLs and messages use: `sqlite`, `postgres`, `mysql`, `mariadb`; `mssql`,
    /// `oracle` and `standard` have no driver here.
    fn name(&self) -> &'static str;

    /// What the database can do.
    fn capabilities(&self) -> &Capabilities;

    /// The name of a type in DDL.
    ///
    /// # Errors
    /// Where the database has no such type.
    fn type_name(&self, ty: &Type) -> Result<String, CompileError>;

    /// The name of a type inside `CAST`, where that differs.
    ///
    /// # Errors
    /// Where the database cannot cast to it.
    fn cast_type_name(&self, ty: &Type) -> Result<String, CompileError> {
        self.type_name(ty)
    }

    /// The one form of a type's name, of those that mean the same to the database: `FLOAT` is `DOUBLE PRECISION` on
    /// PostgreSQL. Types are compared in it.
    fn canonical_type(&self, name: String) -> String {
        name
    }

    /// The name of a column's type, where the table around it may decide. Comparison and DDL both ask here.
    ///
    /// # Errors
    /// Where the database has no such type.
    fn column_type(&self, table: &Table, column: &Column) -> Result<String, CompileError> {
        let _ = table;
        self.type_name(&column.ty)
    }

    /// What stands behind `DEFAULT` for a default that is written as `sql`.
    fn server_default(&self, column: &Column, sql: String) -> String {
        let _ = column;
        sql
    }

    /// What stands behind the closing parenthesis of `CREATE TABLE` for the table's [`options`](Table::options),
    /// with a space in front.
    ///
    /// # Errors
    /// For an option that bears this dialect's name and that it does not know.
    fn table_options(&self, table: &Table) -> Result<String, CompileError> {
        let _ = table;
        Ok(String::new())
    }

    /// The name that the database gives a constraint that was made without one, where that can be told.
    fn implicit_name(&self, table: &TableName, constraint: &Constraint) -> Option<String> {
        let _ = (table, constraint);
        None
    }

    /// What stands behind `ALTER TABLE t` to drop a constraint; `name` is quoted already.
    fn drop_constraint(&self, kind: ConstraintKind, name: &str) -> String {
        let _ = kind;
        format!("DROP CONSTRAINT {name}")
    }

    /// Writes the name of a collation.
    fn collation(&self, name: &str, out: &mut String) {
        self.quote(name, out);
    }

    /// Writes an identifier, quoted where it has to be.
    fn quote(&self, name: &str, out: &mut String) {
        let plain = self.is_plain(name);
        let quote = self.capabilities().quote;
        if plain {
            out.push_str(name);
            return;
        }
        out.push(quote);
        for character in name.chars() {
            if character == quote {
                out.push(quote);
            }
            out.push(character);
        }
        out.push(quote);
    }

    /// Whether an identifier means the same without quotes.
    fn is_plain(&self, name: &str) -> bool {
        let mut bytes = name.bytes();
        let first = bytes.next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
        first
            && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !self.is_reserved(name)
    }

    /// Whether a lower-case word is a keyword that cannot be a bare name.
    fn is_reserved(&self, word: &str) -> bool;

    /// Writes a value into the text, safe for any content.
    ///
    /// # Errors
    /// Where the database has no way to write it.
    fn literal(&self, value: &Value, out: &mut String) -> Result<(), CompileError>;

    /// The expression for the current point in time.
    fn now(&self) -> &'static str {
        "CURRENT_TIMESTAMP"
    }
}

/// The name of a collation for databases that take it in any case: a plain word needs no quotes.
pub(crate) fn caseless_collation(dialect: &dyn Dialect, name: &str, out: &mut String) {
    if dialect.is_plain(&name.to_ascii_lowercase()) {
        out.push_str(name);
    } else {
        dialect.quote(name, out);
    }
}

/// A text in single quotes, with quotes inside doubled. For databases that take a backslash as it is.
pub(crate) fn quoted_text(text: &str, out: &mut String) {
    out.push('\'');
    for character in text.chars() {
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    }
    out.push('\'');
}

/// Bytes as `X'…'`.
pub(crate) fn hex_literal(bytes: &[u8], out: &mut String) {
    out.push_str("X'");
    hex_digits(bytes, out);
    out.push('\'');
}

/// Two digits per byte.
pub(crate) fn hex_digits(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase());
        }
    }
}

/// Refuses options of a table that bear a dialect's name where it has none.
///
/// # Errors
/// For the first such option.
pub(crate) fn no_table_options(dialect: &str, table: &Table) -> Result<String, CompileError> {
    let own = |name: &&String| name.strip_prefix(dialect).is_some_and(|rest| rest.starts_with('_'));
    match table.options.keys().find(own) {
        None => Ok(String::new()),
        Some(name) => Err(CompileError::invalid(format!(
            "{dialect} knows no table option `{name}` (table `{}`)",
            table.name
        ))),
    }
}

/// The parts of a literal that are the same everywhere.
///
/// # Errors
/// For numbers that are not finite.
pub(crate) fn common_literal(
    dialect: &dyn Dialect,
    value: &Value,
    out: &mut String,
) -> Result<(), CompileError> {
    match value {
        Value::Null => out.push_str("NULL"),
        Value::I64(number) => out.push_str(&number.to_string()),
        Value::F64(number) if number.is_finite() => out.push_str(&format!("{number:?}")),
        Value::F64(number) => {
            return Err(CompileError::unsupported(dialect.name(), &format!("the literal number {number}")));
        }
        Value::Text(text) => quoted_text(text, out),
        Value::Bytes(bytes) => hex_literal(bytes, out),
        Value::Bool(flag) => out.push_str(match (dialect.capabilities().boolean_literals, flag) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "1",
            (false, false) => "0",
        }),
        Value::Uuid(bytes) if !dialect.capabilities().native_uuid => {
            quoted_text(UuidText::new(*bytes).as_str(), out);
        }
        Value::Date(_) | Value::Time(_) | Value::Timestamp(_) | Value::Uuid(_) => {
            out.push_str(&format!("'{value}'"));
        }
    }
    Ok(())
}
