//! `.wait()`: any of our futures, driven to its end on the current thread without a runtime.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Waits for a future on the current thread.
///
/// SQLite runs on the calling thread, so waiting for it costs nothing. Inside of an async task, use `.await`: a task
/// that blocks its thread keeps others from running.
pub trait Wait: IntoFuture + Sized {
    /// Drives the future to its end.
    fn wait(self) -> Self::Output {
        let mut future = pin!(self.into_future());
        // Most futures here never have to wait: they are done at the first look.
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl<F: IntoFuture> Wait for F {}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
