//! What is to be loaded along with a query, and how.

use std::fmt;
use std::marker::PhantomData;

use crate::model::Model;
use crate::relation::Relation;

/// How a relation is loaded along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// By a further query for the related rows of up to 500 objects at once. Mirrors SQLAlchemy's `selectinload`.
    SelectIn,
    /// By an outer join in the same query. Mirrors SQLAlchemy's `joinedload`.
    Joined,
}

/// One relation to load along, with those of the related objects: a [`LoadPath`] without its types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadPlan {
    /// The relation's place among the model's relations.
    pub relation: usize,
    /// How it is loaded.
    pub strategy: Strategy,
    /// What is loaded along with the related objects.
    pub nested: Vec<LoadPlan>,
}

impl LoadPlan {
    /// Adds a plan to others; what says the same relation is merged, and the later strategy holds.
    pub fn add_to(self, plans: &mut Vec<LoadPlan>) {
        match plans.iter_mut().find(|plan| plan.relation == self.relation) {
            Some(known) => {
                known.strategy = self.strategy;
                for nested in self.nested {
                    nested.add_to(&mut known.nested);
                }
            }
            None => plans.push(self),
        }
    }
}

/// A relation from `M` to `T` that is to be loaded along: `User.addresses.selectin()`. Mirrors SQLAlchemy's loader
/// options.
pub struct LoadPath<M, T> {
    plan: LoadPlan,
    marker: PhantomData<fn(M) -> T>,
}

impl<M: Model, T: Model> Relation<M, T> {
    /// Loads the relation along by a further query for the related rows of up to 500 objects at once. Mirrors
    /// SQLAlchemy's `selectinload`.
    #[must_use]
    pub fn selectin(self) -> LoadPath<M, T> {
        LoadPath::new(self, Strategy::SelectIn)
    }

    /// Loads the relation along by an outer join in the same query; conditions and order of the query don't see it.
    /// Mirrors SQLAlchemy's `joinedload`.
    #[must_use]
    pub fn joined(self) -> LoadPath<M, T> {
        LoadPath::new(self, Strategy::Joined)
    }
}

impl<M, T> LoadPath<M, T> {
    fn new(relation: Relation<M, T>, strategy: Strategy) -> Self {
        let plan = LoadPlan { relation: relation.index(), strategy, nested: Vec::new() };
        LoadPath { plan, marker: PhantomData }
    }

    /// Loads a relation of the related objects along, too. Several calls load several.
    #[must_use]
    pub fn then<N>(mut self, path: LoadPath<T, N>) -> Self {
        path.plan.add_to(&mut self.plan.nested);
        self
    }

    /// The path without its types.
    pub fn into_plan(self) -> LoadPlan {
        self.plan
    }
}

impl<M> LoadPath<M, M> {
    /// Loads a relation of a model with itself over so many levels in all, each the same way. Mirrors SQLAlchemy's
    /// `recursion_depth`.
    #[must_use]
    pub fn depth(mut self, levels: usize) -> Self {
        let one = LoadPlan { nested: self.plan.nested.clone(), ..self.plan };
        for _ in 1..levels {
            let deeper = std::mem::replace(&mut self.plan, one.clone());
            deeper.add_to(&mut self.plan.nested);
        }
        self
    }
}

impl<M, T> Clone for LoadPath<M, T> {
    fn clone(&self) -> Self {
        LoadPath { plan: self.plan.clone(), marker: PhantomData }
    }
}

impl<M, T> fmt::Debug for LoadPath<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)
    }
}
