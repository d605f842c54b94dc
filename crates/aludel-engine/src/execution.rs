//! How statements run: what can be chosen for an engine's handle, a connection, or a part of the work on it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aludel_sql::schema::SchemaMap;

use crate::options::{IsolationLevel, TransactionOptions};

/// What may be chosen about the running of statements. Cheap to clone. Mirrors SQLAlchemy's `execution_options`.
///
/// They are set on an [engine's handle](crate::Engine::with_execution_options), on a
/// [connection](crate::Connection::set_execution_options) until it is given back, or for a
/// [part of the work](crate::Connection::with_execution_options), which may be a single statement. What is left open is
/// taken from what is around: a statement's part goes before its connection, and the connection before its engine.
/// Nothing of it is kept on the server, so that nothing has to be put back for the pool's next user.
///
/// ```
/// use std::time::Duration;
///
/// use aludel_engine::ExecutionOptions;
///
/// let options = ExecutionOptions::new()
///     .schema(None, Some("tenant_1"))
///     .statement_timeout(Duration::from_secs(2))
///     .tag("nightly report");
/// assert_eq!(options.tagged(), Some("nightly report"));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ExecutionOptions(Option<Arc<Chosen>>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chosen {
    schemas: Option<SchemaMap>,
    /// `Some(None)` is no limit, whatever is around.
    statement_timeout: Option<Option<Duration>>,
    compile_cache: Option<bool>,
    tag: Option<Arc<str>>,
    hide_parameters: Option<bool>,
    transaction: Option<TransactionOptions>,
}

impl ExecutionOptions {
    /// Nothing is chosen.
    pub fn new() -> Self {
        ExecutionOptions::default()
    }

    fn with(mut self, choose: impl FnOnce(&mut Chosen)) -> Self {
        choose(Arc::make_mut(self.0.get_or_insert_default()));
        self
    }

    /// Puts a schema in the place of another one, as one step of a [map](Self::schemas): `None` is a table without a
    /// schema, or the connection's default one.
    #[must_use]
    pub fn schema(self, from: Option<&str>, to: Option<&str>) -> Self {
        self.with(|chosen| {
            chosen.schemas = Some(chosen.schemas.take().unwrap_or_default().map(from, to));
        })
    }

    /// Puts schemas in the place of others wherever a table, a sequence or a named type stands in a statement that is
    /// built, and in [`create_all`](crate::Engine::create_all) and [`drop_all`](crate::Engine::drop_all). Texts are taken
    /// as they are, and so are the names that an [inspector](crate::Connection::inspector) is asked for. The map takes
    /// the place of one that is around; an empty one leaves every schema as it is. Mirrors SQLAlchemy's
    /// `schema_translate_map`.
    #[must_use]
    pub fn schemas(self, map: SchemaMap) -> Self {
        self.with(|chosen| chosen.schemas = Some(map))
    }

    /// Stops a statement that takes longer, with an error of kind [`Timeout`](crate::ErrorKind::Timeout); the connection
    /// can be used afterwards. The time for a connection out of the pool does not count, and neither do the beginning and
    /// the end of transactions. Of a [stream](crate::Connection::stream), it is the limit of the opening and of each batch
    /// that is read, as that of JDBC's `setQueryTimeout`; what the program does between two rows does not count.
    ///
    /// The limit is kept on this side, and the server is asked to stop as by a
    /// [`CancelHandle`](crate::CancelHandle). Where it does not even react to that, the connection is given up.
    #[must_use]
    pub fn statement_timeout(self, limit: Duration) -> Self {
        self.with(|chosen| chosen.statement_timeout = Some(Some(limit)))
    }

    /// Lets statements take as long as they need, whatever is set around.
    #[must_use]
    pub fn no_statement_timeout(self) -> Self {
        self.with(|chosen| chosen.statement_timeout = Some(None))
    }

