//! SQLite's move-and-copy: the table is made anew beside the old one, its rows are copied, and the new one takes the
//! old one's place, indexes and triggers included.
//!
//! Whoever runs the steps has turned foreign keys off before the transaction began, so that dropping the old table
//! deletes nothing that refers to it. `legacy_alter_table` keeps SQLite from redirecting the references of other tables,
//! views and triggers while the new table takes over the name.

use aludel_engine::inspect::{ObjectKind, SchemaObject};
use aludel_sql::ast::Expr;
use aludel_sql::schema::{Column, Constraint, OptionValue, PrimaryKey, Table, TableName, UniqueConstraint};
use aludel_sql::{Dialect, MetaData, ddl};

use super::gather::unknown_table;
use super::{CurrentSchema, Step, guards, unexpressed};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;
use crate::replay;
use crate::sql_text::{Token, mentions, tokens};
use crate::version_table::quoted;

/// The steps that make all changes of one table at once.
///
/// # Errors
/// Where the table is not there, a change does not fit it, or its definition holds what the schema model can't.
pub(super) fn steps(
    name: &TableName,
    changes: &[&Operation],
    dialect: &dyn Dialect,
    current: &mut CurrentSchema,
) -> Result<Vec<Step>> {
    let Some(old) = current.metadata.get(name).cloned() else { return Err(unknown_table(name, current)) };
    let around = current.surroundings.as_ref();
    unexpressed::check(&old)?;
    let (new, fresh) = changed(&old, changes)?;
    let mut steps = guard_rows(&old, &new, &fresh, dialect);
    steps.push(Step::Sql("PRAGMA legacy_alter_table = ON".into()));
    let copy = copy_name(&current.metadata, name);
    let beside = Table { name: copy.clone(), ..new.clone() };
    steps.push(Step::Sql(ddl::table_definition(&beside, dialect)?));
    steps.extend(copy_rows(&old, &beside, &fresh, dialect));
    steps.extend(keep_sequence(&old, &beside, dialect).into_iter().map(Step::Sql));
    steps.push(Step::Sql(ddl::drop_table(name, dialect)));
    steps.push(Step::Sql(ddl::rename_table(&copy, &name.name, dialect)));
    steps.push(Step::Sql("PRAGMA legacy_alter_table = OFF".into()));
    for index in &new.indexes {
        if !old.indexes.contains(index) {
            steps.extend(guards::unique_index(index, dialect).map(Step::Guard));
        }
        steps.push(Step::Sql(ddl::create_index(index, dialect)?));
    }
    match around {
        Some(around) => {
            let triggers = around.objects.iter().filter(|object| {
                object.kind == ObjectKind::Trigger
                    && object.table.as_deref().is_some_and(|table| table.eq_ignore_ascii_case(&name.name))
            });
            for trigger in triggers {
                refuse_lost_columns(&old, &new, trigger, around.is_sound == Some(true))?;
                steps.push(Step::Sql(trigger.sql.clone()));
            }
        }
        None => steps.push(Step::Comment(format!(
            "triggers on `{name}` are dropped with the old table; without a database nobody knows them: make them again \
             here"
        ))),
    }
    current.metadata.insert(new);
    Ok(steps)
}

/// The table after the changes, and the columns that are not the old ones, even if they have the same names.
fn changed(old: &Table, changes: &[&Operation]) -> Result<(Table, Vec<String>)> {
    let mut metadata = MetaData::new().add(old.clone());
    let mut fresh: Vec<String> = Vec::new();
    for change in changes {
        replay::replay_step(change, &mut metadata)?;
        match change {
            Operation::AddColumn(add) => fresh.push(add.column.name.clone()),
            Operation::DropColumn(drop) => fresh.retain(|name| *name != drop.name),
            _ => {}
        }
    }
    let new = metadata.remove(&old.name);
    let new = new.ok_or_else(|| Error::new(ErrorKind::Schema, format!("table `{}` is gone", old.name)))?;
    Ok((new, fresh))
}

