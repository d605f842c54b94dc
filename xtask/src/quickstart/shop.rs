//! The first half: a struct becomes a table, gets rows, and then a column more.

use super::application::Application;
use super::{claim, title};

const COLUMNS: &str = "SELECT name || ' ' || type FROM pragma_table_info('users')";
const BEFORE: &str = "id INTEGER\nusername VARCHAR(50)\n";
const AFTER: &str = "id INTEGER\nusername VARCHAR(50)\nemail VARCHAR(100)\n";

pub(super) fn play(shop: &Application<'_>) -> Result<(), String> {
    create_from_the_model(shop)?;
    first_revision(shop)?;
    second_revision(shop)
}

fn create_from_the_model(shop: &Application<'_>) -> Result<(), String> {
    title("One declaration: the table is made from the model");
    shop.show("src/lib.rs")?;
    shop.program(&["create"])?;
    let table = shop.program(&["sql", "SELECT sql FROM sqlite_schema WHERE name = 'users'"])?;
    claim(table.contains("username VARCHAR(50) NOT NULL"), "the model's words are the table's")?;
    let added = shop.program(&["add", "alice", "bob"])?;
    claim(
        added == "added alice with the key 1\nadded bob with the key 2\n",
        "the flush brought the keys back into the objects",
    )?;
    let rows = shop.program(&["list"])?;
    claim(
        rows == "User { id: 1, username: \"alice\" }\nUser { id: 2, username: \"bob\" }\n",
        "the rows are read back as the struct",
    )
}

fn first_revision(shop: &Application<'_>) -> Result<(), String> {
    title("The same table by a migration, on a new database");
    shop.remove("shop.db")?;
    shop.aludel(&["init"])?;
    shop.show("aludel.toml")?;
    shop.show("migrations/env.rs")?;
    let refused = shop.aludel_ends_with(1, &["init"])?;
    claim(refused.is_empty(), "`init` writes nothing over")?;
    let printed = shop.aludel(&["revision", "--autogenerate", "-m", "create users"])?;
    let revision = shop.show_revision(&printed)?;
    claim(
        revision.contains("op.create_table(") && revision.contains("op.drop_table(\"users\")"),
        "the revision makes the table, and its downgrade takes it away",
    )?;
    let script = shop.aludel(&["upgrade", "head", "--sql"])?;
    claim(script.contains("CREATE TABLE users"), "the plan can be read as SQL before it runs")?;
    shop.aludel(&["upgrade", "head"])?;
    shop.program(&["add", "alice", "bob"])?;
    let columns = shop.program(&["sql", COLUMNS])?;
    claim(columns == BEFORE, "the migrated table is the one that the model made before")
}

fn second_revision(shop: &Application<'_>) -> Result<(), String> {
    title("The struct changes, and the database follows");
    shop.edit(
        "src/lib.rs",
        "    pub username: String,\n",
        "    pub username: String,\n    #[column(length = 100)]\n    pub email: Option<String>,\n",
    )?;
    let found = shop.aludel_ends_with(3, &["check"])?;
    claim(found.contains("added column `users.email`"), "`check` sees it, and says so with status 3")?;
    let printed = shop.aludel(&["revision", "--autogenerate", "-m", "add email"])?;
    let revision = shop.show_revision(&printed)?;
    claim(revision.contains("string(100)"), "the revision adds the column with its length")?;
    shop.aludel(&["upgrade", "--verbose"])?;
    claim(shop.program(&["sql", COLUMNS])? == AFTER, "the column is there")?;
    let rows = shop.program(&["list"])?;
    claim(
        rows == "User { id: 1, username: \"alice\", email: None }\nUser { id: 2, username: \"bob\", email: None }\n",
        "alice and bob are there, too",
    )?;

    shop.aludel(&["downgrade", "-1"])?;
    claim(shop.program(&["sql", COLUMNS])? == BEFORE, "one step down, and the column is gone")?;
    let names = shop.program(&["sql", "SELECT username FROM users ORDER BY id"])?;
    claim(names == "alice\nbob\n", "alice and bob are still there")?;
    shop.aludel_ends_with(3, &["current", "--check-heads"])?;
    shop.aludel(&["upgrade"])?;
    claim(shop.program(&["sql", COLUMNS])? == AFTER, "and up again")?;

    let history = shop.aludel(&["history"])?;
    let messages: Vec<&str> = history.lines().filter_map(|line| line.rsplit(", ").next()).collect();
    claim(messages == ["add email", "create users"], "the history tells it, newest first")?;
    shop.aludel(&["current", "--check-heads"])?;
    shop.aludel(&["check"])?;
    claim(shop.has("shop.db"), "status 0 from both: the database is where the models are")
}
