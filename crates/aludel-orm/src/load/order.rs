//! The order in which a relation's objects are loaded.

use aludel_sql::Type;
use aludel_sql::ast::{Direction, OrderBy, TableRef};

use crate::error::{Error, Result};
use crate::model::ModelDef;
use crate::relation::RelationDef;
use crate::relation::join::column;

/// What a relation says about the order of its objects, for one occurrence of their table.
///
/// # Errors
/// Where it names a column that is not there.
pub(super) fn declared(owner: &ModelDef, relation: &RelationDef, table: &TableRef) -> Result<Vec<OrderBy>> {
    let target = (relation.target)();
    let order = |name: &&str| {
        let (name, descending) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (*name, false),
        };
        let field = || target.fields.iter().position(|field| field.name == name);
        match target.column_index(name).or_else(field) {
            Some(index) => Ok(ascending(table, target, index, descending)),
            None => Err(Error::mapping(format!(
                "the relation `{}.{}` is ordered by `{name}`, but `{}` has no such column",
                owner.name, relation.name, target.name
            ))),
        }
    };
    relation.order_by.iter().map(order).collect()
}

/// The order by the key, where rows have to come ordered: a key that is one integer is sorted after reading, which
/// is cheaper, because rows mostly come in that order anyway.
pub(super) fn by_key(target: &'static ModelDef, table: &TableRef) -> Vec<OrderBy> {
    if has_integer_key(target) {
        return Vec::new();
    }
    target.primary_key.iter().map(|index| ascending(table, target, *index, false)).collect()
}

/// Whether the key is one integer.
pub(super) fn has_integer_key(model: &ModelDef) -> bool {
    match model.primary_key.as_slice() {
        [key] => {
            model.table.columns.get(*key).is_some_and(|column| {
                matches!(column.ty, Type::SmallInteger | Type::Integer | Type::BigInteger)
            })
        }
        _ => false,
    }
}

fn ascending(table: &TableRef, model: &'static ModelDef, index: usize, descending: bool) -> OrderBy {
    let direction = if descending { Direction::Descending } else { Direction::Unstated };
    OrderBy { expr: column(table, model, index), direction, nulls_first: None }
}