fn copy_name(metadata: &MetaData, name: &TableName) -> TableName {
    let mut copy = TableName { schema: name.schema.clone(), name: format!("_aludel_new_{}", name.name) };
    while metadata.get(&copy).is_some() {
        copy.name.push('_');
    }
    copy
}

/// Refuses what the rows don't allow before anything is touched.
fn guard_rows(old: &Table, new: &Table, fresh: &[String], dialect: &dyn Dialect) -> Vec<Step> {
    let is_kept = |name: &String| old.get_column(name).is_some() && !fresh.contains(name);
    let takes_null = |table: &Table, column: &Column| column.nullable && !table.is_primary_key(&column.name);
    let mut guards = Vec::new();
    for column in &new.columns {
        match old.get_column(&column.name).filter(|_| is_kept(&column.name)) {
            Some(before) if takes_null(old, before) && !takes_null(new, column) => {
                guards.push(guards::without_nulls(&old.name, &column.name, dialect));
            }
            Some(_) => {}
            None if is_row_number(new, column, dialect) => {}
            None => guards.extend(guards::filled(&old.name, column, dialect)),
        }
    }
    for constraint in constraints(new) {
        if constraints(old).contains(&constraint) {
            continue;
        }
        match &constraint {
            Constraint::PrimaryKey(PrimaryKey { columns, .. })
            | Constraint::Unique(UniqueConstraint { columns, .. }) => {
                // A new column differs from row to row only where it is `NULL`, numbered, or generated.
                let is_told = |name: &String| is_kept(name) || is_constant(new, name, dialect);
                if columns.iter().all(is_told) {
                    let kept: Vec<String> = columns.iter().filter(|name| is_kept(name)).cloned().collect();
                    guards.push(guards::unique(&old.name, &kept, None, dialect));
                }
            }
            Constraint::Check(check)
                if !new
                    .columns
                    .iter()
                    .any(|column| !is_kept(&column.name) && mentions(&check.condition, &column.name)) =>
            {
                guards.push(guards::checked(&old.name, check, dialect));
            }
            _ => {}
        }
    }
    guards.into_iter().map(Step::Guard).collect()
}

/// Whether a new column gets the same value in every row that is there.
fn is_constant(table: &Table, name: &str, dialect: &dyn Dialect) -> bool {
    table.get_column(name).is_some_and(|column| {
        let told = column.server_default.as_ref().is_some_and(|default| match &default.0 {
            Expr::Literal(value) => !value.is_null(),
            Expr::Now => true,
            _ => false,
        });
        told && column.computed.is_none() && !is_row_number(table, column, dialect)
    })
}

fn constraints(table: &Table) -> Vec<Constraint> {
    let key = table.primary_key.iter().cloned().map(Constraint::PrimaryKey);
    let uniques = table.unique_constraints.iter().cloned().map(Constraint::Unique);
    let checks = table.checks.iter().cloned().map(Constraint::Check);
    key.chain(uniques).chain(checks).collect()
}

/// `INSERT … SELECT` of what stays. New columns are left to their defaults, generated ones to their expressions.
fn copy_rows(old: &Table, new: &Table, fresh: &[String], dialect: &dyn Dialect) -> Vec<Step> {
    let kept = new.columns.iter().filter(|column| {
        column.computed.is_none()
            && !fresh.contains(&column.name)
            && old.get_column(&column.name).is_some_and(|before| before.computed.is_none())
    });
    let mut columns: Vec<String> = kept.map(|column| name(&column.name, dialect)).collect();
    if let Some(rowid) = hidden_row_number(old, new, dialect) {
        columns.insert(0, rowid.to_owned());
    }
    let (from, to) = (quoted(&old.name, dialect), quoted(&new.name, dialect));
    if columns.is_empty() {
        return vec![Step::Guard(guards::empty(&old.name, dialect))];
    }
    let columns = columns.join(", ");
    vec![Step::Sql(format!("INSERT INTO {to} ({columns}) SELECT {columns} FROM {from}"))]
}

