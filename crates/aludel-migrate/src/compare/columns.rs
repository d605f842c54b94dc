//! The columns of a table that both schemas have.

use aludel_sql::dialect::CommentStyle;
use aludel_sql::schema::{Column, Table};

use super::canonical::{default_text, type_text};
use super::filter::{ObjectKind, ObjectRef};
use super::{Comparison, renames};
use crate::error::Result;
use crate::operation::{AddColumn, AlterColumn, DropColumn, Operation};
use crate::sql_text::canonical;

pub(super) fn compare(comparison: &mut Comparison<'_>, wanted: &Table, current: &Table) -> Result<()> {
    let (mut added, mut dropped) = (Vec::new(), Vec::new());
    for column in &wanted.columns {
        let existing = current.get_column(&column.name);
        if !includes(comparison, wanted, column, false, existing.is_some()) {
            continue;
        }
        match existing {
            None => added.push(column),
            Some(existing) if includes(comparison, current, existing, true, true) => {
                compare_column(comparison, (wanted, column), (current, existing))?;
            }
            Some(_) => {}
        }
    }
    for column in &current.columns {
        if wanted.get_column(&column.name).is_none() && includes(comparison, current, column, true, false) {
            dropped.push(column);
        }
    }
    renames::warn_of_columns(comparison, (wanted, &added), (current, &dropped))?;
    for column in added {
        add(comparison, wanted, column);
    }
    // A generated column goes before the columns that it reads.
    dropped.sort_by_key(|column| column.computed.is_none());
    for column in dropped {
        drop(comparison, current, column);
    }
    Ok(())
}

fn includes(
    comparison: &Comparison<'_>,
    table: &Table,
    column: &Column,
    reflected: bool,
    counterpart: bool,
) -> bool {
    comparison.includes(ObjectRef {
        kind: ObjectKind::Column,
        name: Some(&column.name),
        table: &table.name,
        reflected,
        counterpart,
    })
}

fn add(comparison: &mut Comparison<'_>, table: &Table, column: &Column) {
    let mut column = column.clone();
    // A key of this column alone is written on the column; `constraints` leaves it out then.
    column.inline.references = inline_key(table, &column).cloned();
    let computed = column.computed.is_some();
    let operation = Operation::AddColumn(AddColumn { table: table.name.clone(), column });
    let phases = &mut comparison.phases;
    if computed { &mut phases.add_computed } else { &mut phases.add_columns }.push(operation);
}

/// The foreign key of a new column that can be written on the column itself.
pub(super) fn inline_key<'t>(
    table: &'t Table,
    column: &Column,
) -> Option<&'t aludel_sql::schema::ForeignKey> {
    let mut keys = table.foreign_keys.iter().filter(|key| {
        key.name.is_none()
            && key.columns == [column.name.as_str()]
            && key.traits.is_plain()
            && key.match_.is_none()
            && !key.use_alter
    });
    let key = keys.next().filter(|key| key.target_columns.len() == 1)?;
    keys.next().is_none().then_some(key)
}

fn drop(comparison: &mut Comparison<'_>, table: &Table, column: &Column) {
    let drop =
        DropColumn { table: table.name.clone(), name: column.name.clone(), existing: Some(column.clone()) };
    comparison.phases.drop_columns.push(Operation::DropColumn(drop));
}

fn compare_column(
    comparison: &mut Comparison<'_>,
    (wanted_table, wanted): (&Table, &Column),
    (current_table, current): (&Table, &Column),
) -> Result<()> {
    if computed_text(wanted) != computed_text(current) {
        return remake(comparison, wanted_table, wanted, current);
    }
    let dialect = comparison.dialect;
    let mut alter = AlterColumn {
        table: wanted_table.name.clone(),
        name: wanted.name.clone(),
        ty: None,
        nullable: None,
        server_default: None,
        comment: None,
        existing: Some(current.clone()),
        using: None,
    };
    if comparison.options.types
        && type_text(wanted_table, wanted, dialect)? != type_text(current_table, current, dialect)?
    {
        alter.ty = Some(wanted.ty.clone());
    }
    if takes_null(wanted_table, wanted) != takes_null(current_table, current) {
        alter.nullable = Some(takes_null(wanted_table, wanted));
    }
    if comparison.options.server_defaults && default_text(wanted, dialect)? != default_text(current, dialect)?
    {
        alter.server_default = Some(wanted.server_default.clone());
    }
    if dialect.capabilities().ddl.comments != CommentStyle::Ignored {
        let comment = |column: &Column| column.comment.clone().filter(|comment| !comment.is_empty());
        if comment(wanted) != comment(current) {
            alter.comment = Some(comment(wanted));
        }
    }
    collation(comparison, wanted_table, wanted, current);
    let same = alter.ty.is_none()
        && alter.nullable.is_none()
        && alter.server_default.is_none()
        && alter.comment.is_none();
    if !same {
        comparison.phases.alter_columns.push(Operation::AlterColumn(alter));
    }
    Ok(())
}

/// The columns of a primary key take no `NULL`, whatever SQLite's catalogue says of them.
fn takes_null(table: &Table, column: &Column) -> bool {
    column.nullable && !table.is_primary_key(&column.name)
}

fn computed_text(column: &Column) -> Option<(String, bool)> {
    column.computed.as_ref().map(|computed| (canonical(&computed.expression), computed.is_stored()))
}

/// A column that is generated, or was, or is generated otherwise, is made anew.
fn remake(comparison: &mut Comparison<'_>, table: &Table, wanted: &Column, current: &Column) -> Result<()> {
    let operation = Operation::DropColumn(DropColumn {
        table: table.name.clone(),
        name: current.name.clone(),
        existing: Some(current.clone()),
    });
    comparison.phases.drop_columns.push(operation);
    let column = wanted.clone();
    let operation = Operation::AddColumn(AddColumn { table: table.name.clone(), column });
    // Behind the drop of the column of the same name.
    comparison.phases.add_computed.push(operation);
    if wanted.computed.is_none() || current.computed.is_none() {
        let (from, to) =
            if current.computed.is_some() { ("generated", "plain") } else { ("plain", "generated") };
        comparison.warn(format!(
            "column `{}.{}` turns from {from} into {to}: it is dropped and added, and its values are lost. Copy what \
             must stay with a step of your own",
            table.name, wanted.name
        ));
    }
    Ok(())
}

fn collation(comparison: &mut Comparison<'_>, table: &Table, wanted: &Column, current: &Column) {
    let plain = |column: &Column| column.collation.as_deref().map(str::to_ascii_lowercase);
    if plain(wanted) != plain(current) {
        comparison.warn(format!(
            "column `{}.{}`: its collation is {} in the metadata and {} in the database; no operation changes it",
            table.name,
            wanted.name,
            wanted.collation.as_deref().unwrap_or("the default"),
            current.collation.as_deref().unwrap_or("the default"),
        ));
    }
}
