//! Aludel's compliance suite and test tools

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
