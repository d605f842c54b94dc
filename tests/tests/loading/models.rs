//! The models of these tests, a database with a few rows, and a recorder in front of it.

use aludel::prelude::*;
use aludel::{DatabaseUrl, Dialect, ast};
use aludel_test::{Recorder, RecordingDriver};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(references = "users.id")]
    pub manager_id: Option<i64>,
    #[relation(back_populates = "reports")]
    pub manager: One<Option<User>>,
    #[relation(back_populates = "manager")]
    pub reports: Many<User>,
    #[relation(back_populates = "user")]
    pub addresses: Many<Address>,
    #[relation(back_populates = "user")]
    pub profile: One<Option<Profile>>,
    #[relation(secondary = Membership, back_populates = "users", order_by = "-name")]
    pub teams: Many<Team>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "addresses")]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub email: String,
    #[column(references = "users.id")]
    pub user_id: Option<i64>,
    #[relation(back_populates = "addresses")]
    pub user: One<Option<User>>,
    #[relation(back_populates = "address")]
    pub letters: Many<Letter>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "letters")]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = "addresses.id")]
    pub address_id: i64,
    #[relation(back_populates = "letters")]
    pub address: One<Address>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "profiles")]
pub struct Profile {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(references = "users.id")]
    pub user_id: i64,
    #[relation(back_populates = "profile")]
    pub user: One<User>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "teams")]
pub struct Team {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(secondary = Membership, back_populates = "teams")]
    pub users: Many<User>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "memberships")]
pub struct Membership {
    #[column(primary_key, references = "users.id")]
    pub user_id: i64,
    #[column(primary_key, references = "teams.id")]
    pub team_id: i64,
}

/// A key of two columns.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "orders")]
pub struct Order {
    #[column(primary_key)]
    pub shop: String,
    #[column(primary_key)]
    pub number: i32,
    #[relation(back_populates = "order")]
    pub lines: Many<Line>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "lines", foreign_key("order_shop", "order_number", references = "orders(shop, number)"))]
pub struct Line {
    #[column(primary_key)]
    pub id: i64,
    pub order_shop: Option<String>,
    pub order_number: Option<i32>,
    #[relation(back_populates = "lines")]
    pub order: One<Option<Order>>,
}

/// A key that SQLite holds in another form than the object: as text.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "days")]
pub struct Day {
    #[column(primary_key)]
    pub date: NaiveDate,
    #[relation(back_populates = "day")]
    pub entries: Many<Entry>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "entries")]
pub struct Entry {
    #[column(primary_key)]
    pub name: String,
    #[column(references = "days.date")]
    pub date: NaiveDate,
    #[relation(back_populates = "entries")]
    pub day: One<Day>,
}

/// A key whose spelling is free where the database compares it.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "colours")]
pub struct Colour {
    #[column(primary_key, collation = "NOCASE")]
    pub name: String,
    #[relation(back_populates = "colour")]
    pub things: Many<Thing>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "things")]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = "colours.name", collation = "NOCASE")]
    pub colour_name: String,
    #[relation(back_populates = "things")]
    pub colour: One<Colour>,
}

/// A database in memory with every table, and the recorder of what is sent to it from now on.
pub(crate) fn database() -> (Engine, Recorder) {
    let url = DatabaseUrl::parse("sqlite://").expect("the URL of a database in memory");
    let (driver, recorder) = RecordingDriver::new(aludel::driver(&url).expect("the driver of SQLite"));
    let engine = Engine::with_driver(driver);
    let tables = [
        User::definition(),
        Address::definition(),
        Letter::definition(),
        Profile::definition(),
        Team::definition(),
        Membership::definition(),
        Order::definition(),
        Line::definition(),
        Day::definition(),
        Entry::definition(),
        Colour::definition(),
        Thing::definition(),
    ];
    let metadata = tables.into_iter().fold(MetaData::new(), |all, model| all.add(model.table.clone()));
    engine.create_all(&metadata).wait().expect("tables");
    recorder.take();
    (engine, recorder)
}

/// The same with rows: alice manages bob and carol, bob manages dave; alice has two addresses, bob one, carol none.
pub(crate) fn filled() -> (Connection, Recorder) {
    let (connection, recorder, _) = filled_engine();
    (connection, recorder)
}

/// The same with the engine.
pub(crate) fn filled_engine() -> (Connection, Recorder, Engine) {
    let (engine, recorder) = database();
    let mut connection = engine.connect().wait().expect("a connection");
    connection
        .execute_script(
            "INSERT INTO users VALUES (1, 'alice', NULL), (2, 'bob', 1), (3, 'carol', 1), (4, 'dave', 2);
             INSERT INTO addresses VALUES (12, 'a2@x', 1), (11, 'a1@x', 1), (20, 'b@x', 2), (90, 'nobody@x', NULL);
             INSERT INTO letters VALUES (100, 11), (101, 11), (102, 20);
             INSERT INTO profiles VALUES (7, 'about alice', 1), (8, 'about carol', 3);
             INSERT INTO teams VALUES (1, 'admins'), (2, 'staff'), (3, 'nobody');
             INSERT INTO memberships VALUES (1, 1), (1, 2), (2, 2), (3, 2);
             INSERT INTO orders VALUES ('north', 1), ('north', 2), ('south', 1);
             INSERT INTO lines VALUES (1, 'north', 1), (2, 'south', 1), (3, 'north', 1), (4, 'north', NULL);
             INSERT INTO days VALUES ('2026-11-22'), ('2026-11-23');
             INSERT INTO entries VALUES ('late', '2026-11-22'), ('early', '2026-11-22');",
        )
        .wait()
        .expect("rows");
    recorder.take();
    (connection, recorder, engine)
}

/// The text of a query on SQLite.
pub(crate) fn sqlite<R>(query: aludel::statement::Select<R>) -> String {
    text(query, &aludel::dialect::sqlite::Sqlite::default())
}

/// The text of a query on SQLite, PostgreSQL and MySQL.
pub(crate) fn everywhere(query: impl Into<ast::Statement>) -> [String; 3] {
    use aludel::dialect::{mysql::Mysql, postgres::Postgres, sqlite::Sqlite};
    let (sqlite, postgres, mysql) = (Sqlite::default(), Postgres::default(), Mysql::mysql());
    let dialects: [&dyn Dialect; 3] = [&sqlite, &postgres, &mysql];
    let query = query.into();
    dialects.map(|dialect| text(query.clone(), dialect))
}

/// The message of a query that cannot be compiled.
pub(crate) fn refusal<R>(query: aludel::statement::Select<R>) -> String {
    let dialect = aludel::dialect::sqlite::Sqlite::default();
    match aludel::compile(&ast::Statement::from(query), &dialect) {
        Ok(compiled) => panic!("compiled to {}", compiled.sql),
        Err(error) => error.to_string(),
    }
}

fn text(query: impl Into<ast::Statement>, dialect: &dyn Dialect) -> String {
    match aludel::compile(&query.into(), dialect) {
        Ok(compiled) => compiled.sql,
        Err(error) => panic!("{error}"),
    }
}

/// The names of some users.
pub(crate) fn names<'u>(users: impl IntoIterator<Item = &'u User>) -> Vec<&'u str> {
    users.into_iter().map(|user| user.name.as_str()).collect()
}
