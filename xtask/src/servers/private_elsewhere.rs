//! Private servers where there are no Unix accounts and signals: there are none.

use super::address::Address;
use super::{Kind, Programs};

/// Never made.
pub(super) struct Private {
    address: Address,
}

impl Private {
    /// Says what to do instead.
    pub(super) fn start(kind: &Kind, _programs: &Programs) -> Result<Self, String> {
        Err(format!(
            "a private {} can be started on Unix only; set {} to a server's URL",
            kind.name, kind.variable
        ))
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &Address {
        &self.address
    }
}
