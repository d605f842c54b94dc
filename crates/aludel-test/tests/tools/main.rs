//! The test tools, tried on SQLite.

mod intercept;
mod recording;

use std::sync::Arc;

use aludel::{DatabaseUrl, Driver};

/// SQLite in memory.
fn sqlite() -> Arc<dyn Driver> {
    aludel::driver(&DatabaseUrl::parse("sqlite://").expect("a URL")).expect("the driver is built in")
}

/// What a test's panic says.
fn panic_of(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(test).expect_err("a panic");
    panic.downcast_ref::<String>().cloned().expect("a message")
}
