//! The pure half of Aludel: names, the schema model, types, expressions, statements, dialects and the compiler.
//!
//! Nothing in here does I/O, waits, or reads a clock, so a statement or a plan can be built, compared and printed
//! for any database without a driver. The layers above add connections ([`aludel-engine`](https://docs.rs/aludel-engine)),
//! mapped objects and migrations.
//!
//! The typed shell ([`Column<T>`], [`Expr<T>`], [`Select<Row>`]) is a few lines around one plain, non-generic tree
//! ([`ast`]), which the [`compiler`] turns into text for a [`Dialect`].

pub mod ast;
pub mod compiler;
pub mod ddl;
pub mod decimal;
pub mod decode;
pub mod dialect;
pub mod encode;
pub mod expression;
pub mod interval;
pub mod json_array;
pub mod name;
pub mod network;
pub mod schema;
pub mod statement;
pub mod temporal;
pub mod types;
pub mod uuid_text;
pub mod value;

pub use compiler::{CompileError, Compiled, compile};
pub use dialect::{Capabilities, Dialect};
pub use expression::{Column, Expr};
pub use name::Name;
pub use schema::{MetaData, Table};
pub use statement::{Delete, Insert, Select, Update};
pub use types::{SqlType, Type};
pub use value::{Value, ValueRef};
