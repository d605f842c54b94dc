//! Aludel's object-relational mapper: models, the session with its unit of work, and the loaders.
//!
//! A model is a plain struct with `#[derive(Model)]`. A [`Session`] owns objects, hands out [`Handle`]s to them, and
//! writes a whole graph of changes in dependency order. Queries on a bare connection yield owned values, trees where
//! relations are loaded along.

mod bulk;
pub mod error;
mod handle;
pub mod load;
pub mod model;
pub mod relation;
mod returning;
pub mod session;

pub use aludel_sql::types::Auto;
pub use bulk::InsertAll;
pub use error::{Error, ErrorKind, Result};
pub use handle::{Handle, RawHandle};
pub use load::{LoadPath, Query, With};
pub use model::{Embed, Model, ModelTable};
pub use relation::{Many, Member, NotLoaded, One, Relation};
pub use session::{Nested, ObjectState, Session, SessionEngine, SessionOptions};
