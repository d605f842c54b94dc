//! New revisions: what is written, where, and what is refused.

use aludel_engine::Wait;
use aludel_migrate::command::{self, RevisionOptions};
use aludel_migrate::prelude::*;
use aludel_migrate::{ErrorKind, Script};
use aludel_sql::MetaData;

use crate::support::{environment, memory, rows};

fn users() -> aludel_sql::Table {
    table("users")
        .column(column("id", big_integer()).primary_key())
        .column(column("username", string(50)).not_null().unique())
}

fn create_users() -> Script {
    Script {
        revision: Revision::new("1975ea83b712"),
        upgrade: |op| op.create_table(users()),
        downgrade: |op| op.drop_table("users"),
        source: "//! create users\n",
        file: "1975ea83b712_create_users.rs",
    }
}

fn options(message: &str) -> RevisionOptions {
    RevisionOptions { message: message.into(), autogenerate: true, ..RevisionOptions::default() }
}

#[test]
fn a_changed_struct_becomes_a_revision_with_both_directions() {
    let engine = memory();
    let wanted = users().column(column("email", string(100)).index());
    let env = environment(MetaData::new().add(wanted), vec![create_users()]);
    let error = command::revision(&env, Some(&engine), &options("add email")).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotAtHead, "{error}");
    command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap();
    let made = command::revision(&env, Some(&engine), &options("add email")).wait().unwrap();
    assert_eq!(made.node.down, ["1975ea83b712"]);
    assert_eq!(made.node.file, format!("{}_add_email.rs", made.node.id));
    assert_eq!((made.upgrade.len(), made.downgrade.len(), made.detected.len()), (2, 2, 2));
    for line in [
        "//! add email\n",
        "use aludel::migrate::prelude::*;",
        ".revises(\"1975ea83b712\")",
        "    op.add_column(\"users\", column(\"email\", string(100)));\n",
        "    op.create_index(index(\"ix_users_email\").on(\"users\", [\"email\"]));\n",
        "    op.drop_index(\"ix_users_email\", \"users\");\n    op.drop_column(\"users\", \"email\");\n",
    ] {
        assert!(made.text.contains(line), "{line} is not in\n{}", made.text);
    }
    // Nothing was written anywhere.
    assert_eq!(rows::<i64>(&engine, "SELECT count(*) FROM aludel_ledger"), [1]);

    let directory = std::env::temp_dir().join(format!("aludel-revision-{}", std::process::id()));
    let path = made.write(&directory).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made.text);
    let list = std::fs::read_to_string(directory.join("mod.rs")).unwrap();
    assert!(list.contains(&format!("file: \"{}\"", made.node.file)), "{list}");
    assert_eq!(made.write(&directory).unwrap_err().kind(), ErrorKind::File);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn what_does_not_differ_is_an_empty_revision_and_so_is_one_by_hand() {
    let engine = memory();
    let env = environment(MetaData::new().add(users()), vec![create_users()]);
    command::upgrade(&env, &engine, "head", &mut |_| {}).wait().unwrap();
    let made = command::revision(&env, Some(&engine), &options("nothing")).wait().unwrap();
    assert_eq!(made.upgrade, []);
    let by_hand = RevisionOptions { rev_id: Some("abcd".into()), ..RevisionOptions::default() };
    let made = command::revision(&env, None, &by_hand).wait().unwrap();
    assert_eq!(made.node.file, "abcd.rs");
    assert!(made.text.contains("pub fn upgrade(_op: &mut Operations) {}"), "{}", made.text);
}

#[test]
fn what_cannot_be_a_revision_is_refused() {
    let engine = memory();
    let env = environment(MetaData::new().add(users()), vec![create_users()]);
    let kind = |options: RevisionOptions| command::revision(&env, None, &options).wait().unwrap_err().kind();
    let id = |id: &str| RevisionOptions { rev_id: Some(id.into()), ..RevisionOptions::default() };
    assert_eq!(kind(id("1975ea83b712")), ErrorKind::Revision);
    assert_eq!(kind(id("has-a-dash")), ErrorKind::Revision);
    assert_eq!(kind(id(&"x".repeat(33))), ErrorKind::Revision);
    let follows = |head: &str| RevisionOptions { heads: vec![head.into()], ..RevisionOptions::default() };
    assert_eq!(kind(follows("nobody")), ErrorKind::Revision);
    assert_eq!(kind(options("no database")), ErrorKind::Configuration);
    let nothing = environment(MetaData::new(), vec![create_users()]);
    command::upgrade(&nothing, &engine, "head", &mut |_| {}).wait().unwrap();
    let refused = command::revision(&nothing, Some(&engine), &options("drop all")).wait().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused);
    let allowed = RevisionOptions { allow_drop_all: true, ..options("drop all") };
    assert_eq!(command::revision(&nothing, Some(&engine), &allowed).wait().unwrap().upgrade.len(), 1);
}
