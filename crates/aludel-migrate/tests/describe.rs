//! Every kind of step in words.

use aludel_migrate::describe::{describe, detected};
use aludel_migrate::prelude::*;
use aludel_sql::dialect::sqlite::Sqlite;

#[test]
fn words() {
    let mut op = Operations::new();
    op.create_table(
        table("users").column(column("id", big_integer()).primary_key()).column(column("a", text())),
    );
    op.drop_table("shop.users");
    op.rename_table("users", "people");
    op.add_column("users", column("email", string(100)).not_null().server_default("x").unique());
    op.add_column("users", column("boss", big_integer()).references("users.id"));
    op.add_column("users", column("id", big_integer()).primary_key());
    op.drop_column("users", "email");
    op.alter_column("users", "email")
        .type_(string(200))
        .not_null()
        .server_default(now())
        .comment("mail")
        .existing(column("email", string(100)));
    op.alter_column("users", "email").type_(text()).nullable().drop_server_default().drop_comment();
    op.alter_column("users", "email");
    op.rename_column("users", "email", "mail");
    op.create_index(index("ix").on("users", [IndexElement::expression("lower(a)"), "b".into()]).unique());
    op.drop_index("ix", "users");
    op.create_unique_constraint("uq", "users", ["a", "b"]);
    op.add_constraint("posts", foreign_key(["a"]).references("users", ["id"]));
    op.add_constraint("posts", primary_key(["id"]));
    op.create_check_constraint("ck", "posts", "a > 0");
    op.drop_constraint("uq", "users", ConstraintKind::Unique);
    op.drop_unnamed_constraint("users", unique(["a"]));
    op.execute("UPDATE users\n  SET a = 1, b = 2, c = 3, d = 4, e = 5, f = 6 WHERE id = 7 AND a IS NULL");
    op.execute(sql("DELETE FROM users WHERE a = ?").bind("x".to_owned()));
    op.run("fill", async |_conn| Ok(()));
    let words: Vec<String> = op.steps().iter().map(|step| describe(step, &Sqlite::default())).collect();
    assert_eq!(
        words,
        [
            "create table `users` (id, a)",
            "drop table `shop.users`",
            "rename table `users` to `people`",
            "add column `users.email` VARCHAR(100) NOT NULL DEFAULT 'x' UNIQUE",
            "add column `users.boss` BIGINT referring to `users` (id)",
            "add column `users.id` INTEGER PRIMARY KEY",
            "drop column `users.email`",
            "alter column `users.email`: type VARCHAR(100) to VARCHAR(200), NOT NULL, default CURRENT_TIMESTAMP, \
             comment `mail`",
            "alter column `users.email`: type TEXT, takes NULL, no default, no comment",
            "alter column `users.email`: nothing",
            "rename column `users.email` to `mail`",
            "create unique index `ix` on `users` (lower(a), b)",
            "drop index `ix` on `users`",
            "add unique constraint `uq` on `users` (a, b)",
            "add foreign key on `posts` (a) referring to `users` (id)",
            "add primary key on `posts` (id)",
            "add check constraint `ck` on `posts` (a > 0)",
            "drop unique constraint `uq` on `users`",
            "drop unique constraint on `users` (a)",
            "execute `UPDATE users SET a = 1, b = 2, c = 3, d = 4, e = 5, f = 6 W…`",
            "execute `DELETE FROM users WHERE a = 'x'`",
            "run `fill`",
        ]
    );
    let found: Vec<String> = op.steps().iter().map(|step| detected(step, &Sqlite::default())).collect();
    assert_eq!(found[0], "added table `users` (id, a)");
    assert_eq!(found[2], "renamed table `users` to `people`");
    assert_eq!(found[6], "removed column `users.email`");
    assert_eq!(found[8], "changed column `users.email`: type TEXT, takes NULL, no default, no comment");
    assert_eq!(found[13], "added unique constraint `uq` on `users` (a, b)");
}
