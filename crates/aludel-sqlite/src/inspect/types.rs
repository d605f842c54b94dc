//! From declared type words to [`Type`].

use aludel_sql::Type;

use crate::tokens::{Kind, Tokens};

/// The type of a column by its declared words.
///
/// A type is recognised only where this dialect writes it with these words (in any case and spacing), so that a table
/// that is written again declares what it declared before. It matters: `INT` is no `INTEGER`, of which a primary key is
/// the row's number, and a `STRICT` table takes `REAL` but no `DOUBLE`. All else keeps its own words.
pub(super) fn declared(words: &str) -> Type {
    recognised(words).unwrap_or_else(|| Type::Raw(words.to_owned()))
}

fn recognised(words: &str) -> Option<Type> {
    let tokens: Vec<_> = Tokens::new(words).collect();
    let (name, arguments) = tokens.split_first()?;
    if name.kind != Kind::Word {
        return None;
    }
    let kinds: Vec<Kind> = arguments.iter().map(|token| token.kind).collect();
    let number = |at: usize| arguments.get(at).and_then(|token| token.text(words).parse::<u32>().ok());
    let (open, comma, close) = (Kind::Other(b'('), Kind::Other(b','), Kind::Other(b')'));
    let (first, second) = match kinds.as_slice() {
        [] => (None, None),
        [o, Kind::Number, c] if (*o, *c) == (open, close) => (Some(number(1)?), None),
        [o, Kind::Number, between, Kind::Number, c] if (*o, *between, *c) == (open, comma, close) => {
            (Some(number(1)?), Some(number(3)?))
        }
        _ => return None,
    };
    let name = name.text(words).to_ascii_uppercase();
    Some(match (name.as_str(), first, second) {
        ("SMALLINT", None, None) => Type::SmallInteger,
        ("INTEGER", None, None) => Type::Integer,
        ("BIGINT", None, None) => Type::BigInteger,
        ("FLOAT", None, None) => Type::Float { precision: None },
        ("DOUBLE", None, None) => Type::Double,
        ("NUMERIC", precision, scale) => Type::Numeric { precision, scale },
        ("BOOLEAN", None, None) => Type::Boolean,
        ("VARCHAR", length, None) => Type::String { length },
        ("TEXT", None, None) => Type::Text { length: None },
        ("BLOB", length, None) => Type::Binary { length },
        ("DATE", None, None) => Type::Date,
        ("TIME", None, None) => Type::Time { timezone: false },
        ("DATETIME", None, None) => Type::DateTime { timezone: false },
        ("TIMESTAMP", None, None) => Type::DateTime { timezone: true },
        ("CHAR", Some(32), None) => Type::Uuid,
        ("JSON", None, None) => Type::Json,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use aludel_sql::Dialect;
    use aludel_sql::dialect::sqlite::Sqlite;

    use super::*;

    #[test]
    fn what_the_dialect_writes_is_read_back() {
        let types = [
            Type::SmallInteger,
            Type::Integer,
            Type::BigInteger,
            Type::Float { precision: None },
            Type::Double,
            Type::Numeric { precision: None, scale: None },
            Type::Numeric { precision: Some(10), scale: None },
            Type::Numeric { precision: Some(10), scale: Some(2) },
            Type::Boolean,
            Type::String { length: None },
            Type::String { length: Some(50) },
            Type::Text { length: None },
            Type::Binary { length: None },
            Type::Binary { length: Some(16) },
            Type::Date,
            Type::Time { timezone: false },
            Type::DateTime { timezone: false },
            Type::DateTime { timezone: true },
            Type::Uuid,
            Type::Json,
            Type::Raw("MONEY(3)".into()),
        ];
        for ty in types {
            let words = Sqlite::default().type_name(&ty).expect("SQLite names every type");
            assert_eq!(declared(&words), ty, "{words}");
        }
    }

    #[test]
    fn case_and_spacing_do_not_matter_but_other_words_are_kept() {
        assert_eq!(declared("varchar ( 20 )"), Type::String { length: Some(20) });
        assert_eq!(declared("numeric(10,2)"), Type::Numeric { precision: Some(10), scale: Some(2) });
        for words in
            ["INT", "REAL", "", "NVARCHAR(160)", "DOUBLE PRECISION", "CHAR(36)", "VARCHAR(-1)", "TEXT(10)"]
        {
            assert_eq!(declared(words), Type::Raw(words.into()));
        }
    }
}
