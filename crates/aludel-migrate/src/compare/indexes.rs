//! The indexes of a table that both schemas have, by name.

use aludel_sql::schema::{Index, IndexKey, Table};

use super::Comparison;
use super::filter::{ObjectKind, ObjectRef};
use crate::operation::{DropIndex, Operation};
use crate::sql_text::canonical;

pub(super) fn compare(comparison: &mut Comparison<'_>, wanted: &Table, current: &Table) {
    for index in &wanted.indexes {
        let existing = current.indexes.iter().find(|existing| existing.name == index.name);
        if !includes(comparison, index, wanted, false, existing.is_some()) {
            continue;
        }
        if let Some(existing) = existing {
            if !includes(comparison, existing, current, true, true)
                || definition(index) == definition(existing)
            {
                continue;
            }
            drop(comparison, current, existing);
        }
        let index = Index { table: wanted.name.clone(), ..index.clone() };
        comparison.phases.create_indexes.push(Operation::CreateIndex(index));
    }
    for index in &current.indexes {
        let is_gone = !wanted.indexes.iter().any(|wanted| wanted.name == index.name);
        if is_gone && includes(comparison, index, current, true, false) {
            drop(comparison, current, index);
        }
    }
}

fn includes(
    comparison: &Comparison<'_>,
    index: &Index,
    table: &Table,
    reflected: bool,
    counterpart: bool,
) -> bool {
    comparison.includes(ObjectRef {
        kind: ObjectKind::Index,
        name: Some(&index.name),
        table: &table.name,
        reflected,
        counterpart,
    })
}

fn drop(comparison: &mut Comparison<'_>, table: &Table, index: &Index) {
    let drop =
        DropIndex { name: index.name.to_string(), table: table.name.clone(), existing: Some(index.clone()) };
    comparison.phases.drop_indexes.push(Operation::DropIndex(drop));
}

type Definition = (bool, Vec<(String, bool, Option<String>)>, Option<String>);

/// What an index says, free of its name and of spelling.
fn definition(index: &Index) -> Definition {
    let elements = index.elements.iter().map(|element| {
        let key = match &element.key {
            IndexKey::Column(name) => format!("column {name}"),
            IndexKey::Expression(sql) => format!("expression {}", canonical(sql)),
        };
        (key, element.descending, element.collation.as_deref().map(str::to_ascii_lowercase))
    });
    (index.unique, elements.collect(), index.condition.as_deref().map(canonical))
}
