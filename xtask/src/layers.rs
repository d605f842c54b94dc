//! `cargo xtask layers`: what the compiler does not hold. The crates keep to the layer table, ARCHITECTURE.md
//! names only what exists, pages of `docs` lean on what is there, and every file keeps to the house rules.

mod architecture;
mod edges;
mod files;
mod pages;

use crate::Failure;
use crate::workspace::Workspace;

/// Checks everything, prints every finding, and fails if there is one.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::Usage(format!("it takes no arguments, but got `{argument}`")));
    }
    let workspace = Workspace::load()?;
    let files = workspace.files()?;

    let mut findings = edges::check(&workspace.packages);
    findings.extend(architecture::check(&workspace.root, &files));
    findings.extend(pages::check(&workspace.root));
    findings.extend(files::check(&workspace.root, &files)?);

    if findings.is_empty() {
        println!("layers: {} crates and {} files keep to the rules", workspace.packages.len(), files.len());
        return Ok(());
    }
    for finding in &findings {
        println!("{finding}");
    }
    let number = findings.len();
    Err(Failure::Failed(format!("{number} finding{}", if number == 1 { "" } else { "s" })))
}
