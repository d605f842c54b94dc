//! A writer and the servers that follow it.

use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aludel_sql::MetaData;

use super::reader::Reader;
use super::{ReaderChoice, ReaderOptions, ReaderState};
use crate::connection::Connection;
use crate::driver::{Position, TransactionOptions};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::pool::PoolStatus;
use crate::transaction::Transaction;

/// A writer, and readers that follow it by replication. Transactions that promise to write nothing
/// ([`TransactionOptions::read_only`]) go to a reader, all others to the writer. A reader that is down, or further behind
/// than [allowed](ReaderOptions), is passed over. Cheap to clone; clones share everything. SQLAlchemy has a recipe for this,
/// a session with a `get_bind` of its own; a `Session` of ours takes this type as it takes an [`Engine`].
///
/// ```
/// # use aludel_engine::{Engine, Error, ReplicatedEngine, TransactionOptions};
/// # use aludel_engine::route::ReaderOptions;
/// # use std::time::Duration;
/// # async fn example(writer: Engine, reader: Engine, order: impl AsyncFn(&mut aludel_engine::Connection) -> Result<(), Error>,
/// #     count: impl AsyncFn(&mut aludel_engine::Connection) -> Result<i64, Error>) -> Result<i64, Error> {
/// let shop = ReplicatedEngine::new(writer, [reader])
///     .with_options(ReaderOptions::new().with_max_lag(Duration::from_secs(3)));
/// shop.transaction(async |mut tx| order(&mut tx).await).await?;
/// shop.transaction_with(TransactionOptions::read_only(), async |mut tx| count(&mut tx).await).await
/// # }
/// ```
///
/// Each reader's engine has to lead to one server, because what is known of it is known of all of its connections. The
/// writer's URL may name all servers with `target_session_attrs=read-write`, so that it finds the one that was promoted.
#[derive(Clone, Debug)]
pub struct ReplicatedEngine {
    pub(super) shared: Arc<Shared>,
    pub(super) options: ReaderOptions,
}

#[derive(Debug)]
pub(super) struct Shared {
    writer: Engine,
    readers: Vec<Reader>,
    /// Whose turn it is.
    turn: AtomicUsize,
}

/// What is known of one server of a [`ReplicatedEngine`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerStatus {
    /// Where it is: its URL without the password.
    pub url: String,
    /// What the last check has found; `None` for the writer, which is not checked.
    pub reader: Option<ReaderState>,
    /// The figures of its pool.
    pub pool: PoolStatus,
}

impl ReplicatedEngine {
    /// A writer and its readers, of which there may be none.
    pub fn new(writer: Engine, readers: impl IntoIterator<Item = Engine>) -> Self {
        let readers = readers.into_iter().map(Reader::new).collect();
        let shared = Shared { writer, readers, turn: AtomicUsize::new(0) };
        ReplicatedEngine { shared: Arc::new(shared), options: ReaderOptions::default() }
    }

    /// The same engine with other options for readers.
    #[must_use]
    pub fn with_options(&self, options: ReaderOptions) -> Self {
        ReplicatedEngine { options, ..self.clone() }
    }

    /// The writer.
    pub fn writer(&self) -> &Engine {
        &self.shared.writer
    }

    /// A reader that may be read from just now, or the writer where there is none and [that is
    /// allowed](ReaderOptions::fallback). For whatever takes an [`Engine`]; give it read-only transactions. A `Session` takes
    /// the whole, and finds a reader for each of its transactions.
    ///
    /// # Errors
    /// Of kind [`ErrorKind::Operational`] where no reader will do, with the reason of each.
    pub async fn reader(&self) -> Result<Engine> {
        let mut reasons = Vec::new();
        for reader in self.in_turn() {
            match reader.objection(&self.options).await {
                None => return Ok(reader.engine.clone()),
                Some(reason) => reasons.push((reader, reason)),
            }
        }
        self.otherwise(&reasons).cloned()
    }

    /// Begins a transaction on the writer.
    ///
    /// # Errors
    /// As for [`Engine::begin`].
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction<'static>>> + Send + use<'_> {
        self.begin_at(Location::caller(), TransactionOptions::default(), None)
    }

    /// Begins a transaction: on a reader where it is read only, else on the writer.
    ///
    /// # Errors
    /// As for [`Engine::begin`] and [`reader`](Self::reader).
    #[track_caller]
    pub fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction<'static>>> + Send + use<'_> {
        self.begin_at(Location::caller(), options, None)
    }

