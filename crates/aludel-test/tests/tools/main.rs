//! The test tools, tried on SQLite.

mod canned;
mod databases;
mod faults;
mod intercept;
mod recording;
mod rollback;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

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

/// A database in a file, which goes with this.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

/// SQLite in a file.
fn file() -> (File, Arc<dyn Driver>) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("aludel_tools_{}_{number}.db", std::process::id()));
    let url = DatabaseUrl::new("sqlite").expect("a scheme").with_database(path.display().to_string());
    (File(path), aludel::driver(&url).expect("the driver is built in"))
}
