//! Which tables are new, gone, or in both schemas.

use aludel_sql::schema::{ForeignKey, Table};
use aludel_sql::{MetaData, ddl};

use super::filter::{ObjectKind, ObjectRef};
use super::{Comparison, columns, constraints, indexes, refuse_to_drop_all, renames};
use crate::error::Result;
use crate::operation::{AddConstraint, Constraint, DropTable, Operation};

pub(super) fn compare(comparison: &mut Comparison<'_>, wanted: &MetaData, current: &MetaData) -> Result<()> {
    let (mut kept, mut created, mut dropped) = (Vec::new(), MetaData::new(), MetaData::new());
    for table in wanted.tables() {
        if is_own(comparison, table) {
            continue;
        }
        let existing = current.get(&table.name);
        if !includes(comparison, table, false, existing.is_some()) {
            continue;
        }
        match existing {
            Some(existing) if includes(comparison, existing, true, true) => kept.push((table, existing)),
            Some(_) => {}
            None => created.insert(table.clone()),
        }
    }
    for table in current.tables() {
        let is_gone = wanted.get(&table.name).is_none();
        if is_gone && !is_own(comparison, table) && includes(comparison, table, true, false) {
            dropped.insert(table.clone());
        }
    }
    if wanted.is_empty() && !dropped.is_empty() && !comparison.options.allow_drop_all {
        return Err(refuse_to_drop_all(dropped.tables().len()));
    }
    renames::warn_of_tables(comparison, &created, &dropped);
    drop_tables(comparison, &dropped);
    create_tables(comparison, &created);
    for (wanted, current) in kept {
        options(comparison, wanted, current);
        let (wanted, current) = (&ddl::made(wanted, comparison.dialect)?, current);
        columns::compare(comparison, wanted, current)?;
        constraints::compare(comparison, wanted, current);
        indexes::compare(comparison, wanted, current);
    }
    Ok(())
}

fn is_own(comparison: &Comparison<'_>, table: &Table) -> bool {
    comparison.options.own_tables.contains(&table.name)
}

fn includes(comparison: &Comparison<'_>, table: &Table, reflected: bool, counterpart: bool) -> bool {
    comparison.includes(ObjectRef {
        kind: ObjectKind::Table,
        name: Some(&table.name.name),
        table: &table.name,
        reflected,
        counterpart,
    })
}

/// Those that refer to others go first; a key that closes a circle goes before them all.
fn drop_tables(comparison: &mut Comparison<'_>, dropped: &MetaData) {
    let (tables, keys) = without_circles(dropped);
    for (table, key) in keys {
        let drop = constraints::drop(&table, Constraint::ForeignKey(key));
        comparison.phases.drop_foreign_keys.push(drop);
    }
    for table in tables.into_iter().rev() {
        let drop = DropTable { name: table.name.clone(), existing: Some(table) };
        comparison.phases.drop_tables.push(Operation::DropTable(drop));
    }
}

/// Those that are referred to come first; a key that closes a circle comes behind them all.
fn create_tables(comparison: &mut Comparison<'_>, created: &MetaData) {
    let (tables, keys) = without_circles(created);
    comparison.phases.create_tables.extend(tables.into_iter().map(Operation::CreateTable));
    for (table, key) in keys {
        let add = AddConstraint { table: table.name, constraint: Constraint::ForeignKey(key) };
        comparison.phases.add_foreign_keys.push(Operation::AddConstraint(add));
    }
}

/// The tables in the order in which they can be made, without the keys that refer forward; and these.
fn without_circles(metadata: &MetaData) -> (Vec<Table>, Vec<(Table, ForeignKey)>) {
    let mut sorted: Vec<Table> = metadata.sorted_tables().into_iter().cloned().collect();
    let order: Vec<_> = sorted.iter().map(|table| table.name.clone()).collect();
    let mut closing = Vec::new();
    for (position, table) in sorted.iter_mut().enumerate() {
        let later = order.get(position + 1..).unwrap_or_default();
        let (forward, kept) = std::mem::take(&mut table.foreign_keys)
            .into_iter()
            .partition(|key: &ForeignKey| later.contains(&key.target));
        table.foreign_keys = kept;
        closing.extend(forward.into_iter().map(|key| (table.clone(), key)));
    }
    (sorted, closing)
}

/// No operation changes these, so a person has to.
fn options(comparison: &mut Comparison<'_>, wanted: &Table, current: &Table) {
    let prefix = format!("{}_", comparison.dialect.name());
    let of_dialect = |table: &Table| {
        // What the model doesn't hold is only ever on one side.
        let is_ours = |name: &str| name.starts_with(&prefix) && !name.ends_with("_unmodelled");
        let options = table.options.iter().filter(|(name, _)| is_ours(name));
        options.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
    };
    let (new, old) = (of_dialect(wanted), of_dialect(current));
    if new != old {
        let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        comparison.warn(format!(
            "table `{}`: its options are {} in the metadata and {} in the database; no operation changes them",
            wanted.name,
            or_none(new),
            or_none(old)
        ));
    }
}
