//! Gathering: consecutive operations on one table are done together, so that a table is copied once and not once per
//! operation.
//!
//! Operations on different tables don't get in each other's way (foreign keys rest meanwhile), so the work on a table is
//! done where its last operation stands. SQL in the user's own words, code, and renames are borders that nothing
//! crosses. What is changed on a table that was made just before goes into its definition.

use aludel_sql::schema::{Table, TableName};
use aludel_sql::{Dialect, ddl};

use super::{CurrentSchema, Step, direct, native, of_execute, probe, rebuild};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;
use crate::replay;

/// What is done at one place of the plan.
enum Item<'o> {
    /// A new table, with what is changed on it right away.
    Create(&'o Table, Vec<&'o Operation>),
    /// Changes of a table that is there.
    Change(&'o TableName, Vec<&'o Operation>),
    /// Anything else.
    Single(&'o Operation),
}

pub(super) fn steps(
    operations: &[Operation],
    dialect: &dyn Dialect,
    current: &mut CurrentSchema,
) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut moved = false;
    for item in gather(operations) {
        match item {
            Item::Single(operation) => {
                steps.extend(single(operation, dialect)?);
                track(current, operation)?;
            }
            Item::Create(table, changes) => {
                let mut made = aludel_sql::MetaData::new().add(table.clone());
                for change in changes {
                    replay::replay_step(change, &mut made)?;
                }
                for table in made.tables() {
                    steps.extend(ddl::create_table(table, dialect)?.into_iter().map(Step::Sql));
                    current.metadata.insert(table.clone());
                }
            }
            Item::Change(name, changes) => {
                let native = natively(name, &changes, dialect, current)?;
                let is_native = native.is_some();
                steps.extend(match native {
                    Some(native) => native,
                    None => rebuild::steps(name, &changes, dialect, current)?,
                });
                moved |= !is_native;
            }
        }
    }
    if moved {
        steps.extend(probe::steps(current));
    }
    Ok(steps)
}

fn gather(operations: &[Operation]) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    // Items in front of this one are done before what comes now.
    let mut border = 0;
    for operation in operations {
        let place = match operation {
            Operation::CreateTable(table) => {
                items.push(Item::Create(table, Vec::new()));
                continue;
            }
            Operation::AddColumn(add) => &add.table,
            Operation::DropColumn(drop) => &drop.table,
            Operation::AlterColumn(alter) => &alter.table,
            Operation::CreateIndex(index) => &index.table,
            Operation::AddConstraint(add) => &add.table,
            Operation::DropConstraint(drop) => &drop.table,
            // An index that goes can go at once: nothing that waits depends on it, and its name becomes free.
            Operation::DropIndex(drop) if !creates_index(&items, border, &drop.name) => {
                items.push(Item::Single(operation));
                continue;
            }
            Operation::DropIndex(drop) => &drop.table,
            Operation::DropTable(drop) => {
                forget(&mut items, border, &drop.name);
                items.push(Item::Single(operation));
                continue;
            }
            Operation::RenameTable(_)
            | Operation::RenameColumn(_)
            | Operation::Execute(_)
            | Operation::Run(_) => {
                items.push(Item::Single(operation));
                border = items.len();
                continue;
            }
        };
        gather_on(&mut items, border, place, operation);
    }
    items
}

fn gather_on<'o>(items: &mut Vec<Item<'o>>, border: usize, table: &'o TableName, operation: &'o Operation) {
    let open = items.iter().enumerate().skip(border).rev().find_map(|(position, item)| match item {
        Item::Create(created, _) if created.name == *table => Some((position, true)),
        Item::Change(changed, _) if *changed == table => Some((position, false)),
        _ => None,
    });
    match open {
        Some((position, true)) => {
            if let Some(Item::Create(_, changes)) = items.get_mut(position) {
                changes.push(operation);
            }
        }
        Some((position, false)) => {
            let mut item = items.remove(position);
            if let Item::Change(_, changes) = &mut item {
                changes.push(operation);
            }
            items.push(item);
        }
        None => items.push(Item::Change(table, vec![operation])),
    }
}

