//! Questions to the rows before a table is touched: what would fail, or be lost, is refused by name, with the way out.

use aludel_sql::schema::{Check, Column, Index, Sql, TableName};
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

/// Columns that become a key may hold nothing twice, among the rows that meet the condition where there is one.
/// Without any columns there may be one row at most: what makes them differ is filled with one default.
pub(super) fn unique(
    table: &TableName,
    columns: &[String],
    condition: Option<&str>,
    dialect: &dyn Dialect,
) -> Guard {
    let target = quoted(table, dialect);
    let names: Vec<String> = columns.iter().map(|column| name(column, dialect)).collect();
    let mut wanted: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    wanted.extend(condition.map(|condition| format!("({condition})")));
    let count = if names.is_empty() {
        format!("SELECT count(*) FROM (SELECT 1 FROM {target} LIMIT 1 OFFSET 1) AS second")
    } else {
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {target} WHERE {} GROUP BY {} HAVING count(*) > 1) AS repeated",
            wanted.join(" AND "),
            names.join(", ")
        )
    };
    let what = if names.is_empty() { "new columns".to_owned() } else { columns.join(", ") };
    Guard {
        count,
        refusal: format!(
            "`{table}` ({what}) shall be unique, but {{count}} values would be there more than once: make them differ \
             first, with `op.execute(..)` in front of this step"
        ),
    }
}

/// The same for an index of plain columns.
pub(super) fn unique_index(index: &Index, dialect: &dyn Dialect) -> Option<Guard> {
    let columns = index.column_names().filter(|_| index.unique)?;
    let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
    let condition = index.condition.as_ref().map(|condition| in_words(condition, dialect));
    Some(unique(&index.table, &columns, condition.as_deref(), dialect))
}

/// Rows that a new check would refuse.
pub(super) fn checked(table: &TableName, check: &Check, dialect: &dyn Dialect) -> Guard {
    let condition = in_words(&check.condition, dialect);
    Guard {
        count: format!("SELECT count(*) FROM {} WHERE NOT ({condition})", quoted(table, dialect)),
        refusal: format!(
            "the check `{}` on `{table}` refuses {{count}} rows that are there: correct them first, with \
             `op.execute(..)` in front of this step",
            check.condition
        ),
    }
}

/// A condition as the dialect writes it. One that it can't write is refused where the statement is made.
fn in_words(condition: &Sql, dialect: &dyn Dialect) -> String {
    condition.render(dialect).unwrap_or_else(|_| condition.to_string())
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
