//! The connection's far end: what carries messages between the client's handle and the socket.
//!
//! tokio-postgres wants it polled by somebody, usually by a task of its own. Here, whoever waits for an answer polls it:
//! a request goes from the waiting thread straight into the socket, and its answer comes straight out of it, with no
//! other thread between than the one that tells when the socket is ready.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll};

use tokio_postgres::{AsyncMessage, Connection, Error, Socket};

use crate::notify::Notification;

use crate::tls;

/// The far end, for as long as there is one.
pub(crate) struct Wire {
    connection: Option<Connection<Socket, tls::Stream>>,
    /// What brought it to its end, where it did not come in an orderly way.
    reason: Option<Error>,
    /// What was announced and nobody has taken yet; `None` where nobody listens.
    heard: Option<VecDeque<Notification>>,
}

impl Wire {
    pub(crate) fn new(connection: Connection<Socket, tls::Stream>) -> Self {
        Wire { connection: Some(connection), reason: None, heard: None }
    }

    /// One that has come to its end.
    pub(crate) fn over() -> Self {
        Wire { connection: None, reason: None, heard: None }
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
            Poll::Pending => return Poll::Pending,
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
        poll_fn(|context| {
            // The first look hands the request over, the second one takes what has come for it.
            if let Poll::Ready(output) = answer.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            self.look(context);
            answer.as_mut().poll(context)
        })
        .await
    }

    /// Waits until the server was told goodbye. To be called once the client's handle is gone.
    pub(crate) async fn finish(&mut self) {
        poll_fn(|context| if self.look(context) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}
