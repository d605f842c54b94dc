//! Where results go: standard output, which may be gone before all has been said (`aludel history | head`).

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Prints a result. A reader that has gone away is no error.
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    if let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("cannot write to standard output: {error}");
    }
}

/// Prints what clap has to say, help or complaint, and returns the exit status that goes with it.
pub(crate) fn complain(message: &clap::Error) -> ExitCode {
    // There is nowhere left to say that the terminal is gone.
    let _ = message.print();
    ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2))
}