/// Whether an index of that name is made by what is being gathered.
fn creates_index(items: &[Item<'_>], border: usize, name: &str) -> bool {
    items.iter().skip(border).any(|item| match item {
        Item::Create(table, changes) => {
            table.indexes.iter().any(|index| index.name == name) || changes_create(changes, name)
        }
        Item::Change(_, changes) => changes_create(changes, name),
        Item::Single(_) => false,
    })
}

fn changes_create(changes: &[&Operation], name: &str) -> bool {
    changes.iter().any(|change| match change {
        Operation::CreateIndex(index) => index.name == name,
        Operation::AddColumn(add) => add.column.inline.index.is_some(),
        _ => false,
    })
}

/// A table that goes needs no changes before.
fn forget(items: &mut Vec<Item<'_>>, border: usize, table: &TableName) {
    let mut position = 0;
    items.retain(|item| {
        position += 1;
        position <= border || !matches!(item, Item::Change(changed, _) if *changed == table)
    });
}

fn single(operation: &Operation, dialect: &dyn Dialect) -> Result<Vec<Step>> {
    match operation {
        Operation::Execute(execute) => Ok(vec![of_execute(execute)]),
        _ => direct::steps(operation, dialect),
    }
}

/// Keeps what is known of the schema up to date where it is known at all: simple operations need no knowledge.
fn track(current: &mut CurrentSchema, operation: &Operation) -> Result<()> {
    let known = match operation {
        Operation::DropTable(drop) => current.metadata.get(&drop.name).is_some(),
        Operation::RenameTable(rename) => current.metadata.get(&rename.from).is_some(),
        Operation::RenameColumn(rename) => current.metadata.get(&rename.table).is_some(),
        Operation::DropIndex(drop) => current
            .metadata
            .get(&drop.table)
            .is_some_and(|table| table.indexes.iter().any(|index| index.name == drop.name)),
        _ => false,
    };
    if known {
        replay::replay_step(operation, &mut current.metadata)?;
    }
    Ok(())
}

/// The statements for all changes, if each of them has one.
fn natively(
    name: &TableName,
    changes: &[&Operation],
    dialect: &dyn Dialect,
    current: &mut CurrentSchema,
) -> Result<Option<Vec<Step>>> {
    let Some(table) = current.metadata.get(name) else {
        // Nothing is known of the table, and nothing has to be where its columns and constraints stay.
        let simple = changes.iter().all(|change| match change {
            Operation::AddColumn(add) => native::can_add(&add.column, dialect),
            Operation::CreateIndex(_) | Operation::DropIndex(_) => true,
            _ => false,
        });
        if !simple {
            return Err(unknown_table(name, current));
        }
        let steps: Result<Vec<_>> = changes.iter().map(|change| direct::steps(change, dialect)).collect();
        return Ok(Some(steps?.concat()));
    };
    let mut after = aludel_sql::MetaData::new().add(table.clone());
    let mut steps = Vec::new();
    for change in changes {
        if !after.get(name).is_some_and(|table| native::can_do(change, table, dialect)) {
            return Ok(None);
        }
        steps.extend(direct::steps(change, dialect)?);
        replay::replay_step(change, &mut after)?;
    }
    if let Some(table) = after.remove(name) {
        current.metadata.insert(table);
    }
    Ok(Some(steps))
}

pub(super) fn unknown_table(name: &TableName, current: &CurrentSchema) -> Error {
    let message = match current.surroundings {
        Some(_) => format!("there is no table `{name}` to change"),
        None => format!(
            "the definition of table `{name}` is not known without a database: no revision creates it. Run this \
             revision online"
        ),
    };
    let kind = if current.surroundings.is_some() { ErrorKind::Schema } else { ErrorKind::Offline };
    Error::new(kind, message)
}
