//! Faults on purpose, at a place that is the same in every run.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use aludel::engine::{BoxFuture, RawConnection};
use aludel::{Driver, Error, ErrorKind, Result};
use futures_timer::Delay;

use crate::intercept::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};
use crate::recording::matches;

/// Something that goes wrong: what, and when. Without a condition, it happens at the next operation, once.
///
/// The conditions are taken together: `Fault::disconnect().on(OperationKind::Commit).at_operation(2)` closes the
/// connection at the second commit from now on.
#[derive(Clone, Debug)]
pub struct Fault {
    what: What,
    kinds: Vec<OperationKind>,
    text: Option<String>,
    at: At,
    times: u64,
}

#[derive(Clone, Debug)]
enum What {
    Refuse(ErrorKind, String),
    Delay(Duration),
    Yield(u32),
    Disconnect,
    LoseAnswer,
    Cancel,
}

#[derive(Clone, Copy, Debug)]
enum At {
    Operation(u64),
    Await(u64),
}

impl Fault {
    fn new(what: What) -> Self {
        Fault { what, kinds: Vec::new(), text: None, at: At::Operation(1), times: 1 }
    }

    /// The operation fails with an error of a kind and does not reach the database. The connection goes on.
    pub fn refuse(kind: ErrorKind) -> Self {
        Fault::new(What::Refuse(kind, "the fault injector has refused this".to_owned()))
    }

    /// The connection is closed before the operation reaches the database: a transaction on it is lost.
    pub fn disconnect() -> Self {
        Fault::new(What::Disconnect)
    }

    /// The connection is closed when the database has done the operation and before it could say so. At a commit, that
    /// is what [`ErrorKind::CommitUnknown`] is for.
    pub fn lose_answer() -> Self {
        Fault::new(What::LoseAnswer)
    }

    /// The operation begins later.
    pub fn delay(time: Duration) -> Self {
        Fault::new(What::Delay(time))
    }

    /// The operation's future is pending so often before it goes on, which takes no time: for databases that never let
    /// anybody wait, such as SQLite.
    pub fn yields(times: u32) -> Self {
        Fault::new(What::Yield(times))
    }

    /// Whoever asked is dropped in the middle of the operation, together with everything that awaits it, up to
    /// [`Faults::run`].
    pub fn cancel() -> Self {
        Fault::new(What::Cancel)
    }

    /// Where it is an error: its text.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        if let What::Refuse(_, text) = &mut self.what {
            *text = message.into();
        }
        self
    }

    /// Only operations of this kind count; said several times, of any of these kinds.
    #[must_use]
    pub fn on(mut self, kind: OperationKind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Only operations with this text count: a statement, in which `…` stands for anything.
    #[must_use]
    pub fn on_statement(mut self, pattern: impl Into<String>) -> Self {
        self.text = Some(pattern.into());
        self
    }

    /// It happens at the n-th operation that counts, from 1.
    #[must_use]
    pub fn at_operation(mut self, number: u64) -> Self {
        self.at = At::Operation(number);
        self
    }

    /// It happens when an operation that counts waits for the database, at the n-th time, from 1. What can't happen in
    /// the middle happens there as well: a refusal and a lost answer close the connection then.
    #[must_use]
    pub fn at_await(mut self, number: u64) -> Self {
        self.at = At::Await(number);
        self
    }

    /// It happens so often: at the n-th operation that counts, and at those behind it.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// It happens again and again.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    fn counts(&self, operation: &Operation<'_>) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.contains(&operation.kind);
        kind && self.text.as_deref().is_none_or(|text| operation.sql.is_some_and(|sql| matches(text, sql)))
    }
}

/// Injects [`Fault`]s into the connections of a driver, and counts operations. Clones are the same one.
///
/// ```
/// use aludel::prelude::*;
/// use aludel::{DatabaseUrl, ErrorKind};
/// use aludel_test::{Fault, Faults, OperationKind};
///
/// let sqlite = aludel::driver(&DatabaseUrl::parse("sqlite://")?)?;
/// let (driver, faults) = Faults::new(sqlite);
/// let engine = Engine::with_driver(driver);
///
/// faults.inject(Fault::refuse(ErrorKind::Serialization).on(OperationKind::Commit));
/// let refused = engine.begin().wait()?.commit().wait().unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::Serialization);
/// // It was for once.
/// engine.begin().wait()?.commit().wait()?;
/// assert_eq!(faults.fired(), ["Refuse at COMMIT"]);
/// # Ok::<(), aludel::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    waiting: Vec<Waiting>,
    fired: Vec<String>,
    operations: u64,
    awaits: u64,
    /// How many [`Faults::run`] are under way, and whether one is to end.
    runners: usize,
    cancelled: bool,
    /// Who is to look at that.
    waker: Option<Waker>,
}

struct Waiting {
    fault: Fault,
    operations: u64,
    awaits: u64,
}