    /// Begins a read-only transaction that sees everything up to a [position](Self::position): on a reader that has come
    /// up to it, perhaps after [some waiting](ReaderOptions::wait), or on the writer.
    ///
    /// # Errors
    /// As for [`begin_with`](Self::begin_with), and where the position is none that the database knows.
    #[track_caller]
    pub fn begin_after<'a>(
        &'a self,
        position: &'a Position,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction<'static>>> + Send + use<'a> {
        self.begin_at(Location::caller(), options.with_read_only(), Some(position))
    }

    pub(super) async fn begin_at(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
        after: Option<&Position>,
    ) -> Result<Transaction<'static>> {
        self.begin_unguarded(place, options, after).await.map(Transaction::owned)
    }

    /// A connection with a transaction that no guard watches over, as by
    /// [`Connection::begin_unguarded`](crate::Connection::begin_unguarded): on a reader where it is read only, which sees
    /// everything up to a position where one is given; else on the writer. The connection counts as asked for at this place of
    /// the program. For layers that keep their own transaction state; others use [`begin`](Self::begin).
    ///
    /// # Errors
    /// As for [`begin_with`](Self::begin_with) and [`begin_after`](Self::begin_after).
    pub async fn begin_unguarded(
        &self,
        place: &'static Location<'static>,
        options: TransactionOptions,
        after: Option<&Position>,
    ) -> Result<Connection> {
        if !options.read_only {
            return self.shared.writer.begin_unguarded_at(place, options).await;
        }
        let after = after.filter(|position| !position.as_str().is_empty());
        // All readers together are waited for so long; a time that no clock reaches is no limit.
        let after = after.map(|position| (position, Instant::now().checked_add(self.options.wait)));
        let mut reasons = Vec::new();
        for reader in self.in_turn() {
            if let Some(reason) = reader.objection(&self.options).await {
                reasons.push((reader, reason));
                continue;
            }
            match reader.begin(place, options, after).await {
                Ok(Some(connection)) => return Ok(connection),
                Ok(None) => reasons.push((reader, "it has not come up to the position in time".to_owned())),
                Err(error) if is_down(&error, reader) => {
                    reader.note_down(&error, &self.options);
                    reasons.push((reader, error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        self.otherwise(&reasons)?.begin_unguarded_at(place, options).await
    }

    /// How far the writer's data has come. Taken after a commit, it is a token for [`begin_after`](Self::begin_after):
    /// whoever sends it along reads what they have written. Empty where the database knows no replication.
    ///
    /// # Errors
    /// As for [`Engine::connect`], and where the server keeps no log that tells.
    #[track_caller]
    pub fn position(&self) -> impl Future<Output = Result<Position>> + Send + use<'_> {
        let place = Location::caller();
        async move {
            let mut connection = self.shared.writer.checkout(place).await?;
            match connection.raw()?.replication() {
                Some(mut replication) => replication.position().await,
                None => Ok(Position::default()),
            }
        }
    }

    /// Makes the tables that are not there yet, on the writer: see [`Engine::create_all`].
    ///
    /// # Errors
    /// As there.
    pub async fn create_all(&self, metadata: &MetaData) -> Result<()> {
        self.shared.writer.create_all(metadata).await
    }

    /// Drops the tables that are there, on the writer: see [`Engine::drop_all`].
    ///
    /// # Errors
    /// As there.
    pub async fn drop_all(&self, metadata: &MetaData) -> Result<()> {
        self.shared.writer.drop_all(metadata).await
    }

    /// What is known of all servers, the writer first.
    pub fn status(&self) -> Vec<ServerStatus> {
        let of = |engine: &Engine, reader| ServerStatus {
            url: engine.pool().driver().describe(),
            reader,
            pool: engine.status(),
        };
        let readers = self.shared.readers.iter().map(|reader| of(&reader.engine, Some(reader.state())));
        std::iter::once(of(&self.shared.writer, None)).chain(readers).collect()
    }

    /// Closes all connections that nobody uses, and those in use when they come back: see [`Engine::dispose`]. What is
    /// known of the readers is forgotten.
    pub async fn dispose(&self) {
        self.shared.writer.dispose().await;
        for reader in &self.shared.readers {
            reader.engine.dispose().await;
            reader.forget().await;
        }
    }

    /// Closes all pools for good: see [`Engine::close`].
    pub async fn close(&self) {
        self.shared.writer.close().await;
        for reader in &self.shared.readers {
            reader.engine.close().await;
            reader.forget().await;
        }
    }

    /// The readers in the order in which they are to be asked.
    fn in_turn(&self) -> Vec<&Reader> {
        let readers = &self.shared.readers;
        let mut order: Vec<&Reader> = readers.iter().collect();
        if order.len() < 2 || self.options.choice == ReaderChoice::InOrder {
            return order;
        }
        order.rotate_left(self.shared.turn.fetch_add(1, Ordering::Relaxed) % readers.len());
        if self.options.choice == ReaderChoice::LeastUsed {
            // Those that are used alike stay in turn.
            order.sort_by_cached_key(|reader| {
                let status = reader.engine.status();
                status.checked_out.saturating_add(status.waiting)
            });
        }
        order
    }

    /// The writer, where it may be read from instead of a reader.
    fn otherwise(&self, reasons: &[(&Reader, String)]) -> Result<&Engine> {
        if self.options.fallback || self.shared.readers.is_empty() {
            return Ok(&self.shared.writer);
        }
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(reader, reason)| format!("`{}`: {reason}", reader.engine.pool().driver().describe()))
            .collect();
        Err(Error::new(
            ErrorKind::Operational,
            format!("no reader will do, and the writer is not to be read from: {}", reasons.join("; ")),
        ))
    }
}

/// Whether another server may do better.
fn is_down(error: &Error, reader: &Reader) -> bool {
    match error.kind() {
        ErrorKind::Disconnect => true,
        // It can't serve anybody now: because it has as many connections as it may have, say. What somebody hears who has a
        // connection is about what they have asked for: a lock, say, or a position that is none.
        ErrorKind::Operational => error.is_of_connecting(),
        ErrorKind::Timeout => reader.has_room(),
        _ => false,
    }
}

/// A writer without readers.
impl From<Engine> for ReplicatedEngine {
    fn from(writer: Engine) -> Self {
        ReplicatedEngine::new(writer, [])
    }
}
