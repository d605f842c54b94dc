//! `aludel init`: makes a package's migrations ready for the first revision. Nothing that is there is written over.

use std::fs;
use std::path::Path;

use aludel_migrate::autogenerate::render_versions;

use super::manifest::Manifest;
use crate::config::FILE;
use crate::failure::Failure;

const CONFIG: &str = include_str!("templates/aludel.toml");
const ENVIRONMENT: &str = include_str!("templates/env.rs");

/// Lays out the files in a package's folder, and returns what to tell the user.
///
/// # Errors
/// Where the folder is no package with a library and a dependency on `aludel`, or has one of the files already. Nothing
/// is written then.
pub(super) fn run(folder: &Path, url: Option<&str>) -> Result<String, Failure> {
    let mut manifest = Manifest::read(folder)?;
    let library = manifest.library()?;
    let binaries = manifest.binaries();
    let mut there: Vec<String> = [FILE, "migrations/env.rs", "migrations/versions/mod.rs"]
        .into_iter()
        .filter(|file| folder.join(file).exists())
        .map(|file| format!("{file} is there"))
        .collect();
    if binaries.iter().any(|name| name == "migrate") {
        there.push("Cargo.toml has a binary `migrate`".to_owned());
    }
    if !there.is_empty() {
        return Err(Failure::error(format!("{} already; nothing is written over", there.join(", "))).help(
            "`aludel revision --autogenerate` makes the first revision; move the files away to begin anew",
        ));
    }
    manifest.add_migrate(&binaries)?;

    let name = manifest.package_name().unwrap_or("app").to_owned();
    let default_url = format!("sqlite:///{name}.db");
    let url = url.unwrap_or(&default_url).replace('\\', "\\\\").replace('"', "\\\"");
    let folder_of_versions = folder.join("migrations").join("versions");
    fs::create_dir_all(&folder_of_versions)
        .map_err(|error| Failure::error(format!("cannot make {}: {error}", folder_of_versions.display())))?;
    write(&folder.join(FILE), &CONFIG.replace("{url}", &url))?;
    write(&folder.join("migrations/env.rs"), &ENVIRONMENT.replace("{library}", &library))?;
    write(&folder_of_versions.join("mod.rs"), &render_versions(&[]))?;
    manifest.write()?;
    Ok(report(&library))
}

fn report(library: &str) -> String {
    format!(
        "\
Created aludel.toml                   where the database is
Created migrations/env.rs             what the migrations know about the application
Created migrations/versions/mod.rs    the list of revisions, kept by `aludel`
Changed Cargo.toml                    binary target `migrate`, dependency `aludel-cli`

`{library}::metadata()` names the models; then:  aludel revision --autogenerate -m \"first\"
"
    )
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::error(format!("cannot write {}: {error}", path.display())))
}
