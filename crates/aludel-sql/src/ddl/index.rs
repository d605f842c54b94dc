//! `CREATE INDEX` and `DROP INDEX`.

use super::names::{in_schema, quoted, table_name};
use crate::compiler::CompileError;
use crate::dialect::{Dialect, IndexExpressions};
use crate::schema::{Index, IndexElement, IndexKey, TableName};

/// `CREATE INDEX`
///
/// # Errors
/// Where the dialect cannot say something, or the index has no table or no elements.
pub fn create_index(index: &Index, dialect: &dyn Dialect) -> Result<String, CompileError> {
    if index.table.name.is_empty() || index.elements.is_empty() {
        return Err(CompileError::invalid(format!(
            "the index `{}` says not what it indexes: `index(\"{}\").on(table, columns)`",
            index.name, index.name
        )));
    }
    let facts = &dialect.capabilities().ddl;
    let schema = index.table.schema.as_deref();
    let (name, table) = if facts.schema_on_index {
        (in_schema(schema, &index.name, dialect), quoted(&index.table.name, dialect))
    } else {
        (quoted(&index.name, dialect), table_name(&index.table, dialect))
    };
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut sql = format!("CREATE {unique}INDEX {name} ON {table} (");
    for (position, element) in index.elements.iter().enumerate() {
        if position > 0 {
            sql.push_str(", ");
        }
        push_element(index, element, dialect, &mut sql)?;
    }
    sql.push(')');
    if let Some(condition) = &index.condition {
        if !facts.partial_indexes {
            return Err(unsupported(index, "a condition", dialect));
        }
        sql.push_str(" WHERE ");
        sql.push_str(condition);
    }
    Ok(sql)
}

/// `DROP INDEX`; the table is named where the database wants that.
pub fn drop_index(name: &str, table: &TableName, dialect: &dyn Dialect) -> String {
    if dialect.capabilities().ddl.drop_index_on_table {
        format!("DROP INDEX {} ON {}", quoted(name, dialect), table_name(table, dialect))
    } else {
        format!("DROP INDEX {}", in_schema(table.schema.as_deref(), name, dialect))
    }
}

fn push_element(
    index: &Index,
    element: &IndexElement,
    dialect: &dyn Dialect,
    sql: &mut String,
) -> Result<(), CompileError> {
    let facts = &dialect.capabilities().ddl;
    match (&element.key, facts.index_expressions) {
        (IndexKey::Column(name), _) => dialect.quote(name, sql),
        (IndexKey::Expression(text), _) if facts.index_prefixes && is_prefix(text, dialect) => {
            sql.push_str(text);
        }
        (IndexKey::Expression(_), IndexExpressions::Unsupported) => {
            return Err(unsupported(index, "an expression", dialect));
        }
        (IndexKey::Expression(text), IndexExpressions::Bare) => sql.push_str(text),
        (IndexKey::Expression(text), IndexExpressions::Parenthesised) => {
            sql.push_str(&format!("({text})"));
        }
    }
    if let Some(collation) = &element.collation {
        if !facts.index_collations {
            return Err(unsupported(index, "a collation of its own", dialect));
        }
        sql.push_str(" COLLATE ");
        dialect.collation(collation, sql);
    }
    if element.descending {
        sql.push_str(" DESC");
    }
    Ok(())
}

/// Whether the text is a quoted column with a length behind it.
fn is_prefix(text: &str, dialect: &dyn Dialect) -> bool {
    let quote = dialect.capabilities().quote;
    let Some((name, length)) = text.rsplit_once('(') else { return false };
    let length = length.strip_suffix(')').unwrap_or_default();
    let name = name.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or_default();
    let doubled = String::from_iter([quote, quote]);
    !name.is_empty()
        && !name.replace(&doubled, "").contains(quote)
        && !length.is_empty()
        && length.bytes().all(|byte| byte.is_ascii_digit())
}

fn unsupported(index: &Index, what: &str, dialect: &dyn Dialect) -> CompileError {
    CompileError::unsupported(dialect.name(), &format!("an index with {what} (`{}`)", index.name))
}
