//! Builds the project's own command line and runs it: whatever needs the models or the compiled revisions.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::config::Config;
use crate::failure::Failure;

/// A build that takes longer than this is announced.
const PATIENCE: Duration = Duration::from_secs(2);

/// Builds the binary and hands it the arguments. Its exit status becomes ours.
///
/// # Errors
/// Where the project can't be built; what the compiler says has been passed on then.
pub(crate) fn run(config: &Config, arguments: &[OsString], show_build: bool) -> Result<(), Failure> {
    let program = build(config, show_build)?;
    let status = Command::new(&program)
        .arg("--config")
        .arg(std::path::absolute(&config.file).unwrap_or_else(|_| config.file.clone()))
        .args(arguments)
        .status()
        .map_err(|error| Failure::error(format!("cannot run {}: {error}", program.display())))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::Status(u8::try_from(code).unwrap_or(1))),
        None => Err(Failure::error(format!("{} was ended: {status}", program.display()))),
    }
}

/// Builds the binary and returns where it is.
fn build(config: &Config, show_build: bool) -> Result<PathBuf, Failure> {
    let manifest = config.folder().join("Cargo.toml");
    if !manifest.is_file() {
        return Err(Failure::error(format!("there is no Cargo.toml beside {}", config.file.display()))
            .help("aludel.toml belongs into the folder of the package whose models it migrates"));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "build",
        "--bin",
        &config.bin,
        "--message-format",
        "json-render-diagnostics",
        "--manifest-path",
    ]);
    command.arg(&manifest).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if show_build { Stdio::inherit() } else { Stdio::piped() });
    let mut child = command.spawn().map_err(|error| {
        Failure::error(format!("cannot run cargo: {error}")).help("it comes with Rust: https://rustup.rs")
    })?;
    let words = collect(child.stderr.take());
    let output = collect(child.stdout.take());
    let messages = match output.recv_timeout(PATIENCE) {
        Err(RecvTimeoutError::Timeout) => {
            if !show_build {
                eprintln!("aludel: building the project's `{}` binary", config.bin);
            }
            output.recv().unwrap_or_default()
        }
        other => other.unwrap_or_default(),
    };
    let status = child.wait().map_err(|error| Failure::error(format!("cannot wait for cargo: {error}")))?;
    if !status.success() {
        eprint!("{}", words.recv().unwrap_or_default());
        return Err(Failure::error(format!(
            "the project's `{}` binary does not build (see above)",
            config.bin
        )));
    }
    executable(&messages, &config.bin)
        .ok_or_else(|| Failure::error(format!("cargo built `{}`, but does not say where it is", config.bin)))
}

/// Reads a stream to its end on a thread of its own.
fn collect(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What could be read before an error is what there is to show.
            let _ = stream.read_to_end(&mut bytes);
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// Where the binary is, as cargo's messages say.
fn executable(messages: &str, bin: &str) -> Option<PathBuf> {
    messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_ours = message["target"]["name"] == bin && message["target"]["kind"][0] == "bin";
        let path = message["executable"].as_str().filter(|_| is_ours)?;
        Some(Path::new(path).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_found_among_the_messages() {
        let messages = concat!(
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"migrate\",\"kind\":[\"lib\"]},\"executable\":null}\n",
            "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"migrate\",\"kind\":[\"bin\"]},\"executable\":\"/t/migrate\"}\n",
            "{\"reason\":\"build-finished\",\"success\":true}\n",
        );
        assert_eq!(executable(messages, "migrate"), Some(PathBuf::from("/t/migrate")));
        assert_eq!(executable(messages, "shop"), None);
    }
}
