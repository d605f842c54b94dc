//! The migrations of this application: `aludel` builds and runs this program. It can also be shipped, and carries every
//! revision with it: `migrate upgrade head` needs neither source code nor a toolchain.

use std::process::ExitCode;

fn main() -> ExitCode {
    aludel_cli::main(axum_notes::service::environment())
}
