//! The ledger: what ran, when, how long, by whom and from which text. The version table only says where the database
//! is; this one says how it came there.

use std::time::Duration;

use aludel_engine::Connection;
use aludel_sql::ast::{Statement, TextStatement};
use aludel_sql::schema::{Table, TableName, column, table};
use aludel_sql::statement::sql;
use aludel_sql::temporal::Timestamp;
use aludel_sql::types::{big_integer, date_time_tz, string};
use aludel_sql::{Dialect, Value, ddl};

use crate::error::Result;
use crate::version_table::{exists, quoted};

const COLUMNS: &str = "version_num, action, started_at, milliseconds, applied_by, checksum, tool_version";
const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a row of the ledger tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A revision's `upgrade` ran.
    Upgrade,
    /// A revision's `downgrade` ran.
    Downgrade,
    /// The version table was set without running anything.
    Stamp,
}

impl Action {
    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Upgrade => "upgrade",
            Action::Downgrade => "downgrade",
            Action::Stamp => "stamp",
        }
    }
}

/// A row to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) revision: String,
    pub(crate) action: Action,
    pub(crate) started_at: Timestamp,
    pub(crate) took: Duration,
    pub(crate) checksum: Option<String>,
}

/// A row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LedgerRow {
    /// The revision.
    pub revision: String,
    /// `upgrade`, `downgrade` or `stamp`.
    pub action: String,
    /// When it began, in UTC.
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub milliseconds: i64,
    /// Who ran it: `user@host`, as far as known.
    pub applied_by: Option<String>,
    /// The checksum of the script's text.
    pub checksum: Option<String>,
    /// The version of Aludel.
    pub tool_version: String,
}

fn definition(name: &TableName) -> Table {
    table(name.clone())
        .column(column("id", big_integer()).primary_key())
        .column(column("version_num", string(32)).not_null())
        .column(column("action", string(16)).not_null())
        .column(column("started_at", date_time_tz()).not_null())
        .column(column("milliseconds", big_integer()).not_null())
        .column(column("applied_by", string(255)))
        .column(column("checksum", string(64)))
        .column(column("tool_version", string(32)).not_null())
}

/// The statements that make the table.
pub(crate) fn create(name: &TableName, dialect: &dyn Dialect) -> Result<Vec<String>> {
    Ok(ddl::create_table(&definition(name), dialect)?)
}

/// Makes the table where it is missing.
pub(crate) async fn ensure(name: &TableName, connection: &mut Connection) -> Result<()> {
    if exists(name, connection).await? {
        return Ok(());
    }
    for statement in create(name, connection.dialect().clone().as_ref())? {
        connection.execute_script(&statement).await?;
    }
    Ok(())
}

/// Writes a row.
pub(crate) async fn write(name: &TableName, entry: &Entry, connection: &mut Connection) -> Result<()> {
    let statement = statement(name, entry, applied_by(), connection.dialect().as_ref());
    connection.execute_statement(&statement).await?;
    Ok(())
}

/// The row as text, for a script: nobody knows yet who runs it, when, and how long it takes.
///
/// # Errors
/// Where the dialect cannot write a value.
pub(crate) fn script(
    name: &TableName,
    revision: &str,
    action: Action,
    checksum: Option<String>,
    dialect: &dyn Dialect,
) -> Result<String> {
    let mut sql = format!("INSERT INTO {} ({COLUMNS}) VALUES (", quoted(name, dialect));
    dialect.literal(&Value::Text(revision.to_owned()), &mut sql)?;
    sql.push_str(&format!(", '{}', {}, 0, NULL, ", action.as_str(), dialect.now()));
    dialect.literal(&checksum.map_or(Value::Null, Value::Text), &mut sql)?;
    sql.push_str(", ");
    dialect.literal(&Value::Text(TOOL_VERSION.to_owned()), &mut sql)?;
    sql.push(')');
    Ok(sql)
}

/// All rows, oldest first; none where there is no table.
pub(crate) async fn read(name: &TableName, connection: &mut Connection) -> Result<Vec<LedgerRow>> {
    if !exists(name, connection).await? {
        return Ok(Vec::new());
    }
    let target = quoted(name, connection.dialect().as_ref());
    let query = format!(
        "SELECT version_num, action, CAST(started_at AS CHAR(32)), milliseconds, applied_by, checksum, tool_version FROM \
         {target} ORDER BY id"
    );
    type Row = (String, String, String, i64, Option<String>, Option<String>, String);
    let rows = connection.all(sql(query).rows::<Row>()).await?;
    let row =
        |(revision, action, started_at, milliseconds, applied_by, checksum, tool_version): Row| LedgerRow {
            revision,
            action,
            started_at: started_at.trim_end().to_owned(),
            milliseconds,
            applied_by,
            checksum,
            tool_version,
        };
    Ok(rows.into_iter().map(row).collect())
}

fn statement(name: &TableName, entry: &Entry, by: Option<String>, dialect: &dyn Dialect) -> Statement {
    let target = quoted(name, dialect);
    let sql = format!("INSERT INTO {target} ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)");
    let text = |text: Option<String>| text.map_or(Value::Null, Value::Text);
    let milliseconds = i64::try_from(entry.took.as_millis()).unwrap_or(i64::MAX);
    let binds = vec![
        Value::Text(entry.revision.clone()),
        Value::Text(entry.action.as_str().into()),
        Value::Timestamp(entry.started_at),
        Value::I64(milliseconds),
        text(by),
        text(entry.checksum.clone()),
        Value::Text(TOOL_VERSION.into()),
    ];
    Statement::Text(TextStatement { sql: sql.into(), binds })
}

/// `user@host`, as far as the environment tells.
fn applied_by() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable);
    let host = ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(variable).or_else(|| {
        let name = std::fs::read_to_string("/etc/hostname").ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    });
    match (user, host) {
        (Some(user), Some(host)) => Some(format!("{user}@{host}")),
        (user, host) => user.or(host.map(|host| format!("@{host}"))),
    }
}
