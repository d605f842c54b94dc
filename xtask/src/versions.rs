//! `cargo xtask versions`: is the range of rusqlite's versions that `Cargo.toml` allows a true one? A scratch package that
//! uses Aludel on SQLite is built on the lowest and on the highest of them, with the SQLite that is built in and with the
//! system's. What the workspace's own lock file holds is only one of these.
//!
//! Cargo asks the registry for the versions, so this needs a network (or a registry's mirror), and what the highest is
//! depends on the day.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::Failure;
use crate::workspace::{Workspace, cargo, output};

/// The driver's library, whose versions these are.
const LIBRARY: &str = "rusqlite";

/// The program says which SQLite it runs on, through the whole of the driver.
const PROGRAM: &str = r#"use aludel::prelude::*;

fn main() -> aludel::Result<()> {
    let engine = Engine::new("sqlite://")?;
    let mut connection = engine.connect().wait()?;
    let version: String = connection.one(sql("SELECT sqlite_version()").rows()).wait()?;
    println!("{version}");
    Ok(())
}
"#;

/// Builds at both ends of the range.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::Usage(format!("`{argument}` is none of its arguments")));
    }
    let began = Instant::now();
    let range = allowed()?;
    let lowest = lowest(&range)?;
    println!("{LIBRARY}: {range}");
    let system = system_library();
    let package = Package::create(Workspace::load()?)?;
    let found = system.as_ref().ok().map(|version| version.trim());
    let result = package.build("lowest", Some(&lowest), found);
    let result = result.and_then(|()| package.build("highest", None, found));
    fs::remove_dir_all(&package.folder)
        .map_err(|error| format!("cannot remove {}: {error}", package.folder.display()))?;
    result?;
    if let Err(why) = system {
        println!("the system's SQLite was left out: {why}");
    }
    println!("versions: both ends of the range build, after {} seconds", began.elapsed().as_secs());
    Ok(())
}

/// The range, as the driver's package asks for it.
fn allowed() -> Result<String, String> {
    let text = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    requirement(&text).ok_or_else(|| format!("no package of the workspace asks for {LIBRARY}"))
}

fn requirement(metadata: &str) -> Option<String> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let packages = metadata["packages"].as_array()?.iter();
    let mut dependencies = packages.filter_map(|package| package["dependencies"].as_array()).flatten();
    let library = dependencies.find(|one| one["name"].as_str() == Some(LIBRARY))?;
    library["req"].as_str().map(str::to_owned)
}

/// `>=0.38, <0.43` begins with 0.38.0.
fn lowest(range: &str) -> Result<String, String> {
    let bound = range.split(',').find_map(|part| part.trim().strip_prefix(">="));
    let bound = bound.ok_or_else(|| format!("`{range}` has no lower bound that starts with `>=`"))?.trim();
    let missing = 2_usize.saturating_sub(bound.matches('.').count());
    Ok(format!("{bound}{}", ".0".repeat(missing)))
}

/// The version of the system's library, or why there is none to be linked.
fn system_library() -> Result<String, String> {
    output(Command::new("pkg-config").args(["--modversion", "sqlite3"]))
}

/// A package outside of this workspace that depends on this checkout.
struct Package {
    workspace: Workspace,
    folder: PathBuf,
}

