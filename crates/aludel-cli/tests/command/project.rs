//! A project's folder for one test, and the `aludel` command in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that goes when the test is over.
pub(crate) struct Project {
    folder: PathBuf,
}

/// How a run of the command ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) complaint: String,
}

impl Project {
    /// A folder with an `aludel.toml` and no revisions.
    pub(crate) fn new() -> Self {
        let project = Project::empty();
        project.write("aludel.toml", "url = \"sqlite:///shop.db\"\n");
        project.versions(&[]);
        project
    }

    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("aludel-cli-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a temporary folder");
        Project { folder }
    }

    /// Writes revision files.
    pub(crate) fn versions(&self, files: &[(&str, &str)]) {
        fs::create_dir_all(self.folder.join("migrations/versions")).expect("the folder of the revisions");
        for (name, text) in files {
            self.write(&format!("migrations/versions/{name}"), text);
        }
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("its folder");
        fs::write(path, text).expect(file);
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect(file)
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    pub(crate) fn remove(&self, file: &str) {
        fs::remove_file(self.folder.join(file)).expect(file);
    }

    pub(crate) fn aludel(&self, arguments: &[&str]) -> Said {
        self.aludel_in("", arguments)
    }

    pub(crate) fn aludel_in(&self, folder: &str, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_aludel"))
            .args(arguments)
            .current_dir(self.folder.join(folder))
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("ALUDEL_DATABASE_URL")
            .stdin(Stdio::null())
            .output()
            .expect("the command runs");
        Said {
            status: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs the command, which has to succeed without a complaint.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> String {
        let said = self.aludel(arguments);
        assert!(said.status == 0 && said.complaint.is_empty(), "{arguments:?}: {said:?}");
        said.output
    }

    /// Runs the command, which has to end with status 1, print nothing, and complain in these words.
    pub(crate) fn fails(&self, arguments: &[&str], words: &[&str]) {
        let said = self.aludel(arguments);
        assert!(said.status == 1 && said.output.is_empty(), "{arguments:?}: {said:?}");
        for word in words {
            assert!(said.complaint.contains(word), "{arguments:?} should say {word:?}: {said:?}");
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What is left of a temporary folder hurts nobody.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The text of a revision file; the constant is in its fifth line.
pub(crate) fn revision(message: &str, value: &str) -> String {
    format!(
        "//! {message}\n//!\n\nuse aludel::migrate::prelude::*;\npub const REVISION: Revision = {value};\n\n\
         pub fn upgrade(_op: &mut Operations) {{}}\n\npub fn downgrade(_op: &mut Operations) {{}}\n"
    )
}
