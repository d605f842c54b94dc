//! What `init` reads from a package's Cargo.toml and writes into it, keeping the rest as it stands.

use std::fs;
use std::path::{Component, Path, PathBuf};

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::failure::Failure;

/// A package's Cargo.toml.
pub(super) struct Manifest {
    file: PathBuf,
    document: DocumentMut,
}

impl Manifest {
    /// Reads the Cargo.toml of a folder.
    ///
    /// # Errors
    /// Where there is none, or it isn't a package's.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join("Cargo.toml");
        if !file.is_file() {
            let above = folder.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").is_file());
            let failure = Failure::error(format!("there is no Cargo.toml in {}", folder.display()));
            return Err(failure.help(match above {
                Some(above) => format!("run `aludel init` in {}", above.display()),
                None => "run `aludel init` in the folder of a package; `cargo new --lib NAME` makes one"
                    .to_owned(),
            }));
        }
        let text = fs::read_to_string(&file)
            .map_err(|error| Failure::error(format!("cannot read {}: {error}", file.display())))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|error| Failure::error(format!("{} is not TOML: {error}", file.display())))?;
        let manifest = Manifest { file, document };
        if manifest.package_name().is_none() {
            return Err(Failure::error(format!("{} is not a package's", manifest.file.display()))
                .help("run `aludel init` in the folder of the package whose models it shall migrate"));
        }
        Ok(manifest)
    }

    pub(super) fn package_name(&self) -> Option<&str> {
        self.document.get("package")?.get("name")?.as_str()
    }

    /// The name under which the package's library is used in Rust.
    ///
    /// # Errors
    /// Where it has no library.
    pub(super) fn library(&self) -> Result<String, Failure> {
        let library = self.document.get("lib");
        let path = library.and_then(|library| library.get("path")).and_then(Item::as_str);
        let file = self.folder().join(path.unwrap_or("src/lib.rs"));
        if !file.is_file() {
            return Err(Failure::error(format!(
                "package `{}` has no library ({} is missing), so another program can't see its models",
                self.package_name().unwrap_or_default(),
                file.display()
            ))
            .help(format!(
                "move the models to src/lib.rs, with `pub fn metadata() -> MetaData`, and `use {}::...` in src/main.rs",
                self.package_name().unwrap_or_default().replace('-', "_")
            )));
        }
        let name = library.and_then(|library| library.get("name")).and_then(Item::as_str);
        Ok(name.or(self.package_name()).unwrap_or_default().replace('-', "_"))
    }

    /// The names of the binaries, those that cargo finds by itself included.
    pub(super) fn binaries(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .document
            .get("bin")
            .and_then(Item::as_array_of_tables)
            .into_iter()
            .flatten()
            .filter_map(|bin| bin.get("name").and_then(Item::as_str).map(str::to_owned))
            .collect();
        let automatic =
            self.document.get("package").and_then(|package| package.get("autobins")).and_then(Item::as_bool);
        if automatic != Some(false) {
            let folder = self.folder().join("src");
            if folder.join("main.rs").is_file() {
                names.extend(self.package_name().map(str::to_owned));
            }
            let entries = fs::read_dir(folder.join("bin")).into_iter().flatten().flatten();
            names.extend(entries.filter_map(|entry| {
                let path = entry.path();
                let is_program = path.extension().is_some_and(|extension| extension == "rs")
                    || path.join("main.rs").is_file();
                is_program.then(|| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned))?
            }));
        }
        names.sort();
        names.dedup();
        names
    }

    /// Adds the binary target and what it depends on. Where the package had one binary so far, that stays the one that
    /// `cargo run` runs.
    ///
    /// # Errors
    /// Where the package doesn't depend on `aludel`, so that nobody knows which command line goes with it.
    pub(super) fn add_migrate(&mut self, binaries: &[String]) -> Result<(), Failure> {
        let dependency = self.command_line_dependency()?;
        if let (Some(dependency), Some(dependencies)) =
            (dependency, self.document.get_mut("dependencies").and_then(Item::as_table_like_mut))
        {
            dependencies.insert("aludel-cli", Item::Value(dependency));
        }
        if let ([only], Some(package)) =
            (binaries, self.document.get_mut("package").and_then(Item::as_table_like_mut))
            && !package.contains_key("default-run")
        {
            package.insert("default-run", toml_edit::value(only.as_str()));
        }
        let mut target = Table::new();
        target.insert("name", toml_edit::value("migrate"));
        target.insert("path", toml_edit::value("migrations/env.rs"));
        let targets =
            self.document.entry("bin").or_insert(Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
        match targets.as_array_of_tables_mut() {
            Some(targets) => targets.push(target),
            None => {
                return Err(Failure::error(format!(
                    "`bin` in {} is not written as `[[bin]]`, so the target `migrate` can't be added",
                    self.file.display()
                )));
            }
        }
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it can't be written.
    pub(super) fn write(&self) -> Result<(), Failure> {
        fs::write(&self.file, self.document.to_string())
            .map_err(|error| Failure::error(format!("cannot write {}: {error}", self.file.display())))
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// How to depend on the command line that goes with the package's `aludel`; `None` where it does already.
    fn command_line_dependency(&self) -> Result<Option<Value>, Failure> {
        let dependencies = self.document.get("dependencies").and_then(Item::as_table_like);
        if dependencies.is_some_and(|table| table.contains_key("aludel-cli")) {
            return Ok(None);
        }
        let Some(aludel) = dependencies.and_then(|table| table.get("aludel")) else {
            return Err(Failure::error(format!("{} does not depend on `aludel`", self.file.display()))
                .help("`cargo add aludel` adds it"));
        };
        if let Some(table) = aludel.as_table_like() {
            refuse_without_migrations(table)?;
        }
        let inherited =
            aludel.as_table_like().and_then(|table| table.get("workspace")).and_then(Item::as_bool);
        if inherited != Some(true) {
            return Ok(Some(beside(aludel, Path::new(""))));
        }
        let (root, document) = self.workspace()?;
        let shared = document
            .get("workspace")
            .and_then(|workspace| workspace.get("dependencies"))
            .and_then(Item::as_table_like);
        if shared.is_some_and(|table| table.contains_key("aludel-cli")) {
            let mut table = InlineTable::new();
            table.insert("workspace", true.into());
            return Ok(Some(table.into()));
        }
        match shared.and_then(|table| table.get("aludel")) {
            Some(aludel) => Ok(Some(beside(aludel, &way_up(self.folder(), &root)))),
            None => Err(Failure::error(format!(
                "`aludel` is taken from the workspace, but {} has no such dependency",
                root.join("Cargo.toml").display()
            ))),
        }
    }

    /// The nearest Cargo.toml above with a `[workspace]`.
    fn workspace(&self) -> Result<(PathBuf, DocumentMut), Failure> {
        let folder = std::path::absolute(self.folder()).unwrap_or_else(|_| self.folder().to_owned());
        for folder in folder.ancestors() {
            let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
            if let Ok(document) = text.parse::<DocumentMut>()
                && document.contains_key("workspace")
            {
                return Ok((folder.to_owned(), document));
            }
        }
        Err(Failure::error(format!(
            "{} belongs to no workspace, but takes `aludel` from one",
            self.file.display()
        )))
    }
}

fn refuse_without_migrations(aludel: &dyn TableLike) -> Result<(), Failure> {
    let has_defaults = aludel.get("default-features").and_then(Item::as_bool) != Some(false);
    let features = aludel.get("features").and_then(Item::as_array);
    let is_named = features.into_iter().flatten().any(|feature| feature.as_str() == Some("migrate"));
    if has_defaults || is_named {
        return Ok(());
    }
    Err(Failure::error("the dependency on `aludel` leaves out its feature `migrate`")
        .help("add it: features = [\"migrate\", ...]"))
}

/// The dependency on `aludel-cli` from the same place as the one on `aludel`. `prefix` leads from the package to the
/// folder from which a path counts.
fn beside(aludel: &Item, prefix: &Path) -> Value {
    let mut table = InlineTable::new();
    match aludel.as_table_like() {
        None => {
            table.insert("version", aludel.as_str().unwrap_or("*").into());
        }
        Some(aludel) => {
            for key in ["version", "git", "branch", "tag", "rev", "registry"] {
                if let Some(text) = aludel.get(key).and_then(Item::as_str) {
                    table.insert(key, text.into());
                }
            }
            if let Some(path) = aludel.get("path").and_then(Item::as_str) {
                let sibling = prefix.join(path).with_file_name("aludel-cli");
                table.insert("path", slashes(&sibling).into());
            }
        }
    }
    table.insert("default-features", false.into());
    table.into()
}

fn way_up(from: &Path, to: &Path) -> PathBuf {
    let from = std::path::absolute(from).unwrap_or_else(|_| from.to_owned());
    let steps = from.strip_prefix(to).map(|rest| rest.components().count()).unwrap_or_default();
    (0..steps).map(|_| Component::ParentDir).collect()
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
