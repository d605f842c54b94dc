//! `cargo xtask corpus`: how often the SQL compiler gives the text that a corpus of statements expects. The judge is a
//! crate of its own, so that the other chores build without it.

use crate::Failure;
use crate::workspace::cargo;

pub(crate) const ARGUMENTS: &str =
    "[PATH] [--area A] [--dialect D] [--case ID] [--show-differences N] [--show-reasons N]";

/// Runs the judge with these arguments; what it says goes to where ours would go.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let status = cargo()
        .args(["run", "--locked", "--quiet", "--package", "aludel-corpus", "--"])
        .args(arguments)
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(2) => Err(Failure::Usage("see above".to_owned())),
        _ => Err(Failure::Failed("the corpus does not agree as often as it has to".to_owned())),
    }
}
