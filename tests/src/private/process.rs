//! A server's process: started, watched, and stopped in any case.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::PATIENCE;
use super::folder::Folder;

/// Waits for a word from us; if our end of the pipe closes without one, we are gone, and it cleans up.
const GUARD: &str = r#"
    read -r word && exit
    kill -s "$2" "$1"
    tries=0
    while kill -s 0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL "$1" 2>/dev/null
    rm -rf -- "$3"
"#;

/// A running server. Dropping it stops the server.
pub(super) struct Process {
    child: Child,
    guard: Child,
    /// The signal that stops it in order.
    stop: &'static str,
}

impl Process {
    /// Starts a server. In a process group of its own, it does not hear the terminal's Ctrl-C.
    pub(super) fn start(folder: &Folder, command: &mut Command, stop: &'static str) -> Self {
        let child = folder.house(command).process_group(0).spawn().expect("the server's program runs");
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard", &child.id().to_string(), stop])
            .arg(folder.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh runs");
        Self { child, guard, stop }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal to the child, which has not been waited for, so that its number is still its own.
    pub(super) fn signal(&mut self, name: &str) {
        if self.runs() {
            let number = self.child.id().to_string();
            let sent = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "sh", name, &number]).status();
            assert!(sent.is_ok_and(|status| status.success()), "cannot send {name} to process {number}");
        }
    }

    /// Whether it has come to its end before we lost patience.
    pub(super) fn ends(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while self.runs() {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The guard is dismissed: from here on we stop the server ourselves. One that is gone needs no word.
        if let Some(mut pipe) = self.guard.stdin.take() {
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.guard.wait();
        if !self.runs() {
            return;
        }
        let number = self.child.id().to_string();
        // One that a test has stopped in the middle could not hear the signal.
        for name in ["CONT", self.stop] {
            let _ = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "sh", name, &number]).status();
        }
        if !self.ends() {
            eprintln!("process {number} does not stop, so it is killed");
            let _ = self.child.kill().and_then(|()| self.child.wait());
        }
    }
}

/// A port that is free now. Below those that the system gives to outgoing connections, so that nobody gets it by chance
/// while the server is stopped.
pub(super) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(97);
    loop {
        let next = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(7));
        let port = 20_000 + (next % 12_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
