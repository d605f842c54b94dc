//! Joining over a relation: the condition comes from the foreign key.

use std::fmt;
use std::marker::PhantomData;

use aludel_sql::ast::{Alias, BinaryOperator, Expr, Join, JoinKind, TableRef};
use aludel_sql::expression::{IntoFilter, new_alias};
use aludel_sql::name::Name;
use aludel_sql::statement::JoinTarget;

use super::{Direction, Relation, RelationDef};
use crate::model::{Model, ModelDef, ModelTable};

/// A relation that is joined onto an alias, or with a condition on top of its own. See [`Relation::to`] and
/// [`Relation::and`].
pub struct RelationJoin<M, T> {
    relation: Relation<M, T>,
    target: Option<TableRef>,
    conditions: Vec<Expr>,
    marker: PhantomData<fn(M) -> T>,
}

impl<M: Model, T: Model> Relation<M, T> {
    /// Joins an alias instead of the table itself: `.join(User.manager.to(manager))` with
    /// `let manager = User.alias();`. A relation of a model with itself needs one. Mirrors SQLAlchemy's `of_type`.
    #[must_use]
    pub fn to<A: ModelTable<Model = T>>(self, alias: A) -> RelationJoin<M, T> {
        self.joined_as(Some(alias.source().table_ref()))
    }

    /// Adds a condition to the join's own. Mirrors SQLAlchemy's `and_`.
    #[must_use]
    pub fn and(self, condition: impl IntoFilter) -> RelationJoin<M, T> {
        self.joined_as(None).and(condition)
    }

    fn joined_as(self, target: Option<TableRef>) -> RelationJoin<M, T> {
        RelationJoin { relation: self, target, conditions: Vec::new(), marker: PhantomData }
    }
}

impl<M: Model, T: Model> RelationJoin<M, T> {
    /// Adds a condition to the join's own.
    #[must_use]
    pub fn and(mut self, condition: impl IntoFilter) -> Self {
        self.conditions.extend(condition.into_filter());
        self
    }

    pub(super) fn relation(&self) -> Relation<M, T> {
        self.relation
    }

    /// The occurrence of the other table, where one was chosen, and the conditions.
    pub(super) fn into_parts(self) -> (Option<TableRef>, Vec<Expr>) {
        (self.target, self.conditions)
    }
}

impl<M, T> fmt::Debug for RelationJoin<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelationJoin")
            .field("relation", &self.relation)
            .field("target", &self.target)
            .field("conditions", &self.conditions)
            .finish()
    }
}

impl<M: Model, T: Model> JoinTarget for Relation<M, T> {
    fn joins(self, kind: JoinKind) -> Vec<Join> {
        self.joined_as(None).joins(kind)
    }
}

impl<M: Model, T: Model> JoinTarget for RelationJoin<M, T> {
    fn joins(self, kind: JoinKind) -> Vec<Join> {
        let source = self.relation.source().table_ref();
        match self.relation.definition() {
            Ok((model, relation)) => user_joins(kind, source, model, relation, self.target, self.conditions),
            Err(error) => vec![invalid(kind, source, error.to_string())],
        }
    }
}

/// The joins that a user asked for.
fn user_joins(
    kind: JoinKind,
    source: TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: Option<TableRef>,
    conditions: Vec<Expr>,
) -> Vec<Join> {
    // Under an alias, the table between gets one too, so that the relation can be joined twice.
    let between = if target.is_some() { Alias::Anonymous(new_alias()) } else { Alias::None };
    let other = (relation.target)();
    let target = target.unwrap_or_else(|| TableRef::from_static(&other.table.name, Alias::None));
    if target == source {
        let message = format!(
            "the relation `{}.{}` leads to the table it begins at, so one of the two needs an alias: `let other = {}.alias();` \
             and then `{}.{}.to(other)`",
            owner.name, relation.name, other.name, owner.name, relation.name
        );
        return vec![invalid(kind, target, message)];
    }
    let mut joins = match relation_joins(kind, &source, owner, relation, target.clone(), between) {
        Ok(joins) => joins,
        Err(error) => return vec![invalid(kind, target, error.to_string())],
    };
    if let Some(Join { on: Some(on), .. }) = joins.last_mut()
        && !conditions.is_empty()
    {
        let own = std::mem::replace(on, Expr::Star);
        *on = all(std::iter::once(own).chain(conditions).collect());
    }
    joins
}

/// The joins from one occurrence of a model's table over a relation to an occurrence of the other's: two where a table
/// lies between.
///
/// # Errors
/// As for [`RelationDef::resolve`].
pub(crate) fn relation_joins(
    kind: JoinKind,
    source: &TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: TableRef,
    between: Alias,
) -> crate::Result<Vec<Join>> {
    let resolved = relation.resolve(owner)?;
    let other = (relation.target)();
    let join = |table: TableRef, on: Vec<Expr>| Join::new(kind, table, Some(all(on)));
    let Some(secondary) = relation.secondary else {
        let on = on_clause(source, owner, relation, &target)?;
        return Ok(vec![join(target, on)]);
    };
    let secondary = secondary();
    let between = TableRef::from_static(&secondary.table.name, between);
    let near = equal((source, owner), (&between, secondary), &resolved.local_pairs);
    let far = equal((&target, other), (&between, secondary), &resolved.target_pairs);
    Ok(vec![join(between, near), join(target, far)])
}

/// The conditions that connect two tables without one between; the referenced column stands first.
///
/// # Errors
/// As for [`RelationDef::resolve`].
pub(crate) fn on_clause(
    source: &TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: &TableRef,
) -> crate::Result<Vec<Expr>> {
    let resolved = relation.resolve(owner)?;
    let other = (relation.target)();
    Ok(match resolved.direction {
        Direction::ManyToOne => {
            let pairs: Vec<(usize, usize)> = resolved.pairs.iter().map(|(own, far)| (*far, *own)).collect();
            equal((target, other), (source, owner), &pairs)
        }
        Direction::OneToMany | Direction::ManyToMany => {
            equal((source, owner), (target, other), &resolved.pairs)
        }
    })
}

/// Columns of one table that equal those of another.
pub(crate) fn equal(
    left: (&TableRef, &'static ModelDef),
    right: (&TableRef, &'static ModelDef),
    pairs: &[(usize, usize)],
) -> Vec<Expr> {
    let equal = |(first, second): &(usize, usize)| {
        let first = column(left.0, left.1, *first);
        let second = column(right.0, right.1, *second);
        Expr::Binary(BinaryOperator::Equal, Box::new(first), Box::new(second))
    };
    pairs.iter().map(equal).collect()
}

/// A column of one occurrence of a model's table.
pub(crate) fn column(table: &TableRef, model: &'static ModelDef, index: usize) -> Expr {
    match model.table.columns.get(index) {
        Some(column) => Expr::column(table.clone(), Name::Borrowed(&column.name)),
        None => Expr::Invalid(format!("the model `{}` has no column number {index}", model.name)),
    }
}

/// All of the conditions.
pub(crate) fn all(mut conditions: Vec<Expr>) -> Expr {
    match conditions.len() {
        1 => conditions.remove(0),
        _ => Expr::All(conditions),
    }
}

/// A join that says why there is none. Its table has a name of its own, so that nothing else goes wrong before.
fn invalid(kind: JoinKind, table: TableRef, message: String) -> Join {
    let table = TableRef { alias: Alias::Anonymous(new_alias()), ..table };
    Join::new(kind, table, Some(Expr::Invalid(message)))
}
