//! What is particular to MySQL's and MariaDB's schema statements.

use crate::compiler::CompileError;
use crate::ddl::{is_enclosed, is_literal};
use crate::dialect::ddl::{of_constraint, of_index, quoted};
use crate::dialect::{ConstraintWords, Dialect, IndexWords, OwnOptions};
use crate::schema::{Column, Constraint, ConstraintKind, Index, IndexKey, OptionValue, Table};
use crate::types::mysql::TextKind;
use crate::types::{Exact, MysqlType, Type};

/// The current time needs the column's own precision, and what is no literal stands in parentheses; so does any
/// default of a large type.
pub(super) fn server_default(column: &Column, sql: String, plain: bool) -> String {
    let word = sql.to_ascii_uppercase();
    if is_current_with_precision(&word) {
        return sql;
    }
    // Behind a default may stand that the column follows every change of the row.
    if let Some(at) = word.find(" ON UPDATE CURRENT_TIMESTAMP")
        && let Some((default, update)) = sql.split_at_checked(at)
    {
        return format!("{}{update}", server_default(column, default.to_owned(), plain));
    }
    if word.starts_with("CURRENT_TIMESTAMP") {
        let bare = word == "CURRENT_TIMESTAMP";
        return match &column.ty {
            Type::DateTime { .. } if bare && !plain => "CURRENT_TIMESTAMP(6)".into(),
            Type::Raw(words) if bare => format!("CURRENT_TIMESTAMP{}", precision(words)),
            Type::Mysql(ty) => match **ty {
                MysqlType::DateTime { fsp } | MysqlType::Timestamp { fsp } if bare && fsp > 0 => {
                    format!("CURRENT_TIMESTAMP({fsp})")
                }
                _ => sql,
            },
            Type::Date | Type::Time { .. } => format!("({sql})"),
            _ => sql,
        };
    }
    let large = is_large(&column.ty);
    if follows(&word) {
        return sql;
    }
    if is_enclosed(&sql) || (is_literal(&sql) && (!large || word == "NULL")) {
        sql
    } else {
        format!("({sql})")
    }
}

