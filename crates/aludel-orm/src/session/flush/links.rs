//! Rows of many-to-many tables: written when both ends are there, each pair once though both sides say so.

use std::collections::BTreeMap;

use aludel_sql::Name;
use aludel_sql::ast::{Alias, BinaryOperator, Delete, Expr, Insert, InsertSource, Statement, TableRef};
use aludel_sql::value::Value;
use rustc_hash::FxHashSet;

use super::Work;
use super::delete::KeyRows;
use super::update::Affected;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::RawHandle;
use crate::model::ModelDef;
use crate::relation::{RelationDef, Resolved};
use crate::session::{ObjectState, Session};

/// A value of a row: which column of the table between, from which column of which object.
type LinkValue = (usize, RawHandle, usize);

/// A row: its values in the order of the columns, so that both sides describe the same pair alike.
type Link = Vec<LinkValue>;

/// Rows to write and to delete, by table in the order of the tables' names.
#[derive(Debug, Default)]
pub(super) struct Links {
    tables: BTreeMap<String, LinkTable>,
}

#[derive(Debug)]
struct LinkTable {
    model: &'static ModelDef,
    added: LinkList,
    removed: LinkList,
    /// All rows of an object that is being deleted.
    cleared: LinkList,
    /// Rows that were found to be there already.
    kept: LinkList,
}

/// Rows without duplicates, in the order in which they came.
#[derive(Debug, Default)]
struct LinkList {
    links: Vec<Link>,
    seen: FxHashSet<Link>,
}

impl LinkList {
    fn push(&mut self, link: Link) {
        if self.seen.insert(link.clone()) {
            self.links.push(link);
        }
    }
}

impl Links {
    pub(super) fn add(
        &mut self,
        relation: &'static RelationDef,
        resolved: &'static Resolved,
        handle: RawHandle,
        other: RawHandle,
    ) {
        let link = pair(resolved, handle, other);
        if let Some(table) = self.table(relation) {
            table.added.push(link);
        }
    }

    pub(super) fn remove(
        &mut self,
        relation: &'static RelationDef,
        resolved: &'static Resolved,
        handle: RawHandle,
        other: RawHandle,
    ) {
        let link = pair(resolved, handle, other);
        if let Some(table) = self.table(relation) {
            table.removed.push(link);
        }
    }

    /// The row is there already, whatever the other side says.
    pub(super) fn keep(
        &mut self,
        relation: &'static RelationDef,
        resolved: &'static Resolved,
        handle: RawHandle,
        other: RawHandle,
    ) {
        let link = pair(resolved, handle, other);
        if let Some(table) = self.table(relation) {
            table.kept.push(link);
        }
    }

    pub(super) fn remove_all(
        &mut self,
        relation: &'static RelationDef,
        resolved: &'static Resolved,
        handle: RawHandle,
    ) {
        let link = end(&resolved.local_pairs, handle);
        if let Some(table) = self.table(relation) {
            table.cleared.push(link);
        }
    }

    fn table(&mut self, relation: &'static RelationDef) -> Option<&mut LinkTable> {
        let model = relation.secondary?();
        let new = || LinkTable {
            model,
            added: LinkList::default(),
            removed: LinkList::default(),
            cleared: LinkList::default(),
            kept: LinkList::default(),
        };
        Some(self.tables.entry(model.table.name.to_string()).or_insert_with(new))
    }
}

fn end(pairs: &[(usize, usize)], handle: RawHandle) -> Link {
    let mut link: Link = pairs.iter().map(|(own, between)| (*between, handle, *own)).collect();
    link.sort_unstable();
    link
}

fn pair(resolved: &Resolved, handle: RawHandle, other: RawHandle) -> Link {
    let mut link = end(&resolved.local_pairs, handle);
    link.extend(end(&resolved.target_pairs, other));
    link.sort_unstable();
    link
}

