//! Aludel's test tools for users, and its compliance suite for drivers.
//!
//! | you want | take |
//! |---|---|
//! | a database for a test alone, or a copy of a template | [`Databases`] |
//! | many tests on one database, none of which leaves a trace | [`RollbackIsolation`] |
//! | to know which statements were run | [`RecordingDriver`] |
//! | to see what happens when things go wrong | [`Faults`], [`drop_at_every_await`] |
//! | no database at all | [`Canned`] |
//! | something else in front of a driver | [`InterceptedDriver`] |
//! | to test a driver | the module `compliance` (feature `compliance`) |

pub mod cancel;
pub mod canned;
#[cfg(feature = "compliance")]
pub mod compliance;
pub mod databases;
pub mod faults;
pub mod intercept;
pub mod recording;
pub mod rollback;

pub use cancel::{drop_at, drop_at_every_await};
pub use canned::{Answer, Canned, IntoRow};
pub use databases::{Databases, Server, Template, TestDatabase};
pub use faults::{Fault, Faults};
pub use intercept::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};
pub use recording::{Recorded, Recorder, RecordingDriver};
pub use rollback::RollbackIsolation;

/// The code of the guide's chapter on tests is one.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/src/testing-your-code.md")]
struct TestingYourCode;
