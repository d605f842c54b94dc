//! Constraints and indexes come and go.

use aludel_sql::schema::{Constraint, ConstraintKind, Index, IndexKey, Table, TableName};

use super::{Problem, need_columns};
use crate::compare::same_definition;
use crate::operation::ConstraintRef;

type Found<'t> = Result<&'t mut Table, Problem>;

pub(super) fn create_index(table: Found<'_>, index: &Index) -> Result<(), Problem> {
    let table = table?;
    if table.indexes.iter().any(|known| known.name == index.name) {
        return Err(format!("table `{}` has an index `{}` already", table.name, index.name));
    }
    need_columns(
        table,
        index.elements.iter().filter_map(|element| match &element.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        }),
    )?;
    table.indexes.push(index.clone());
    Ok(())
}

pub(super) fn drop_index(table: Found<'_>, name: &TableName, index: &str) -> Result<(), Problem> {
    let table = table?;
    let place = table.indexes.iter().position(|known| known.name == index);
    let place = place.ok_or_else(|| format!("table `{name}` has no index `{index}`"))?;
    table.indexes.remove(place);
    Ok(())
}

pub(super) fn add(table: Found<'_>, name: &TableName, constraint: &Constraint) -> Result<(), Problem> {
    let table = table?;
    if let Some(taken) = constraint.name()
        && names(table).any(|known| known == taken)
    {
        return Err(format!("table `{name}` has a constraint `{taken}` already"));
    }
    match constraint {
        Constraint::PrimaryKey(_) if table.primary_key.is_some() => {
            return Err(format!("table `{name}` has a primary key already"));
        }
        Constraint::PrimaryKey(key) => {
            need_columns(table, &key.columns)?;
            for column in table.columns.iter_mut().filter(|column| key.columns.contains(&column.name)) {
                column.nullable = false;
            }
            table.primary_key = Some(key.clone());
        }
        Constraint::Unique(unique) => {
            need_columns(table, &unique.columns)?;
            table.unique_constraints.push(unique.clone());
        }
        Constraint::ForeignKey(key) => {
            need_columns(table, &key.columns)?;
            table.foreign_keys.push(key.clone());
        }
        Constraint::Check(check) => table.checks.push(check.clone()),
        Constraint::Exclude(exclude) => table.excludes.push(exclude.clone()),
    }
    Ok(())
}

pub(super) fn drop(table: Found<'_>, name: &TableName, which: &ConstraintRef) -> Result<(), Problem> {
    let table = table?;
    let found = match which {
        ConstraintRef::Named { name, kind, existing } => {
            take(table, *kind, |constraint| constraint.name() == Some(name))
                // The model may leave to the database what this step calls by its name.
                || match existing {
                    _ if *kind == ConstraintKind::PrimaryKey => {
                        take(table, *kind, |constraint| constraint.name().is_none())
                    }
                    Some(existing) => take(table, *kind, |constraint| *constraint == unnamed(existing)),
                    None => false,
                }
        }
        // What it says counts, and not how: `NO ACTION` is what a key does that says nothing.
        ConstraintRef::Unnamed(wanted) => {
            take(table, wanted.kind(), |constraint| constraint == wanted)
                || take(table, wanted.kind(), |constraint| same_definition(constraint, wanted))
        }
    };
    if found {
        return Ok(());
    }
    Err(match which {
        ConstraintRef::Named { name: wanted, kind, .. } => format!("table `{name}` has no {kind} `{wanted}`"),
        ConstraintRef::Unnamed(wanted) => format!("table `{name}` has no such {}", wanted.kind()),
    })
}

fn names(table: &Table) -> impl Iterator<Item = &str> {
    let key = table.primary_key.iter().filter_map(|key| key.name.as_deref());
    let unique = table.unique_constraints.iter().filter_map(|unique| unique.name.as_deref());
    let foreign = table.foreign_keys.iter().filter_map(|key| key.name.as_deref());
    let checks = table.checks.iter().filter_map(|check| check.name.as_deref());
    let excludes = table.excludes.iter().filter_map(|exclude| exclude.name.as_deref());
    key.chain(unique).chain(foreign).chain(checks).chain(excludes)
}

/// Takes the first constraint of a kind that meets a condition out of the table; whether there was one.
fn take(table: &mut Table, kind: ConstraintKind, meets: impl Fn(&Constraint) -> bool) -> bool {
    fn first<T: Clone + Into<Constraint>>(list: &mut Vec<T>, meets: impl Fn(&Constraint) -> bool) -> bool {
        let place = list.iter().position(|constraint| meets(&constraint.clone().into()));
        place.map(|place| list.remove(place)).is_some()
    }
    match kind {
        ConstraintKind::PrimaryKey => {
            table.primary_key.take_if(|key| meets(&Constraint::PrimaryKey(key.clone()))).is_some()
        }
        ConstraintKind::Unique => first(&mut table.unique_constraints, meets),
        ConstraintKind::ForeignKey => first(&mut table.foreign_keys, meets),
        ConstraintKind::Check => first(&mut table.checks, meets),
        ConstraintKind::Exclude => first(&mut table.excludes, meets),
    }
}

fn unnamed(constraint: &Constraint) -> Constraint {
    let mut constraint = constraint.clone();
    match &mut constraint {
        Constraint::PrimaryKey(key) => key.name = None,
        Constraint::Unique(unique) => unique.name = None,
        Constraint::ForeignKey(key) => key.name = None,
        Constraint::Check(check) => check.name = None,
        Constraint::Exclude(exclude) => exclude.name = None,
    }
    constraint
}