impl Session {
    pub(super) async fn write_links(&mut self, work: &Work) -> Result<()> {
        for table in work.links.tables.values() {
            // A pair whose end is being deleted goes with all other rows of that end.
            let gone = |link: &Link| {
                link.iter().any(|(_, handle, _)| {
                    matches!(
                        self.objects.state(*handle),
                        Some(ObjectState::Doomed | ObjectState::Deleted | ObjectState::Transient) | None
                    )
                })
            };
            let new = |link: &&Link| !gone(link) && !table.kept.seen.contains(*link);
            let added: Vec<&Link> = table.added.links.iter().filter(new).collect();
            let removed: Vec<&Link> = table.removed.links.iter().filter(|link| !gone(link)).collect();
            let cleared: Vec<&Link> = table.cleared.links.iter().collect();
            self.delete_links(table.model, &removed, true).await?;
            for one_side in cleared.chunk_by(|one, other| columns(one) == columns(other)) {
                self.delete_links(table.model, one_side, false).await?;
            }
            self.insert_links(table.model, &added).await?;
        }
        Ok(())
    }

    async fn insert_links(&mut self, model: &'static ModelDef, links: &[&Link]) -> Result<()> {
        let Some(first) = links.first() else { return Ok(()) };
        let statement = Statement::Insert(Insert {
            table: TableRef::from_static(&model.table.name, Alias::None),
            columns: names(model, first),
            source: InsertSource::Placeholders,
            on_conflict: None,
            options: None,
            returning: Vec::new(),
        });
        let rows = self.link_rows(links, first.len())?;
        Ok(self.open().await?.execute_many_statement(&statement, &rows, &mut ()).await?)
    }

    /// `each`: every deletion has to meet one row.
    async fn delete_links(&mut self, model: &'static ModelDef, links: &[&Link], each: bool) -> Result<()> {
        let Some(first) = links.first() else { return Ok(()) };
        let table = TableRef::from_static(&model.table.name, Alias::None);
        let filter = names(model, first).into_iter().enumerate().map(|(index, name)| {
            let column = Expr::column(table.clone(), name);
            Expr::Binary(BinaryOperator::Equal, Box::new(column), Box::new(Expr::Parameter(index)))
        });
        let filter = filter.collect();
        let statement = Statement::Delete(Delete { table, filter, returning: Vec::new(), options: None });
        let rows = self.link_rows(links, first.len())?;
        let mut affected = Affected::default();
        self.open().await?.execute_many_statement(&statement, &rows, &mut affected).await?;
        if each && affected.missed.is_some() {
            return Err(Error::new(
                ErrorKind::StaleData,
                format!(
                    "a row of `{}` that was to be deleted is not there: somebody else took the two objects apart",
                    model.table.name
                ),
            ));
        }
        Ok(())
    }

    fn link_rows(&self, links: &[&Link], width: usize) -> Result<KeyRows> {
        let mut values = Vec::with_capacity(links.len() * width);
        for (_, handle, column) in links.iter().flat_map(|link| link.iter()) {
            let arena = self.objects.arena(*handle);
            // An object that is being deleted has its row under the key that the database knows.
            let base = arena.meta.get(handle.index as usize).and_then(|meta| meta.base.as_ref());
            let doomed = self.objects.state(*handle) == Some(ObjectState::Doomed);
            let value = match base.filter(|_| doomed) {
                Some(base) => base.columns.get(*column).cloned().flatten(),
                None => arena.objects.value(handle.index as usize, *column).map(|value| value.to_owned()),
            };
            values.push(value.unwrap_or(Value::Null));
        }
        Ok(KeyRows { values, width })
    }
}

fn columns(link: &Link) -> Vec<usize> {
    link.iter().map(|(column, ..)| *column).collect()
}

fn names(model: &'static ModelDef, link: &Link) -> Vec<Name> {
    link.iter().map(|(column, ..)| model.column_names[*column].clone()).collect()
}
