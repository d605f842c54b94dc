//! The service on SQLite.

mod story;

#[test]
fn the_story_on_sqlite() {
    let file = std::env::temp_dir().join(format!("aludel-notes-{}.db", std::process::id()));
    let remove = || {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
    };
    remove();
    story::tell(&format!("sqlite:///{}", file.display()));
    remove();
}

/// A database that can't be reached is a sentence at the start, not a service that answers nothing.
#[test]
fn a_bad_url_is_told_at_the_start() {
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_axum-notes"))
        .env("DATABASE_URL", "postgres://nobody:secret@127.0.0.1:1/notes?connect_timeout=5")
        .env("LISTEN", "127.0.0.1:0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success());
    assert!(said.contains("cannot connect to") && !said.contains("secret"), "{said}");
}
