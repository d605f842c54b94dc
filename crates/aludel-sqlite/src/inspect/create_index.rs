//! Reads a stored `CREATE INDEX`: what SQLite's own tables tell of expressions and conditions is only that they exist.

use super::cursor::{Cursor, Parsed};

/// An index as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexDefinition {
    pub(super) unique: bool,
    pub(super) elements: Vec<ElementDefinition>,
    pub(super) condition: Option<String>,
}

/// One element as it was written, without its order and collation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ElementDefinition {
    pub(super) text: String,
    pub(super) collation: Option<String>,
}

/// Reads the definition.
///
/// # Errors
/// Where it is not what SQLite stores.
pub(super) fn parse(sql: &str) -> Parsed<IndexDefinition> {
    let mut cursor = Cursor::new(sql);
    if !cursor.take(&["CREATE"]) {
        return Err("it does not begin with CREATE".into());
    }
    let unique = cursor.take(&["UNIQUE"]);
    while !cursor.take(&["ON"]) {
        cursor.any()?;
    }
    cursor.name()?;
    let elements = cursor.group()?.split().into_iter().map(element).collect();
    let condition = cursor.take(&["WHERE"]).then(|| cursor.text());
    Ok(IndexDefinition { unique, elements, condition })
}

fn element(mut cursor: Cursor<'_>) -> ElementDefinition {
    let _order = cursor.take_last("DESC") || cursor.take_last("ASC");
    let collation = cursor.take_last_collation();
    ElementDefinition { text: cursor.text(), collation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_read_as_it_was_written() {
        let sql = "CREATE UNIQUE INDEX \"on it\" ON [t,(] (a, lower(b, 'c,)') COLLATE NOCASE DESC, -- last\n a + b ASC) \
                   WHERE a IN (1, 2) AND b > 0 -- end";
        let element = |text: &str, collation: Option<&str>| ElementDefinition {
            text: text.into(),
            collation: collation.map(str::to_owned),
        };
        let expected = IndexDefinition {
            unique: true,
            elements: vec![
                element("a", None),
                element("lower(b, 'c,)')", Some("NOCASE")),
                element("a + b", None),
            ],
            condition: Some("a IN (1, 2) AND b > 0".into()),
        };
        assert_eq!(parse(sql), Ok(expected));
    }

    #[test]
    fn a_cut_off_text_is_an_error() {
        for sql in ["", "CREATE INDEX", "CREATE INDEX i ON t", "CREATE INDEX i ON t (a"] {
            assert!(parse(sql).is_err(), "{sql}");
        }
    }
}
