//! New revision files: what is in them, what they are called, and the list of them that is compiled in. Mirrors
//! Alembic's `RevisionContext` and `ScriptDirectory.generate_revision`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;
use crate::revision::RevisionNode;

/// A revision that has just been made, and is not written yet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NewScript {
    /// The revision; its file is a name without a directory.
    pub node: RevisionNode,
    /// The file's text.
    pub text: String,
    /// The steps up; empty where nothing differs, or nothing was compared.
    pub upgrade: Vec<Operation>,
    /// The steps down.
    pub downgrade: Vec<Operation>,
    /// What was found to differ, in words.
    pub detected: Vec<String>,
    /// What a person should look at before the revision runs.
    pub warnings: Vec<String>,
}

impl NewScript {
    pub(crate) fn new(node: RevisionNode, text: String) -> Self {
        let (upgrade, downgrade) = (Vec::new(), Vec::new());
        NewScript { node, text, upgrade, downgrade, detected: Vec::new(), warnings: Vec::new() }
    }

    /// Writes the file into the directory of the revisions, and the list beside it anew.
    ///
    /// # Errors
    /// Where there is a file of that name already, or the directory can't be written.
    pub fn write(&self, directory: &Path) -> Result<PathBuf> {
        let path = directory.join(&self.node.file);
        fs::create_dir_all(directory).map_err(|error| file_error("make the directory", directory, error))?;
        let written = fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let written = written.and_then(|mut file| std::io::Write::write_all(&mut file, self.text.as_bytes()));
        written.map_err(|error| file_error("write the new revision", &path, error))?;
        update_versions(directory)?;
        Ok(path)
    }
}

/// The name of a revision's file: its id and the words of its message, cut at a word's end behind 40 characters.
pub(crate) fn file_name(id: &str, message: &str) -> String {
    let mut slug = String::new();
    for word in message.split(|character: char| !character.is_ascii_alphanumeric()) {
        if !word.is_empty() && slug.len() + word.len() < 40 {
            slug.push('_');
            slug.push_str(&word.to_ascii_lowercase());
        } else if !word.is_empty() {
            break;
        }
    }
    format!("{id}{slug}.rs")
}

/// Writes `mod.rs`, the list of the revisions, from the files in their directory.
///
/// # Errors
/// Where the directory can't be read or written.
pub fn update_versions(directory: &Path) -> Result<()> {
    let unreadable = |error| file_error("read the directory", directory, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rs") && name != "mod.rs" && !name.starts_with('.') {
            files.push(name);
        }
    }
    files.sort();
    let path = directory.join("mod.rs");
    let text = render_versions(&files);
    // An untouched file keeps its time, so that nothing is compiled again.
    if fs::read_to_string(&path).is_ok_and(|known| known == text) {
        return Ok(());
    }
    fs::write(&path, text).map_err(|error| file_error("write the list of revisions", &path, error))
}

/// The text of `mod.rs` for these files.
pub fn render_versions(files: &[String]) -> String {
    let mut text = String::from(
        "//! The revisions of this project.\n//!\n//! This list is kept by `aludel revision`; what is written here by hand is \
         overwritten.\n\nuse aludel::migrate::Script;\n",
    );
    if !files.is_empty() {
        text.push('\n');
    }
    // Writing into a text does not fail.
    for file in files {
        let _ = writeln!(text, "#[path = {file:?}]\nmod {};", module(file));
    }
    text.push_str("\n/// All revisions, by file name.\npub const VERSIONS: &[Script] = &[");
    for file in files {
        let module = module(file);
        let _ = write!(
            text,
            "\n    Script {{\n        revision: {module}::REVISION,\n        upgrade: {module}::upgrade,\n        downgrade: \
             {module}::downgrade,\n        source: include_str!({file:?}),\n        file: {file:?},\n    }},"
        );
    }
    text.push_str(if files.is_empty() { "];\n" } else { "\n];\n" });
    text
}

/// A file's module: its name as an identifier.
fn module(file: &str) -> String {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let plain = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
    format!("r{}", stem.chars().map(plain).collect::<String>().to_ascii_lowercase())
}

fn file_error(doing: &str, path: &Path, error: std::io::Error) -> Error {
    Error::new(ErrorKind::File, format!("cannot {doing} {}: {error}", path.display())).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::{file_name, render_versions};

    #[test]
    fn names_of_files() {
        assert_eq!(file_name("1975ea83b712", "Create users!"), "1975ea83b712_create_users.rs");
        assert_eq!(file_name("ae1", ""), "ae1.rs");
        assert_eq!(file_name("ae1", "Grüße"), "ae1_gr_e.rs");
        let long = file_name("ae1", "one two three four five six seven eight nine ten eleven");
        assert_eq!(long, "ae1_one_two_three_four_five_six_seven_eight.rs");
    }

    #[test]
    fn the_list_names_every_file() {
        let text = render_versions(&["1975_create-users.rs".to_owned()]);
        assert!(text.contains("#[path = \"1975_create-users.rs\"]\nmod r1975_create_users;"), "{text}");
        assert!(text.contains("upgrade: r1975_create_users::upgrade,"), "{text}");
        assert!(render_versions(&[]).ends_with("pub const VERSIONS: &[Script] = &[];\n"));
    }
}
