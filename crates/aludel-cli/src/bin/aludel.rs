//! The `aludel` command: see `aludel_cli::launcher`.

use std::process::ExitCode;

fn main() -> ExitCode {
    aludel_cli::launcher::main()
}