impl Faults {
    /// Puts an injector in front of a driver.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inner: Arc<dyn Driver>) -> (Arc<dyn Driver>, Faults) {
        let faults = Faults::default();
        (InterceptedDriver::new(inner, Arc::new(faults.clone())), faults)
    }

    /// Lets something go wrong from now on.
    pub fn inject(&self, fault: Fault) {
        self.lock().waiting.push(Waiting { fault, operations: 0, awaits: 0 });
    }

    /// Lets nothing go wrong any more.
    pub fn clear(&self) {
        self.lock().waiting.clear();
    }

    /// How many operations were asked for so far, the opening and closing of connections among them.
    pub fn operations(&self) -> u64 {
        self.lock().operations
    }

    /// How often an operation has waited for the database so far.
    pub fn awaits(&self) -> u64 {
        self.lock().awaits
    }

    /// What went wrong so far, and where.
    pub fn fired(&self) -> Vec<String> {
        self.lock().fired.clone()
    }

    /// Runs a future that a [`Fault::cancel`] may drop; `None` says that it did.
    pub async fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let _running = Running::new(self);
        let mut future = pin!(future);
        poll_fn(|context| {
            let polled = future.as_mut().poll(context);
            let mut state = self.lock();
            if polled.is_pending() && std::mem::take(&mut state.cancelled) {
                return Poll::Ready(None);
            }
            state.waker = Some(context.waker().clone());
            polled.map(Some)
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Running<'f>(&'f Faults);

impl<'f> Running<'f> {
    fn new(faults: &'f Faults) -> Self {
        faults.lock().runners += 1;
        Running(faults)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.runners -= 1;
        state.waker = None;
    }
}

impl State {
    /// The fault that happens now, if one does.
    fn due(&mut self, operation: &Operation<'_>, moment: Moment) -> Option<What> {
        let mut due = None;
        for waiting in &mut self.waiting {
            if waiting.fault.times == 0 || !waiting.fault.counts(operation) {
                continue;
            }
            let late = matches!(waiting.fault.what, What::LoseAnswer);
            let reached = match (waiting.fault.at, moment) {
                (At::Operation(number), Moment::Before) => {
                    waiting.operations += 1;
                    waiting.operations >= number && !late
                }
                (At::Operation(number), Moment::Done) => waiting.operations >= number && late,
                (At::Await(number), Moment::Pending) => {
                    waiting.awaits += 1;
                    waiting.awaits >= number
                }
                _ => false,
            };
            if reached && due.is_none() {
                waiting.fault.times = waiting.fault.times.saturating_sub(1);
                due = Some(waiting.fault.what.clone());
            }
        }
        if let Some(what) = &due {
            self.fired.push(format!("{} at {operation}", what.name()));
        }
        due
    }

    /// Asks [`Faults::run`] to end.
    fn cancel(&mut self) -> Result<()> {
        if self.runners == 0 {
            return Err(Error::usage(
                "a fault of the kind `cancel` is due, but nobody can drop the future: run it by `Faults::run`",
            ));
        }
        self.cancelled = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Moment {
    Before,
    Pending,
    Done,
}

impl What {
    fn name(&self) -> &'static str {
        match self {
            What::Refuse(..) => "Refuse",
            What::Delay(_) => "Delay",
            What::Yield(_) => "Yield",
            What::Disconnect => "Disconnect",
            What::LoseAnswer => "LoseAnswer",
            What::Cancel => "Cancel",
        }
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Disconnect, "the fault injector has closed the connection")
}

impl Interceptor for Faults {
    fn before<'a>(
        &'a self,
        operation: &'a Operation<'a>,
        _: Option<&'a mut dyn RawConnection>,
    ) -> BoxFuture<'a, Result<Verdict>> {
        Box::pin(async move {
            let due = {
                let mut state = self.lock();
                state.operations += 1;
                state.due(operation, Moment::Before)
            };
            match due {
                None | Some(What::LoseAnswer) => {}
                Some(What::Refuse(kind, message)) => return Err(Error::new(kind, message)),
                Some(What::Disconnect) => return Err(lost()),
                Some(What::Delay(time)) => Delay::new(time).await,
                Some(What::Yield(times)) => yields(times).await,
                Some(What::Cancel) => {
                    self.lock().cancel()?;
                    return std::future::pending().await;
                }
            }
            Ok(Verdict::Forward)
        })
    }

    fn pending(&self, operation: &Operation<'_>) -> Result<()> {
        let mut state = self.lock();
        state.awaits += 1;
        match state.due(operation, Moment::Pending) {
            None | Some(What::Delay(_) | What::Yield(_)) => Ok(()),
            Some(What::Refuse(kind, message)) => Err(Error::new(kind, message)),
            Some(What::Disconnect | What::LoseAnswer) => Err(lost()),
            Some(What::Cancel) => state.cancel(),
        }
    }

    fn done(&self, operation: &Operation<'_>) -> Result<()> {
        match self.lock().due(operation, Moment::Done) {
            Some(_) => Err(lost()),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        write!(f, "Faults({} waiting, {} fired)", state.waiting.len(), state.fired.len())
    }
}

async fn yields(times: u32) {
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
