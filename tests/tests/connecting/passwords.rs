//! Passwords that the URL of a PostgreSQL leaves out: from the environment, or from a file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use aludel_tests::private::Postgres;

use crate::asking::{ask, run};

const URL: &str = "ALUDEL_PASSWORDS_URL";

/// What a process says that has variables of its own, and no home.
fn elsewhere(url: &str, variables: &[(&str, &Path)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "passwords::other_process", "--nocapture", "--test-threads=1"]);
    for name in ["PGPASSWORD", "PGPASSFILE", "HOME"] {
        command.env_remove(name);
    }
    let output = command.env(URL, url).envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What [`elsewhere`] starts. By itself it does nothing.
#[test]
fn other_process() {
    let Ok(url) = std::env::var(URL) else { return };
    match ask::<String>(&url, "SELECT current_user::text") {
        Ok(name) => println!("let in as {name}"),
        Err(error) => println!("turned away: {error}"),
    }
}

/// A folder that goes with this value.
struct Folder(PathBuf);

impl Folder {
    fn write(&self, name: &str, contents: &str, mode: u32) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, contents).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_password_is_found_where_libpq_looks_for_it() {
    let server = Postgres::setup().hba("host all till all scram-sha-256").start();
    run(&server.socket_url(), "CREATE ROLE till LOGIN PASSWORD 'a:b\\c'");
    let folder = Folder(std::env::temp_dir().join(format!("aludel-passwords-of-{}", server.port())));
    fs::create_dir_all(&folder.0).unwrap();
    let port = server.port();
    let lines = format!("127.0.0.1:{port}:elsewhere:*:wrong\n127.0.0.1:{port}:postgres:till:a\\:b\\\\c\n");
    let good = folder.write("good", &lines, 0o600);
    folder.write(".pgpass", &lines, 0o600);
    let wrong = folder.write("wrong", "*:*:*:*:wrong\n", 0o600);
    let open = folder.write("open", &lines, 0o644);
    let url = |options: &str| format!("postgres://till@127.0.0.1:{port}/postgres?{options}");
    let passfile = |path: &Path| url(&format!("passfile={}", path.display().to_string().replace('/', "%2F")));
    let word = ("PGPASSWORD", Path::new("a:b\\c"));

    for (url, variables) in [
        (passfile(&good), &[][..]),
        (url(""), &[("PGPASSFILE", good.as_path())]),
        (url(""), &[("HOME", folder.0.as_path())]),
        (passfile(&good), &[("PGPASSFILE", wrong.as_path())]),
        (url(""), &[word, ("PGPASSFILE", wrong.as_path())]),
        // The URL's own word goes first.
        (url("").replace("till@", "till:a%3Ab%5Cc@"), &[("PGPASSWORD", Path::new("wrong"))]),
    ] {
        let said = elsewhere(&url, variables);
        assert!(said.contains("let in as till"), "{url} {variables:?}: {said}");
    }
    for (url, variables, part) in [
        (url(""), &[][..], "password"),
        (passfile(&wrong), &[], "the password is that of the password file `"),
        (url(""), &[("PGPASSWORD", Path::new("wrong"))], "the password is that of the variable `PGPASSWORD`"),
        (passfile(&open), &[], "`chmod 600` helps"),
        (url("").replace("/postgres?", "/template1?"), &[("PGPASSFILE", good.as_path())], "no line of"),
    ] {
        let said = elsewhere(&url, variables);
        assert!(said.contains("turned away") && said.contains(part), "{url} {variables:?}: {said}");
        assert!(!said.contains("a:b\\c"), "{said}");
    }
}
