//! Aludel's compliance suite and test tools

pub mod recording;

pub use recording::{Recorder, RecordingDriver};
