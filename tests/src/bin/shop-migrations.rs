//! A project's own command line, as `migrations/env.rs` would be, for the tests in `tests/command_line.rs`. What its models
//! say is chosen by the variable `SHOP_MODELS`, which revisions it carries by `SHOP_REVISIONS`.

use std::env;
use std::process::ExitCode;

use aludel::migrate::prelude::*;
use aludel::migrate::{Environment, Script};
use aludel::schema::Table;
use aludel::{Engine, FromUrl, MetaData};

const VERSIONS: &[Script] = &[
    Script {
        revision: Revision::new("a1a1"),
        upgrade: |op| op.create_table(users()),
        downgrade: |op| op.drop_table("users"),
        source: "//! create users\n",
        file: "a1a1_create_users.rs",
    },
    Script {
        revision: Revision::new("b2b2").revises("a1a1"),
        upgrade: |op| op.add_column("users", email()),
        downgrade: |op| op.drop_column("users", "email"),
        source: "//! add email\n",
        file: "b2b2_add_email.rs",
    },
    Script {
        revision: Revision::new("c3c3").revises("b2b2"),
        upgrade: |op| {
            op.create_table(table("orders").column(column("id", big_integer()).primary_key()));
            op.drop_table("nothing_of_that_name");
        },
        downgrade: |op| op.drop_table("orders"),
        source: "//! fail half-way\n",
        file: "c3c3_fail_half_way.rs",
    },
];

fn users() -> Table {
    table("users")
        .column(column("id", big_integer()).primary_key())
        .column(column("username", string(50)).not_null())
}

fn email() -> aludel::schema::Column {
    column("email", string(100))
}

fn main() -> ExitCode {
    let metadata = match env::var("SHOP_MODELS").as_deref() {
        Ok("none") => MetaData::new(),
        Ok("more") => MetaData::new().add(users().column(email()).column(column("age", integer()))),
        _ => MetaData::new().add(users().column(email())),
    };
    let number = env::var("SHOP_REVISIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(2);
    let versions = VERSIONS.get(..number).unwrap_or(VERSIONS);
    aludel_cli::main(Environment::new(metadata).versions(versions).connect(Engine::new))
}
