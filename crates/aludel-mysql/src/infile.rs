//! The text that `LOAD DATA` reads: fields between tabs, rows as lines, `\N` for NULL.

use aludel_engine::driver::ManyInsert;
use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_sql::ValueRef;
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Value};

use crate::codec;

/// The character set that stands for bytes.
const BINARY: u16 = 63;

/// What a column takes, as far as it decides how a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Integer,
    Real,
    Temporal,
    Text,
    /// Written in hexadecimal digits, because the whole of the text is in one character set.
    Bytes,
}

impl Class {
    /// `None` where the server reads text for such a column in another way than a value.
    pub(crate) fn of(column: &Column) -> Option<Self> {
        use ColumnType::*;
        let flags = column.flags();
        if flags.intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG) {
            return None;
        }
        Some(match column.column_type() {
            MYSQL_TYPE_TINY | MYSQL_TYPE_SHORT | MYSQL_TYPE_INT24 | MYSQL_TYPE_LONG | MYSQL_TYPE_LONGLONG
            | MYSQL_TYPE_YEAR => Class::Integer,
            MYSQL_TYPE_DECIMAL | MYSQL_TYPE_NEWDECIMAL | MYSQL_TYPE_FLOAT | MYSQL_TYPE_DOUBLE => Class::Real,
            MYSQL_TYPE_TIMESTAMP | MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATE | MYSQL_TYPE_NEWDATE
            | MYSQL_TYPE_TIME => Class::Temporal,
            MYSQL_TYPE_JSON => Class::Text,
            MYSQL_TYPE_VARCHAR
            | MYSQL_TYPE_VAR_STRING
            | MYSQL_TYPE_STRING
            | MYSQL_TYPE_TINY_BLOB
            | MYSQL_TYPE_BLOB
            | MYSQL_TYPE_MEDIUM_BLOB
            | MYSQL_TYPE_LONG_BLOB => match column.character_set() {
                BINARY => Class::Bytes,
                _ => Class::Text,
            },
            _ => return None,
        })
    }
}

/// A table and its columns, as an insert writes them.
pub(crate) struct Target<'a> {
    table: &'a str,
    pub(crate) columns: Vec<&'a str>,
}

impl<'a> Target<'a> {
    /// `None` where the insert says more than which values go into which columns.
    pub(crate) fn of(insert: &ManyInsert<'a>) -> Option<Self> {
        let target = insert.target()?;
        let mut quoted = false;
        let mut cuts = Vec::new();
        for (at, character) in target.char_indices() {
            match character {
                '`' => quoted = !quoted,
                '(' | ',' | ')' if !quoted => cuts.push(at),
                _ => {}
            }
        }
        let table = target.get(..*cuts.first()?)?.trim();
        let between = |pair: &[usize]| match pair {
            [from, to] => target.get(from + 1..*to).map(str::trim),
            _ => None,
        };
        let columns = cuts.windows(2).map(between).collect::<Option<Vec<_>>>()?;
        let plain = format!(" VALUES ({})", vec!["?"; columns.len()].join(", "));
        (!columns.is_empty() && insert.values() == plain).then_some(Target { table, columns })
    }

    /// The query for what the columns are.
    pub(crate) fn query(&self) -> String {
        format!("SELECT {} FROM {} LIMIT 0", self.columns.join(", "), self.table)
    }

    /// The statement that loads.
    pub(crate) fn load(&self, classes: &[Class]) -> String {
        let mut fields = Vec::with_capacity(classes.len());
        let mut set = Vec::new();
        for ((column, class), variable) in self.columns.iter().zip(classes).zip(variables()) {
            match class {
                Class::Bytes => {
                    set.push(format!("{column} = UNHEX({variable})"));
                    fields.push(variable);
                }
                _ => fields.push((*column).to_owned()),
            }
        }
        // Signs by their numbers mean the same in every `sql_mode`.
        let mut sql = format!(
            "LOAD DATA LOCAL INFILE 'rows' INTO TABLE {} CHARACTER SET utf8mb4 FIELDS TERMINATED BY 0x09 \
             ESCAPED BY 0x5C LINES TERMINATED BY 0x0A ({})",
            self.table,
            fields.join(", ")
        );
        if !set.is_empty() {
            sql.push_str(" SET ");
            sql.push_str(&set.join(", "));
        }
        sql
    }

    /// The statement that forgets what is left of the last row in the session's variables.
    pub(crate) fn forget(classes: &[Class]) -> Option<String> {
        let held = variables().zip(classes).filter(|(_, class)| **class == Class::Bytes);
        let held: Vec<_> = held.map(|(variable, _)| format!("{variable} = NULL")).collect();
        (!held.is_empty()).then(|| format!("SET {}", held.join(", ")))
    }
}

fn variables() -> impl Iterator<Item = String> {
    (1..).map(|number: usize| format!("@aludel_load_{number}"))
}

