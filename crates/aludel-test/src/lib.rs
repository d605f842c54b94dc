//! Aludel's compliance suite and test tools

pub mod intercept;
pub mod recording;

pub use intercept::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};
pub use recording::{Recorded, Recorder, RecordingDriver};
