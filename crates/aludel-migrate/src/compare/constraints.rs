//! Keys, uniqueness and checks of a table that both schemas have.
//!
//! Constraints are paired by name where both sides have one, then by what they say where one side has none: databases
//! make up names, or keep none. Of a pair, a changed definition or a changed name means drop and add.

use aludel_sql::schema::{Exclude, ForeignKey, IndexKey, Initially, Match, ReferentialAction, Table};

use super::Comparison;
use super::columns::inline_key;
use super::filter::{ObjectKind, ObjectRef};
use crate::operation::{AddConstraint, Constraint, ConstraintRef, DropConstraint, Operation};
use crate::sql_text::canonical;

pub(super) fn compare(comparison: &mut Comparison<'_>, wanted: &Table, current: &Table) {
    // The primary key is not filtered: it belongs to its columns.
    let keys = |table: &Table| table.primary_key.iter().cloned().map(Constraint::PrimaryKey).collect();
    compare_kind(comparison, wanted, current, None, keys);
    let uniques = |table: &Table| table.unique_constraints.iter().cloned().map(Constraint::Unique).collect();
    compare_kind(comparison, wanted, current, Some(ObjectKind::UniqueConstraint), uniques);
    let checks = |table: &Table| table.checks.iter().cloned().map(Constraint::Check).collect();
    compare_kind(comparison, wanted, current, Some(ObjectKind::Check), checks);
    if !wanted.excludes.is_empty() {
        comparison.warn(format!(
            "table `{}` has exclusion constraints, which are not compared: add and drop them with \
             `op.add_constraint(..)` and `op.drop_constraint(..)`",
            wanted.name
        ));
    }
    let keys = |table: &Table| table.foreign_keys.iter().cloned().map(Constraint::ForeignKey).collect();
    compare_kind(comparison, wanted, current, Some(ObjectKind::ForeignKey), keys);
}

/// Drops a constraint by its name, or by what it is.
pub(super) fn drop(table: &Table, constraint: Constraint) -> Operation {
    let constraint = match constraint.name() {
        Some(name) => ConstraintRef::Named {
            name: name.to_owned(),
            kind: constraint.kind(),
            existing: Some(constraint),
        },
        None => ConstraintRef::Unnamed(constraint),
    };
    Operation::DropConstraint(DropConstraint { table: table.name.clone(), constraint })
}

fn compare_kind(
    comparison: &mut Comparison<'_>,
    wanted: &Table,
    current: &Table,
    kind: Option<ObjectKind>,
    of: impl Fn(&Table) -> Vec<Constraint>,
) {
    let pairs = pair(of(wanted), of(current));
    for (new, old) in pairs {
        let includes = |constraint: &Constraint, table: &Table, reflected: bool, counterpart: bool| {
            kind.is_none_or(|kind| {
                let name = constraint.name();
                comparison.includes(ObjectRef { kind, name, table: &table.name, reflected, counterpart })
            })
        };
        let both = new.is_some() && old.is_some();
        if new.as_ref().is_some_and(|new| !includes(new, wanted, false, both))
            || old.as_ref().is_some_and(|old| !includes(old, current, true, both))
        {
            continue;
        }
        if let (Some(new), Some(old)) = (&new, &old)
            && definition(new) == definition(old)
        {
            continue;
        }
        let is_key = matches!(old, Some(Constraint::ForeignKey(_)));
        if let Some(old) = old {
            let phases = &mut comparison.phases;
            let phase = if is_key { &mut phases.drop_foreign_keys } else { &mut phases.drop_constraints };
            phase.push(drop(current, old));
        }
        let Some(new) = new.filter(|new| !is_written_on_a_new_column(new, wanted, current)) else { continue };
        let is_key = matches!(new, Constraint::ForeignKey(_));
        let phases = &mut comparison.phases;
        let phase = if is_key { &mut phases.add_foreign_keys } else { &mut phases.add_constraints };
        let add = AddConstraint { table: wanted.name.clone(), constraint: new };
        phase.push(Operation::AddConstraint(add));
    }
}

