//! What one may choose about an engine, in code or behind the `?` of its URL.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::driver::TransactionOptions;
use crate::error::{Error, Result};
use crate::events::{Echo, Listener};
use crate::execution::ExecutionOptions;
use crate::options::IsolationLevel;
use crate::pool::{PoolKind, PoolOptions, PoolOrder};
use crate::url::DatabaseUrl;

/// What one may choose about an engine. Mirrors the arguments of SQLAlchemy's `create_engine`.
///
/// The same can be said behind the `?` of a URL, under SQLAlchemy's names where it has them, and goes before what the
/// program says there, because whoever runs a program knows the place: `pool_size`, `max_overflow` (a number, or
/// `unlimited`), `pool_timeout` and `pool_recycle` (seconds), `pool_pre_ping` and `pool_use_lifo` (`on`, `off`),
/// `pool_class` (`queue`, `null`, `static`), `isolation_level`, `echo`, `hide_parameters` (`on`, `off`),
/// `slow_statement` and `statement_timeout` (milliseconds; 0 is no limit for the latter).
#[derive(Clone, Default)]
pub struct EngineOptions {
    pool: Option<PoolOptions>,
    overrides: PoolOverrides,
    listeners: Vec<Arc<dyn Listener>>,
    pub(super) transaction: TransactionOptions,
    pub(super) execution: ExecutionOptions,
    pub(super) label: Option<Arc<str>>,
    echo: bool,
    pub(super) hide_parameters: bool,
    pub(super) slow_statement: Option<Duration>,
}

/// What the URL says about the pool, which is put on top of what the driver or the program chooses.
#[derive(Clone, Debug, Default)]
struct PoolOverrides {
    kind: Option<PoolKind>,
    size: Option<usize>,
    overflow: Option<usize>,
    timeout: Option<Duration>,
    recycle: Option<Duration>,
    pre_ping: Option<bool>,
    order: Option<PoolOrder>,
}

impl EngineOptions {
    /// Nothing is chosen.
    pub fn new() -> Self {
        EngineOptions::default()
    }

    /// Chooses the pool; otherwise it is what suits the driver.
    #[must_use]
    pub fn pool(mut self, options: PoolOptions) -> Self {
        self.pool = Some(options);
        self
    }

    /// Lets somebody hear of what happens, after those that were given before.
    #[must_use]
    pub fn listener(mut self, listener: impl Listener + 'static) -> Self {
        self.listeners.push(Arc::new(listener));
        self
    }

    /// The same for a listener that is shared.
    #[must_use]
    pub fn shared_listener(mut self, listener: Arc<dyn Listener>) -> Self {
        self.listeners.push(listener);
        self
    }

    /// What transactions begin with unless they say otherwise.
    #[must_use]
    pub fn transaction(mut self, options: TransactionOptions) -> Self {
        self.transaction = options;
        self
    }

