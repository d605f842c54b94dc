//! Questions to the rows before a table is touched: what would fail, or be lost, is refused by name, with the way out.

use aludel_sql::schema::{Check, Column, TableName};
use aludel_sql::{Dialect, Value};

use super::Guard;
use crate::version_table::quoted;

/// A new column that takes no `NULL` and has no default can't be filled where there are rows.
pub(super) fn filled(table: &TableName, column: &Column, dialect: &dyn Dialect) -> Option<Guard> {
    let null = aludel_sql::ast::Expr::Literal(Value::Null);
    let has_default = column.server_default.as_ref().is_some_and(|default| default.0 != null);
    let numbered = column.inline.primary_key && column.ty.is_integer();
    if column.nullable || has_default || column.computed.is_some() || numbered {
        return None;
    }
    Some(Guard {
        count: format!("SELECT count(*) FROM {}", quoted(table, dialect)),
        refusal: format!(
            "column `{table}.{name}` is NOT NULL and has no default, but the table has {{count}} rows to fill it in: \
             give it a server default, or add it as nullable, fill it with `op.execute(..)`, and make it NOT NULL then",
            name = column.name
        ),
    })
}

/// A column that takes no `NULL` any more may hold none.
pub(super) fn without_nulls(table: &TableName, column: &str, dialect: &dyn Dialect) -> Guard {
    let name = name(column, dialect);
    Guard {
        count: format!("SELECT count(*) FROM {} WHERE {name} IS NULL", quoted(table, dialect)),
        refusal: format!(
            "column `{table}.{column}` shall take no NULL, but {{count}} of its rows hold one: fill them first, with \
             `op.execute(..)` in front of this step"
        ),
    }
}

/// Columns that become a key may hold nothing twice.
pub(super) fn unique(table: &TableName, columns: &[String], dialect: &dyn Dialect) -> Guard {
    let names: Vec<String> = columns.iter().map(|column| name(column, dialect)).collect();
    let present: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    Guard {
        count: format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1) AS repeated",
            quoted(table, dialect),
            present.join(" AND "),
            names.join(", ")
        ),
        refusal: format!(
            "`{table}` ({}) shall be unique, but {{count}} values are there more than once: make them differ first, \
             with `op.execute(..)` in front of this step",
            columns.join(", ")
        ),
    }
}

/// Rows that a new check would refuse.
pub(super) fn checked(table: &TableName, check: &Check, dialect: &dyn Dialect) -> Guard {
    Guard {
        count: format!("SELECT count(*) FROM {} WHERE NOT ({})", quoted(table, dialect), check.condition),
        refusal: format!(
            "the check `{}` on `{table}` refuses {{count}} rows that are there: correct them first, with \
             `op.execute(..)` in front of this step",
            check.condition
        ),
    }
}

/// Rows of which nothing stays can't be carried over.
pub(super) fn empty(table: &TableName, dialect: &dyn Dialect) -> Guard {
    Guard {
        count: format!("SELECT count(*) FROM {}", quoted(table, dialect)),
        refusal: format!(
            "no column of `{table}` stays, but the table has {{count}} rows: drop the table and create it anew, if they \
             are to go"
        ),
    }
}

fn name(column: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    dialect.quote(column, &mut out);
    out
}
