//! The one form of a type's name, of those that mean the same to the server.

/// The form that the server keeps. How wide it shows an integer says nothing about its values, except that
/// `TINYINT(1)` is what `BOOL` becomes.
pub(super) fn canonical(name: String) -> String {
    let name = without_characters(name);
    let upper = name.to_ascii_uppercase();
    let (word, rest) = match upper.find(|c: char| !c.is_ascii_alphanumeric()) {
        Some(at) => upper.split_at(at),
        None => (upper.as_str(), ""),
    };
    let (arguments, flags) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((arguments, flags)) => (Some(arguments), flags),
        None => (None, rest),
    };
    let zerofill = flags.contains("ZEROFILL");
    // Whoever asks for zeros in front gets a number without a sign.
    let signs = match (zerofill, flags.contains("UNSIGNED")) {
        (true, _) => " UNSIGNED ZEROFILL",
        (false, true) => " UNSIGNED",
        (false, false) => "",
    };
    match word {
        "BOOL" | "BOOLEAN" => "TINYINT(1)".into(),
        "TINYINT" if arguments == Some("1") && signs.is_empty() => upper,
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "BIGINT" | "INTEGER" | "INT" => {
            let word = if word == "INT" { "INTEGER" } else { word };
            match arguments.filter(|_| zerofill) {
                Some(width) => format!("{word}({width}){signs}"),
                None => format!("{word}{signs}"),
            }
        }
        "FLOAT" => match arguments.map(|digits| digits.trim().parse::<u32>()) {
            Some(Ok(25..)) => format!("DOUBLE{signs}"),
            Some(Ok(_)) | None => format!("FLOAT{signs}"),
            Some(Err(_)) => format!("FLOAT({}){signs}", arguments.unwrap_or_default()),
        },
        "DOUBLE" | "REAL" => match arguments {
            None => format!("DOUBLE{signs}"),
            Some(arguments) => format!("DOUBLE({arguments}){signs}"),
        },
        // The server takes the smallest one that holds so much; a character may need four bytes.
        "TEXT" => large("TEXT", arguments, 4).unwrap_or(name),
        "BLOB" => large("BLOB", arguments, 1).unwrap_or(name),
        "DECIMAL" | "NUMERIC" | "DEC" | "FIXED" => {
            let arguments = arguments.unwrap_or("10");
            let scale = if arguments.contains(',') { "" } else { ", 0" };
            format!("DECIMAL({arguments}{scale}){signs}")
        }
        "CHAR" | "BINARY" | "BIT" if rest.is_empty() => format!("{word}(1)"),
        "YEAR" => "YEAR".into(),
        _ => name,
    }
}

fn large(word: &str, length: Option<&str>, width: u64) -> Option<String> {
    let bytes = length?.trim().parse::<u64>().ok()?.saturating_mul(width);
    let size = match bytes {
        0..=255 => "TINY",
        256..=65_535 => "",
        65_536..=16_777_215 => "MEDIUM",
        _ => "LONG",
    };
    Some(format!("{size}{word}"))
}

/// The name of a text without what it says about its characters: the server tells that as the column's collation.
fn without_characters(name: String) -> String {
    let bare = match name.get(..9) {
        Some(word) if word.eq_ignore_ascii_case("NATIONAL ") => name.get(9..).unwrap_or_default(),
        _ => &name,
    };
    let word =
        bare.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_uppercase();
    let text = matches!(word.as_str(), "CHAR" | "VARCHAR" | "ENUM" | "SET") || word.ends_with("TEXT");
    if !text {
        return bare.to_owned();
    }
    let arguments = bare.get(word.len()..).filter(|rest| rest.starts_with('('));
    match arguments.and_then(|rest| rest.rfind(')')) {
        Some(at) => bare.get(..=word.len() + at).unwrap_or(bare).to_owned(),
        None => bare.get(..word.len()).unwrap_or(bare).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn what_means_the_same_is_written_the_same() {
        for (one, other) in [
            ("BOOL", "tinyint(1)"),
            ("INTEGER UNSIGNED", "int(10) unsigned"),
            ("INTEGER(5) ZEROFILL", "int(5) unsigned zerofill"),
            ("TINYINT", "tinyint(4)"),
            ("FLOAT(24)", "float"),
            ("FLOAT(53)", "double"),
            ("REAL", "double"),
            ("REAL(8, 2) UNSIGNED", "DOUBLE(8, 2) UNSIGNED"),
            ("NUMERIC", "DECIMAL(10, 0)"),
            ("NUMERIC(5)", "DECIMAL(5, 0)"),
            ("CHAR", "CHAR(1)"),
            ("YEAR", "year(4)"),
            ("FLOAT(12, 4) ZEROFILL", "FLOAT(12, 4) UNSIGNED ZEROFILL"),
            ("TEXT(200)", "TEXT"),
            ("BLOB(70000)", "MEDIUMBLOB"),
            ("NATIONAL VARCHAR(3) COLLATE utf8_bin", "VARCHAR(3)"),
            ("ENUM('a)','b') CHARACTER SET utf8", "ENUM('a)','b')"),
            ("TINYTEXT ASCII BINARY", "TINYTEXT"),
        ] {
            assert_eq!(canonical(one.into()), canonical(other.into()), "{one}");
        }
        for (one, other) in [
            ("TINYINT(1)", "TINYINT"),
            ("INTEGER", "INTEGER UNSIGNED"),
            ("INTEGER(4) ZEROFILL", "INTEGER(5) ZEROFILL"),
            ("FLOAT(8, 2)", "FLOAT"),
            ("DATETIME", "DATETIME(6)"),
            ("ENUM('a')", "ENUM('A')"),
        ] {
            assert_ne!(canonical(one.into()), canonical(other.into()), "{one}");
        }
    }
}
