//! The session: objects with identity, tracked changes, and a transaction around them.

mod arena;
mod flush;
mod identity;
mod load;
mod nested;
mod query;
mod row;
mod source;
mod state;
mod sync;
mod track;
mod undo;

use std::collections::VecDeque;
use std::ops::{Index, IndexMut};
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use aludel_engine::driver::Position;
use aludel_engine::{Connection, Engine, TransactionOptions};

pub use arena::{Arenas, ObjectState};
pub use nested::Nested;
pub use query::SessionFetch;
pub use row::{SessionRow, enter_object};
pub use source::SessionEngine;

use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Handle, RawHandle};
use crate::model::Model;
use crate::relation::Member;
use track::Touched;
use undo::Undo;

/// A unit of work: it owns objects, notices plain assignments to them, and writes the whole graph of changes in
/// dependency order. Mirrors SQLAlchemy's `Session`.
///
/// Objects are reached through [`Handle`]s: `session[alice]` lends one, and borrowing it mutably is what marks it as
/// changed. References end at the next call that takes the session mutably, so none can be held across a flush.
///
/// A transaction begins with the first statement and ends with [`commit`](Self::commit) or
/// [`rollback`](Self::rollback); a session that is dropped rolls back. What is rolled back is rolled back in memory
/// too.
#[derive(Debug)]
pub struct Session {
    engine: SessionEngine,
    options: SessionOptions,
    /// What transactions that go to a reader have to see.
    after: Option<Position>,
    /// Open from the first statement of a transaction to its end.
    connection: Option<Connection>,
    objects: Arenas,
    /// Objects to insert, in the order in which they were added.
    pending: Vec<RawHandle>,
    /// Objects to delete.
    doomed: Vec<RawHandle>,
    /// Objects that may differ from their rows.
    changed: Vec<RawHandle>,
    /// Objects whose relations may not be in line with the other side.
    touched: VecDeque<Touched>,
    /// How to take changes back, oldest first.
    undo: Vec<Undo>,
    /// Tells which undo records are of the innermost savepoint.
    level: u32,
    savepoints: Vec<SavepointMark>,
    /// Set where a flush failed half-way: nothing goes until `rollback`.
    broken: Option<Broken>,
    /// Set while a flush or a commit is under way; still set afterwards where its future was dropped.
    writing: bool,
    /// Whether anything may have been written since the transaction began.
    dirty: bool,
    /// How many of the pending objects the running flush has looked at.
    collected: usize,
}

/// Why nothing goes until a rollback.
#[derive(Debug)]
struct Broken {
    reason: String,
    /// The whole transaction is gone, so that taking back a savepoint mends nothing.
    whole: bool,
}

/// Where a savepoint began.
#[derive(Debug)]
struct SavepointMark {
    /// How many undo records there were.
    undo: usize,
    /// The connection's number for it; `None` until the first statement inside.
    number: Option<u32>,
}

/// How a session behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionOptions {
    /// Changes are written before each query, so that it sees them. On unless said otherwise.
    pub autoflush: bool,
    /// How transactions begin. Where they promise to write nothing ([`TransactionOptions::read_only`]), changes of objects are
    /// refused, and a session on a [`ReplicatedEngine`](aludel_engine::ReplicatedEngine) reads from its readers.
    pub transaction: TransactionOptions,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions { autoflush: true, transaction: TransactionOptions::default() }
    }
}

impl SessionOptions {
    /// The default.
    pub fn new() -> Self {
        SessionOptions::default()
    }

    /// A session that only reads.
    pub fn read_only() -> Self {
        SessionOptions::new().with_transaction(TransactionOptions::read_only())
    }

    /// How transactions begin.
    #[must_use]
    pub fn with_transaction(mut self, options: TransactionOptions) -> Self {
        self.transaction = options;
        self
    }

    /// Writes changes only where [`Session::flush`] or [`Session::commit`] says so.
    #[must_use]
    pub fn without_autoflush(mut self) -> Self {
        self.autoflush = false;
        self
    }
}

