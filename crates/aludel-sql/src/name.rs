//! Names of schema objects: text that is nearly always static, and only sometimes made at run time.

use std::borrow::Cow;

/// The name of a table, column, constraint, label or function.
///
/// Names that come from a model are borrowed for the length of the program and never copied; those of reflected or
/// hand-written tables are owned.
pub type Name = Cow<'static, str>;
