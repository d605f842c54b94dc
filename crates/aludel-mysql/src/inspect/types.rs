//! From a column's type, as the servers write it, to [`Type`].

use aludel_sql::Type;

/// The type of a column by its `COLUMN_TYPE`, which is in lower case.
///
/// A type is recognised only where this dialect writes it so that the server comes to these words; all else keeps its
/// own words. The display width of an integer says nothing about its values, except that `tinyint(1)` is what `BOOL`
/// becomes.
pub(super) fn declared(words: &str) -> Type {
    recognised(words).unwrap_or_else(|| Type::Raw(words.to_owned()))
}

fn recognised(words: &str) -> Option<Type> {
    let (name, arguments) = match words.split_once('(') {
        None => (words, Vec::new()),
        Some((name, arguments)) => {
            let arguments = arguments.strip_suffix(')')?;
            (name, arguments.split(',').map(|number| number.parse().ok()).collect::<Option<Vec<u32>>>()?)
        }
    };
    Some(match (name, arguments.as_slice()) {
        ("tinyint", [1]) => Type::Boolean,
        ("smallint", [] | [_]) => Type::SmallInteger,
        ("int", [] | [_]) => Type::Integer,
        ("bigint", [] | [_]) => Type::BigInteger,
        ("float", []) => Type::Float { precision: None },
        ("double", []) => Type::Double,
        ("decimal", [precision, scale]) => Type::Numeric { precision: Some(*precision), scale: Some(*scale) },
        ("varchar", [length]) => Type::String { length: Some(*length) },
        ("text", []) => Type::Text { length: None },
        ("varbinary", [length]) => Type::Binary { length: Some(*length) },
        ("longblob", []) => Type::Binary { length: None },
        ("date", []) => Type::Date,
        ("time", [6]) => Type::Time { timezone: false },
        ("datetime", [6]) => Type::DateTime { timezone: false },
        ("char", [32]) | ("uuid", []) => Type::Uuid,
        ("json", []) => Type::Json,
        _ => return None,
    })
}

/// Whether a default of this type is written as a number.
pub(super) fn is_number(words: &str) -> bool {
    let name = words.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year"]
        .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_recognised_where_nothing_is_lost() {
        for (words, ty) in [
            ("tinyint(1)", Type::Boolean),
            ("smallint(6)", Type::SmallInteger),
            ("int", Type::Integer),
            ("int(11)", Type::Integer),
            ("bigint(20)", Type::BigInteger),
            ("decimal(10,2)", Type::Numeric { precision: Some(10), scale: Some(2) }),
            ("varchar(50)", Type::String { length: Some(50) }),
            ("longblob", Type::Binary { length: None }),
            ("datetime(6)", Type::DateTime { timezone: false }),
            ("char(32)", Type::Uuid),
        ] {
            assert_eq!(declared(words), ty, "{words}");
        }
        for words in [
            "tinyint(4)",
            "int(10) unsigned",
            "double(8,2)",
            "datetime",
            "timestamp",
            "time",
            "longtext",
            "enum('a','b(c)')",
            "char(3)",
            "bit(1)",
            "",
            "int(",
        ] {
            assert_eq!(declared(words), Type::Raw(words.into()), "{words}");
        }
        assert!(is_number("int(10) unsigned") && is_number("year(4)"));
        assert!(!is_number("bit(1)") && !is_number("varchar(5)") && !is_number("datetime(6)"));
    }
}
