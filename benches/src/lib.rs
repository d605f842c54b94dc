//! What all measurements share: the data, Aludel's side of the scenarios, and the rounds in which peers take turns.

pub mod data;
pub mod ours;
pub mod rounds;
