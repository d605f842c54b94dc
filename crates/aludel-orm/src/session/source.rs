//! Where a session gets its connections from: one database, or a writer with its readers.

use std::panic::Location;

use aludel_engine::driver::Position;
use aludel_engine::route::Shard;
use aludel_engine::{Connection, Engine, ReplicatedEngine, Result, TransactionOptions};

/// What a [`Session`](super::Session) gets its connections from: an [`Engine`], a [`ReplicatedEngine`] or a [`Shard`], each of
/// which is turned into one by `&engine`. Mirrors the `bind` of SQLAlchemy's `Session`, and the `get_bind` that programs
/// write there for servers that follow a writer.
#[derive(Clone, Debug)]
pub struct SessionEngine {
    source: Source,
    /// Where connections are said to be asked for.
    place: &'static Location<'static>,
}

#[derive(Clone, Debug)]
enum Source {
    One(Engine),
    Replicated(ReplicatedEngine),
}

impl SessionEngine {
    #[track_caller]
    fn new(source: Source) -> Self {
        SessionEngine { source, place: Location::caller() }
    }

    /// Where connections run out, the pool says which sessions hold them.
    pub(super) fn at(self, place: &'static Location<'static>) -> Self {
        match self.source {
            Source::One(engine) => SessionEngine { source: Source::One(engine.on_behalf_of(place)), place },
            source @ Source::Replicated(_) => SessionEngine { source, place },
        }
    }

    /// What is written to.
    pub(super) fn writer(&self) -> &Engine {
        match &self.source {
            Source::One(engine) => engine,
            Source::Replicated(engine) => engine.writer(),
        }
    }

    /// A connection on which a transaction has begun.
    pub(super) async fn begin(
        &self,
        options: TransactionOptions,
        after: Option<&Position>,
    ) -> Result<Connection> {
        match &self.source {
            Source::One(engine) => {
                let mut connection = engine.connect().await?;
                connection.begin_unguarded(options).await?;
                Ok(connection)
            }
            // In a box, so that sessions on one engine don't carry it along in every future.
            Source::Replicated(engine) => Box::pin(engine.begin_unguarded(self.place, options, after)).await,
        }
    }
}

impl From<&Engine> for SessionEngine {
    #[track_caller]
    fn from(engine: &Engine) -> Self {
        SessionEngine::new(Source::One(engine.clone()))
    }
}

impl From<&ReplicatedEngine> for SessionEngine {
    #[track_caller]
    fn from(engine: &ReplicatedEngine) -> Self {
        SessionEngine::new(Source::Replicated(engine.clone()))
    }
}

/// The database of one shard.
impl From<&Shard> for SessionEngine {
    #[track_caller]
    fn from(shard: &Shard) -> Self {
        SessionEngine::from(shard.engine())
    }
}
