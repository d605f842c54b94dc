//! The related objects of many parents by one query per 500 keys.

use std::ops::ControlFlow;

use aludel_engine::Connection;
use aludel_sql::ast::{
    Alias, BinaryOperator, Expr, FromItem, InList, Join, JoinKind, OrderBy, Select, SelectItem, Statement,
    TableRef,
};
use aludel_sql::decode::{DecodeError, Row};
use aludel_sql::value::{Value, ValueRef};

use super::key::{KeyMap, Number};
use super::rows::{Rows, settle, value};
use super::{Branch, Groups, LoadPlan, Sharing, joined, order};
use crate::error::{Error, Result};
use crate::model::{ModelDef, Objects};
use crate::relation::join::{all, column, equal};
use crate::relation::{Direction, RelationDef, RelationKind, Resolved};

/// How many keys one query asks for.
const BATCH: usize = 500;

/// From so many keys on, integers without a gap are asked for as a range.
const RANGE: usize = 100;

/// No further parent.
const END: u32 = u32::MAX;

/// The keys of parents whose related objects are wanted. Made from the parents, it borrows nothing from them, so that
/// the query can run while their owner is in use.
#[derive(Debug)]
pub struct SelectIn {
    owner: &'static ModelDef,
    index: usize,
    relation: &'static RelationDef,
    resolved: &'static Resolved,
    /// The parents that have each key.
    parents: Parents,
}

/// Parents by key.
#[derive(Debug, Default)]
struct Parents {
    /// How many parts a key has.
    width: usize,
    /// The keys that differ, part by part.
    keys: Vec<Value>,
    numbers: KeyMap,
    /// The first and the last parent with each key.
    ends: Vec<(u32, u32)>,
    /// For each parent the next one with the same key.
    next: Vec<u32>,
}

impl SelectIn {
    /// Reads the keys of the parents in these places. Parents whose key is `NULL` or unset have no related objects.
    ///
    /// # Errors
    /// Where the model has no such relation or it cannot be resolved.
    pub fn of(parents: &dyn Objects, places: &[usize], relation: usize) -> Result<SelectIn> {
        let owner = parents.definition();
        let index = relation;
        let relation = super::relation(owner, relation)?;
        let resolved = relation.resolve(owner)?;
        let pairs = if relation.secondary.is_some() { &resolved.local_pairs } else { &resolved.pairs };
        let mut found = Parents { width: pairs.len(), ..Parents::default() };
        for place in places {
            found.add(|part| pairs.get(part).and_then(|(column, _)| parents.value(*place, *column)));
        }
        Ok(SelectIn { owner, index, relation, resolved, parents: found })
    }

    /// Fetches the related objects with whatever is to be loaded along with them. The branch counts parents in the
    /// order of the places that they were given by. Without keys nothing is sent.
    ///
    /// Objects of a collection come in the order that the relation declares, or else by their key.
    ///
    /// # Errors
    /// Where the database refuses, or a row cannot be read.
    pub async fn fetch(
        mut self,
        connection: &mut Connection,
        nested: &[LoadPlan],
        sharing: Sharing,
    ) -> Result<Branch> {
        let target = (self.relation.target)();
        let table = TableRef::from_static(&target.table.name, Alias::None);
        let mut select = Select {
            items: vec![SelectItem::Columns(table.clone().into(), &target.column_names)],
            ..Select::default()
        };
        let columns = self.key_columns(&table, &mut select);
        select.order_by = self.order(&table)?;
        let ordered = !select.order_by.is_empty();
        let (mut select, mut rows) = joined::plan(select, target, nested, usize::MAX)?;
        let mut pairs = Vec::new();
        let batch = match range(&self.parents.keys) {
            Some(_) if columns.len() == 1 => self.parents.keys.len(),
            _ => BATCH * columns.len().max(1),
        };
        for keys in self.parents.keys.chunks(batch.max(1)) {
            select.filter = vec![condition(&columns, keys)];
            let statement = Statement::Select(select);
            let mut reader = Reader {
                columns: &columns,
                keys: &mut self.parents.numbers,
                ends: &self.parents.ends,
                next: &self.parents.next,
                rows: &mut rows,
                pairs: &mut pairs,
                sharing,
                in_target: self.relation.secondary.is_none(),
                stray: None,
            };
            let mut sink = |row: &dyn Row| reader.row(row);
            connection.fetch_statement(&statement, &mut sink).await?;
            if let Some(stray) = reader.stray.take() {
                return Err(self.stray(&stray));
            }
            let Statement::Select(again) = statement else { break };
            select = again;
        }
        let children = rows.finish(connection, sharing).await?;
        let mut groups = Groups::from_pairs(self.parents.next.len(), &pairs);
        settle(&mut groups, children.objects.as_ref(), Some(self.relation), ordered);
        Ok(Branch { relation: self.index, groups, children })
    }

