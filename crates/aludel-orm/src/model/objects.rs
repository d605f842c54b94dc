//! Objects of one model without their type: what the session and the loaders work on.

use std::any::Any;

use aludel_sql::decode::{DecodeError, FromRow, RowReader};
use aludel_sql::types::ValueError;
use aludel_sql::value::ValueRef;

use super::{Model, ModelDef};
use crate::relation::{Held, RelationField, Single};

/// A list of objects of one model. Places keep their number; one whose object was taken out is empty.
pub trait Objects: Any + Send + Sync {
    /// The model.
    fn definition(&self) -> &'static ModelDef;

    /// How many places there are.
    fn len(&self) -> usize;

    /// Whether there is no place.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the place holds an object.
    fn holds(&self, index: usize) -> bool;

    /// Lends the value of a column; `None` where it is unset or the place is empty.
    fn value(&self, index: usize, column: usize) -> Option<ValueRef<'_>>;

    /// Gives a column a value.
    ///
    /// # Errors
    /// Where the value does not fit the field.
    fn assign(&mut self, index: usize, column: usize, value: ValueRef<'_>) -> Result<(), ValueError>;

    /// The field of a relation.
    fn relation(&self, index: usize, relation: usize) -> Option<&dyn RelationField>;

    /// The field of a relation, to change.
    fn relation_mut(&mut self, index: usize, relation: usize) -> Option<&mut dyn RelationField>;

    /// Reads an object out of a row and puts it behind the others; its place.
    ///
    /// # Errors
    /// Where a value does not fit.
    fn push_row(&mut self, row: &mut RowReader<'_>) -> Result<usize, DecodeError>;

    /// Moves all objects of another list of the same model behind these and returns how many there were. A list of
    /// another model is left as it is.
    fn append(&mut self, other: &mut dyn Objects) -> usize;

    /// Moves one object of another list of the same model behind these; whether there was one.
    fn take_from(&mut self, from: &mut dyn Objects, place: usize) -> bool;

    /// Takes objects out of their places, for a relation to many to hold.
    fn take_many(&mut self, places: &[usize]) -> Box<dyn Held>;

    /// Takes an object out of its place, for a relation to one to hold.
    fn take_one(&mut self, place: usize) -> Option<Box<dyn Held>>;

    /// Takes the object out of its place.
    fn remove(&mut self, index: usize) -> bool;

    /// The list as what it is: a `Vec<Option<M>>`.
    fn as_any(&self) -> &dyn Any;

    /// The list as what it is, to change.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<M: Model> Objects for Vec<Option<M>> {
    fn definition(&self) -> &'static ModelDef {
        M::definition()
    }

    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn holds(&self, index: usize) -> bool {
        self.get(index).is_some_and(Option::is_some)
    }

    fn value(&self, index: usize, column: usize) -> Option<ValueRef<'_>> {
        self.get(index)?.as_ref()?.value(column)
    }

    fn assign(&mut self, index: usize, column: usize, value: ValueRef<'_>) -> Result<(), ValueError> {
        match self.get_mut(index) {
            Some(Some(object)) => object.assign(column, value),
            _ => Ok(()),
        }
    }

    fn relation(&self, index: usize, relation: usize) -> Option<&dyn RelationField> {
        self.get(index)?.as_ref()?.relation(relation)
    }

    fn relation_mut(&mut self, index: usize, relation: usize) -> Option<&mut dyn RelationField> {
        self.get_mut(index)?.as_mut()?.relation_mut(relation)
    }

    fn push_row(&mut self, row: &mut RowReader<'_>) -> Result<usize, DecodeError> {
        self.push(Some(<M as FromRow>::from_row(row)?));
        Ok(Vec::len(self) - 1)
    }

    fn append(&mut self, other: &mut dyn Objects) -> usize {
        match other.as_any_mut().downcast_mut::<Self>() {
            Some(other) => {
                let count = other.len();
                Vec::append(self, other);
                count
            }
            None => 0,
        }
    }

    fn take_from(&mut self, from: &mut dyn Objects, place: usize) -> bool {
        let from = from.as_any_mut().downcast_mut::<Self>();
        match from.and_then(|from| from.get_mut(place)).and_then(Option::take) {
            Some(object) => {
                self.push(Some(object));
                true
            }
            None => false,
        }
    }

    fn take_many(&mut self, places: &[usize]) -> Box<dyn Held> {
        let mut taken = Vec::with_capacity(places.len());
        for place in places {
            if let Some(object) = self.get_mut(*place).and_then(Option::take) {
                taken.push(object);
            }
        }
        Box::new(taken)
    }

    fn take_one(&mut self, place: usize) -> Option<Box<dyn Held>> {
        let object = self.get_mut(place)?.take()?;
        Some(Box::new(Single(Some(object))))
    }

    fn remove(&mut self, index: usize) -> bool {
        self.get_mut(index).is_some_and(|place| place.take().is_some())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl std::fmt::Debug for dyn Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} objects of `{}`", self.len(), self.definition().name)
    }
}