impl Session {
    /// A session on an [`Engine`], on a [`ReplicatedEngine`](aludel_engine::ReplicatedEngine), which reads and writes on the
    /// writer, or on a [`Shard`](aludel_engine::route::Shard). Nothing is opened yet.
    #[track_caller]
    pub fn new<E: Into<SessionEngine>>(engine: E) -> Self {
        Session::with_options(engine, SessionOptions::default())
    }

    /// The same with options. A session that promises to only read does so on a reader, where there are some:
    ///
    /// ```
    /// use aludel_engine::ReplicatedEngine;
    /// use aludel_orm::{Session, SessionOptions};
    ///
    /// # fn example(shop: ReplicatedEngine) {
    /// let writing = Session::new(&shop);
    /// let reading = Session::with_options(&shop, SessionOptions::read_only());
    /// # }
    /// ```
    ///
    /// Each of its transactions looks for a reader anew, and stays with it to its end.
    #[track_caller]
    pub fn with_options<E: Into<SessionEngine>>(engine: E, options: SessionOptions) -> Self {
        Session::on(engine.into().at(Location::caller()), options)
    }

    fn on(engine: SessionEngine, options: SessionOptions) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Session {
            engine,
            options,
            after: None,
            connection: None,
            objects: Arenas::new(NEXT.fetch_add(1, Ordering::Relaxed)),
            pending: Vec::new(),
            doomed: Vec::new(),
            changed: Vec::new(),
            touched: VecDeque::new(),
            undo: Vec::new(),
            level: 1,
            savepoints: Vec::new(),
            broken: None,
            writing: false,
            dirty: false,
            collected: 0,
        }
    }

    /// The same session, which sees everything up to a [position](aludel_engine::ReplicatedEngine::position) in each transaction
    /// that begins from now on: where it only reads, from a reader that has come up to it, perhaps after [some
    /// waiting](aludel_engine::route::ReaderOptions::wait), or from the writer. What it is given later replaces this.
    ///
    /// A session that may write is on the writer anyway; one on a single [`Engine`] waits for nothing.
    #[must_use]
    pub fn after(mut self, position: &Position) -> Self {
        self.after = Some(position.clone());
        self
    }

    /// Adds an object, which the next flush inserts, with everything that hangs on it through relations; or, by
    /// handle, an object again whose insert was rolled back, or one that was marked for deletion and is to stay.
    pub fn add<M: Model>(&mut self, object: impl Into<Member<M>>) -> Handle<M> {
        match object.into() {
            Member::Value(object) => {
                let handle = self.enter(object);
                self.reconcile();
                handle
            }
            Member::Handle(handle) => {
                match self.objects.state(handle.raw) {
                    Some(ObjectState::Transient) => {
                        self.make_pending(handle.raw);
                        self.reconcile();
                    }
                    Some(ObjectState::Doomed) => self.reprieve(handle.raw),
                    _ => {}
                }
                handle
            }
        }
    }

    /// Adds several objects, in order.
    pub fn add_all<M: Model>(&mut self, objects: impl IntoIterator<Item = M>) -> Vec<Handle<M>> {
        let handles = objects.into_iter().map(|object| self.enter(object)).collect();
        self.reconcile();
        handles
    }

    /// Marks an object for deletion by the next flush, with those that go along with it. One that was never inserted
    /// is merely forgotten.
    ///
    /// # Errors
    /// Where the handle is out of date or of another session.
    pub fn delete<M: Model>(&mut self, handle: Handle<M>) -> Result<()> {
        self.objects.check(handle.raw, M::definition().name)?;
        self.reconcile();
        self.doom(handle.raw);
        Ok(())
    }

    /// Takes an object, and those that its relations say go along, out of the session. Its row stays as it is.
    ///
    /// # Errors
    /// Where the handle is out of date or of another session.
    pub fn expunge<M: Model>(&mut self, handle: Handle<M>) -> Result<()> {
        self.objects.check(handle.raw, M::definition().name)?;
        self.reconcile();
        self.expunge_raw(handle.raw);
        Ok(())
    }

    /// Lends an object.
    ///
    /// # Errors
    /// Where the handle is out of date or of another session. `session[handle]` panics instead.
    pub fn object<M: Model>(&self, handle: Handle<M>) -> Result<&M> {
        self.objects.object(handle)
    }

    /// Lends an object to be changed.
    ///
    /// # Errors
    /// Where the handle is out of date or of another session. `session[handle]` panics instead.
    pub fn object_mut<M: Model>(&mut self, handle: Handle<M>) -> Result<&mut M> {
        self.objects.object(handle)?;
        self.reconcile();
        self.touch(handle.raw, true);
        self.objects.object_mut(handle).ok_or_else(|| {
            Error::new(ErrorKind::StaleHandle, format!("no `{}` is left at the handle", M::definition().name))
        })
    }

    /// The state of an object; `None` where the handle is out of date or of another session.
    pub fn state<M: Model>(&self, handle: Handle<M>) -> Option<ObjectState> {
        self.objects.state(handle.raw)
    }

    /// Whether an object differs from its row: what the next flush would write. Mirrors SQLAlchemy's `is_modified`.
    ///
    /// # Errors
    /// Where the handle is out of date or of another session.
    pub fn is_modified<M: Model>(&self, handle: Handle<M>) -> Result<bool> {
        self.objects.check(handle.raw, M::definition().name)?;
        Ok(self.differs(handle.raw))
    }

    /// The engine; of several, the writer.
    pub fn engine(&self) -> &Engine {
        self.engine.writer()
    }

    /// The connection of the session's transaction, which begins where it hasn't yet. Statements that run on it are
    /// part of the transaction; the session's objects know nothing of what they change.
    ///
    /// # Errors
    /// Where the database cannot be reached, or a flush has failed and `rollback` was not called.
    pub async fn connection(&mut self) -> Result<&mut Connection> {
        self.usable()?;
        // Whoever asks may write.
        self.dirty = true;
        self.open().await
    }

    /// The same for the session's own statements.
    async fn open(&mut self) -> Result<&mut Connection> {
        if self.connection.as_ref().is_some_and(|connection| !connection.in_transaction()) {
            self.connection = None;
            let reason = "the database has ended the transaction by itself".to_owned();
            self.broken = Some(Broken { reason, whole: true });
            self.usable()?;
        }
        if self.connection.is_none() {
            let connection = self.engine.begin(self.options.transaction, self.after.as_ref()).await?;
            self.connection = Some(connection);
        }
        let Some(connection) = &mut self.connection else {
            unreachable!("a connection was put there just above");
        };
        // A savepoint is only made when there is something to do inside of it.
        for mark in self.savepoints.iter_mut().filter(|mark| mark.number.is_none()) {
            mark.number = Some(connection.open_savepoint().await?);
        }
        Ok(connection)
    }

    /// Writes all changes. Nothing is committed.
    ///
    /// # Errors
    /// Where the database refuses. The transaction (inside of [`begin_nested`](Self::begin_nested), the savepoint) is
    /// rolled back then, and the session refuses everything until [`rollback`](Self::rollback).
    ///
    /// Where the session [promises](SessionOptions::transaction) to only read and there are changes. Nothing was sent then, and
    /// the session goes on once they are gone.
    pub async fn flush(&mut self) -> Result<()> {
        self.usable()?;
        self.reconcile();
        if self.pending.is_empty() && self.doomed.is_empty() && self.changed.is_empty() {
            return Ok(());
        }
        if self.options.transaction.read_only {
            return self.keep_promise();
        }
        self.dirty = true;
        self.run_flush().await
    }

    /// Writes all changes and makes them last, savepoints included.
    ///
    /// # Errors
    /// As for [`flush`](Self::flush), and where the database refuses the commit.
    pub async fn commit(&mut self) -> Result<()> {
        self.flush().await?;
        if let Some(connection) = &mut self.connection {
            self.writing = true;
            let result = connection.commit_unguarded().await;
            self.writing = false;
            if let Err(error) = result {
                // There is no savepoint left to go back to.
                self.savepoints.clear();
                self.fail("the commit failed").await;
                return Err(error.into());
            }
            self.connection = None;
        }
        self.committed();
        Ok(())
    }

    /// Takes everything back since the transaction began, in the database and in memory: changed objects get their old
    /// values, deleted ones are there again, added ones are no longer to be written (their values, generated keys
    /// included, stay readable, and [`add`](Self::add) takes them again by handle).
    ///
    /// # Errors
    /// Where the database cannot be reached; what was in memory is taken back all the same.
    pub async fn rollback(&mut self) -> Result<()> {
        // Memory first: a future that is dropped while the database answers leaves no half of it.
        self.broken = None;
        self.writing = false;
        self.dirty = false;
        self.savepoints.clear();
        self.undo_to(0);
        match self.connection.take() {
            Some(mut connection) if connection.in_transaction() => {
                connection.rollback_unguarded().await.map_err(Error::from)
            }
            _ => Ok(()),
        }
    }

    /// Refuses changes in a session that promises to only read.
    fn keep_promise(&self) -> Result<()> {
        let differs = |handle: &&RawHandle| self.objects.state(**handle).is_some() && self.differs(**handle);
        let (handle, what) = match (self.pending.first(), self.doomed.first()) {
            (Some(added), _) => (added, "added"),
            (None, Some(deleted)) => (deleted, "deleted"),
            (None, None) => match self.changed.iter().find(differs) {
                Some(changed) => (changed, "changed"),
                None => return Ok(()),
            },
        };
        Err(Error::new(
            ErrorKind::Usage,
            format!(
                "a `{}` was {what} in a session that promises to only read (`read_only` in its `SessionOptions`), so nothing \
                 was sent: write it in a session without that promise, or take it out of this one by `expunge`, `refresh` or \
                 `rollback`",
                self.objects.arena(*handle).definition.name
            ),
        ))
    }

    fn usable(&self) -> Result<()> {
        let reason = match &self.broken {
            Some(broken) => broken.reason.as_str(),
            None if self.writing => "its future was dropped before the end",
            None => return Ok(()),
        };
        Err(Error::new(
            ErrorKind::RolledBack,
            format!(
                "the session's transaction was rolled back because a flush failed ({reason}): call `rollback` before \
                 anything else"
            ),
        ))
    }

    /// After a failure in the middle of something: the database's side is rolled back at once.
    async fn fail(&mut self, reason: &str) {
        let whole = match (self.savepoints.last_mut(), &mut self.connection) {
            (None, _) => true,
            // Nothing was sent since the savepoint began.
            (Some(SavepointMark { number: None, .. }), _) | (_, None) => false,
            (Some(mark), Some(connection)) => match mark.number.take() {
                Some(number) => connection.rollback_savepoint(number).await.is_err(),
                None => false,
            },
        };
        self.broken = Some(Broken { reason: reason.to_owned(), whole });
        if whole && let Some(mut connection) = self.connection.take() {
            // A connection that can't even roll back is closed by its pool.
            let _ = connection.rollback_unguarded().await;
        }
    }

    /// A savepoint was taken back, and with it what went wrong inside, unless that took everything.
    fn mend(&mut self) {
        self.writing = false;
        if self.broken.as_ref().is_some_and(|broken| !broken.whole) {
            self.broken = None;
        }
    }
}

/// # Panics
/// Where the handle is out of date or of another session; [`Session::object`] does not.
impl<M: Model> Index<Handle<M>> for Session {
    type Output = M;

    #[track_caller]
    fn index(&self, handle: Handle<M>) -> &M {
        match self.object(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}

/// # Panics
/// Where the handle is out of date or of another session; [`Session::object_mut`] does not.
impl<M: Model> IndexMut<Handle<M>> for Session {
    #[track_caller]
    fn index_mut(&mut self, handle: Handle<M>) -> &mut M {
        match self.object_mut(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}