fn is_written_on_a_new_column(constraint: &Constraint, wanted: &Table, current: &Table) -> bool {
    let Constraint::ForeignKey(key) = constraint else { return false };
    let [column] = key.columns.as_slice() else { return false };
    current.get_column(column).is_none()
        && wanted.get_column(column).and_then(|column| inline_key(wanted, column)) == Some(key)
}

/// Constraints of both sides that are meant to be the same one, and those that have no counterpart.
fn pair(
    wanted: Vec<Constraint>,
    mut current: Vec<Constraint>,
) -> Vec<(Option<Constraint>, Option<Constraint>)> {
    let mut pairs: Vec<(Option<Constraint>, Option<Constraint>)> = Vec::new();
    let mut left = Vec::new();
    for new in wanted {
        let same_name = |old: &Constraint| new.name().is_some() && old.name() == new.name();
        match current.iter().position(same_name) {
            Some(position) => {
                let old = current.remove(position);
                pairs.push((Some(new), Some(old)));
            }
            None => left.push(new),
        }
    }
    for new in left {
        let same = |old: &Constraint| {
            (old.name().is_none() || new.name().is_none()) && definition(old) == definition(&new)
        };
        let old = current.iter().position(same).map(|position| current.remove(position));
        pairs.push((Some(new), old));
    }
    pairs.extend(current.into_iter().map(|old| (None, Some(old))));
    pairs
}

/// Whether two constraints say the same, whatever they are called.
pub(crate) fn same_definition(one: &Constraint, other: &Constraint) -> bool {
    definition(one) == definition(other)
}

/// What a constraint says, free of its name and of spelling.
#[derive(PartialEq)]
enum Definition<'c> {
    Key(&'c [String]),
    Unique(&'c [String]),
    Check(String),
    Exclude(String),
    ForeignKey {
        columns: &'c [String],
        target: &'c aludel_sql::schema::TableName,
        target_columns: &'c [String],
        on_delete: ReferentialAction,
        on_update: ReferentialAction,
        on_delete_columns: &'c [String],
        match_: Match,
        deferrable: bool,
        initially_deferred: bool,
    },
}

fn definition(constraint: &Constraint) -> Definition<'_> {
    match constraint {
        Constraint::PrimaryKey(key) => Definition::Key(&key.columns),
        Constraint::Unique(unique) => Definition::Unique(&unique.columns),
        Constraint::Check(check) => Definition::Check(canonical(&check.condition)),
        Constraint::ForeignKey(key) => foreign_key(key),
        Constraint::Exclude(exclude) => Definition::Exclude(exclusion(exclude)),
    }
}

fn foreign_key(key: &ForeignKey) -> Definition<'_> {
    Definition::ForeignKey {
        columns: &key.columns,
        target: &key.target,
        target_columns: &key.target_columns,
        // Every database's default is not to act.
        on_delete: key.on_delete.unwrap_or(ReferentialAction::NoAction),
        on_update: key.on_update.unwrap_or(ReferentialAction::NoAction),
        on_delete_columns: &key.on_delete_columns,
        match_: key.match_.unwrap_or(Match::Simple),
        deferrable: key.traits.deferrable.unwrap_or(false),
        initially_deferred: key.traits.initially == Some(Initially::Deferred),
    }
}

/// An exclusion by its text, free of spelling.
fn exclusion(exclude: &Exclude) -> String {
    let elements = exclude.elements.iter().map(|element| {
        let key = match &element.key {
            IndexKey::Column(name) => name.clone(),
            IndexKey::Expression(sql) => canonical(sql),
        };
        format!("{key} {} {}", element.operator_class.as_deref().unwrap_or_default(), element.operator)
    });
    let condition = exclude.condition.as_deref().map(canonical).unwrap_or_default();
    format!("{} {} {condition}", exclude.using.to_ascii_lowercase(), elements.collect::<Vec<_>>().join(", "))
}
