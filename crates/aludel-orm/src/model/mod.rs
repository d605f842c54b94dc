//! Models: structs that are rows of a table.

mod abilities;
mod definition;
mod objects;
pub mod shape;
mod vocabulary;

pub use abilities::{Abilities, Lacking, Probe};
pub use definition::{ColumnSpec, FieldDef, ModelBuilder, ModelDef};
pub use objects::Objects;
pub use vocabulary::{Maybe, ModelTable, assignments, select_item};

use aludel_sql::decode::{DecodeError, FromRow, RowReader};
use aludel_sql::types::ValueError;
use aludel_sql::value::ValueRef;

use crate::relation::RelationField;
use shape::{ColumnShape, RelationShape};

/// A struct that is a row of a table. `#[derive(Model)]` writes the implementation, which is a description and a few
/// shims; everything else works on the description.
///
/// Columns are numbered in the order of the table's description, relations in the order of the fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "put `#[derive(Model)]` on the struct"
)]
pub trait Model: FromRow + Sized + Send + Sync + 'static {
    /// The table's name, for checks while compiling; empty where a hand-written implementation says nothing.
    const TABLE: &'static str = "";

    /// The columns, for checks while compiling.
    const SHAPE: &'static [ColumnShape] = &[];

    /// The relations, for checks while compiling.
    const RELATIONS: &'static [RelationShape] = &[];

    /// What the struct can do beside: a hand-written model that is `Clone`, `PartialEq` or `Debug` says so here, for the
    /// sake of the relations that hold it.
    const ABILITIES: Abilities<Self> = Abilities::NONE;

    /// The description, made once per program.
    fn definition() -> &'static ModelDef;

    /// Lends the value of a column; `None` where it is an unset [`Auto`](crate::Auto).
    fn value(&self, column: usize) -> Option<ValueRef<'_>>;

    /// Gives a column a value that came from the database or from a relation.
    ///
    /// # Errors
    /// Where the value does not fit the field.
    fn assign(&mut self, column: usize, value: ValueRef<'_>) -> Result<(), ValueError>;

    /// The field of a relation.
    fn relation(&self, index: usize) -> Option<&dyn RelationField>;

    /// The field of a relation, to change.
    fn relation_mut(&mut self, index: usize) -> Option<&mut dyn RelationField>;
}

/// A struct of columns that models embed: a mixin, or a composite value. `#[derive(Embed)]` writes the implementation.
pub trait Embed: Sized + Send + Sync + 'static {
    /// The columns as words of queries: what `User.address` is, where `address` is a field of this type.
    type Columns: Copy;

    /// How many columns there are.
    const COLUMNS: usize;

    /// The columns, for checks while compiling.
    const SHAPE: &'static [ColumnShape];

    /// Adds the columns to a model's description.
    fn describe(builder: &mut ModelBuilder);

    /// Reads the columns.
    ///
    /// # Errors
    /// Where a value does not fit.
    fn decode(row: &mut RowReader<'_>) -> Result<Self, DecodeError>;

    /// Lends the value of a column, counted within the struct.
    fn value(&self, column: usize) -> Option<ValueRef<'_>>;

    /// Gives a column a value, counted within the struct.
    ///
    /// # Errors
    /// Where the value does not fit the field.
    fn assign(&mut self, column: usize, value: ValueRef<'_>) -> Result<(), ValueError>;
}

/// Adds the model and the field to an error that only knows the column's position. Called by the derive's `FromRow`.
#[cold]
pub fn decode_error(definition: &'static ModelDef, start: usize, error: DecodeError) -> DecodeError {
    let Some(column) = error.position().and_then(|position| position.checked_sub(start)) else {
        return error;
    };
    match (definition.fields.get(column), definition.table.columns.get(column)) {
        (Some(field), Some(column)) => {
            error.in_field(definition.name, &field.name, &definition.table.name.name, &column.name)
        }
        _ => error,
    }
}

/// What a model named as `M` is called in messages.
pub fn name<M: Model>() -> &'static str {
    M::definition().name
}

/// Whether a row's next columns are those of no object at all: its key is `NULL`. Called by the derive's `FromRow`.
pub fn is_absent(definition: &'static ModelDef, row: &RowReader<'_>) -> bool {
    definition.primary_key.iter().any(|column| row.peek(*column).is_some_and(ValueRef::is_null))
}