/// The name of the row number where no column is it: rows keep theirs, because full-text tables and applications may
/// refer to them.
fn hidden_row_number(old: &Table, new: &Table, dialect: &dyn Dialect) -> Option<&'static str> {
    let has_rowid = |table: &Table| !is_without_rowid(table);
    let is_named = |table: &Table| table.columns.iter().any(|column| is_row_number(table, column, dialect));
    if !has_rowid(old) || !has_rowid(new) || is_named(old) || is_named(new) {
        return None;
    }
    let taken = |name: &str| {
        [old, new]
            .iter()
            .any(|table| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !taken(name))
}

/// Whether the column is SQLite's own number of the row: `INTEGER PRIMARY KEY`.
fn is_row_number(table: &Table, column: &Column, dialect: &dyn Dialect) -> bool {
    let alone = table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()]);
    let is_integer =
        dialect.column_type(table, column).is_ok_and(|words| words.eq_ignore_ascii_case("INTEGER"));
    let without_rowid = is_without_rowid(table);
    alone && is_integer && !without_rowid
}

/// Numbers that were given out once are not given out again.
fn keep_sequence(old: &Table, new: &Table, dialect: &dyn Dialect) -> Vec<String> {
    let counts =
        |table: &Table| table.autoincrement_column().is_some_and(|column| column.autoincrement == Some(true));
    if !counts(old) || !counts(new) {
        return Vec::new();
    }
    let sequence =
        quoted(&TableName { schema: old.name.schema.clone(), name: "sqlite_sequence".into() }, dialect);
    let text = |name: &str| format!("'{}'", name.replace('\'', "''"));
    let (from, to) = (text(&old.name.name), text(&new.name.name));
    vec![
        format!("DELETE FROM {sequence} WHERE name = {to}"),
        format!("INSERT INTO {sequence} (name, seq) SELECT {to}, seq FROM {sequence} WHERE name = {from}"),
    ]
}

/// A trigger that needs a column which goes would fail, or never run again. Most of it is found by the probe, but not
/// the list of `UPDATE OF`; and where the probe can't tell, because something else is broken, names have to do.
fn refuse_lost_columns(old: &Table, new: &Table, trigger: &SchemaObject, is_probed: bool) -> Result<()> {
    let needs = |column: &str| {
        if is_probed { waits_for(&trigger.sql, column) } else { mentions(&trigger.sql, column) }
    };
    let lost =
        old.columns.iter().find(|column| new.get_column(&column.name).is_none() && needs(&column.name));
    let Some(lost) = lost else { return Ok(()) };
    Err(Error::new(
        ErrorKind::Refused,
        format!(
            "the trigger `{trigger}` on `{table}` needs the column `{column}`, which is dropped: drop it first with \
             `op.execute(\"DROP TRIGGER {trigger}\")`, and make it again behind",
            trigger = trigger.name,
            table = old.name,
            column = lost.name
        ),
    ))
}

/// Whether the column stands in the trigger's `UPDATE OF`.
fn waits_for(trigger: &str, column: &str) -> bool {
    let tokens = tokens(trigger);
    let is =
        |token: &Token, word: &str| matches!(token, Token::Word(found) if found.eq_ignore_ascii_case(word));
    let list = tokens.iter().skip_while(|token| !is(token, "of")).take_while(|token| !is(token, "on"));
    let before = tokens.iter().take_while(|token| !is(token, "on")).any(|token| is(token, "of"));
    before
        && list.skip(1).any(|token| match token {
            Token::Word(name) | Token::Name(name) => name.eq_ignore_ascii_case(column),
            Token::Literal(_) | Token::Sign(_) => false,
        })
}

fn name(column: &str, dialect: &dyn Dialect) -> String {
    let mut out = String::new();
    dialect.quote(column, &mut out);
    out
}

fn is_without_rowid(table: &Table) -> bool {
    let flag = |name: &str| table.options.get(name).and_then(OptionValue::as_flag);
    flag("sqlite_without_rowid") == Some(true) || flag("sqlite_with_rowid") == Some(false)
}
