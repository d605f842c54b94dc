//! Pages of `docs` lean on other files: the page of SQLAlchemy's features names the tests that show them, and the guide
//! shows models that its examples read from elsewhere. A page that leans on nothing is worse than none.

use std::path::Path;

const COVERAGE: &str = "docs/sqlalchemy-coverage.md";
const CHAPTER: &str = "docs/guide/src/saying-it-in-sql.md";
const MODELS: &str = "docs/guide/src/library.rs.in";

/// Where the files that the page of features names may stand.
const ROOMS: &[&str] = &["crates/aludel-sql/tests/", "tests/tests/", "tests/", "docs/guide/src/", ""];

/// Checks both pages.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let read = |path: &str| {
        std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: cannot be read: {error}"))
    };
    let mut findings = Vec::new();
    match read(COVERAGE) {
        Ok(page) => findings.extend(unshown(&page, |file| {
            ROOMS.iter().find_map(|room| std::fs::read_to_string(root.join(format!("{room}{file}"))).ok())
        })),
        Err(finding) => findings.push(finding),
    }
    match (read(CHAPTER), read(MODELS)) {
        (Ok(chapter), Ok(models)) => findings.extend(other_models(&chapter, &models)),
        (Err(finding), _) | (_, Err(finding)) => findings.push(finding),
    }
    findings
}

/// One finding for each test on the page whose file is gone, or does not hold the test's name. `read` finds a file.
fn unshown(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(page.lines()) {
        let Some((_, tests)) = line.strip_suffix(" |").and_then(|row| row.rsplit_once(" | ")) else {
            continue;
        };
        for test in tests.split('`').skip(1).step_by(2) {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            match read(file) {
                None => findings.push(format!("{COVERAGE}:{number}: `{file}` does not exist")),
                Some(text) if !text.contains(name) => {
                    findings.push(format!("{COVERAGE}:{number}: `{file}` does not hold `{name}`"));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// A finding where a model in the chapter is not what the examples use.
fn other_models(chapter: &str, models: &str) -> Option<String> {
    let begin = models.find("#[derive(Model")?;
    let shown = models.get(begin..)?.split("\n\nfn library(").next()?;
    (!chapter.contains(shown)).then(|| format!("{CHAPTER}: shows other models than those of {MODELS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_of_this_repository_lean_on_what_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a root");
        assert_eq!(check(root), Vec::<String>::new());
    }

    #[test]
    fn tests_that_are_gone_are_named_with_their_line() {
        let page = "| id | shown by |\n|---|---|\n| A-1 | `a.rs::fine`, `a.rs::gone` |\n| A-2 | `b.rs` |\n| A-3 | — |";
        let read = |file: &str| (file == "a.rs").then(|| "fn fine() {}".to_owned());
        let wanted = ["3: `a.rs` does not hold `gone`", "4: `b.rs` does not exist"];
        assert_eq!(unshown(page, read), wanted.map(|finding| format!("{COVERAGE}:{finding}")));
    }

    #[test]
    fn models_that_differ_are_noticed() {
        let models = "use x;\n\n#[derive(Model)]\nstruct A;\n\nfn library() {}";
        assert_eq!(other_models("text\n#[derive(Model)]\nstruct A;\nmore", models), None);
        assert!(other_models("text\n#[derive(Model)]\nstruct B;\nmore", models).is_some());
    }
}