impl Package {
    fn create(workspace: Workspace) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("aludel-versions-{}", std::process::id()));
        fs::create_dir_all(folder.join("src"))
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        let aludel = workspace.root.join("crates").join("aludel");
        // The workspace's profile, so that what both have in common is built once.
        let manifest = format!(
            "[package]\nname = \"versions\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [features]\nbundled = [\"aludel/sqlite\"]\n\n[dependencies.aludel]\npath = {:?}\n\
             default-features = false\nfeatures = [\"sqlite-system\"]\n\n[workspace]\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n",
            aludel.to_string_lossy().replace('\\', "/")
        );
        write(&folder.join("Cargo.toml"), &manifest)?;
        write(&folder.join("src").join("main.rs"), PROGRAM)?;
        Ok(Self { workspace, folder })
    }

    /// Builds on that version, or on the highest that is allowed, and says what was built.
    fn build(&self, end: &str, precise: Option<&str>, system: Option<&str>) -> Result<(), String> {
        let locked = self.folder.join("Cargo.lock");
        fs::copy(self.workspace.root.join("Cargo.lock"), &locked)
            .map_err(|error| format!("cannot write {}: {error}", locked.display()))?;
        let precise = precise.map(|version| ["--precise", version]);
        // The highest is meant, also where it asks for a newer compiler than the oldest that we support.
        let mut update = self.cargo(&["update", "--quiet", "--package", LIBRARY]);
        output(
            update.args(precise.iter().flatten()).env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "allow"),
        )?;
        let metadata = output(&mut self.cargo(&["metadata", "--locked", "--format-version", "1"]))?;
        let chosen = Chosen::parse(&metadata).ok_or_else(|| format!("{LIBRARY} is no part of the build"))?;
        let what = format!("{end}: {LIBRARY} {} (libsqlite3-sys {})", chosen.library, chosen.bindings);

        output(&mut self.cargo(&["check", "--quiet", "--locked", "--features", "bundled"]))
            .map_err(|error| format!("{what}, built in: {error}"))?;
        println!("{what}, built in: compiles");
        let Some(system) = system else { return Ok(()) };
        let failed = |error| format!("{what}, the system's library: {error}");
        match chosen.oldest.filter(|oldest| numbers(system) < numbers(oldest)) {
            Some(oldest) => {
                output(&mut self.cargo(&["check", "--quiet", "--locked"])).map_err(failed)?;
                println!(
                    "{what}, the system's library: compiles; not run, as it takes SQLite {oldest} and this is {system}"
                );
            }
            None => {
                let said = output(&mut self.cargo(&["run", "--quiet", "--locked"])).map_err(failed)?;
                println!("{what}, the system's library: runs on SQLite {}", said.trim());
            }
        }
        Ok(())
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = cargo();
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.workspace.target).args(arguments);
        command
    }
}

/// What cargo chose.
#[derive(Debug, PartialEq)]
struct Chosen {
    library: String,
    /// The version of the package that declares SQLite's functions.
    bindings: String,
    /// The oldest SQLite that these declarations are made for: the package names a feature after it. The linker misses
    /// functions in an older one.
    oldest: Option<String>,
}

impl Chosen {
    /// Reads what `cargo metadata` prints.
    fn parse(metadata: &str) -> Option<Self> {
        let metadata: Value = serde_json::from_str(metadata).ok()?;
        let packages = metadata["packages"].as_array()?;
        let find = |name| packages.iter().find(|package| package["name"].as_str() == Some(name));
        let bindings = find("libsqlite3-sys")?;
        let mut features = bindings["features"].as_object()?.keys();
        let oldest = features.find_map(|feature| feature.strip_prefix("min_sqlite_version_"));
        Some(Self {
            library: find(LIBRARY)?["version"].as_str()?.to_owned(),
            bindings: bindings["version"].as_str()?.to_owned(),
            oldest: oldest.map(|version| version.replace('_', ".")),
        })
    }
}

/// Versions compare by their numbers.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_the_drivers() {
        let text = r#"{"packages": [{"name": "a", "dependencies": [{"name": "b", "req": "^1"}]},
            {"name": "c", "dependencies": [{"name": "rusqlite", "req": ">=0.38, <0.43"}]}]}"#;
        assert_eq!(requirement(text).as_deref(), Some(">=0.38, <0.43"));
        assert_eq!(requirement(r#"{"packages": []}"#), None);
    }

    #[test]
    fn the_oldest_sqlite_is_the_bindings() {
        let text = r#"{"packages": [{"name": "rusqlite", "version": "0.42.0", "features": {}},
            {"name": "libsqlite3-sys", "version": "0.40.0", "features": {"bundled": [], "min_sqlite_version_3_45_3": []}}]}"#;
        let chosen = Chosen::parse(text).expect("both are there");
        assert_eq!((chosen.library.as_str(), chosen.bindings.as_str()), ("0.42.0", "0.40.0"));
        assert_eq!(chosen.oldest.as_deref(), Some("3.45.3"));
        assert!(numbers("3.40.1") < numbers("3.45.3") && numbers("3.100.0") > numbers("3.45.3"));
    }

    #[test]
    fn the_lower_bound_is_a_whole_version() {
        assert_eq!(lowest(">=0.38, <0.43").as_deref(), Ok("0.38.0"));
        assert_eq!(lowest("<2, >= 1").as_deref(), Ok("1.0.0"));
        assert_eq!(lowest(">=0.38.2, <0.43").as_deref(), Ok("0.38.2"));
        assert!(lowest("<0.43").is_err());
    }
}
