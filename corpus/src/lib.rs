//! The judge of Aludel's SQL compiler. SQLAlchemy's own test suite was recorded as data: statement trees, each with a
//! dialect and the text that it must give. This crate loads the trees as Aludel's, compiles them, and counts how
//! often the text is the expected one.
//!
//! The way of a case: [`case`] reads it, [`load`] turns its tree into ours and compiles it, [`compare`] holds both texts
//! against each other, [`report`] counts.

pub mod case;
pub mod compare;
pub mod floors;
pub mod json;
pub mod judge;
pub mod load;
pub mod node;
pub mod report;
pub mod unsayable;
