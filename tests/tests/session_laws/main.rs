//! The session against random edits of an object graph, and against the corners that they found.

mod edges;
mod models;