/// Writes a row.
///
/// # Errors
/// Where a value is none of the column's own.
pub(crate) fn row<'v>(
    classes: &[Class],
    value: impl Fn(usize) -> ValueRef<'v>,
    out: &mut Vec<u8>,
) -> Result<()> {
    for (index, class) in classes.iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        let written = codec::parameter(value(index)).and_then(|value| field(*class, &value, out));
        written
            .map_err(|problem| Error::new(ErrorKind::Data, format!("parameter {} {problem}", index + 1)))?;
    }
    out.push(b'\n');
    Ok(())
}

fn field(class: Class, value: &Value, out: &mut Vec<u8>) -> Result<(), String> {
    let no = |what: &str| Err(format!("is {what}, but `LOAD DATA` takes values of the column's own type"));
    let text = match (class, value) {
        (_, Value::NULL) => {
            out.extend_from_slice(b"\\N");
            return Ok(());
        }
        (Class::Bytes, Value::Bytes(bytes)) => {
            hexadecimal(bytes, out);
            return Ok(());
        }
        (_, Value::Bytes(bytes)) => match std::str::from_utf8(bytes) {
            Ok(_) => {
                escape(bytes, out);
                return Ok(());
            }
            Err(_) => return no("bytes that are no text"),
        },
        (Class::Temporal, Value::Int(_) | Value::UInt(_)) => return no("a number"),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::UInt(number)) => number.to_string(),
        (Class::Real, Value::Double(number)) => format!("{number:?}"),
        (Class::Real, Value::Float(number)) => format!("{number:?}"),
        // A fraction is rounded in another way in text.
        (Class::Integer, Value::Double(number)) if number.fract() == 0.0 => format!("{number:.0}"),
        (_, Value::Double(_) | Value::Float(_)) => return no("a number with a fraction"),
        (Class::Temporal, Value::Date(year, month, day, hour, minute, second, micro)) => {
            let fraction = fraction(*micro);
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}")
        }
        (Class::Temporal, Value::Time(negative, days, hour, minute, second, micro)) => {
            let sign = if *negative { "-" } else { "" };
            let hours = u64::from(*days) * 24 + u64::from(*hour);
            format!("{sign}{hours:02}:{minute:02}:{second:02}{}", fraction(*micro))
        }
        (_, Value::Date(..) | Value::Time(..)) => return no("a date or time"),
    };
    match class {
        Class::Bytes => hexadecimal(text.as_bytes(), out),
        _ => out.extend_from_slice(text.as_bytes()),
    }
    Ok(())
}

/// Only where there is one: a column may keep none, and say so by a warning.
fn fraction(micro: u32) -> String {
    if micro == 0 { String::new() } else { format!(".{micro:06}") }
}

/// In UTF-8 none of these bytes is part of another character.
fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len());
    for byte in bytes {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0 => out.extend_from_slice(b"\\0"),
            byte => out.push(*byte),
        }
    }
}

fn hexadecimal(bytes: &[u8], out: &mut Vec<u8>) {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'A' + value - 10 };
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(sql: &str) -> Option<(String, Vec<String>)> {
        let at = sql.find(" VALUES").unwrap();
        let insert = ManyInsert::new(sql, at..sql.len()).unwrap();
        let target = Target::of(&insert)?;
        Some((target.table.to_owned(), target.columns.into_iter().map(str::to_owned).collect()))
    }

    #[test]
    fn targets_are_taken_apart() {
        let found = target("INSERT INTO shop.`odd (`` t` (`a, b`, c) VALUES (?, ?)").unwrap();
        assert_eq!(found, ("shop.`odd (`` t`".into(), vec!["`a, b`".into(), "c".into()]));
        assert_eq!(target("INSERT INTO t (a, b) VALUES (?, ST_GeomFromText(?))"), None);
        assert_eq!(target("INSERT INTO t (a, b) VALUES (?, 1)"), None);
        assert_eq!(target("INSERT IGNORE INTO t (a) VALUES (?)"), None);
        assert_eq!(target("INSERT INTO t VALUES (?)"), None);
    }

    #[test]
    fn bytes_go_through_variables() {
        let target = Target { table: "t", columns: vec!["a", "b"] };
        let classes = [Class::Text, Class::Bytes];
        let sql = target.load(&classes);
        assert!(sql.ends_with("(a, @aludel_load_2) SET b = UNHEX(@aludel_load_2)"), "{sql}");
        assert_eq!(Target::forget(&classes).as_deref(), Some("SET @aludel_load_2 = NULL"));
        assert_eq!(Target::forget(&classes[..1]), None);
    }

    #[test]
    fn rows_are_lines() {
        let classes = [Class::Integer, Class::Text, Class::Bytes, Class::Text];
        let values =
            [ValueRef::I64(-1), ValueRef::Text("a\tb\n\\N\0é"), ValueRef::Bytes(&[0, 0xaf]), ValueRef::Null];
        let mut out = Vec::new();
        row(&classes, |index| values[index], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "-1\ta\\tb\\n\\\\N\\0é\t00AF\t\\N\n");
        let refused = |class, value| row(&[class], |_| value, &mut Vec::new()).unwrap_err().to_string();
        assert!(refused(Class::Text, ValueRef::Bytes(&[0xff])).contains("parameter 1 is bytes"));
        assert!(refused(Class::Integer, ValueRef::F64(2.5)).contains("fraction"));
    }
}
