//! Conditions on related rows: `any`, `has`, `contains`, and comparison with an object.

use aludel_sql::ast::{
    self, Alias, BinaryOperator, Expr as Tree, FromItem, Select, SelectItem, TableRef, UnaryOperator,
};
use aludel_sql::expression::{Expr, IntoFilter, new_alias};
use aludel_sql::value::{Value, ValueRef};

use super::join::{all, column, equal, on_clause};
use super::{Direction, Relation, RelationDef, RelationJoin, Resolved};
use crate::error::Result;
use crate::model::{Model, ModelDef};

/// Conditions on related rows. They are `EXISTS` over the relation's tables, correlated with the row at hand.
impl<M: Model, T: Model> Relation<M, T> {
    /// At least one related row meets the condition. Mirrors SQLAlchemy's `any`.
    ///
    /// Where the relation leads back to its own table, the condition speaks of the related row; use
    /// [`to`](Self::to) with an alias to speak of both.
    pub fn any(self, condition: impl IntoFilter) -> Expr<bool> {
        self.exists(None, condition.into_filter().into_iter().collect())
    }

    /// There is at least one related row. Mirrors SQLAlchemy's `any()` without a condition.
    pub fn any_exists(self) -> Expr<bool> {
        self.exists(None, Vec::new())
    }

    /// The related row is there and meets the condition: [`any`](Self::any) under the name that reads well for a
    /// relation to one object. Mirrors SQLAlchemy's `has`.
    pub fn has(self, condition: impl IntoFilter) -> Expr<bool> {
        self.any(condition)
    }

    /// The object is among the related ones. Its key is read when the condition is built. Mirrors SQLAlchemy's
    /// `contains`.
    pub fn contains(self, object: &T) -> Expr<bool> {
        self.build(|model, relation| contains(self.source().table_ref(), model, relation, object))
    }

    /// The related object is this one: [`contains`](Self::contains) under the name that reads well for a relation to
    /// one object. Mirrors SQLAlchemy's comparison with an object.
    #[allow(clippy::should_implement_trait)]
    pub fn eq(self, object: &T) -> Expr<bool> {
        self.contains(object)
    }

    /// There is no related object: the foreign key is `NULL`, or no row refers to this one.
    pub fn is_none(self) -> Expr<bool> {
        self.build(|model, relation| is_none(self.source().table_ref(), model, relation))
    }

    /// There is a related object.
    pub fn is_some(self) -> Expr<bool> {
        !self.is_none()
    }

    fn exists(self, target: Option<TableRef>, conditions: Vec<Tree>) -> Expr<bool> {
        self.build(|model, relation| exists(self.source().table_ref(), model, relation, target, conditions))
    }

    fn build(
        self,
        build: impl FnOnce(&'static ModelDef, &'static RelationDef) -> Result<Tree>,
    ) -> Expr<bool> {
        let tree = self.definition().and_then(|(model, relation)| build(model, relation));
        Expr::from_ast(tree.unwrap_or_else(|error| Tree::Invalid(error.to_string())))
    }
}

/// The same over an alias of the other table.
impl<M: Model, T: Model> RelationJoin<M, T> {
    /// At least one related row meets the condition.
    pub fn any(self, condition: impl IntoFilter) -> Expr<bool> {
        let relation = self.relation();
        let (target, mut conditions) = self.into_parts();
        conditions.extend(condition.into_filter());
        relation.exists(target, conditions)
    }

    /// The related row is there and meets the condition.
    pub fn has(self, condition: impl IntoFilter) -> Expr<bool> {
        self.any(condition)
    }
}

