//! Connections on their way back: kept for whoever comes next, closed, or gone from the pool for good.

use super::{Lease, Pool, State};

/// The place of a connection that is on its way back, which somebody else may have when this goes: also where a listener
/// panics.
struct Room<'p> {
    pool: &'p Pool,
    /// `None` once the connection is not counted as lent any more.
    slot: Option<usize>,
}

impl Room<'_> {
    fn clear(&mut self, state: &mut State) {
        if let Some(slot) = self.slot.take() {
            state.lent.remove(slot);
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if self.slot.is_some() {
            // The connection went with the panic.
            let mut state = self.pool.lock();
            self.clear(&mut state);
            state.totals.closed += 1;
        }
        self.pool.permits.add_permits(1);
    }
}

impl Pool {
    /// Takes a connection back. One that is suspect, or in a transaction that cannot be ended here, is closed.
    pub(crate) fn give_back(&self, lease: Lease) {
        let Lease { mut pooled, slot } = lease;
        let Some(slot) = slot else { return };
        let mut room = Room { pool: self, slot: Some(slot) };
        let open = pooled.raw.in_transaction();
        let clean = !open || pooled.raw.rollback_now();
        let usable = clean && pooled.raw.is_usable() && !pooled.record.doomed;
        if !self.listeners.is_empty() {
            for listener in self.listeners.iter() {
                if open {
                    listener.rollback(&mut pooled.record);
                }
                listener.checkin(&mut pooled.record);
            }
        }
        let mut state = self.lock();
        room.clear(&mut state);
        let current = pooled.record.generation == state.generation;
        if usable && current && state.idle.len() < self.options.kept() && !self.permits.is_closed() {
            state.idle.push_back(pooled);
            drop(state);
        } else {
            state.totals.closed += 1;
            state.totals.invalidated += u64::from(!current || pooled.record.doomed);
            drop(state);
            self.end(pooled);
        }
    }

    /// Lets a connection go for good, and makes room for another one.
    pub(crate) fn detach(&self, lease: &mut Lease) {
        let Some(slot) = lease.slot.take() else { return };
        let mut state = self.lock();
        state.lent.remove(slot);
        state.totals.closed += 1;
        drop(state);
        self.permits.add_permits(1);
        for listener in self.listeners.iter() {
            listener.detach(&mut lease.pooled.record);
        }
    }
}
