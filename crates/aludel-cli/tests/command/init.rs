//! `aludel init`: what it adds to a package, and that it writes nothing where something is in the way.

use super::project::Project;

/// A package with a library and a program that depends on `aludel` in the given words.
fn package(aludel: &str) -> Project {
    let project = Project::empty();
    project.write(
        "Cargo.toml",
        &format!(
            "# The shop.\n[package]\nname = \"my-shop\"   # with a dash\nedition = \"2024\"\n\n[dependencies]\n{aludel}\n"
        ),
    );
    project.write("src/lib.rs", "");
    project.write("src/main.rs", "fn main() {}\n");
    project
}

#[test]
fn a_package_gets_its_migrations() {
    let project = package("aludel = \"0.1\"");
    let said = project.succeeds(&["init"]);
    assert!(said.contains("my_shop::metadata()"), "{said}");
    assert_eq!(
        project.read("Cargo.toml"),
        "# The shop.\n[package]\nname = \"my-shop\"   # with a dash\nedition = \"2024\"\ndefault-run = \"my-shop\"\n\n\
         [dependencies]\naludel = \"0.1\"\naludel-cli = { version = \"0.1\", default-features = false }\n\n\
         [[bin]]\nname = \"migrate\"\npath = \"migrations/env.rs\"\n"
    );
    assert!(project.read("aludel.toml").contains("url = \"sqlite:///my-shop.db\""));
    assert!(project.read("migrations/env.rs").contains("Environment::new(my_shop::metadata())"));
    assert!(project.read("migrations/versions/mod.rs").contains("VERSIONS: &[Script] = &[];"));
    assert_eq!(project.succeeds(&["history"]), "");
}

#[test]
fn the_command_line_comes_from_where_the_library_comes_from() {
    for (aludel, command_line) in [
        (
            "aludel = { version = \"0.1.2\", features = [\"chrono\"] }",
            "{ version = \"0.1.2\", default-features = false }",
        ),
        (
            "aludel = { path = \"../x/crates/aludel\" }",
            "{ path = \"../x/crates/aludel-cli\", default-features = false }",
        ),
        (
            "aludel = { git = \"https://example.org/a\", tag = \"v1\" }",
            "{ git = \"https://example.org/a\", tag = \"v1\", default-features = false }",
        ),
        (
            "aludel = { version = \"0.1\", default-features = false, features = [\"sqlite\", \"migrate\"] }",
            "{ version = \"0.1\", default-features = false }",
        ),
    ] {
        let project = package(aludel);
        project.succeeds(&["init", "--quiet"]);
        let manifest = project.read("Cargo.toml");
        assert!(manifest.contains(&format!("\naludel-cli = {command_line}\n")), "{manifest}");
    }
}

#[test]
fn a_member_takes_it_from_its_workspace() {
    for (shared, command_line) in [
        (
            "aludel = { path = \"vendor/aludel\" }",
            "{ path = \"../../vendor/aludel-cli\", default-features = false }",
        ),
        ("aludel = \"0.1\"", "{ version = \"0.1\", default-features = false }"),
        ("aludel = \"0.1\"\naludel-cli = \"0.1\"", "{ workspace = true }"),
    ] {
        let project = Project::empty();
        project.write("Cargo.toml", &format!("[workspace]\n[workspace.dependencies]\n{shared}\n"));
        project.write(
            "members/shop/Cargo.toml",
            "[package]\nname = \"shop\"\n[dependencies]\naludel.workspace = true\n",
        );
        project.write("members/shop/src/lib.rs", "");
        let said = project.aludel(&["init", "--folder", "members/shop", "--url", "sqlite:///a\"b.db"]);
        assert_eq!(said.status, 0, "{said:?}");
        let manifest = project.read("members/shop/Cargo.toml");
        assert!(manifest.contains(&format!("\naludel-cli = {command_line}\n")), "{manifest}");
        assert!(!manifest.contains("default-run"), "it has one binary only: {manifest}");
        assert!(project.read("members/shop/aludel.toml").contains("url = \"sqlite:///a\\\"b.db\""));
    }
}

#[test]
fn nothing_is_written_where_something_is_in_the_way() {
    let no_library = package("aludel = \"0.1\"");
    no_library.remove("src/lib.rs");
    let no_dependency = package("");
    let without_migrations = package("aludel = { version = \"0.1\", default-features = false }");
    let occupied = package("aludel = \"0.1\"");
    occupied.write("migrations/env.rs", "mine");
    let named_alike = package("aludel = \"0.1\"");
    named_alike.write("src/bin/migrate.rs", "fn main() {}");
    let lone = Project::empty();
    lone.write("Cargo.toml", "[workspace]\n");
    for (project, words) in [
        (
            &no_library,
            &["package `my-shop` has no library", "src/lib.rs", "pub fn metadata() -> MetaData"][..],
        ),
        (&no_dependency, &["does not depend on `aludel`", "cargo add aludel"]),
        (&without_migrations, &["feature `migrate`"]),
        (&occupied, &["migrations/env.rs is there already", "nothing is written over"]),
        (&named_alike, &["a binary `migrate` already"]),
        (&lone, &["is not a package's"]),
        (&Project::empty(), &["there is no Cargo.toml", "cargo new"]),
    ] {
        let before = project.has("Cargo.toml").then(|| project.read("Cargo.toml"));
        project.fails(&["init"], words);
        assert_eq!(project.has("Cargo.toml").then(|| project.read("Cargo.toml")), before);
        assert!(!project.has("aludel.toml") && !project.has("migrations/versions"), "{words:?}");
    }
    assert_eq!(occupied.read("migrations/env.rs"), "mine");
}
