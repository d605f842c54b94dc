//! The `aludel` command on project folders: what it answers by itself, what it writes, and what it refuses.

use super::project::{Project, revision};

/// Two branches from one start.
fn branched() -> Project {
    let project = Project::new();
    project.versions(&[
        ("a1a1_create_users.rs", &revision("create users", "Revision::new(\"a1a1\")")),
        ("b2b2_add_email.rs", &revision("add email", "Revision::new(\"b2b2\").revises(\"a1a1\")")),
        (
            "c3c3_add_invoices.rs",
            &revision(
                "add invoices",
                "Revision::new(\"c3c3\").revises(\"a1a1\").branch_labels(&[\"billing\"])",
            ),
        ),
    ]);
    project
}

#[test]
fn questions_about_the_graph_need_no_build() {
    let project = branched();
    for (arguments, answer) in [
        (
            "history",
            "a1a1 -> b2b2 (head), add email\na1a1 -> c3c3 [billing] (head), add invoices\n\
             <base> -> a1a1 (branch point), create users\n",
        ),
        (
            "history -r a1a1:b2b2",
            "a1a1 -> b2b2 (head), add email\n<base> -> a1a1 (branch point), create users\n",
        ),
        ("heads", "b2b2 (head), add email\nc3c3 [billing] (head), add invoices\n"),
        (
            "branches",
            "a1a1 (branch point), create users\n    -> b2b2 (head), add email\n    -> c3c3 [billing] (head), add invoices\n",
        ),
        (
            "show billing@head",
            "Revision: c3c3 [billing] (head)\nRevises: a1a1\nBranch labels: billing\nFile: c3c3_add_invoices.rs\n\n    \
             add invoices\n\n",
        ),
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        assert_eq!(project.succeeds(&words), answer, "{arguments}");
    }
}

#[test]
fn the_project_is_found_from_any_folder_inside() {
    let project = branched();
    let said = project.aludel_in("migrations/versions", &["show", "a1a1"]);
    assert!(said.status == 0 && said.output.starts_with("Revision: a1a1"), "{said:?}");
}

#[test]
fn the_list_of_revisions_follows_the_files() {
    let project = branched();
    project.succeeds(&["heads"]);
    let list = project.read("migrations/versions/mod.rs");
    assert!(list.contains("#[path = \"b2b2_add_email.rs\"]"), "{list}");
    project.remove("migrations/versions/b2b2_add_email.rs");
    project.succeeds(&["heads"]);
    assert!(!project.read("migrations/versions/mod.rs").contains("b2b2"));
}

#[test]
fn a_new_revision_follows_the_head_and_joins_the_list() {
    let project = Project::new();
    let file = project.succeeds(&["revision", "-m", "Create users!", "--rev-id", "a1a1"]);
    assert_eq!(file.trim(), "migrations/versions/a1a1_create_users.rs");
    let text = project.read(file.trim());
    assert!(text.starts_with("//! Create users!\n"), "{text}");
    assert!(text.contains("Revision::new(\"a1a1\")"), "{text}");
    assert!(project.read("migrations/versions/mod.rs").contains("a1a1_create_users.rs"));
    let file = project.succeeds(&["revision"]);
    assert!(project.read(file.trim()).contains(".revises(\"a1a1\")"));
    let history = project.succeeds(&["history"]);
    assert_eq!(history.lines().count(), 2, "{history}");
}

#[test]
fn branches_begin_and_merge() {
    let project = branched();
    project.fails(&["revision", "-m", "x"], &["`head` stands for several heads", "aludel merge"]);
    project.fails(&["revision", "--head", "a1a1"], &["already has a follower", "--head a1a1 --splice"]);
    project.succeeds(&[
        "revision",
        "--head",
        "a1a1",
        "--splice",
        "--branch-label",
        "stock",
        "--rev-id",
        "d4d4",
    ]);
    assert!(project.succeeds(&["heads"]).contains("d4d4 [stock] (head)"));
    project.succeeds(&["merge", "-m", "join", "--rev-id", "e5e5"]);
    assert_eq!(project.succeeds(&["heads"]), "e5e5 (head) (merge point), join\n");
    project.fails(&["merge"], &["`e5e5` is the only head", "aludel heads"]);
}

