//! Aludel's compliance suite and test tools
