//! `op`: what a revision's `upgrade` and `downgrade` write their steps with. Mirrors Alembic's `Operations`.

use super::Operation;

/// Gathers the steps of a revision. It does no I/O: a revision builds a plan.
#[derive(Debug, Default)]
pub struct Operations {
    steps: Vec<Operation>,
}

impl Operations {
    /// No steps yet.
    pub fn new() -> Self {
        Operations::default()
    }

    /// Adds any step. Mirrors Alembic's `invoke`.
    pub fn push(&mut self, operation: Operation) {
        self.steps.push(operation);
    }

    /// The steps in their order.
    pub fn into_steps(self) -> Vec<Operation> {
        self.steps
    }
}
