//! The session against random edits of an object graph, and against the corners that they found.

mod edges;
mod edits;
mod models;
mod play;
mod world;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// After each flush the rows are what the graph says, and so is all that is known in memory; after each rollback
    /// both are what they were. Handles that are still good lend their object, and others are refused.
    #[test]
    fn the_session_keeps_memory_and_database_at_what_the_graph_says(script in edits::scripts()) {
        play::play(script);
    }
}
