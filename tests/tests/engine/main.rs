//! The engine: its pool, transactions that are given up, listeners, options, rows that do not fit, and URLs.

mod cancel;
mod decoding;
mod echo;
mod events;
mod options;
mod pool;
mod pool_kinds;
mod route;
mod rows;
mod rows_by_name;
mod savepoints;
mod sessions;
mod spans;
mod threads;
mod transactions;
mod urls;
mod waiting;

use std::sync::atomic::{AtomicU32, Ordering};

/// A file for one test's database, which is removed with this value.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Scratch(std::env::temp_dir().join(format!("aludel-engine-{}-{number}.db", std::process::id())))
    }

    fn url(&self, options: &str) -> String {
        format!("sqlite:///{}{options}", self.0.display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut path = self.0.clone().into_os_string();
            path.push(ending);
            let _ = std::fs::remove_file(path);
        }
    }
}