    /// The isolation level of transactions that name none.
    #[must_use]
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.transaction = self.transaction.with_isolation(level);
        self
    }

    /// How statements run unless something else is said for a handle, a connection or a part of the work.
    #[must_use]
    pub fn execution(mut self, options: ExecutionOptions) -> Self {
        self.execution = options;
        self
    }

    /// A name for whoever holds connections, as [`Engine::labelled`](crate::Engine::labelled) gives one.
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Writes every statement to the standard error output: see [`Echo`].
    #[must_use]
    pub fn echo(mut self) -> Self {
        self.echo = true;
        self
    }

    /// Keeps parameters out of errors, traces and echoes.
    #[must_use]
    pub fn hide_parameters(mut self) -> Self {
        self.hide_parameters = true;
        self
    }

    /// Tells statements that take at least so long: as warnings with the feature `tracing`, else on the standard error
    /// output, as [`Echo::slower_than`] does.
    #[must_use]
    pub fn slow_statement(mut self, limit: Duration) -> Self {
        self.slow_statement = Some(limit);
        self
    }

    /// Takes what is meant for the engine out of a URL's options; the driver gets the rest.
    ///
    /// # Errors
    /// Where a value is none that the option can have.
    pub fn take_from(mut self, url: DatabaseUrl) -> Result<(DatabaseUrl, Self)> {
        for name in KNOWN {
            let value = match url.option_values(name).as_slice() {
                [] => continue,
                [value] => (*value).to_owned(),
                _ => {
                    let message = format!("`{url}`: the option `{name}` is there more than once");
                    return Err(Error::configuration(message));
                }
            };
            self.set(name, &value).map_err(|reason| {
                Error::configuration(format!("`{url}`: the option `{name}` can't be `{value}`: {reason}"))
            })?;
        }
        let rest = KNOWN.iter().fold(url, |url, name| url.without_option(name));
        Ok((rest, self))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let pool = &mut self.overrides;
        match name {
            "pool_class" => {
                pool.kind = Some(match value {
                    "queue" => PoolKind::Queue,
                    "null" => PoolKind::Null,
                    "static" => PoolKind::Static,
                    _ => return Err("there are `queue`, `null` and `static`".to_owned()),
                });
            }
            "pool_size" => pool.size = Some(number(value)?),
            "max_overflow" if value == "unlimited" => pool.overflow = Some(usize::MAX),
            "max_overflow" => pool.overflow = Some(number(value)?),
            "pool_timeout" => pool.timeout = Some(seconds(value)?),
            "pool_recycle" => pool.recycle = Some(seconds(value)?),
            "pool_pre_ping" => pool.pre_ping = Some(switch(value)?),
            "pool_use_lifo" => {
                pool.order = Some(if switch(value)? { PoolOrder::Lifo } else { PoolOrder::Fifo });
            }
            "isolation_level" => {
                let level = value.parse().map_err(|error: Error| error.message().to_owned())?;
                self.transaction = self.transaction.with_isolation(level);
            }
            "statement_timeout" => {
                let limit: u64 = value.parse().map_err(|_| "it is a number of milliseconds".to_owned())?;
                let options = std::mem::take(&mut self.execution);
                self.execution = match limit {
                    0 => options.no_statement_timeout(),
                    limit => options.statement_timeout(Duration::from_millis(limit)),
                };
            }
            "echo" => self.echo = switch(value)?,
            "hide_parameters" => self.hide_parameters = switch(value)?,
            "slow_statement" => {
                let limit = value.parse().map_err(|_| "it is a number of milliseconds".to_owned())?;
                self.slow_statement = Some(Duration::from_millis(limit));
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn pool_for(&self, suited: PoolOptions) -> PoolOptions {
        let mut pool = self.pool.clone().unwrap_or(suited);
        let PoolOverrides { kind, size, overflow, timeout, recycle, pre_ping, order } =
            self.overrides.clone();
        pool.kind = kind.unwrap_or(pool.kind);
        pool.size = size.unwrap_or(pool.size);
        pool.overflow = overflow.unwrap_or(pool.overflow);
        pool.timeout = timeout.unwrap_or(pool.timeout);
        pool.recycle = recycle.or(pool.recycle);
        pool.pre_ping = pre_ping.unwrap_or(pool.pre_ping);
        pool.order = order.unwrap_or(pool.order);
        pool
    }

    pub(super) fn listeners(self) -> Vec<Arc<dyn Listener>> {
        let mut listeners = self.listeners;
        let slow = self.slow_statement.filter(|_| !cfg!(feature = "tracing") && !self.echo);
        if let Some(limit) = slow {
            let echo = Echo::new().slower_than(limit);
            listeners.push(Arc::new(if self.hide_parameters { echo.hide_parameters() } else { echo }));
        }
        if self.echo {
            // The last one hears what is sent in the end.
            let echo = Echo::new();
            listeners.push(Arc::new(if self.hide_parameters { echo.hide_parameters() } else { echo }));
        }
        listeners
    }
}

impl fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineOptions")
            .field("pool", &self.pool)
            .field("transaction", &self.transaction)
            .field("listeners", &self.listeners.len())
            .finish_non_exhaustive()
    }
}

const KNOWN: &[&str] = &[
    "pool_class",
    "pool_size",
    "max_overflow",
    "pool_timeout",
    "pool_recycle",
    "pool_pre_ping",
    "pool_use_lifo",
    "isolation_level",
    "echo",
    "hide_parameters",
    "slow_statement",
    "statement_timeout",
];

fn number(value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| "it is a number".to_owned())
}

fn seconds(value: &str) -> Result<Duration, String> {
    let seconds: f64 = value.parse().map_err(|_| "it is a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "it is a number of seconds".to_owned())
}

fn switch(value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
        _ => Err("it is `on` or `off`".to_owned()),
    }
}