fn exists(
    source: TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    target: Option<TableRef>,
    mut conditions: Vec<Tree>,
) -> Result<Tree> {
    let resolved = relation.resolve(owner)?;
    let other = (relation.target)();
    let target = match target {
        Some(target) => target,
        None => {
            let plain = TableRef::from_static(&other.table.name, Alias::None);
            if plain == source {
                let alias = TableRef { alias: Alias::Anonymous(new_alias()), ..plain.clone() };
                for condition in &mut conditions {
                    condition.replace_table(&plain, &alias);
                }
                alias
            } else {
                plain
            }
        }
    };
    let mut from = vec![FromItem::Table(target.clone())];
    let mut filter = match relation.secondary {
        None => on_clause(&source, owner, relation, &target)?,
        Some(secondary) => {
            let secondary = secondary();
            let between = between(secondary);
            let near = equal((&source, owner), (&between, secondary), &resolved.local_pairs);
            let far = equal((&target, other), (&between, secondary), &resolved.target_pairs);
            from.insert(0, FromItem::Table(between));
            near.into_iter().chain(far).collect()
        }
    };
    filter.extend(conditions);
    Ok(exists_in(from, filter))
}

fn contains<T: Model>(
    source: TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    object: &T,
) -> Result<Tree> {
    contains_key(source, owner, relation, &mut |index| object.value(index).map(ValueRef::to_owned))
}

/// `value` lends the columns of the other object.
fn contains_key(
    source: TableRef,
    owner: &'static ModelDef,
    relation: &'static RelationDef,
    value: &mut dyn FnMut(usize) -> Option<Value>,
) -> Result<Tree> {
    let resolved: &Resolved = relation.resolve(owner)?;
    let other = (relation.target)();
    let mut equals = |left: Tree, index: usize| match value(index) {
        // An object that refers to nothing is in no collection.
        Some(Value::Null) => Tree::Any(Vec::new()),
        Some(value) => Tree::Binary(BinaryOperator::Equal, Box::new(left), Box::new(Tree::Bind(value))),
        None => Tree::Invalid(format!(
            "`{}.{}` is compared with an object whose `{}` is not set: flush it first",
            owner.name,
            relation.name,
            other.fields.get(index).map_or("key", |field| &field.name)
        )),
    };
    if let Some(secondary) = relation.secondary {
        let secondary = secondary();
        let between = between(secondary);
        let mut filter = equal((&source, owner), (&between, secondary), &resolved.local_pairs);
        filter.extend(
            resolved.target_pairs.iter().map(|(far, near)| equals(column(&between, secondary, *near), *far)),
        );
        return Ok(exists_in(vec![FromItem::Table(between)], filter));
    }
    Ok(all(resolved.pairs.iter().map(|(near, far)| equals(column(&source, owner, *near), *far)).collect()))
}

fn is_none(source: TableRef, owner: &'static ModelDef, relation: &'static RelationDef) -> Result<Tree> {
    let resolved = relation.resolve(owner)?;
    if resolved.direction == Direction::ManyToOne {
        let null = |(near, _): &(usize, usize)| Tree::IsNull {
            operand: Box::new(column(&source, owner, *near)),
            negated: false,
        };
        // A key with any part NULL refers to nothing.
        let parts: Vec<Tree> = resolved.pairs.iter().map(null).collect();
        return Ok(if parts.len() == 1 { all(parts) } else { Tree::Any(parts) });
    }
    Ok(match exists(source, owner, relation, None, Vec::new())? {
        Tree::Exists { select, negated } => Tree::Exists { select, negated: !negated },
        other => Tree::Unary(UnaryOperator::Not, Box::new(other)),
    })
}

/// The table between, under its own name, so that conditions can speak of it.
fn between(secondary: &'static ModelDef) -> TableRef {
    TableRef::from_static(&secondary.table.name, Alias::None)
}

fn exists_in(from: Vec<FromItem>, filter: Vec<Tree>) -> Tree {
    let items = vec![SelectItem::Expr(Tree::LiteralColumn("1".into()), None)];
    let select = ast::Query::from(Select { items, from, filter, ..ast::Select::default() });
    Tree::Exists { select, negated: false }
}
