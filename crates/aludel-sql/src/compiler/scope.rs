//! Which tables are in reach at a point of a statement, and what they are called there.

use std::collections::BTreeMap;

use super::CompileError;
use crate::ast::{Alias, TableRef};

/// The tables in reach, innermost query last.
#[derive(Default)]
pub(super) struct Scopes {
    stack: Vec<Vec<TableRef>>,
    names: BTreeMap<u32, String>,
    counts: BTreeMap<String, u32>,
    open: bool,
}

impl Scopes {
    /// Takes every column as it is: for expressions outside of a statement.
    pub(super) fn open_world(&mut self) {
        self.open = true;
    }

    pub(super) fn push(&mut self, tables: Vec<TableRef>) {
        self.stack.push(tables);
    }

    pub(super) fn pop(&mut self) {
        self.stack.pop();
    }

    /// Whether an enclosing query reads the table, so that naming it is a correlation.
    pub(super) fn reaches(&self, table: &TableRef) -> bool {
        self.stack.iter().any(|tables| tables.contains(table))
    }

    /// What the table is called in front of its columns.
    pub(super) fn name(&mut self, table: &TableRef) -> String {
        match &table.alias {
            Alias::None => table.name.to_string(),
            Alias::Named(name) => name.to_string(),
            Alias::Anonymous(id) => {
                if let Some(name) = self.names.get(id) {
                    return name.clone();
                }
                let count = self.counts.entry(table.name.to_string()).or_default();
                *count += 1;
                let name = format!("{}_{count}", table.name);
                self.names.insert(*id, name.clone());
                name
            }
        }
    }

    /// Refuses a column whose table is out of reach.
    pub(super) fn check(&self, table: &TableRef, column: &str) -> Result<(), CompileError> {
        if self.open || self.reaches(table) {
            return Ok(());
        }
        let describe = |table: &TableRef| match &table.alias {
            Alias::None => table.name.to_string(),
            Alias::Named(name) => format!("{} as {name}", table.name),
            Alias::Anonymous(_) => format!("an alias of {}", table.name),
        };
        let mut reachable: Vec<String> = self.stack.iter().flatten().map(describe).collect();
        reachable.dedup();
        let reachable = if reachable.is_empty() { "none".to_owned() } else { reachable.join(", ") };
        Err(CompileError::not_in_scope(&format!("{}.{column}", table.name), &describe(table), &reachable))
    }
}
