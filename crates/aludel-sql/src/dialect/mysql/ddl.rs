//! What is particular to MySQL's and MariaDB's schema statements.

use crate::compiler::CompileError;
use crate::ddl::{is_enclosed, is_literal};
use crate::schema::{Column, ConstraintKind, Table};
use crate::types::Type;

/// The current time needs the column's own precision, and what is no literal stands in parentheses; so does any
/// default of a large type.
pub(super) fn server_default(column: &Column, sql: String) -> String {
    let word = sql.to_ascii_uppercase();
    // Behind a default may stand that the column follows every change of the row.
    if let Some(at) = word.find(" ON UPDATE CURRENT_TIMESTAMP")
        && let Some((default, update)) = sql.split_at_checked(at)
    {
        return format!("{}{update}", server_default(column, default.to_owned()));
    }
    if word.starts_with("CURRENT_TIMESTAMP") {
        let bare = word == "CURRENT_TIMESTAMP";
        return match &column.ty {
            Type::DateTime { .. } if bare => "CURRENT_TIMESTAMP(6)".into(),
            Type::Raw(words) if bare => format!("CURRENT_TIMESTAMP{}", precision(words)),
            Type::Date | Type::Time => format!("({sql})"),
            _ => sql,
        };
    }
    let large = matches!(column.ty, Type::Text | Type::Json | Type::Array(_) | Type::Binary { length: None });
    if is_enclosed(&sql) || (is_literal(&sql) && (!large || word == "NULL")) {
        sql
    } else {
        format!("({sql})")
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

/// Options of either name count for both servers.
pub(super) fn table_options(dialect: &str, table: &Table) -> Result<String, CompileError> {
    let mut words = String::new();
    for (name, value) in &table.options {
        let own = name.strip_prefix(dialect).and_then(|rest| rest.strip_prefix('_'));
        let Some(option) = own.or_else(|| name.strip_prefix("mysql_")) else { continue };
        if option.is_empty() || value.is_empty() {
            return Err(CompileError::invalid(format!(
                "the option `{name}` of table `{}` needs a value, as in `mysql_engine` = `InnoDB`",
                table.name
            )));
        }
        let option = match option {
            "charset" | "default_charset" => "DEFAULT CHARSET".to_owned(),
            other => other.to_ascii_uppercase(),
        };
        words.push_str(&format!(" {option}={value}"));
    }
    Ok(words)
}

pub(super) fn drop_constraint(kind: ConstraintKind, name: &str) -> String {
    match kind {
        ConstraintKind::PrimaryKey => "DROP PRIMARY KEY".into(),
        ConstraintKind::Unique => format!("DROP INDEX {name}"),
        ConstraintKind::ForeignKey => format!("DROP FOREIGN KEY {name}"),
        ConstraintKind::Check => format!("DROP CONSTRAINT {name}"),
    }
}
