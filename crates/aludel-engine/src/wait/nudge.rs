//! Reminding a runtime of its sockets, where a thread waits for one of them in vain.
//!
//! A runtime on several threads looks after its sockets with one that has nothing else to do. Where that one takes up a task that
//! blocks, tokio has none of the others take over, idle as they may be, until there is something new for them to do. So whoever
//! waits for such a socket for a while gives them something.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// A runtime that looks after sockets, as far as it may have to be reminded of them.
pub trait Nudge: Debug + Send + Sync {
    /// Makes one of its threads that has nothing to do look after its sockets.
    fn nudge(&self);
}

/// How long a thread waits before it does anything about it, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(200));

enum Noted {
    /// Nobody sleeps on this thread, so nothing is noted.
    Deaf,
    Listening(Option<Arc<dyn Nudge>>),
}

thread_local! {
    static NOTED: RefCell<Noted> = const { RefCell::new(Noted::Deaf) };
}

/// For drivers: says that the operation that is just looked at waits for a socket of this runtime. Where the current thread
/// [waits](super::Wait::wait) and gets no answer for a while, it nudges the runtime. Anywhere else this does nothing.
#[inline]
pub fn waits_for(runtime: &Arc<dyn Nudge>) {
    // A thread that ends has no such place any more.
    let before = NOTED.try_with(|noted| match &mut *noted.borrow_mut() {
        Noted::Listening(of) => of.replace(Arc::clone(runtime)),
        Noted::Deaf => None,
    });
    // Outside of the borrow, because a runtime may go with it.
    drop(before);
}

fn note(new: Noted) -> Noted {
    NOTED.try_with(|noted| noted.replace(new)).unwrap_or(Noted::Deaf)
}

/// How a thread that waits sleeps between two looks.
pub(super) struct Sleep {
    patience: Duration,
    /// What one around it had noted.
    before: Noted,
}

impl Sleep {
    pub(super) fn begin() -> Self {
        Sleep { patience: PATIENCE.0, before: note(Noted::Listening(None)) }
    }

    /// Sleeps until the thread is unparked, or somewhat shorter. What the last look has noted is forgotten.
    pub(super) fn until_woken(&mut self) {
        let Noted::Listening(Some(runtime)) = note(Noted::Listening(None)) else { return thread::park() };
        let begun = Instant::now();
        thread::park_timeout(self.patience);
        if begun.elapsed() < self.patience {
            self.patience = PATIENCE.0;
            return;
        }
        // It may have been woken at this very moment, so it looks again in any case.
        runtime.nudge();
        self.patience = PATIENCE.1.min(self.patience * 2);
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        note(std::mem::replace(&mut self.before, Noted::Deaf));
    }
}
