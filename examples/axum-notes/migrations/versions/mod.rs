//! The revisions of this project.
//!
//! This list is kept by `aludel revision`; what is written here by hand is overwritten.

use aludel::migrate::Script;

#[path = "96659a1b2e16_create_notes.rs"]
mod r96659a1b2e16_create_notes;

/// All revisions, by file name.
pub const VERSIONS: &[Script] = &[Script {
    revision: r96659a1b2e16_create_notes::REVISION,
    upgrade: r96659a1b2e16_create_notes::upgrade,
    downgrade: r96659a1b2e16_create_notes::downgrade,
    source: include_str!("96659a1b2e16_create_notes.rs"),
    file: "96659a1b2e16_create_notes.rs",
}];
