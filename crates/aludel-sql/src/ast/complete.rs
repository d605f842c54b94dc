//! What a write gives the columns of which it says nothing. A tree knows no table's defaults, so whoever knows them
//! completes the write with them before it is compiled.

use super::*;
use crate::compiler::{CompileError, is_operation};
use crate::name::Name;

/// A column of a table, and what it gets where a write gives it nothing. Mirrors the `default` and `onupdate` of
/// SQLAlchemy's `Column`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefault {
    /// The column.
    pub column: Name,
    /// Its value: SQL, a plain value, or a parameter that is handed in when the statement runs. Without one the database
    /// decides.
    pub value: Option<Expr>,
}

impl ColumnDefault {
    /// A column for which the database decides.
    pub fn none(column: impl Into<Name>) -> Self {
        ColumnDefault { column: column.into(), value: None }
    }

    /// A column that gets this value.
    pub fn new(column: impl Into<Name>, value: Expr) -> Self {
        ColumnDefault { column: column.into(), value: Some(value) }
    }
}

impl Insert {
    /// Gives columns that the insert leaves out their defaults. `columns` are those of the table in their order: a
    /// column that comes in stands behind its neighbour, or last where the rows are those of a query. Values that
    /// are copies of another column's value ([`Expr::Assigned`]) become that value.
    ///
    /// # Errors
    /// Where columns are missing in rows that are no values of the tree: those of a compound query, and those that are
    /// given when the statement runs.
    pub fn complete(&mut self, columns: &[ColumnDefault]) -> Result<(), CompileError> {
        let missing = |given: &[Name], default: &ColumnDefault| {
            default.value.is_some() && !given.contains(&default.column)
        };
        if matches!(self.source, InsertSource::Defaults)
            && columns.iter().any(|default| missing(&self.columns, default))
        {
            self.source = InsertSource::Values(vec![Vec::new()]);
        }
        for (place, default) in columns.iter().enumerate() {
            if !missing(&self.columns, default) {
                continue;
            }
            let Some(value) = &default.value else { continue };
            match &mut self.source {
                InsertSource::Values(rows) => {
                    let at = position(&self.columns, columns.get(..place).unwrap_or_default());
                    self.columns.insert(at, default.column.clone());
                    for row in rows {
                        row.insert(at.min(row.len()), value.clone());
                    }
                }
                InsertSource::Select(Query::Select(select)) => {
                    self.columns.push(default.column.clone());
                    select.items.push(SelectItem::Expr(value.clone(), None));
                }
                InsertSource::Defaults | InsertSource::Placeholders | InsertSource::Select(_) => {
                    return Err(CompileError::invalid(format!(
                        "`{}` gets its default from the statement, whose rows cannot be added to: name the column and \
                         give it a value",
                        default.column
                    )));
                }
            }
        }
        if let InsertSource::Values(rows) = &mut self.source {
            for row in rows {
                let given: Vec<(Name, Expr)> =
                    self.columns.iter().cloned().zip(row.iter().cloned()).collect();
                row.iter_mut().for_each(|value| copy(value, &given));
            }
        }
        Ok(())
    }
}

/// The place behind the last of these columns that is there already.
fn position(given: &[Name], before: &[ColumnDefault]) -> usize {
    let places =
        before.iter().rev().filter_map(|default| given.iter().position(|name| *name == default.column));
    places.map(|place| place + 1).next().unwrap_or_default()
}

impl Update {
    /// Gives columns that the update leaves out their defaults, behind those that it sets. Values that are copies
    /// of another column's new value ([`Expr::Assigned`]) become that value, or the column itself where it gets none.
    pub fn complete(&mut self, columns: &[ColumnDefault]) {
        for default in columns {
            if let Some(value) = &default.value
                && !self.set.iter().any(|(name, _)| *name == default.column)
            {
                self.set.push((default.column.clone(), value.clone()));
            }
        }
        let mut given = self.set.clone();
        for default in columns {
            if !given.iter().any(|(name, _)| *name == default.column) {
                let itself = Expr::column(self.table.clone(), default.column.clone());
                given.push((default.column.clone(), itself));
            }
        }
        self.set.iter_mut().for_each(|(_, value)| copy(value, &given));
    }
}

/// Puts values in the place of their copies: in parentheses, where a value is more than one word.
fn copy(value: &mut Expr, given: &[(Name, Expr)]) {
    if !has_copy(value) {
        return;
    }
    let enclosed = |(name, value): &(Name, Expr)| match is_operation(value) {
        true => (name.clone(), Expr::Group(Box::new(value.clone()))),
        false => (name.clone(), value.clone()),
    };
    let given: Vec<(Name, Expr)> = given.iter().map(enclosed).collect();
    value.replace_assigned(&given);
}

fn has_copy(expr: &Expr) -> bool {
    let mut found = matches!(expr, Expr::Assigned(_));
    expr.children(&mut |inner| found |= has_copy(inner));
    found
}
