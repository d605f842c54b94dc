//! What others announce: `LISTEN` and `NOTIFY`.

use std::fmt;
use std::future::poll_fn;
use std::time::{Duration, Instant};

use aludel_engine::error::{Error, ErrorKind, Result};
use aludel_engine::{Connection, Engine};
use aludel_sql::statement::sql;

use crate::connection::PostgresConnection;
use crate::runtime;

/// The server cuts longer names, and then hears of another channel.
const LONGEST_NAME: usize = 63;

/// The server's limit, in bytes.
const LONGEST_PAYLOAD: usize = 7_999;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// For how long a lost connection is tried to be had again, by default.
const PATIENCE: Duration = Duration::from_secs(60);

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// Where it was made.
    pub channel: String,
    /// What it says; often nothing.
    pub payload: String,
    /// The number of the server's process that made it.
    pub sender: i32,
}

impl Notification {
    pub(crate) fn new(notification: &tokio_postgres::Notification) -> Self {
        Notification {
            channel: notification.channel().to_owned(),
            payload: notification.payload().to_owned(),
            sender: notification.process_id(),
        }
    }
}

/// What [`Notifications::next`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Heard {
    /// An announcement.
    Notification(Notification),
    /// The connection was lost, and there is a new one, which listens already. What was announced in between is not known:
    /// look at the data itself.
    Gap,
}

/// Listens to channels, on a connection of its own. Made by [`listen`].
///
/// A connection that is lost is replaced by another one, and [`Heard::Gap`] says so.
pub struct Notifications {
    engine: Engine,
    channels: Vec<String>,
    /// `None` while there is none.
    connection: Option<Connection>,
    gap: bool,
    patience: Duration,
}

