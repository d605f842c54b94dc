//! What cargo and git know about this repository: its root, its packages, its files.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The workspace as `cargo metadata` describes it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    /// The package's folder, relative to the workspace's root, with `/` between its parts.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// The features that one or more of its targets (a test, an example) require.
    pub(crate) required_features: Vec<String>,
}

/// One line of a package's dependency tables.
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Only its tests, examples and benches use it.
    pub(crate) dev: bool,
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

impl Workspace {
    /// Asks cargo, without touching the network or the lock file.
    pub(crate) fn load() -> Result<Self, String> {
        let text = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        Self::parse(&text).ok_or_else(|| "cargo metadata printed something that is not understood".to_owned())
    }

    /// Reads what `cargo metadata --no-deps` prints.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let metadata: Value = serde_json::from_str(text).ok()?;
        let root = PathBuf::from(metadata["workspace_root"].as_str()?);
        let target = PathBuf::from(metadata["target_directory"].as_str()?);
        let packages = metadata["packages"].as_array()?;
        let packages =
            packages.iter().map(|package| Package::parse(package, &root)).collect::<Option<_>>()?;
        Some(Self { root, target, packages })
    }

    /// Every file that is in the repository or about to be (ignored ones are not), relative to its root, in order.
    pub(crate) fn files(&self) -> Result<Vec<String>, String> {
        let listed = output(Command::new("git").current_dir(&self.root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files: Vec<String> =
            listed.split('\0').filter(|path| self.root.join(path).is_file()).map(str::to_owned).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

impl Package {
    fn parse(package: &Value, root: &Path) -> Option<Self> {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let folder = manifest.parent()?.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        let dependency = |value: &Value| {
            Some(Dependency {
                name: value["name"].as_str()?.to_owned(),
                dev: value["kind"].as_str() == Some("dev"),
            })
        };
        let mut required_features: Vec<String> = package["targets"]
            .as_array()?
            .iter()
            .filter_map(|target| target["required-features"].as_array())
            .flatten()
            .filter_map(|feature| feature.as_str().map(str::to_owned))
            .collect();
        required_features.sort();
        required_features.dedup();
        Some(Self {
            name: package["name"].as_str()?.to_owned(),
            folder,
            dependencies: package["dependencies"]
                .as_array()?
                .iter()
                .map(dependency)
                .collect::<Option<_>>()?,
            required_features,
        })
    }
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("cannot run `{program}`: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{program}` failed ({}): {}", output.status, errors.trim()));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{program}` printed something that is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read() {
        let text = r#"{"workspace_root": "/r", "target_directory": "/r/target", "packages": [{"name": "a", "manifest_path": "/r/crates/a/Cargo.toml",
            "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}, {"name": "d", "kind": "build"}],
            "targets": [{"name": "a"}, {"name": "t", "required-features": ["servers"]}]}]}"#;
        let workspace = Workspace::parse(text).expect("it is well formed");
        let package = &workspace.packages[0];
        assert_eq!((package.name.as_str(), package.folder.as_str()), ("a", "crates/a"));
        let dependencies: Vec<_> =
            package.dependencies.iter().map(|one| (one.name.as_str(), one.dev)).collect();
        assert_eq!(dependencies, [("b", false), ("c", true), ("d", false)]);
        assert_eq!(package.required_features, ["servers"]);
        assert!(Workspace::parse("{}").is_none());
    }
}