    /// Completes the query by the table between where there is one, and tells which columns hold the parents' keys.
    fn key_columns(&self, table: &TableRef, select: &mut Select) -> Vec<KeyColumn> {
        let target = (self.relation.target)();
        let Some(secondary) = self.relation.secondary else {
            let key = |(_, index): &(usize, usize)| KeyColumn::new(table, target, *index, *index);
            return self.resolved.pairs.iter().map(key).collect();
        };
        let secondary = secondary();
        let between = TableRef::from_static(&secondary.table.name, Alias::None);
        let on = equal((table, target), (&between, secondary), &self.resolved.target_pairs);
        select.from = vec![FromItem::Table(table.clone())];
        select.joins = vec![Join::new(JoinKind::Inner, between.clone(), Some(all(on)))];
        let first = target.column_names.len();
        let local = self.resolved.local_pairs.iter().enumerate();
        let columns: Vec<KeyColumn> = local
            .map(|(part, (_, index))| KeyColumn::new(&between, secondary, *index, first + part))
            .collect();
        select.items.extend(columns.iter().map(|key| SelectItem::Expr(key.expr.clone(), None)));
        columns
    }

    fn order(&self, table: &TableRef) -> Result<Vec<OrderBy>> {
        if self.resolved.direction == Direction::ManyToOne {
            return Ok(Vec::new());
        }
        let declared = order::declared(self.owner, self.relation, table)?;
        let target = (self.relation.target)();
        Ok(if declared.is_empty() { order::by_key(target, table) } else { declared })
    }

    #[cold]
    fn stray(&self, key: &[Value]) -> Error {
        let key: Vec<String> = key.iter().map(ToString::to_string).collect();
        let what = if self.relation.kind == RelationKind::Many { "objects" } else { "an object" };
        Error::mapping(format!(
            "`{}.{}` found {what} for the key {}, which none of the parents has in this form: give the columns that refer \
             to each other the same Rust type, or load the relation with `.joined()` where only the database's \
             collation takes the two for equal",
            self.owner.name,
            self.relation.name,
            key.join(", ")
        ))
    }
}

impl Parents {
    fn add<'v>(&mut self, part: impl Fn(usize) -> Option<ValueRef<'v>>) {
        let parent = self.next.len() as u32;
        self.next.push(END);
        match self.numbers.number(0, self.width, &part, self.ends.len() as u32) {
            Number::Null => {}
            Number::Known(number) => {
                if let Some((_, last)) = self.ends.get_mut(number as usize) {
                    self.next[*last as usize] = parent;
                    *last = parent;
                }
            }
            Number::New => {
                self.ends.push((parent, parent));
                self.keys.extend((0..self.width).filter_map(&part).map(ValueRef::to_owned));
            }
        }
    }
}

/// A column that holds a part of the parents' keys.
#[derive(Debug)]
struct KeyColumn {
    expr: Expr,
    /// Its place in the row.
    position: usize,
    canonical: Option<fn(ValueRef<'_>) -> std::result::Result<Value, aludel_sql::types::ValueError>>,
}

impl KeyColumn {
    fn new(table: &TableRef, model: &'static ModelDef, index: usize, position: usize) -> Self {
        let canonical = model.fields.get(index).map(|field| field.canonical);
        KeyColumn { expr: column(table, model, index), position, canonical }
    }
}

/// The columns hold one of the keys.
fn condition(columns: &[KeyColumn], keys: &[Value]) -> Expr {
    if let [key] = columns {
        if let Some((low, high)) = range(keys) {
            let bound = |value: i64| Box::new(Expr::Bind(Value::I64(value)));
            let (operand, low, high) = (Box::new(key.expr.clone()), bound(low), bound(high));
            return Expr::Between { operand, low, high, symmetric: false, negated: false };
        }
        let values = keys.iter().map(|value| Expr::Bind(value.clone())).collect();
        return Expr::In {
            operand: Box::new(key.expr.clone()),
            list: InList::Values(values),
            negated: false,
        };
    }
    // Row values are written differently everywhere; this is understood everywhere. The list is filled up to a few
    // lengths with its last key, so that few texts are compiled.
    let keys: Vec<&[Value]> = keys.chunks(columns.len().max(1)).collect();
    let missing = keys.len().next_power_of_two() - keys.len();
    let repeated = keys.last().copied().into_iter().cycle().take(missing);
    let alternatives = keys.iter().copied().chain(repeated).map(|key| {
        let equal = |(column, value): (&KeyColumn, &Value)| {
            let value = Expr::Bind(value.clone());
            Expr::Binary(BinaryOperator::Equal, Box::new(column.expr.clone()), Box::new(value))
        };
        all(columns.iter().zip(key).map(equal).collect())
    });
    Expr::Any(alternatives.collect())
}

/// The bounds of many integers without a gap, as the keys of a whole table or of a page of it mostly are. Asking for
/// the range is the same as asking for each, and spares the database a look-up per row.
fn range(keys: &[Value]) -> Option<(i64, i64)> {
    if keys.len() < RANGE {
        return None;
    }
    let (mut low, mut high) = (i64::MAX, i64::MIN);
    for key in keys {
        let Value::I64(key) = key else { return None };
        low = low.min(*key);
        high = high.max(*key);
    }
    // The keys differ, so that as many as the range is long are all of it.
    let length = high.checked_sub(low)?.checked_add(1)?;
    (usize::try_from(length) == Ok(keys.len())).then_some((low, high))
}

/// Reads the rows of one batch.
struct Reader<'r> {
    columns: &'r [KeyColumn],
    keys: &'r mut KeyMap,
    ends: &'r [(u32, u32)],
    next: &'r [u32],
    rows: &'r mut Rows,
    pairs: &'r mut Vec<(u32, u32)>,
    sharing: Sharing,
    /// The key columns are the target's own.
    in_target: bool,
    /// A key that was not asked for.
    stray: Option<Vec<Value>>,
}