/// `NOW(3)` and what stands behind it.
fn is_current_with_precision(word: &str) -> bool {
    let arguments = word.strip_prefix("NOW(").or_else(|| word.strip_prefix("CURRENT_TIMESTAMP("));
    arguments
        .and_then(|rest| rest.split_once(')'))
        .is_some_and(|(digits, _)| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a default says in its own way that the column follows every change of its row.
fn follows(word: &str) -> bool {
    let mut words = word.split_ascii_whitespace();
    words.any(|word| word == "ON") && words.next() == Some("UPDATE")
}

/// Whether the server keeps values of the type apart from the row, and so takes no literal as their default.
fn is_large(ty: &Type) -> bool {
    match ty {
        Type::Text { .. } | Type::UnicodeText { .. } | Type::Json | Type::Array(_) => true,
        Type::Binary { length } => length.is_none(),
        Type::Exact(exact) => matches!(exact, Exact::Text { .. } | Exact::Blob { .. } | Exact::Json),
        Type::Collated(collated) => is_large(&collated.ty),
        Type::Mysql(ty) => match &**ty {
            MysqlType::TinyBlob | MysqlType::MediumBlob | MysqlType::LongBlob => true,
            MysqlType::Text(text) => {
                use TextKind::{LongText, MediumText, Text, TinyText};
                matches!(text.kind, TinyText | Text | MediumText | LongText)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The precision behind the name of a type, in its parentheses: that of a default has to be the same.
fn precision(words: &str) -> &str {
    let digits = |rest: &str| rest.strip_suffix(')').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    match words.find('(').and_then(|at| words.get(at..)) {
        Some(arguments) if arguments.strip_prefix('(').is_some_and(digits) => arguments,
        _ => "",
    }
}

/// Options in the order in which they were set, those of partitions last. Those of either name count for both
/// servers. They stand right behind the parenthesis, as in SQLAlchemy.
pub(super) fn table_options(dialect: &dyn Dialect, table: &Table) -> Result<String, CompileError> {
    let what = format!("table `{}`", table.name);
    let own = OwnOptions::any(dialect.name(), dialect.other_names(), &table.options, &what);
    let mut options = Vec::new();
    for (name, value) in own.iter() {
        let word = value.as_word().filter(|word| !word.is_empty() && !name.is_empty());
        let Some(word) = word else {
            return Err(CompileError::invalid(format!(
                "the option `{}_{name}` of {what} needs a value, as in `mysql_engine` = `InnoDB`",
                dialect.name()
            )));
        };
        options.push((name.to_ascii_uppercase(), word));
    }
    let comment = table.comment.clone().map(|comment| ("COMMENT".to_owned(), comment));
    options.extend(comment);
    // A collation belongs to the character set in front of it; the parts of a partitioning build on each other.
    let is_charset = |name: &str| {
        matches!(name, "CHARSET" | "CHARACTER_SET" | "DEFAULT_CHARSET" | "DEFAULT_CHARACTER_SET")
    };
    let rank = |name: &str| match name {
        "PARTITION_BY" => 1,
        "PARTITIONS" => 2,
        "SUBPARTITION_BY" => 3,
        "SUBPARTITIONS" => 4,
        _ => 0,
    };
    if let Some(charset) = options.iter().rposition(|(name, _)| is_charset(name))
        && let Some(collation) = options.iter().position(|(name, _)| name == "COLLATE")
        && collation < charset
    {
        let option = options.remove(collation);
        options.insert(charset, option);
    }
    options.sort_by_key(|(name, _)| rank(name));
    let mut words = Vec::new();
    for (name, value) in options {
        let value = if QUOTED.contains(&name.as_str()) { text(&value, dialect)? } else { value };
        let spaced = rank(&name) > 0
            || matches!(
                name.as_str(),
                "DATA_DIRECTORY" | "INDEX_DIRECTORY" | "CHARACTER_SET" | "DEFAULT_COLLATE"
            )
            || name.starts_with("DEFAULT_CHAR");
        let joined =
            matches!(name.as_str(), "TABLESPACE" | "DEFAULT_CHARACTER_SET" | "CHARACTER_SET" | "COLLATE");
        let between = if joined || rank(&name) > 0 { ' ' } else { '=' };
        let name = if spaced { name.replace('_', " ") } else { name };
        words.push(format!("{name}{between}{value}"));
    }
    Ok(words.join(" "))
}

/// Options whose value is a text.
const QUOTED: [&str; 5] = ["COMMENT", "DATA_DIRECTORY", "INDEX_DIRECTORY", "PASSWORD", "CONNECTION"];

fn text(value: &str, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let mut sql = String::new();
    crate::ddl::push_comment(value, dialect, &mut sql)?;
    Ok(sql)
}

pub(super) fn index_words(dialect: &dyn Dialect, index: &Index) -> Result<IndexWords, CompileError> {
    const KNOWN: [&str; 7] =
        ["using", "length", "prefix", "with_parser", "visible", "key_block_size", "comment"];
    let own = OwnOptions::of(dialect, &index.options, &KNOWN, &of_index(index))?;
    let mut words = IndexWords::default();
    if let Some(kind) = own.word("prefix")? {
        words.kind = format!("{} ", kind.to_ascii_uppercase());
    }
    words.elements = match own.get("length") {
        None => Vec::new(),
        Some(OptionValue::Number(length)) => vec![format!("({length})"); index.elements.len()],
        Some(OptionValue::Settings(lengths)) => lengths_by_column(index, lengths)?,
        Some(other) => return Err(own.wrong("length", other, "a number, or numbers by column")),
    };
    if let Some(parser) = own.word("with_parser")? {
        words.behind.push_str(&format!(" WITH PARSER {parser}"));
    }
    if let Some(method) = own.word("using")? {
        words.behind.push_str(&format!(" USING {}", quoted(&method, dialect)));
    }
    if let Some(size) = own.word("key_block_size")? {
        words.behind.push_str(&format!(" KEY_BLOCK_SIZE={size}"));
    }
    if let Some(comment) = own.word("comment")? {
        words.behind.push_str(&format!(" COMMENT {}", text(&comment, dialect)?));
    }
    if let (Some(visible), Some((shown, passed_over))) =
        (own.flag("visible")?, dialect.capabilities().ddl.index_visibility)
    {
        words.behind.push(' ');
        words.behind.push_str(if visible { shown } else { passed_over });
    }
    Ok(words)
}

fn lengths_by_column(index: &Index, lengths: &[(String, OptionValue)]) -> Result<Vec<String>, CompileError> {
    let mut all = vec![String::new(); index.elements.len()];
    for (name, length) in lengths {
        let named = |key: &IndexKey| matches!(key, IndexKey::Column(column) if column == name);
        let position = index.elements.iter().position(|element| named(&element.key));
        let place = position.and_then(|position| all.get_mut(position));
        let (Some(place), OptionValue::Number(length)) = (place, length) else {
            return Err(CompileError::invalid(format!(
                "the length `{length}` of {} is for `{name}`: a length is a number, for a column of the index",
                of_index(index)
            )));
        };
        *place = format!("({length})");
    }
    Ok(all)
}

pub(super) fn constraint_words(
    dialect: &dyn Dialect,
    constraint: &Constraint,
) -> Result<ConstraintWords, CompileError> {
    let known: &[&str] = match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => &["using"],
        _ => &[],
    };
    let options = &constraint.traits().options;
    let own = OwnOptions::of(dialect, options, known, &of_constraint(constraint))?;
    let using = own.word("using")?.map(|method| format!(" USING {}", quoted(&method, dialect)));
    Ok(ConstraintWords { end: using.unwrap_or_default(), ..ConstraintWords::default() })
}

pub(super) fn drop_constraint(kind: ConstraintKind, name: &str) -> String {
    match kind {
        ConstraintKind::PrimaryKey => "DROP PRIMARY KEY".into(),
        ConstraintKind::Unique => format!("DROP INDEX {name}"),
        ConstraintKind::ForeignKey => format!("DROP FOREIGN KEY {name}"),
        ConstraintKind::Check | ConstraintKind::Exclude => format!("DROP CONSTRAINT {name}"),
    }
}