    /// Compiles each statement anew: for shapes that are made at run time and never come again. Mirrors SQLAlchemy's
    /// `compiled_cache=None`.
    #[must_use]
    pub fn no_compile_cache(self) -> Self {
        self.with(|chosen| chosen.compile_cache = Some(false))
    }

    /// A word that stands with the statements in [echoes](crate::events::Echo), traces, and
    /// [events](crate::events::StatementEvent::tag). It is not sent to the server. Mirrors SQLAlchemy's `logging_token`.
    #[must_use]
    pub fn tag(self, tag: &str) -> Self {
        self.with(|chosen| chosen.tag = Some(tag.into()))
    }

    /// Keeps parameters out of errors, traces and echoes, or shows them again. What an
    /// [engine hides](crate::EngineOptions::hide_parameters) is never shown.
    #[must_use]
    pub fn hide_parameters(self, hide: bool) -> Self {
        self.with(|chosen| chosen.hide_parameters = Some(hide))
    }

    /// What transactions begin with unless they say otherwise.
    #[must_use]
    pub fn transaction(self, options: TransactionOptions) -> Self {
        self.with(|chosen| chosen.transaction = Some(options))
    }

    /// The isolation level of transactions that name none. Mirrors SQLAlchemy's `isolation_level`.
    #[must_use]
    pub fn isolation(self, level: IsolationLevel) -> Self {
        self.with(|chosen| {
            chosen.transaction = Some(chosen.transaction.unwrap_or_default().with_isolation(level));
        })
    }

    /// Which schema takes the place of which.
    pub fn schema_map(&self) -> Option<&SchemaMap> {
        self.chosen()?.schemas.as_ref().filter(|map| !map.pairs().is_empty())
    }

    /// How long a statement may take.
    pub fn limit(&self) -> Option<Duration> {
        self.chosen()?.statement_timeout.flatten()
    }

    /// The word for logs.
    pub fn tagged(&self) -> Option<&str> {
        self.chosen()?.tag.as_deref()
    }

    pub(crate) fn uses_cache(&self) -> bool {
        self.chosen().and_then(|chosen| chosen.compile_cache).unwrap_or(true)
    }

    pub(crate) fn hides_parameters(&self) -> bool {
        self.chosen().and_then(|chosen| chosen.hide_parameters).unwrap_or(false)
    }

    pub(crate) fn transaction_options(&self) -> Option<TransactionOptions> {
        self.chosen()?.transaction
    }

    /// Whether the way of a statement is another one than usual.
    pub(crate) fn concerns_statements(&self) -> bool {
        self.chosen().is_some_and(|chosen| {
            chosen.statement_timeout.flatten().is_some()
                || chosen.tag.is_some()
                || chosen.hide_parameters == Some(true)
        })
    }

    /// These, with what they leave open taken from what is around.
    #[must_use]
    pub fn over(self, around: &ExecutionOptions) -> Self {
        match (&self.0, around.chosen()) {
            (None, _) => around.clone(),
            (_, None) => self,
            (Some(inner), Some(outer)) => {
                let transaction = match (inner.transaction, outer.transaction) {
                    (Some(inner), Some(outer)) => Some(inner.or(outer)),
                    (inner, outer) => inner.or(outer),
                };
                ExecutionOptions(Some(Arc::new(Chosen {
                    schemas: inner.schemas.clone().or_else(|| outer.schemas.clone()),
                    statement_timeout: inner.statement_timeout.or(outer.statement_timeout),
                    compile_cache: inner.compile_cache.or(outer.compile_cache),
                    tag: inner.tag.clone().or_else(|| outer.tag.clone()),
                    hide_parameters: inner.hide_parameters.or(outer.hide_parameters),
                    transaction,
                })))
            }
        }
    }

    fn chosen(&self) -> Option<&Chosen> {
        self.0.as_deref()
    }
}

impl fmt::Debug for ExecutionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.chosen() {
            Some(chosen) => write!(f, "ExecutionOptions({chosen:?})"),
            None => f.write_str("ExecutionOptions()"),
        }
    }
}