impl Reader<'_> {
    fn row(&mut self, row: &dyn Row) -> std::result::Result<ControlFlow<()>, DecodeError> {
        if self.in_target && self.rows.is_plain() {
            return self.plain_row(row);
        }
        let Some(number) = self.number(row)? else { return Ok(ControlFlow::Break(())) };
        let mut parent = self.first(number);
        match self.sharing {
            Sharing::Copies => {
                while parent != END {
                    if let Some(place) = self.rows.read(row, parent)? {
                        self.pairs.push((parent, place));
                    }
                    parent = self.next[parent as usize];
                }
            }
            Sharing::Shared => {
                if let Some(place) = self.rows.read(row, number)? {
                    while parent != END {
                        self.pairs.push((parent, place));
                        parent = self.next[parent as usize];
                    }
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A row that is one object, which holds its parents' key itself: no need to ask the driver for it.
    fn plain_row(&mut self, row: &dyn Row) -> std::result::Result<ControlFlow<()>, DecodeError> {
        let Some(mut place) = self.rows.read(row, 0)? else { return Ok(ControlFlow::Continue(())) };
        let (columns, objects) = (self.columns, self.rows.objects());
        let part =
            |part: usize| columns.get(part).and_then(|column| objects.value(place as usize, column.position));
        let Some(number) = self.keys.get(0, columns.len(), part) else {
            self.stray = Some((0..columns.len()).filter_map(part).map(ValueRef::to_owned).collect());
            return Ok(ControlFlow::Break(()));
        };
        let mut parent = self.first(number);
        self.pairs.push((parent, place));
        parent = self.next[parent as usize];
        while parent != END {
            if self.sharing == Sharing::Copies {
                place = self.rows.read(row, 0)?.unwrap_or(place);
            }
            self.pairs.push((parent, place));
            parent = self.next[parent as usize];
        }
        Ok(ControlFlow::Continue(()))
    }

    fn first(&self, number: u32) -> u32 {
        self.ends.get(number as usize).map_or(END, |(first, _)| *first)
    }

    /// The number of the row's key. One that the driver holds in another form than the parents is brought to theirs
    /// the first time, and remembered.
    fn number(&mut self, row: &dyn Row) -> std::result::Result<Option<u32>, DecodeError> {
        let (columns, width) = (self.columns, self.columns.len());
        let raw = |part: usize| columns.get(part).and_then(|column| value(row, column.position));
        if let Some(number) = self.keys.get(0, width, raw) {
            return Ok(Some(number));
        }
        let mut canonical = Vec::with_capacity(width);
        for column in columns {
            let value = value(row, column.position).unwrap_or(ValueRef::Null);
            canonical.push(match column.canonical {
                Some(canonical) => {
                    canonical(value).map_err(|error| DecodeError::at(row, column.position, error))?
                }
                None => value.to_owned(),
            });
        }
        match self.keys.get(0, width, |part| canonical.get(part).map(Value::as_ref)) {
            Some(number) => {
                self.keys.number(0, width, raw, number);
                Ok(Some(number))
            }
            None => {
                self.stray = Some(canonical);
                Ok(None)
            }
        }
    }
}
