//! Stopping a server that we started, also when this program is killed and cannot do it itself.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Waits for a word from us; if our end of the pipe closes without one, we are gone, and it cleans up.
const SCRIPT: &str = r#"
    read -r word && exit
    kill -s "$2" "$1"
    tries=0
    while kill -s 0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    rm -rf -- "$3"
"#;

/// A small process that outlives us if need be, to stop one server and remove its folder.
pub(super) struct Guard(Child);

impl Guard {
    /// Sets a guard over a server. In a process group of its own, it does not hear the terminal's Ctrl-C.
    pub(super) fn over(server: &Child, stop: &str, folder: &Path) -> Result<Self, String> {
        Command::new("sh")
            .args(["-c", SCRIPT, "guard", &server.id().to_string(), stop])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| format!("cannot run sh: {error}"))
    }
}

impl Drop for Guard {
    /// Dismisses the guard: from here on we stop the server ourselves.
    fn drop(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            // A guard that is gone needs no word.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.0.wait();
    }
}

/// Sends a signal to a child that has not been waited for, so that its number is still its own.
pub(super) fn signal(child: &Child, name: &str) {
    let sent =
        Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "sh", name, &child.id().to_string()]).status();
    if !sent.is_ok_and(|status| status.success()) {
        eprintln!("cannot send {name} to process {}", child.id());
    }
}
