//! The house rules that one file can keep or break by itself.

use std::path::Path;

/// A file longer than this has more than one subject.
const MOST_LINES: usize = 1_000;

/// Rooms where anything would fit, so that nothing is ever found in them.
const FORBIDDEN_ROOMS: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

/// Where people's files lie on their own machines.
const HOMES: &[&str] = &["home", "Users", "root"];

/// Folders at the root of any machine: a path into them is not a machine's own.
const EVERYWHERE: &[&str] =
    &["bin", "dev", "etc", "opt", "proc", "run", "sbin", "srv", "sys", "tmp", "usr", "var"];

/// Reads every file and returns what breaks a rule.
pub(crate) fn check(root: &Path, files: &[String]) -> Result<Vec<String>, String> {
    let places = machine_places(root);
    let mut findings = Vec::new();
    for path in files {
        let bytes = std::fs::read(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.contains('\0') {
            continue;
        }
        findings.extend(check_file(path, &text, &places));
    }
    Ok(findings)
}

fn check_file(path: &str, text: &str, places: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    if path.ends_with(".rs") {
        if let Some(room) = forbidden_room(path) {
            findings.push(format!("{path}: `{room}` says nothing about what is inside; name the subject"));
        }
        if !opens_with_its_subject(path, text) {
            findings
                .push(format!("{path}:1: the first line must be `//! ` and say what the file is and why"));
        }
    }
    if path.ends_with(".rs") || path.ends_with(".md") {
        let lines = text.lines().count();
        if lines > MOST_LINES && !is_generated(text) {
            findings
                .push(format!("{path}: {lines} lines, and {MOST_LINES} are the most; split it by subject"));
        }
    }
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(place) = places.iter().find(|place| names_place(line, place)) {
            findings.push(format!("{path}:{number}: `{place}` is a place on one machine; say it relatively"));
        }
    }
    findings
}

/// Compile-fail cases are what a user would write, and generated files are as their generator wrote them.
fn opens_with_its_subject(path: &str, text: &str) -> bool {
    path.starts_with("tests/ui/") || is_generated(text) || text.starts_with("//! ")
}

fn is_generated(text: &str) -> bool {
    text.lines().take(5).any(|line| line.contains("@generated"))
}

fn forbidden_room(path: &str) -> Option<&str> {
    path.split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part))
        .find(|part| FORBIDDEN_ROOMS.contains(part))
}

/// The beginnings of paths that exist on this machine only.
fn machine_places(root: &Path) -> Vec<String> {
    let mut places: Vec<String> = HOMES.iter().map(|home| format!("/{home}/")).collect();
    let checkout = root.iter().nth(1).and_then(|part| part.to_str());
    if let Some(part) = checkout
        && root.has_root()
        && !EVERYWHERE.contains(&part)
        && !HOMES.contains(&part)
    {
        places.push(format!("/{part}/"));
    }
    places
}

/// Whether the line holds the place as the beginning of a path, and not as a part of a longer one.
fn names_place(line: &str, place: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "_-.~})".contains(c);
    line.match_indices(place).any(|(at, _)| !line[..at].ends_with(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check_file(path, text, &machine_places(Path::new("/checkouts/aludel")))
    }

    #[test]
    fn a_good_file_passes() {
        assert_eq!(findings("crates/a/src/lib.rs", "//! What this is.\n"), Vec::<String>::new());
    }

    #[test]
    fn a_rust_file_says_what_it_is() {
        assert_eq!(findings("crates/a/src/lib.rs", "use std::fmt;\n//! late\n").len(), 1);
        assert_eq!(findings("crates/a/src/lib.rs", "//!\n//! late\n").len(), 1);
        assert!(findings("tests/ui/wrong_type.rs", "fn main() {}\n").is_empty());
        assert!(findings("crates/a/src/keywords.rs", "// @generated\n").is_empty());
    }

    #[test]
    fn a_long_file_is_named_and_data_is_not() {
        let long = "//! long\n".repeat(MOST_LINES + 1);
        assert_eq!(findings("tests/laws.rs", &long).len(), 1);
        assert!(findings("tests/laws.rs", &"//! long\n".repeat(MOST_LINES)).is_empty());
        assert!(findings("tests/data/schema.sql", &long).is_empty());
    }

    #[test]
    fn rooms_without_a_subject_are_refused() {
        for path in ["crates/a/src/utils.rs", "tests/common/mod.rs", "crates/a/src/misc/x.rs"] {
            assert_eq!(findings(path, "//! x\n").len(), 1, "{path}");
        }
        assert!(findings("crates/a/src/common_table_expression.rs", "//! x\n").is_empty());
    }

    #[test]
    fn paths_of_one_machine_are_refused() {
        let home = format!("/{}/ann/x", "home");
        for text in
            [format!("see {home}"), format!("\"{home}\""), format!("file://{home}"), "(/checkouts/b)".into()]
        {
            assert_eq!(findings("README.md", &text).len(), 1, "{text}");
        }
        for text in ["/usr/lib/x", "docs/checkouts/", "~/home/", "{root}/home/", "/tmp/x"] {
            assert!(findings("README.md", text).is_empty(), "{text}");
        }
    }
}
