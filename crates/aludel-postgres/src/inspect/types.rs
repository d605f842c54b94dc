//! From the server's words for a type to [`Type`].

use aludel_sql::Type;

/// The type by what `format_type` says. Only the types that this dialect writes are recognised; all else keeps its own
/// words, so that a table that is written again declares what it declared before.
pub(super) fn declared(words: &str) -> Type {
    recognised(words).unwrap_or_else(|| Type::Raw(words.to_owned()))
}

fn recognised(words: &str) -> Option<Type> {
    if let Some(element) = words.strip_suffix("[]") {
        return recognised(element).map(|element| Type::Array(Box::new(element)));
    }
    let (name, arguments) = match words.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        Some((name, arguments)) => {
            (name, arguments.split(',').map(str::parse).collect::<Result<Vec<u32>, _>>().ok()?)
        }
        None => (words, Vec::new()),
    };
    Some(match (name, arguments.as_slice()) {
        ("smallint", []) => Type::SmallInteger,
        ("integer", []) => Type::Integer,
        ("bigint", []) => Type::BigInteger,
        ("real", []) => Type::Float { precision: Some(24) },
        ("double precision", []) => Type::Double,
        ("numeric", []) => Type::Numeric { precision: None, scale: None },
        ("numeric", [precision, scale]) => Type::Numeric { precision: Some(*precision), scale: Some(*scale) },
        ("boolean", []) => Type::Boolean,
        ("character varying", []) => Type::String { length: None },
        ("character varying", [length]) => Type::String { length: Some(*length) },
        ("text", []) => Type::Text { length: None },
        ("bytea", []) => Type::Binary { length: None },
        ("date", []) => Type::Date,
        ("time without time zone", []) => Type::Time { timezone: false },
        ("timestamp without time zone", []) => Type::DateTime { timezone: false },
        ("timestamp with time zone", []) => Type::DateTime { timezone: true },
        ("uuid", []) => Type::Uuid,
        ("jsonb", []) => Type::Json,
        ("interval", []) => Type::Interval,
        ("inet", []) => Type::Inet,
        ("int4range", []) => Type::Range(Box::new(Type::Integer)),
        ("int8range", []) => Type::Range(Box::new(Type::BigInteger)),
        ("numrange", []) => Type::Range(Box::new(Type::Numeric { precision: None, scale: None })),
        ("daterange", []) => Type::Range(Box::new(Type::Date)),
        ("tsrange", []) => Type::Range(Box::new(Type::DateTime { timezone: false })),
        ("tstzrange", []) => Type::Range(Box::new(Type::DateTime { timezone: true })),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_types_keep_their_words() {
        for words in [
            "json",
            "character(5)",
            "mood[]",
            "numeric(5,-2)",
            "timestamp(3) without time zone",
            "mood",
            "\"numeric\"(3)",
        ] {
            assert_eq!(declared(words), Type::Raw(words.to_owned()));
        }
        assert_eq!(declared("numeric(10,2)"), Type::Numeric { precision: Some(10), scale: Some(2) });
        assert_eq!(declared("integer[]"), Type::Array(Box::new(Type::Integer)));
        assert_eq!(declared("character varying(50)"), Type::String { length: Some(50) });
    }
}