/// Listens to channels: what is announced there from now on is heard. The connection is taken out of the engine's pool for
/// good, which opens another one where it needs it. Names are taken as they are, in upper and lower case.
///
/// ```no_run
/// use aludel_engine::{Engine, Wait};
/// use aludel_postgres::{Heard, listen, notify};
///
/// # fn of(engine: &Engine) -> aludel_engine::Result<()> {
/// let mut orders = listen(engine, ["orders"]).wait()?;
/// notify(&mut *engine.begin().wait()?, "orders", "17").wait()?;
/// match orders.next().wait()? {
///     Heard::Notification(order) => println!("order {}", order.payload),
///     Heard::Gap => println!("look at all orders"),
///     _ => {}
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::NotSupported`] where the engine's database is not PostgreSQL; where a name is empty or longer than 63 bytes; or
/// the server can't be reached.
pub async fn listen<C: Into<String>>(
    engine: &Engine,
    channels: impl IntoIterator<Item = C>,
) -> Result<Notifications> {
    let mut listener = Notifications {
        engine: engine.clone(),
        channels: channels.into_iter().map(Into::into).collect(),
        connection: None,
        gap: false,
        patience: PATIENCE,
    };
    for channel in &listener.channels {
        check_name(channel)?;
    }
    listener.connection = Some(listener.connect().await?);
    Ok(listener)
}

/// Announces something to everybody who [listens](listen) to a channel, in any program. Inside of a transaction it is heard
/// once that is committed, and never where it is rolled back; the same text on the same channel is heard once per
/// transaction.
///
/// # Errors
/// Where the name is empty or longer than 63 bytes, the payload has 8000 bytes or more, or the database refuses.
pub async fn notify(connection: &mut Connection, channel: &str, payload: &str) -> Result<()> {
    check_name(channel)?;
    if payload.len() > LONGEST_PAYLOAD {
        return Err(Error::new(
            ErrorKind::Data,
            format!(
                "the payload for the channel `{channel}` has {} bytes, but PostgreSQL takes {LONGEST_PAYLOAD} at most: put it \
                 into a table, and announce its key",
                payload.len()
            ),
        ));
    }
    let announce = sql("SELECT pg_notify(?, ?)").bind(channel).bind(payload);
    connection.execute(announce).await.map(|_| ())
}

impl Notifications {
    /// The channels.
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// For how long a lost connection is tried to be had again before [`next`](Self::next) gives an error; one minute
    /// unless something else is said.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Waits for what comes next. The future may be dropped at any time, and nothing is lost.
    ///
    /// # Errors
    /// Where the connection was lost, and no other one could be had for a [while](Self::with_patience), or the server
    /// refuses one. Asking again tries again.
    pub async fn next(&mut self) -> Result<Heard> {
        loop {
            if self.connection.is_none() {
                self.connection = Some(self.reconnect().await?);
            }
            if std::mem::take(&mut self.gap) {
                return Ok(Heard::Gap);
            }
            let Some(connection) = &mut self.connection else { continue };
            match hear(connection).await {
                Ok(notification) => return Ok(Heard::Notification(notification)),
                Err(_) => {
                    self.connection = None;
                    self.gap = true;
                }
            }
        }
    }

    /// Listens to one more channel.
    ///
    /// # Errors
    /// As for [`listen`].
    pub async fn add(&mut self, channel: impl Into<String>) -> Result<()> {
        let channel = channel.into();
        check_name(&channel)?;
        if let Some(connection) = &mut self.connection {
            // Where that is lost, the next one listens to this channel as well.
            match connection.execute_script(&format!("LISTEN {}", quoted(&channel))).await {
                Err(error) if !error.is_disconnect() => return Err(error),
                _ => {}
            }
        }
        if !self.channels.contains(&channel) {
            self.channels.push(channel);
        }
        Ok(())
    }

    /// Listens no longer to a channel. What was announced before may still be heard.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn remove(&mut self, channel: &str) -> Result<()> {
        self.channels.retain(|known| known != channel);
        let Some(connection) = &mut self.connection else { return Ok(()) };
        match connection.execute_script(&format!("UNLISTEN {}", quoted(channel))).await {
            Err(error) if !error.is_disconnect() => Err(error),
            _ => Ok(()),
        }
    }

    async fn connect(&self) -> Result<Connection> {
        let mut connection = self.engine.connect().await?;
        postgres(&mut connection)?.keep_notifications();
        connection.detach();
        for channel in &self.channels {
            connection.execute_script(&format!("LISTEN {}", quoted(channel))).await?;
        }
        Ok(connection)
    }

    async fn reconnect(&self) -> Result<Connection> {
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.connect().await {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            let passing =
                matches!(error.kind(), ErrorKind::Disconnect | ErrorKind::Timeout | ErrorKind::Operational);
            if !passing || began.elapsed() >= self.patience {
                return Err(error.context("the connection that listens was lost"));
            }
            // The timer is the background thread's. That it has gone is no reason to stop.
            let _ = runtime::handle()?.spawn(async move { tokio::time::sleep(pause).await }).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications")
            .field("channels", &self.channels)
            .field("connected", &self.connection.is_some())
            .finish_non_exhaustive()
    }
}

async fn hear(connection: &mut Connection) -> Result<Notification> {
    let connection = postgres(connection)?;
    poll_fn(|context| connection.poll_notification(context)).await
}

fn postgres(connection: &mut Connection) -> Result<&mut PostgresConnection> {
    connection.raw()?.driver_connection().downcast_mut().ok_or_else(|| {
        Error::new(
            ErrorKind::NotSupported,
            "only PostgreSQL tells what others announce, but this database is another one",
        )
    })
}

fn check_name(channel: &str) -> Result<()> {
    let problem = match channel.len() {
        0 => "has no name".to_owned(),
        1..=LONGEST_NAME => match channel.contains('\0') {
            false => return Ok(()),
            true => format!("`{}` has a NUL character in its name", channel.replace('\0', "\\0")),
        },
        length => {
            format!("`{channel}` has a name of {length} bytes; PostgreSQL's have {LONGEST_NAME} at most")
        }
    };
    Err(Error::new(ErrorKind::Usage, format!("the channel {problem}")))
}

fn quoted(channel: &str) -> String {
    format!("\"{}\"", channel.replace('"', "\"\""))
}
