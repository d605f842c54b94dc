//! The layer table: which crate may depend on which. An arrow may be followed, never turned round.

use crate::workspace::Package;

const SQL: &str = "aludel-sql";
const ENGINE: &str = "aludel-engine";

/// A crate, and the crates of this workspace that it may depend on.
type Row = (&'static str, &'static [&'static str]);

/// Every crate under `crates/`, from the bottom up. Development dependencies are free, and so is everything
/// outside `crates/` (tests, examples, this program).
const TABLE: &[Row] = &[
    (SQL, &[]),
    ("aludel-macros", &[]),
    (ENGINE, &[SQL]),
    ("aludel-sqlite", &[ENGINE, SQL]),
    ("aludel-postgres", &[ENGINE, SQL]),
    ("aludel-mysql", &[ENGINE, SQL]),
    ("aludel-orm", &[ENGINE, SQL]),
    ("aludel-migrate", &[ENGINE, SQL]),
    ("aludel-cli", &["aludel-migrate"]),
    (
        "aludel",
        &[
            SQL,
            ENGINE,
            "aludel-macros",
            "aludel-sqlite",
            "aludel-postgres",
            "aludel-mysql",
            "aludel-orm",
            "aludel-migrate",
        ],
    ),
    ("aludel-test", &["aludel", "aludel-cli"]),
];

const HERE: &str = "xtask/src/layers/edges.rs";

/// Compares the dependencies of every package with the table.
pub(crate) fn check(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in packages.iter().filter(|package| package.folder.starts_with("crates/")) {
        let Some((name, allowed)) = TABLE.iter().find(|(name, _)| *name == package.name) else {
            findings.push(format!("{}: crate `{}` has no row in {HERE}", package.folder, package.name));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.dev) {
            let ours = packages.iter().any(|other| other.name == dependency.name);
            if ours && !allowed.contains(&dependency.name.as_str()) {
                findings.push(format!(
                    "{}/Cargo.toml: `{name}` must not depend on `{}`; it may depend on {} ({HERE})",
                    package.folder,
                    dependency.name,
                    listed(allowed),
                ));
            }
        }
    }
    for (name, _) in TABLE {
        if !packages.iter().any(|package| package.name == *name) {
            findings.push(format!("{HERE}: there is no crate `{name}`; remove its row"));
        }
    }
    findings
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        "no crate of this workspace".to_owned()
    } else {
        format!("`{}`", names.join("`, `"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    /// Packages that keep to the table in every row.
    fn packages() -> Vec<Package> {
        let package = |(name, allowed): &Row| Package {
            name: (*name).to_owned(),
            folder: format!("crates/{name}"),
            dependencies: allowed.iter().map(|name| dependency(name, false)).collect(),
            required_features: Vec::new(),
        };
        TABLE.iter().map(package).collect()
    }

    fn dependency(name: &str, dev: bool) -> Dependency {
        Dependency { name: name.to_owned(), dev }
    }

    /// The findings after `name` has got one more dependency.
    fn findings(name: &str, more: Dependency) -> Vec<String> {
        let mut packages = packages();
        packages.iter_mut().find(|package| package.name == name).unwrap().dependencies.push(more);
        check(&packages)
    }

    #[test]
    fn what_the_table_allows_passes() {
        assert_eq!(check(&packages()), Vec::<String>::new());
    }

    #[test]
    fn the_table_reads_from_the_bottom_up() {
        for (index, (name, allowed)) in TABLE.iter().enumerate() {
            for below in *allowed {
                let position = TABLE.iter().position(|(other, _)| other == below);
                assert!(position.is_some_and(|position| position < index), "{name} -> {below}");
            }
        }
    }

    #[test]
    fn a_turned_arrow_is_named() {
        let findings = findings(SQL, dependency(ENGINE, false));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("`aludel-sql` must not depend on `aludel-engine`"), "{findings:?}");
    }

    #[test]
    fn siblings_do_not_know_each_other() {
        assert_eq!(findings("aludel-orm", dependency("aludel-migrate", false)).len(), 1);
        assert_eq!(findings("aludel-postgres", dependency("aludel-sqlite", false)).len(), 1);
    }

    #[test]
    fn development_and_foreign_dependencies_are_free() {
        assert!(findings(SQL, dependency("aludel-sqlite", true)).is_empty());
        assert!(findings(SQL, dependency("rustc-hash", false)).is_empty());
    }

    #[test]
    fn a_crate_and_its_row_come_and_go_together() {
        let mut packages = packages();
        packages[0].name = "aludel-new".to_owned();
        let findings = check(&packages);
        assert!(findings.iter().any(|finding| finding.contains("`aludel-new` has no row")), "{findings:?}");
        assert!(findings.iter().any(|finding| finding.contains("no crate `aludel-sql`")), "{findings:?}");
    }
}
