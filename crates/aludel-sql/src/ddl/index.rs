//! `CREATE INDEX` and `DROP INDEX`.

use super::names::{in_schema, quoted, quoted_object, table_name};
use crate::compiler::CompileError;
use crate::dialect::{Dialect, IndexExpressions, IndexWords, OwnOptions, answers_to};
use crate::schema::{Index, IndexElement, IndexKey, TableName};

/// `CREATE INDEX`. Mirrors SQLAlchemy's `CreateIndex`.
#[derive(Clone, Copy, Debug)]
pub struct CreateIndex<'i> {
    index: &'i Index,
    if_not_exists: bool,
}

impl<'i> CreateIndex<'i> {
    /// Makes an index.
    pub fn of(index: &'i Index) -> Self {
        CreateIndex { index, if_not_exists: false }
    }

    /// Passes it over where an index of that name is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect cannot say something, or the index has no table or no elements.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let index = self.index;
        let facts = &dialect.capabilities().ddl;
        let words = dialect.index_words(index)?;
        // Only a column store may leave it to the server what it holds.
        let needs_elements = index.elements.is_empty() && !words.kind.ends_with("COLUMNSTORE ");
        if index.table.name.is_empty() || index.name.is_empty() || needs_elements {
            return Err(CompileError::invalid(format!(
                "the index `{}` says not what it indexes: `index(\"{}\").on(table, columns)`",
                index.name, index.name
            )));
        }
        if self.if_not_exists && !facts.existence.create_index {
            let what = format!("making an index only where there is none of that name (`{}`)", index.name);
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        let schema = index.table.schema.as_deref();
        let mut name = quoted_object(&index.name, dialect)?;
        if let Some(schema) = schema.filter(|_| facts.schema_on_index) {
            name = format!("{}.{name}", quoted(schema, dialect));
        }
        let table = if facts.schema_on_index && !facts.schema_on_indexed_table {
            quoted(&index.table.name, dialect)
        } else {
            table_name(&index.table, dialect)
        };
        let IndexWords { kind, manner, method, elements, behind, condition } = words;
        let unique = if index.unique { "UNIQUE " } else { "" };
        let exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        let mut sql = format!("CREATE {unique}{kind}INDEX {manner}{exists}{name} ON {table} {method}");
        if index.elements.is_empty() {
            sql.truncate(sql.trim_end().len());
        } else {
            sql.push('(');
            for (position, element) in index.elements.iter().enumerate() {
                if position > 0 {
                    sql.push_str(", ");
                }
                let behind = elements.get(position).map_or("", String::as_str);
                push_element(index, element, behind, dialect, &mut sql)?;
            }
            sql.push(')');
        }
        sql.push_str(&behind);
        if let Some(condition) = condition.as_ref().or(index.condition.as_ref()) {
            if !facts.partial_indexes {
                return Err(unsupported(index, "a condition", dialect));
            }
            sql.push_str(" WHERE ");
            sql.push_str(&condition.render(dialect)?);
        }
        Ok(sql)
    }
}

/// `CREATE INDEX`
///
/// # Errors
/// Where the dialect cannot say something, or the index has no table or no elements.
pub fn create_index(index: &Index, dialect: &dyn Dialect) -> Result<String, CompileError> {
    CreateIndex::of(index).sql(dialect)
}

/// Whether an index is made on this dialect at all.
pub(super) fn is_wanted(index: &Index, dialect: &dyn Dialect) -> bool {
    index.only_on.is_empty() || index.only_on.iter().any(|name| answers_to(dialect, name))
}

/// `DROP INDEX`. Mirrors SQLAlchemy's `DropIndex`.
#[derive(Clone, Copy, Debug)]
pub struct DropIndex<'i> {
    index: &'i Index,
    if_exists: bool,
}

impl<'i> DropIndex<'i> {
    /// Drops an index.
    pub fn of(index: &'i Index) -> Self {
        DropIndex { index, if_exists: false }
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect cannot say something.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let index = self.index;
        let facts = &dialect.capabilities().ddl;
        if self.if_exists && !facts.existence.drop_index {
            let what = format!("dropping an index only if it exists (`{}`)", index.name);
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        let own = OwnOptions::any(dialect.name(), dialect.other_names(), &index.options, "an index");
        let concurrent = own.flag("concurrently")? == Some(true) && facts.concurrent_indexes.1;
        let manner = if concurrent { "CONCURRENTLY " } else { "" };
        let exists = if self.if_exists { "IF EXISTS " } else { "" };
        let name = super::object_name(&index.name, dialect)?;
        Ok(format!("DROP INDEX {manner}{exists}{}", dropped(&name, &index.table, dialect)))
    }
}

/// `DROP INDEX`; the table is named where the database wants that.
pub fn drop_index(name: &str, table: &TableName, dialect: &dyn Dialect) -> String {
    format!("DROP INDEX {}", dropped(name, table, dialect))
}

fn dropped(name: &str, table: &TableName, dialect: &dyn Dialect) -> String {
    if dialect.capabilities().ddl.drop_index_on_table {
        format!("{} ON {}", quoted(name, dialect), table_name(table, dialect))
    } else {
        in_schema(table.schema.as_deref(), name, dialect)
    }
}

fn push_element(
    index: &Index,
    element: &IndexElement,
    behind: &str,
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
        (IndexKey::Expression(text), IndexExpressions::Bare) => sql.push_str(&text.render(dialect)?),
        (IndexKey::Expression(text), style) => {
            let text = text.render(dialect)?;
            let calls = style == IndexExpressions::ParenthesisedUnlessCall;
            if is_column(&text) || (calls && is_call(&text)) {
                sql.push_str(&text);
            } else {
                sql.push_str(&format!("({text})"));
            }
        }
    }
    sql.push_str(behind);
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
    if let Some(first) = element.nulls_first {
        if !dialect.capabilities().nulls_ordering {
            return Err(unsupported(index, "a place for NULL", dialect));
        }
        sql.push_str(if first { " NULLS FIRST" } else { " NULLS LAST" });
    }
    Ok(())
}

/// Whether an expression is the call of one function.
pub(super) fn is_call(sql: &str) -> bool {
    let start = sql.find('(').unwrap_or_default();
    let (name, arguments) = sql.split_at_checked(start).unwrap_or_default();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    !name.is_empty() && name.bytes().all(word) && super::is_enclosed(arguments)
}

/// Whether an expression is the bare name of a column, with a direction or without.
fn is_column(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace();
    let plain = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let direction = |word: &str| word.eq_ignore_ascii_case("asc") || word.eq_ignore_ascii_case("desc");
    words.next().is_some_and(plain) && words.next().is_none_or(direction) && words.next().is_none()
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
