//! The connection's far end: what carries messages between the client's handle and the socket.
//!
//! tokio-postgres wants it polled by somebody, usually by a task of its own. Here, whoever waits for an answer polls it:
//! a request goes from the waiting thread straight into the socket, and its answer comes straight out of it, with no
//! other thread between than the one that tells when the socket is ready.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use aludel_engine::wait::nudge::{Nudge, waits_for};
use aludel_engine::wait::tokio::around;
use tokio_postgres::{AsyncMessage, Connection, Error, Socket};

use crate::notify::Notification;
use crate::tls;

/// How often both ends are looked at in one turn of a task.
const MOST_LOOKS: usize = 4;

/// The far end, for as long as there is one.
pub(crate) struct Wire {
    connection: Option<Connection<Socket, tls::Stream>>,
    /// The runtime that the socket belongs to, where that is not the background thread.
    home: Option<Arc<dyn Nudge>>,
    /// What brought it to its end, where it did not come in an orderly way.
    reason: Option<Error>,
    /// What was announced and nobody has taken yet; `None` where nobody listens.
    heard: Option<VecDeque<Notification>>,
    bell: Arc<Bell>,
    /// What rings it.
    waker: Waker,
}

impl Wire {
    /// To be called where the connection was opened.
    pub(crate) fn new(connection: Connection<Socket, tls::Stream>) -> Self {
        let home = around().map(|runtime| Arc::new(runtime) as Arc<dyn Nudge>);
        Wire { connection: Some(connection), home, ..Wire::over() }
    }

    /// One that has come to its end.
    pub(crate) fn over() -> Self {
        let bell = Arc::<Bell>::default();
        let waker = Waker::from(Arc::clone(&bell));
        Wire { connection: None, home: None, reason: None, heard: None, bell, waker }
    }

    pub(crate) fn reason(&self) -> Option<&Error> {
        self.reason.as_ref()
    }

    /// Moves what can be moved, and tells whether the connection is over.
    pub(crate) fn look(&mut self, context: &mut Context<'_>) -> bool {
        loop {
            match self.message(context) {
                Poll::Pending => return false,
                Poll::Ready(true) => {}
                Poll::Ready(false) => return true,
            }
        }
    }

    /// Takes one message, if there is one: `false` where the connection is over.
    fn message(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let Some(connection) = &mut self.connection else { return Poll::Ready(false) };
        match connection.poll_message(context) {
            Poll::Pending => {
                self.home.iter().for_each(waits_for);
                return Poll::Pending;
            }
            Poll::Ready(Some(Ok(AsyncMessage::Notification(notification)))) => {
                if let Some(heard) = &mut self.heard {
                    heard.push_back(Notification::new(&notification));
                }
            }
            // Notices.
            Poll::Ready(Some(Ok(_))) => {}
            // Requests that are still waiting hear of it when this goes.
            Poll::Ready(Some(Err(error))) => {
                self.connection = None;
                self.reason = Some(error);
            }
            Poll::Ready(None) => self.connection = None,
        }
        Poll::Ready(true)
    }

    /// Keeps what is announced from now on.
    pub(crate) fn keep_notifications(&mut self) {
        self.heard.get_or_insert_default();
    }

    /// The next announcement; `None` where the connection is over. No more is read from the socket than is asked for.
    pub(crate) fn poll_notification(&mut self, context: &mut Context<'_>) -> Poll<Option<Notification>> {
        loop {
            if let Some(notification) = self.heard.as_mut().and_then(VecDeque::pop_front) {
                return Poll::Ready(Some(notification));
            }
            match self.message(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(true) => {}
                Poll::Ready(false) => return Poll::Ready(None),
            }
        }
    }

    /// Waits for an answer.
    pub(crate) async fn drive<F: Future>(&mut self, answer: F) -> F::Output {
        let mut answer = pin!(answer);
        poll_fn(|context| self.poll_answer(context, |context| answer.as_mut().poll(context))).await
    }

    /// Looks for an answer, and has both ends do what they can for it.
    ///
    /// They tell each other by wakers that there is something to do, and here both are polled by one task. It would wake itself
    /// at every turn, and be run again for nothing, so what rings in the middle of a turn is heard in that turn.
    pub(crate) fn poll_answer<T>(
        &mut self,
        context: &mut Context<'_>,
        mut answer: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let waker = self.waker.clone();
        let mut inner = Context::from_waker(&waker);
        self.bell.begin_turn(context.waker());
        // The first look hands the request over.
        let mut answered = answer(&mut inner);
        for _ in 0..MOST_LOOKS {
            if answered.is_ready() {
                self.bell.silence();
                return answered;
            }
            self.bell.hush();
            self.look(&mut inner);
            answered = answer(&mut inner);
            if answered.is_pending() && self.bell.end_turn() {
                return Poll::Pending;
            }
        }
        if answered.is_pending() {
            // Its turn has been long enough, and tokio may have said so by ringing: the others first.
            self.bell.leave_turn();
            context.waker().wake_by_ref();
        } else {
            self.bell.silence();
        }
        answered
    }

    /// Waits until the server was told goodbye. To be called once the client's handle is gone.
    pub(crate) async fn finish(&mut self) {
        poll_fn(|context| if self.look(context) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// What both ends wake. In a turn it is only noted, between turns it wakes the task that waits.
#[derive(Default)]
struct Bell(Mutex<Ringing>);

#[derive(Default)]
struct Ringing {
    in_turn: bool,
    rung: bool,
    /// The task that waits; `None` where nobody does.
    task: Option<Waker>,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Ringing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_turn(&self, task: &Waker) {
        let mut ringing = self.lock();
        ringing.in_turn = true;
        match &mut ringing.task {
            Some(known) => known.clone_from(task),
            none => *none = Some(task.clone()),
        }
    }

    /// Forgets what has rung, because everything is looked at next.
    fn hush(&self) {
        self.lock().rung = false;
    }

    /// Ends the turn, where nothing has rung that was not looked at.
    fn end_turn(&self) -> bool {
        let mut ringing = self.lock();
        ringing.in_turn = ringing.rung;
        !ringing.rung
    }

    /// Ends the turn, whatever has rung.
    fn leave_turn(&self) {
        self.lock().in_turn = false;
    }

    /// Ends the turn, and nobody waits any more.
    fn silence(&self) {
        let mut ringing = self.lock();
        ringing.in_turn = false;
        ringing.task = None;
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut ringing = self.lock();
        if ringing.in_turn {
            ringing.rung = true;
            return;
        }
        let task = ringing.task.clone();
        drop(ringing);
        if let Some(task) = task {
            task.wake();
        }
    }
}
