//! Queries through the session: rows become handles, and each row is one object.

use std::ops::ControlFlow;

use aludel_engine::{Execution, connection};
use aludel_sql::ast::{Alias, BinaryOperator, Expr, SelectItem, Statement, TableRef};
use aludel_sql::decode::RowReader;
use aludel_sql::encode::IntoKey;
use aludel_sql::value::Value;
use aludel_sql::{Delete, Insert, Select, Update, statement::TextRows};

use super::arena::ObjectState;
use super::identity::Key;
use super::{Session, SessionRow};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::model::{Model, ModelDef};

/// A query that a session can run: like [`Fetch`](aludel_engine::Fetch), with handles where that has objects.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a query that a session can run")]
pub trait SessionFetch: Sized + Send {
    /// What the caller gets for each row.
    type Out;

    /// Fetches at most `most` rows.
    fn fetch_in(
        self,
        session: &mut Session,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Self::Out>>> + Send;
}

macro_rules! statements {
    ($($name:ident),+) => {$(
        impl<R: SessionRow> SessionFetch for $name<R> {
            type Out = R::Out;

            async fn fetch_in(self, session: &mut Session, most: usize) -> Result<Vec<R::Out>> {
                let statement = Statement::from(self);
                session.fetch_rows::<R>(&statement, most).await
            }
        }
    )+};
}

statements!(Select, Insert, Update, Delete, TextRows);

impl Session {
    /// All rows of a query; objects as handles. An object that the session has already is not overwritten.
    ///
    /// # Errors
    /// Where the changes made so far cannot be flushed, the query cannot be run, or a row cannot be read.
    pub async fn all<F: SessionFetch>(&mut self, query: F) -> Result<Vec<F::Out>> {
        self.before_query().await?;
        query.fetch_in(self, usize::MAX).await
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// As for [`all`](Self::all).
    pub async fn first<F: SessionFetch>(&mut self, query: F) -> Result<Option<F::Out>> {
        self.before_query().await?;
        let mut rows = query.fetch_in(self, 1).await?;
        Ok(if rows.is_empty() { None } else { Some(rows.swap_remove(0)) })
    }

    /// The only row of a query.
    ///
    /// # Errors
    /// Where there is not exactly one; else as for [`all`](Self::all).
    pub async fn one<F: SessionFetch>(&mut self, query: F) -> Result<F::Out> {
        match self.one_or_none(query).await? {
            Some(row) => Ok(row),
            None => Err(connection::no_row().into()),
        }
    }

    /// The only row of a query, or `None` where there is none.
    ///
    /// # Errors
    /// Where there are several; else as for [`all`](Self::all).
    pub async fn one_or_none<F: SessionFetch>(&mut self, query: F) -> Result<Option<F::Out>> {
        self.before_query().await?;
        Ok(connection::at_most_one(query.fetch_in(self, 2).await?)?)
    }

    /// Runs a statement inside of the session's transaction. The session's objects know nothing of what it changes:
    /// [`refresh`](Self::refresh) them.
    ///
    /// # Errors
    /// Where the changes made so far cannot be flushed, or the statement cannot be run.
    pub async fn execute(&mut self, statement: impl Into<Statement>) -> Result<Execution> {
        self.before_query().await?;
        self.dirty = true;
        Ok(self.open().await?.execute(statement).await?)
    }

    /// The object of a key: the one that the session has, or else read from its row. `None` where there is no row.
    ///
    /// A key of several columns is a tuple. An object that the session has is returned without asking the database.
    ///
    /// # Errors
    /// Where the key has not as many values as the model's, or the query cannot be run.
    pub async fn get<M>(&mut self, key: impl IntoKey) -> Result<Option<Handle<M>>>
    where
        M: Model + SessionRow<Out = Handle<M>>,
    {
        self.usable()?;
        self.reconcile();
        let definition = M::definition();
        let values = key.into_key();
        if values.len() != definition.primary_key.len() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "the key of `{}` has {} columns, but {} values were given",
                    definition.name,
                    definition.primary_key.len(),
                    values.len()
                ),
            ));
        }
        let Some(identity) = Key::of(values.iter().map(|value| Some(value.as_ref()))) else {
            return Ok(None);
        };
        if let Some(known) = self.known(definition, &identity) {
            return Ok(known);
        }
        // It may be one that is yet to be inserted.
        self.before_query().await?;
        if let Some(known) = self.known(definition, &identity) {
            return Ok(known);
        }
        let statement = select_by_key(definition, values);
        let mut rows = self.fetch_rows::<M>(&statement, 1).await?;
        Ok(rows.pop())
    }

    /// The object of a key that the session has; `Some(None)` where that one is to be deleted.
    fn known<M: Model>(&mut self, definition: &'static ModelDef, key: &Key) -> Option<Option<Handle<M>>> {
        let number = self.objects.number(definition);
        let index = self.objects.list[number as usize].identity.get(key)?;
        let handle = self.objects.handle(number, index);
        let gone = self.objects.state(handle) == Some(ObjectState::Doomed);
        Some((!gone).then(|| Handle::new(handle)))
    }

    /// Reads an object's columns again. Its own changes since the last flush are lost; relations keep what they hold.
    ///
    /// # Errors
    /// Where the handle is out of date, the object has no row yet, or its row is gone.
    pub async fn refresh<M: Model>(&mut self, handle: Handle<M>) -> Result<()> {
        self.objects.check(handle.raw, M::definition().name)?;
        self.reconcile();
        let definition = M::definition();
        self.check_row(handle)?;
        let values = self.row_key(handle.raw);
        // Its own changes go first, so that the flush before the query does not write them.
        self.discard_changes(handle.raw);
        self.before_query().await?;
        // The flush may have deleted it along with another.
        self.check_row(handle)?;
        let statement = select_by_key(definition, values);
        let mut found: Option<M> = None;
        let mut sink = |row: &dyn aludel_sql::decode::Row| {
            found = Some(M::from_row(&mut RowReader::new(row))?);
            Ok(ControlFlow::Break(()))
        };
        self.open().await?.fetch_statement(&statement, &mut sink).await?;
        let Some(fresh) = found else {
            return Err(Error::new(
                ErrorKind::NoRow,
                format!("the row of the `{}` is gone: somebody else deleted it", definition.name),
            ));
        };
        self.record(handle.raw);
        let arena = self.objects.arena_mut(handle.raw);
        for column in 0..definition.fields.len() {
            if let Some(value) = fresh.value(column) {
                // The value came from a field of the same type.
                let _ = arena.objects.assign(handle.raw.index as usize, column, value);
            }
        }
        Ok(())
    }

    fn check_row<M: Model>(&self, handle: Handle<M>) -> Result<()> {
        if self.objects.state(handle.raw) == Some(ObjectState::Persistent) {
            return Ok(());
        }
        let (name, state) = (M::definition().name, self.describe(handle));
        let message = format!("the `{name}` has no row to be read again: it is {state}");
        Err(Error::new(ErrorKind::Usage, message))
    }

    fn describe<M: Model>(&self, handle: Handle<M>) -> &'static str {
        match self.objects.state(handle.raw) {
            Some(ObjectState::Pending) => "yet to be inserted",
            Some(ObjectState::Doomed | ObjectState::Deleted) => "deleted",
            Some(ObjectState::Transient) => "no longer to be inserted",
            _ => "not in the session",
        }
    }

    /// The key of an object's row, as the database knows it.
    pub(super) fn row_key(&self, handle: crate::RawHandle) -> Vec<Value> {
        let arena = self.objects.arena(handle);
        let base = self.objects.meta(handle).base.as_ref();
        let columns = arena.definition.primary_key.iter();
        columns
            .map(|column| match base {
                Some(base) => base.columns.get(*column).cloned().flatten().unwrap_or(Value::Null),
                None => {
                    let value = arena.objects.value(handle.index as usize, *column);
                    value.map_or(Value::Null, |value| value.to_owned())
                }
            })
            .collect()
    }

    /// Gives an object's columns the values that its row had, without asking the database.
    fn discard_changes(&mut self, handle: crate::RawHandle) {
        let Some(base) = self.objects.meta_mut(handle).base.take() else { return };
        self.changed.retain(|changed| *changed != handle);
        let arena = self.objects.arena_mut(handle);
        for (column, value) in base.columns.iter().enumerate() {
            if let Some(value) = value {
                let _ = arena.objects.assign(handle.index as usize, column, value.as_ref());
            }
        }
        if arena.relations(handle.index as usize) != base.relations {
            // Changes of relations are not the row's; they stay, and are still to be written.
            let relations = base.relations.clone();
            let snapshot =
                std::sync::Arc::new(super::arena::Snapshot { columns: base.columns.clone(), relations });
            self.objects.meta_mut(handle).base = Some(snapshot);
            self.changed.push(handle);
        }
    }

    /// Changes are written before a query, so that it sees them.
    pub(super) async fn before_query(&mut self) -> Result<()> {
        self.usable()?;
        if self.options.autoflush {
            self.flush().await
        } else {
            self.reconcile();
            Ok(())
        }
    }

    async fn fetch_rows<R: SessionRow>(&mut self, statement: &Statement, most: usize) -> Result<Vec<R::Out>> {
        self.open().await?;
        if !matches!(statement, Statement::Select(_)) {
            self.dirty = true;
        }
        let Session { connection: Some(connection), objects, .. } = self else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        let mut sink = |row: &dyn aludel_sql::decode::Row| {
            rows.push(R::from_row(&mut RowReader::new(row))?.enter(objects));
            Ok(if rows.len() >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        };
        connection.fetch_statement(statement, &mut sink).await?;
        Ok(rows)
    }
}

fn select_by_key(definition: &'static ModelDef, key: Vec<Value>) -> Statement {
    let table = TableRef::from_static(&definition.table.name, Alias::None);
    let filter = definition.primary_key.iter().zip(key).map(|(column, value)| {
        let name = definition.column_names[*column].clone();
        let column = Expr::column(table.clone(), name);
        Expr::Binary(BinaryOperator::Equal, Box::new(column), Box::new(Expr::Bind(value)))
    });
    Statement::Select(aludel_sql::ast::Select {
        filter: filter.collect(),
        items: vec![SelectItem::Columns(table.into(), &definition.column_names)],
        ..Default::default()
    })
}
