//! A revision as it is compiled in: its identity, its two functions and its source. Mirrors Alembic's `Script`.

use crate::operation::{Operation, Operations};
use crate::revision::{Revision, RevisionNode};

/// One revision file. The list of them is `migrations/versions/mod.rs`, which the tool keeps.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// What the file says about itself: its `REVISION`.
    pub revision: Revision,
    /// The file's `upgrade`.
    pub upgrade: fn(&mut Operations),
    /// The file's `downgrade`.
    pub downgrade: fn(&mut Operations),
    /// The file's text: message and date stand in its head, and the ledger keeps its checksum.
    pub source: &'static str,
    /// The file's name, for messages.
    pub file: &'static str,
}

impl Script {
    /// The revision's id.
    pub fn id(&self) -> &'static str {
        self.revision.id()
    }

    /// The message: the first paragraph of the file's head, on one line.
    pub fn message(&self) -> String {
        let lines = head(self.source).map(str::trim);
        let paragraph = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
        paragraph.collect::<Vec<_>>().join(" ")
    }

    /// When the file was made, as its head says.
    pub fn create_date(&self) -> Option<&'static str> {
        head(self.source).find_map(|line| line.trim().strip_prefix("Create Date:")).map(str::trim)
    }

    /// A checksum of the file's text that does not depend on how lines end.
    pub fn checksum(&self) -> String {
        checksum(self.source)
    }

    /// The revision as a node of the graph.
    pub fn node(&self) -> RevisionNode {
        RevisionNode {
            message: self.message(),
            create_date: self.create_date().map(str::to_owned),
            file: self.file.to_owned(),
            ..RevisionNode::from(&self.revision)
        }
    }

    /// The steps of the upgrade.
    pub fn upgrade_operations(&self) -> Vec<Operation> {
        steps(self.upgrade)
    }

    /// The steps of the downgrade.
    pub fn downgrade_operations(&self) -> Vec<Operation> {
        steps(self.downgrade)
    }
}

fn steps(build: fn(&mut Operations)) -> Vec<Operation> {
    let mut operations = Operations::new();
    build(&mut operations);
    operations.into_steps()
}

/// The lines of the `//!` comment at the top, without its marks.
fn head(source: &'static str) -> impl Iterator<Item = &'static str> {
    source.lines().map_while(|line| line.trim_start().strip_prefix("//!"))
}

/// FNV-1a with 64 bits, in hexadecimal: it has to tell an edited file, not to resist an attacker.
fn checksum(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes().filter(|byte| *byte != b'\r') {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{Script, checksum};
    use crate::revision::Revision;

    const SCRIPT: Script = Script {
        revision: Revision::new("1975ea83b712"),
        upgrade: |_| {},
        downgrade: |_| {},
        source: "//! create\r\n//! users\r\n//!\r\n//! Revision ID: 1975ea83b712\r\n//! Create Date: 2026-11-22 12:50:16 UTC\r\n\r\nuse x;\r\n",
        file: "1975ea83b712_create_users.rs",
    };

    #[test]
    fn the_head_of_the_file_is_read() {
        assert_eq!(SCRIPT.message(), "create users");
        assert_eq!(SCRIPT.create_date(), Some("2026-11-22 12:50:16 UTC"));
        let node = SCRIPT.node();
        assert_eq!((node.id.as_str(), node.file.as_str()), ("1975ea83b712", "1975ea83b712_create_users.rs"));
    }

    #[test]
    fn the_checksum_is_that_of_the_text_whatever_the_line_ends() {
        assert_eq!(checksum(""), "cbf29ce484222325");
        assert_eq!(checksum("a"), "af63dc4c8601ec8c");
        assert_eq!(checksum("a\r\nb"), checksum("a\nb"));
        assert_ne!(checksum("a\nb"), checksum("a\n b"));
    }
}
