//! A project's own command line on a database: what is printed where, exit statuses, and what bad input gets. The story
//! with the `aludel` command around it is `cargo xtask quickstart`.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder with an `aludel.toml`, and the program run in it.
struct Shop(PathBuf);

#[derive(Debug)]
struct Said {
    status: i32,
    output: String,
    complaint: String,
}

impl Shop {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("aludel-shop-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("migrations/versions")).expect("a temporary folder");
        fs::write(folder.join("aludel.toml"), "url = \"sqlite:///shop.db\"\n").expect("its settings");
        Shop(folder)
    }

    fn run(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_shop-migrations"))
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("ALUDEL_DATABASE_URL")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .expect("the program runs");
        Said {
            status: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Ends with status 0 and says nothing on standard error.
    fn succeeds(&self, arguments: &[&str]) -> String {
        let said = self.run(&[], arguments);
        assert!(said.status == 0 && said.complaint.is_empty(), "{arguments:?}: {said:?}");
        said.output
    }

    /// Ends with that status, and complains in these words.
    fn refuses(&self, status: i32, variables: &[(&str, &str)], arguments: &[&str], words: &[&str]) {
        let said = self.run(variables, arguments);
        assert_eq!(said.status, status, "{arguments:?}: {said:?}");
        for word in words {
            assert!(said.complaint.contains(word), "{arguments:?} should say {word:?}: {said:?}");
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // What is left of a temporary folder hurts nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn each_step_is_announced_and_the_place_is_told() {
    let shop = Shop::new();
    assert_eq!(shop.succeeds(&["current"]), "The database is at base: no revision has run\n");
    assert_eq!(
        shop.succeeds(&["upgrade"]),
        "Running upgrade -> a1a1, create users\nRunning upgrade a1a1 -> b2b2, add email\n"
    );
    assert_eq!(shop.succeeds(&["upgrade"]), "Nothing to do: the database is at b2b2\n");
    assert_eq!(shop.succeeds(&["current", "--check-heads"]), "b2b2 (head), add email\n");
    assert_eq!(
        shop.succeeds(&["downgrade", "-1", "--verbose"]),
        "Running downgrade b2b2 -> a1a1, add email\n    ALTER TABLE users DROP COLUMN email\n"
    );
    assert_eq!(
        shop.succeeds(&["history", "-i"]),
        "a1a1 -> b2b2 (head), add email\n<base> -> a1a1 (current), create users\n"
    );
    assert_eq!(shop.succeeds(&["history", "-r", "current:"]).lines().count(), 2);
    assert!(shop.succeeds(&["show", "current"]).starts_with("Revision: a1a1 (current)\n"));
    assert_eq!(shop.succeeds(&["downgrade", "base", "-q"]), "");
    assert_eq!(shop.succeeds(&["stamp", "head"]), "Stamped base -> b2b2\n");
}

#[test]
fn the_script_goes_to_standard_output_and_no_database_is_made() {
    let shop = Shop::new();
    let script = shop.succeeds(&["upgrade", "--sql"]);
    assert!(
        script.contains("CREATE TABLE users") && script.contains("ALTER TABLE users ADD COLUMN email"),
        "{script}"
    );
    let script = shop.succeeds(&["upgrade", "a1a1:head", "--sql"]);
    assert!(!script.contains("CREATE TABLE users") && script.contains("ADD COLUMN email"), "{script}");
    assert!(shop.succeeds(&["downgrade", "head:base", "--sql"]).contains("DROP TABLE users"));
    assert!(shop.succeeds(&["stamp", "head", "--sql"]).contains("'b2b2'"));
    assert!(!shop.0.join("shop.db").exists());
}

#[test]
fn check_answers_with_its_status() {
    let shop = Shop::new();
    shop.refuses(3, &[], &["check"], &["at base", "`aludel upgrade heads`"]);
    shop.succeeds(&["upgrade"]);
    assert_eq!(shop.succeeds(&["check"]), "No difference: the database is as the models say\n");
    let said = shop.run(&[("SHOP_MODELS", "more")], &["check"]);
    assert_eq!(
        (said.status, said.output.as_str()),
        (3, "Detected added column `users.age` INTEGER\n"),
        "{said:?}"
    );
    shop.succeeds(&["downgrade", "-1"]);
    shop.refuses(3, &[], &["current", "--check-heads"], &["not at head, which is b2b2"]);
}

#[test]
fn autogenerate_writes_a_file_only_where_something_differs() {
    let shop = Shop::new();
    let versions = shop.0.join("migrations/versions");
    let files = || fs::read_dir(&versions).expect("the folder").count();
    shop.refuses(1, &[], &["revision", "--autogenerate"], &["at base", "`upgrade head`"]);
    shop.succeeds(&["upgrade"]);
    assert!(shop.succeeds(&["revision", "--autogenerate"]).contains("no file was made"));
    assert_eq!(files(), 0);
    let none = [("SHOP_MODELS", "none")];
    shop.refuses(1, &none, &["revision", "--autogenerate"], &["no table", "drop"]);
    assert_eq!(files(), 0);

    let arguments = ["revision", "--autogenerate", "-m", "add age", "--rev-id", "d4d4"];
    let said = shop.run(&[("SHOP_MODELS", "more")], &arguments);
    assert_eq!(
        (said.status, said.output.as_str()),
        (0, "Detected added column `users.age` INTEGER\nmigrations/versions/d4d4_add_age.rs\n"),
        "{said:?}"
    );
    let text = fs::read_to_string(versions.join("d4d4_add_age.rs")).expect("the new revision");
    assert!(
        text.contains(".revises(\"b2b2\")")
            && text.contains("op.add_column(\"users\", column(\"age\", integer()))"),
        "{text}"
    );
    let said = shop.run(&none, &["revision", "--autogenerate", "--allow-drop-all"]);
    assert!(said.status == 0 && said.output.contains("Detected removed table `users`"), "{said:?}");
    assert_eq!(shop.succeeds(&["revision", "--autogenerate", "--empty"]).lines().count(), 1);
}

#[test]
fn a_revision_that_fails_leaves_nothing_behind() {
    let shop = Shop::new();
    let all = [("SHOP_REVISIONS", "3")];
    shop.refuses(1, &all, &["upgrade"], &["c3c3", "nothing_of_that_name"]);
    assert_eq!(shop.succeeds(&["current"]), "b2b2 (head), add email\n");
    let said = shop.run(&all, &["check"]);
    assert_eq!(said.status, 3, "{said:?}");
    shop.succeeds(&["check"]);
}

#[test]
fn bad_input_is_named_with_the_way_out() {
    let shop = Shop::new();
    shop.succeeds(&["upgrade"]);
    for (arguments, words) in [
        (&["upgrade", "b2b3"][..], &["`b2b3`", "`b2b2`", "aludel history"][..]),
        (&["downgrade", "+1"], &["`+1`"]),
        (&["upgrade", "a1a1:b2b2"], &["with --sql only", "`aludel upgrade b2b2`"]),
        (&["downgrade", "a1a1", "--sql"], &["where it starts"]),
        (&["current", "--url", "oracle://x"], &["oracle", "sqlite"]),
        (&["current", "--url", "no url"], &["no `://`", "sqlite:///shop.db"]),
        (&["current", "--url", "sqlite:///nowhere/at/all.db"], &["nowhere/at/all.db"]),
    ] {
        shop.refuses(1, &[], arguments, words);
    }
    // The database is ahead of a program with fewer revisions.
    let fewer = [("SHOP_REVISIONS", "1")];
    for arguments in [&["upgrade"][..], &["current"], &["check"], &["stamp", "head"]] {
        shop.refuses(1, &fewer, arguments, &["`b2b2`, which no file declares", "aludel stamp --purge"]);
    }
    let said = shop.run(&fewer, &["stamp", "--purge", "head"]);
    assert_eq!((said.status, said.output.as_str()), (0, "Stamped b2b2 -> a1a1\n"), "{said:?}");
}

#[test]
fn the_nearest_word_about_the_database_counts() {
    let shop = Shop::new();
    let said = shop.run(&[("ALUDEL_DATABASE_URL", "sqlite:///other.db")], &["upgrade"]);
    assert_eq!(said.status, 0, "{said:?}");
    assert!(shop.0.join("other.db").exists() && !shop.0.join("shop.db").exists());
    fs::remove_file(shop.0.join("aludel.toml")).expect("the settings are there");
    shop.refuses(1, &[], &["upgrade"], &["no database is named", "ALUDEL_DATABASE_URL", "--url"]);
    shop.succeeds(&["upgrade", "--url", "sqlite:///third.db"]);
    shop.refuses(1, &[], &["revision", "-m", "x"], &["no aludel.toml", "--config"]);
}
