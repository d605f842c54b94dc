//! Who holds what: every checkout with its place in the program and its beginning.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::wait;

/// Where a connection was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) place: &'static Location<'static>,
    pub(crate) label: Option<Arc<str>>,
    /// The thread on which a task asked for it, where it was not waited for with `.wait()`.
    task: Option<u64>,
}

impl Holder {
    pub(crate) fn new(place: &'static Location<'static>, label: Option<Arc<str>>) -> Self {
        let task = (!wait::is_in_wait()).then(wait::this_thread);
        Holder { place, label, task }
    }
}

/// The checkouts that have not come back, by their slot.
#[derive(Debug, Default)]
pub(super) struct Lent {
    slots: Vec<Option<(Instant, Holder)>>,
    free: Vec<usize>,
}

impl Lent {
    pub(super) fn add(&mut self, since: Instant, holder: Holder) -> usize {
        match self.free.pop() {
            Some(slot) => {
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = Some((since, holder));
                }
                slot
            }
            None => {
                self.slots.push(Some((since, holder)));
                self.slots.len() - 1
            }
        }
    }

    pub(super) fn remove(&mut self, slot: usize) {
        if self.slots.get_mut(slot).and_then(Option::take).is_some() {
            self.free.push(slot);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// How many were asked for by tasks that ran on this thread.
    pub(super) fn of_tasks_here(&self) -> usize {
        let here = wait::this_thread();
        self.slots.iter().flatten().filter(|(_, holder)| holder.task == Some(here)).count()
    }

    /// The checkouts, the longest first.
    pub(super) fn checkouts(&self) -> Vec<Checkout> {
        let now = Instant::now();
        let held = self.slots.iter().flatten().map(|(since, holder)| Checkout {
            held: now.saturating_duration_since(*since),
            place: holder.place,
            label: holder.label.clone(),
        });
        let mut checkouts: Vec<Checkout> = held.collect();
        checkouts.sort_by_key(|checkout| std::cmp::Reverse(checkout.held));
        checkouts
    }
}

/// A connection that is out: for how long, and where it was asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checkout {
    /// For how long it has been out.
    pub held: Duration,
    /// The place in the program that asked for it.
    pub place: &'static Location<'static>,
    /// The name that the [engine was given](crate::Engine::labelled) there.
    pub label: Option<Arc<str>>,
}

impl fmt::Display for Checkout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for {:.3} s ", self.held.as_secs_f64())?;
        if let Some(label) = &self.label {
            write!(f, "by `{label}` ")?;
        }
        write!(f, "from {}:{}", self.place.file(), self.place.line())
    }
}
