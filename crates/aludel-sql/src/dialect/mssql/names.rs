//! Names with several parts: a schema may stand behind its database, as in `database.owner`.

use super::Mssql;
use crate::dialect::Dialect;

/// Writes a schema's name: the last part is the owner, what stands in front of it the database. Brackets keep together
/// what has dots of its own.
pub(super) fn schema(dialect: &Mssql, name: &str, out: &mut String) {
    let mut parts = parts(name);
    let Some(owner) = parts.pop() else { return };
    match parts.as_slice() {
        [] => {}
        // One that was in brackets may hold what it wants.
        [single] => {
            dialect.quote(&single.text, out);
            out.push('.');
        }
        several if several.iter().any(|part| part.bracketed) => {
            for part in several {
                out.push('[');
                out.push_str(&part.text.replace(']', "]]"));
                out.push_str("].");
            }
        }
        several => {
            let texts: Vec<&str> = several.iter().map(|part| part.text.as_str()).collect();
            dialect.quote(&texts.join("."), out);
            out.push('.');
        }
    }
    dialect.quote(&owner.text, out);
}

#[derive(Default)]
struct Part {
    text: String,
    bracketed: bool,
}

fn parts(name: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut part = Part::default();
    let mut inside = false;
    for character in name.chars() {
        match character {
            '[' => {
                inside = true;
                part.bracketed = true;
            }
            ']' => inside = false,
            '.' if !inside => parts.push(std::mem::take(&mut part)),
            other => part.text.push(other),
        }
    }
    if !part.text.is_empty() {
        parts.push(part);
    }
    parts
}
