//! The plain tree that every typed statement is made of, free of Rust types.
//!
//! Each node is data; reading it is the business of the [`compiler`](crate::compiler) (text) and of [`key`] (the
//! structural key that compiled text is cached under).

mod expr;
pub mod key;
mod replace;
mod statement;

pub use expr::{Alias, BinaryOperator, Case, ColumnRef, Expr, Function, InList, TableRef, UnaryOperator};
pub use statement::{
    ConflictAction, Delete, FromItem, Insert, InsertSource, Join, JoinKind, OnConflict, OrderBy, Select,
    SelectItem, Statement, TextStatement, Update,
};
