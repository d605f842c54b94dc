//! ARCHITECTURE.md names only what exists: a page that leads a newcomer to a file that is gone is worse than none.

use std::path::Path;

const PAGE: &str = "ARCHITECTURE.md";

/// Folders at the root that count as such even when they are gone, so that removing one is noticed.
const ROOMS: &[&str] =
    &["crates", "corpus", "tests", "xtask", "docs", "examples", "benches", ".ci", ".cargo"];

/// Checks that the page exists and that each path on it does.
pub(crate) fn check(root: &Path, files: &[String]) -> Vec<String> {
    match std::fs::read_to_string(root.join(PAGE)) {
        Ok(text) => missing(&text, files),
        Err(error) => vec![format!("{PAGE}: cannot be read: {error}")],
    }
}

/// One finding for each path on the page that no file of the repository answers to.
fn missing(text: &str, files: &[String]) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for written in code_spans(line).filter(|span| looks_like_a_path(span)) {
            for path in expand(written) {
                if !exists(&path, files) {
                    findings.push(format!("{PAGE}:{number}: `{path}` does not exist"));
                }
            }
        }
    }
    findings
}

/// What stands between backticks on this line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A path of this repository starts in one of its rooms, in a crate (`aludel-sql/src/..`) or in `src/`.
/// Other paths on the page (`migrations/env.rs`, a URL) are the user's.
fn looks_like_a_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./{},*".contains(c);
    let Some((first, _)) = span.split_once('/') else { return false };
    span.chars().all(plain)
        && (ROOMS.contains(&first) || first == "src" || first == "aludel" || first.starts_with("aludel-"))
}

/// `a/{b,c}/d` is `a/b/d` and `a/c/d`.
fn expand(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let Some((choices, after)) = rest.split_once('}') else { return vec![path.to_owned()] };
    choices.split(',').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
}

fn exists(path: &str, files: &[String]) -> bool {
    let (first, _) = path.split_once('/').unwrap_or((path, ""));
    let path = if first.starts_with("aludel") { format!("crates/{path}") } else { path.to_owned() };
    // Up to a star, the folder has to be there; without one, the file or folder itself.
    let (path, anything_in_it) = match path.split_once('*') {
        Some((before, _)) => (before.rsplit_once('/').map_or("", |(folder, _)| folder), true),
        None => (path.trim_end_matches('/'), path.ends_with('/')),
    };
    files.iter().any(|file| {
        // `src/..` is told from the crate that the text speaks of: it has to exist in one of them.
        let tail = if first == "src" { file.find("/src/").map_or("", |at| &file[at + 1..]) } else { file };
        tail.strip_prefix(path)
            .is_some_and(|rest| (rest.is_empty() && !anything_in_it) || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<String> {
        ["crates/aludel-sql/src/dialect/sqlite.rs", "crates/aludel-sql/src/dialect/mysql.rs", "tests/ui/a.rs"]
            .map(str::to_owned)
            .to_vec()
    }

    #[test]
    fn paths_that_exist_pass() {
        let text = "`crates/aludel-sql/src/dialect/sqlite.rs`, `crates/aludel-sql/` and `aludel-sql/src`,\n\
                    `src/dialect/mysql.rs`, `crates/aludel-sql/src/dialect/{sqlite,mysql}.rs`, `tests/ui/*.rs`";
        assert_eq!(missing(text, &files()), Vec::<String>::new());
    }

    #[test]
    fn paths_that_are_gone_are_named_with_their_line() {
        let text = "fine\n`crates/aludel-sql/src/gone.rs` `src/dialect/{sqlite,oracle}.rs` `docs/decisions/`";
        let wanted = ["crates/aludel-sql/src/gone.rs", "src/dialect/oracle.rs", "docs/decisions/"]
            .map(|path| format!("ARCHITECTURE.md:2: `{path}` does not exist"));
        assert_eq!(missing(text, &files()), wanted);
    }

    #[test]
    fn a_part_of_a_name_is_not_a_path() {
        assert_eq!(missing("`crates/aludel-sq`, `src/dialect/my`", &files()).len(), 2);
        assert_eq!(missing("`crates/aludel-sql/src/dialect/sqlite.rs/`", &files()).len(), 1);
    }

    #[test]
    fn what_is_not_of_this_repository_is_left_alone() {
        let text = "`migrations/env.rs`, `sqlite:///shop.db`, `and/or`, `User.username`, crates/gone.rs, `aludel.toml`";
        assert_eq!(missing(text, &files()), Vec::<String>::new());
    }
}
