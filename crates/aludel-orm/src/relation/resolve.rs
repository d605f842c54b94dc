//! From a declared relation to the columns that connect its two tables.

use aludel_sql::schema::ForeignKey;

use super::{RelationDef, RelationKind};
use crate::model::ModelDef;

/// Pairs of columns that are equal: one of the first table, one of the second.
pub type ColumnPairs = Vec<(usize, usize)>;

/// Where the foreign key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// On this model's table.
    ManyToOne,
    /// On the other model's table.
    OneToMany,
    /// On a table between.
    ManyToMany,
}

/// Which columns connect the two tables of a relation.
#[derive(Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where the foreign key is.
    pub direction: Direction,
    /// Columns of this table with those of the other; empty for many-to-many.
    pub pairs: ColumnPairs,
    /// For many-to-many: columns of this table with those of the table between.
    pub local_pairs: ColumnPairs,
    /// For many-to-many: columns of the other table with those of the table between.
    pub target_pairs: ColumnPairs,
}

pub(super) fn resolve(owner: &'static ModelDef, relation: &'static RelationDef) -> Result<Resolved, String> {
    let target = (relation.target)();
    let name = format!("{}.{}", owner.name, relation.name);
    check_reverse(owner, relation, target, &name)?;
    if let Some(secondary) = relation.secondary {
        let secondary = secondary();
        let (local, remote) = secondary_keys(owner, relation, target, secondary, &name)?;
        return Ok(Resolved {
            direction: Direction::ManyToMany,
            pairs: Vec::new(),
            local_pairs: pairs(owner, secondary, local, &name)?,
            target_pairs: pairs(target, secondary, remote, &name)?,
        });
    }
    let own_keys = keys(owner, target, relation);
    let their_keys = keys(target, owner, relation);
    let many_to_one = match relation.kind {
        RelationKind::Many => false,
        RelationKind::One { .. } => !own_keys.is_empty(),
    };
    let (direction, found) =
        if many_to_one { (Direction::ManyToOne, own_keys) } else { (Direction::OneToMany, their_keys) };
    let (holder, referred) = if many_to_one { (owner, target) } else { (target, owner) };
    let key = match found.as_slice() {
        [key] => *key,
        [] => {
            return Err(format!(
                "the relation `{name}` finds no foreign key of `{}` that refers to `{}`: put \
                 `#[column(references = \"{}.…\")]` on a field of `{}`, or name a table between with `secondary`",
                holder.table.name, referred.table.name, referred.table.name, holder.name
            ));
        }
        several => {
            let columns: Vec<String> = several.iter().map(|key| key.columns.join(", ")).collect();
            return Err(format!(
                "the relation `{name}` could go through several foreign keys of `{}` ({}): choose one with \
                 `foreign_key = \"{}\"`",
                holder.table.name,
                columns.join("; "),
                several[0].columns.join(", ")
            ));
        }
    };
    let mut found = pairs(referred, holder, key, &name)?;
    if many_to_one {
        found = found.into_iter().map(|(referred, holder)| (holder, referred)).collect();
    }
    Ok(Resolved { direction, pairs: found, local_pairs: Vec::new(), target_pairs: Vec::new() })
}

fn check_reverse(
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: &'static ModelDef,
    name: &str,
) -> Result<(), String> {
    let Some(reverse) = relation.back_populates else { return Ok(()) };
    let Some(index) = target.relation_index(reverse) else {
        return Err(format!(
            "the relation `{name}` says `back_populates = \"{reverse}\"`, but `{}` has no such relation",
            target.name
        ));
    };
    let back = &target.relations[index];
    if !std::ptr::eq((back.target)(), owner) || back.back_populates != Some(relation.name) {
        return Err(format!(
            "the relations `{name}` and `{}.{reverse}` do not point at each other: `{}.{reverse}` should be a relation to \
             `{}` with `back_populates = \"{}\"`",
            target.name, target.name, owner.name, relation.name
        ));
    }
    Ok(())
}

/// The foreign keys of `holder` that refer to `referred`, narrowed by what the relation says.
fn keys(
    holder: &'static ModelDef,
    referred: &'static ModelDef,
    relation: &RelationDef,
) -> Vec<&'static ForeignKey> {
    holder
        .table
        .foreign_keys
        .iter()
        .filter(|key| key.target == referred.table.name)
        .filter(|key| relation.foreign_key.is_empty() || key.columns == relation.foreign_key)
        .collect()
}

/// The two keys of the table between: to this model and to the other. For a relation of a model with itself,
/// `foreign_key` names the near end on one of the two sides; where there is only one side and it says nothing, the
/// first key is the near end.
fn secondary_keys(
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: &'static ModelDef,
    secondary: &'static ModelDef,
    name: &str,
) -> Result<(&'static ForeignKey, &'static ForeignKey), String> {
    let to = |model: &'static ModelDef| -> Vec<&'static ForeignKey> {
        secondary.table.foreign_keys.iter().filter(|key| key.target == model.table.name).collect()
    };
    let (near, far) = (to(owner), to(target));
    let found = if std::ptr::eq(owner, target) {
        let reverse = relation
            .reverse()
            .map(|(_, reverse)| reverse)
            .filter(|reverse| !std::ptr::eq(*reverse, relation));
        let says = |relation: &RelationDef, place: usize| {
            let key = near.get(place).copied();
            key.is_some_and(|key: &ForeignKey| key.columns == relation.foreign_key)
        };
        let first = says(relation, 0) || reverse.is_some_and(|reverse| says(reverse, 1));
        let second = says(relation, 1) || reverse.is_some_and(|reverse| says(reverse, 0));
        if reverse.is_some() && first == second {
            return Err(format!(
                "the relation `{name}` leads through `{}` from `{}` back to it, and which of the two keys is its near \
                 end is not clear: name that key's column with `foreign_key` on both relations",
                secondary.table.name, owner.table.name
            ));
        }
        let (near, far) =
            if second && !first { (near.get(1), near.first()) } else { (near.first(), near.get(1)) };
        near.copied().zip(far.copied()).filter(|_| to(owner).len() == 2)
    } else {
        near.first().copied().zip(far.first().copied()).filter(|_| near.len() == 1 && far.len() == 1)
    };
    found.ok_or_else(|| {
        format!(
            "the relation `{name}` goes through `{}`, which should have one foreign key to `{}` and one to `{}`",
            secondary.table.name, owner.table.name, target.table.name
        )
    })
}

/// Columns of the table that is referred to with those of the table that holds the key.
fn pairs(
    referred: &'static ModelDef,
    holder: &'static ModelDef,
    key: &ForeignKey,
    name: &str,
) -> Result<ColumnPairs, String> {
    let column = |model: &'static ModelDef, column: &String| {
        model.column_index(column).ok_or_else(|| {
            format!(
                "the relation `{name}` uses the column `{}.{column}`, which the model `{}` does not have",
                model.table.name, model.name
            )
        })
    };
    key.target_columns
        .iter()
        .zip(&key.columns)
        .map(|(target, local)| Ok((column(referred, target)?, column(holder, local)?)))
        .collect()
}
