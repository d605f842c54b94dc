//! The plain tree under the typed shell: what a statement says, free of Rust's types and of any database's spelling.
//!
//! It can be built by hand, which is how tables known only at run time are queried. A value of the tree says nothing
//! about text; the [`compiler`](crate::compiler) writes it for a [`Dialect`](crate::Dialect).

mod clause;
mod complete;
mod custom;
mod expr;
pub mod key;
mod negate;
mod operator;
mod query;
mod replace;
mod select;
mod source;
mod summary;
mod text;
mod visit;
mod window;
mod write;

pub use clause::*;
pub use complete::ColumnDefault;
pub use custom::*;
pub use expr::*;
pub use operator::*;
pub use query::*;
pub use select::*;
pub use source::*;
pub use summary::Summary;
pub use text::*;
pub use visit::SourceUse;
pub use window::*;
pub use write::*;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `SELECT`.
    Select(Select),
    /// Any other query: queries combined, rows of values, a text with named columns.
    Query(Query),
    /// `INSERT`.
    Insert(Insert),
    /// `UPDATE`.
    Update(Update),
    /// `DELETE`.
    Delete(Delete),
    /// SQL in the user's own words.
    Text(TextStatement),
}