#[test]
fn each_kind_of_bad_revision_file_is_named() {
    let good = revision("one", "Revision::new(\"a1a1\")");
    for (name, text, words) in [
        ("b2.rs", "pub fn upgrade( {}\n".to_owned(), &["b2.rs:1:15: not Rust: "][..]),
        ("b2.rs", "pub fn upgrade() {}\npub fn downgrade() {}\n".to_owned(), &["b2.rs: ", "REVISION"]),
        (
            "b2.rs",
            "pub const REVISION: Revision = Revision::new(\"b2b2\");\npub fn upgrade() {}\n".to_owned(),
            &["b2.rs: ", "no `pub fn downgrade"],
        ),
        ("b2.rs", revision("", "Revision::new(ID)"), &["b2.rs:5:46: ", "written with literals"]),
        ("b2.rs", good.clone(), &["`a1a1` is declared 2 times: a1.rs, b2.rs", "new id"]),
        (
            "b2.rs",
            revision("", "Revision::new(\"b2b2\").revises(\"a1a2\")"),
            &["`b2b2` (b2.rs) revises `a1a2`, which no file declares", "`a1a1`"],
        ),
        (
            "b2.rs",
            revision("", "Revision::new(\"b2b2\").revises(\"b2b2\")"),
            &["`b2b2` (b2.rs) revises itself"],
        ),
        ("b2.rs", revision("", "Revision::new(\"head\")"), &["`head` is a word of the command line"]),
    ] {
        let project = Project::new();
        project.versions(&[("a1.rs", &good), (name, &text)]);
        for command in [&["heads"][..], &["upgrade"], &["revision", "-m", "x"]] {
            project.fails(command, words);
        }
    }
    let project = Project::new();
    project.versions(&[
        ("a1.rs", &revision("", "Revision::new(\"a1a1\").revises(\"b2b2\")")),
        ("b2.rs", &revision("", "Revision::new(\"b2b2\").revises(\"a1a1\")")),
    ]);
    project.fails(&["history"], &["go round in a circle", "a1.rs", "b2.rs"]);
}

#[test]
fn a_revision_that_is_not_there_is_named() {
    let project = branched();
    project.fails(&["show", "b2b3"], &["`b2b3`", "`b2b2`", "help: `aludel history` lists all revisions"]);
    project.fails(&["history", "-r", "a1a1"], &["`a1a1` is not a range", "from:to"]);
    project.fails(&["show", "nowhere@head"], &["no branch label or revision is called `nowhere`"]);
}

#[test]
fn without_settings_the_way_out_is_told() {
    let project = Project::new();
    project.remove("aludel.toml");
    project.fails(&["heads"], &["there is no aludel.toml in", "aludel init"]);
    project.write("aludel.toml", "ulr = \"x\"\n");
    project.fails(&["heads"], &["aludel.toml:1: `ulr` is no setting", "`url`"]);
    project.write("aludel.toml", "versions = \"nowhere\"\n");
    project.fails(&["heads"], &["cannot read the revisions in", "nowhere"]);
    project.fails(&["heads", "-c", "other.toml"], &["cannot read", "other.toml"]);
}

#[test]
fn wrong_arguments_end_with_status_two() {
    let project = Project::new();
    for (arguments, words) in [
        (&["ugprade"][..], "unrecognized subcommand 'ugprade'"),
        (&["downgrade"], "<REV>"),
        (&["revision", "--allow-drop-all"], "--autogenerate"),
        (&["stamp", "head", "--purge", "--sql"], "cannot be used with"),
    ] {
        let said = project.aludel(arguments);
        assert_eq!(said.status, 2, "{said:?}");
        assert!(said.complaint.contains(words), "{said:?}");
    }
}

/// The rest is the project's own program: this one says what it was given.
#[test]
fn what_needs_the_models_is_handed_on() {
    let project = Project::new();
    project.fails(&["upgrade"], &["there is no Cargo.toml beside"]);
    project.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nedition = \"2024\"\n[[bin]]\nname = \"migrate\"\npath = \"migrate.rs\"\n[workspace]\n",
    );
    project.write(
        "migrate.rs",
        "fn main() {\n    for word in std::env::args().skip(3) { println!(\"{word}\"); }\n    std::process::exit(3);\n}\n",
    );
    let said = project.aludel(&["upgrade", "--sql", "head", "--show-build", "--url", "sqlite://"]);
    assert_eq!(
        (said.status, said.output.as_str()),
        (3, "upgrade\n--sql\nhead\n--url\nsqlite://\n"),
        "{said:?}"
    );

    project.write("migrate.rs", "fn main() { nothing_of_that_name() }\n");
    project.fails(&["current"], &["nothing_of_that_name", "the project's `migrate` binary does not build"]);
}

#[test]
fn help_says_what_it_said() {
    let project = Project::new();
    let mut text = String::new();
    for command in [
        "",
        "init",
        "revision",
        "merge",
        "upgrade",
        "downgrade",
        "stamp",
        "current",
        "check",
        "history",
        "heads",
        "branches",
        "show",
    ] {
        let words: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        text += &format!("$ aludel {}\n\n{}\n", words.join(" "), project.succeeds(&words));
    }
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/help.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(golden, &text).expect("the golden file can be written");
    }
    let known = std::fs::read_to_string(golden).expect("the golden file is there");
    assert!(
        known == text,
        "`BLESS=1 cargo test -p aludel-cli --test command` writes it anew; now it is\n{text}"
    );
}
