//! The graph that random edits play on: every kind of relation once.

use aludel::prelude::*;

/// Owns its addresses: they go with it, and when they lose it.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[relation(back_populates = "user", cascade = "all, delete-orphan")]
    pub addresses: Many<Address>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "addresses")]
pub struct Address {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[column(references = "users.id")]
    pub user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    pub user: One<User>,
}

/// A team keeps its players' rows when it goes.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "teams")]
pub struct Team {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[relation(back_populates = "team")]
    pub players: Many<Player>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "players")]
pub struct Player {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[column(references = "teams.id")]
    pub team_id: Option<i64>,
    #[relation(back_populates = "players")]
    pub team: One<Option<Team>>,
    #[relation(back_populates = "players", secondary = PlayerTag)]
    pub tags: Many<Tag>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "tags")]
pub struct Tag {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[relation(back_populates = "tags", secondary = PlayerTag)]
    pub players: Many<Player>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "player_tags")]
pub struct PlayerTag {
    #[column(primary_key, references = "players.id")]
    pub player_id: i64,
    #[column(primary_key, references = "tags.id")]
    pub tag_id: i64,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "nodes")]
pub struct Node {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[column(references = "nodes.id")]
    pub parent_id: Option<i64>,
    #[relation(back_populates = "children")]
    pub parent: One<Option<Node>>,
    #[relation(back_populates = "parent")]
    pub children: Many<Node>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "people")]
pub struct Person {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[relation(back_populates = "owner")]
    pub passport: One<Option<Passport>>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "passports")]
pub struct Passport {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[column(references = "people.id")]
    pub owner_id: Option<i64>,
    #[relation(back_populates = "passport")]
    pub owner: One<Option<Person>>,
}

/// Stands alone, with a key that the program chooses and changes.
#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "items")]
pub struct Item {
    #[column(primary_key)]
    pub code: String,
    pub name: String,
}

pub(crate) fn metadata() -> MetaData {
    MetaData::new()
        .add(User)
        .add(Address)
        .add(Team)
        .add(Player)
        .add(Tag)
        .add(PlayerTag)
        .add(Node)
        .add(Person)
        .add(Passport)
        .add(Item)
}

/// A database in memory with the tables, and what is sent to it.
pub(crate) fn database() -> (Engine, aludel_test::Recorder) {
    let (engine, recorder) = aludel_tests::recorded("sqlite://");
    engine.create_all(&metadata()).wait().unwrap();
    recorder.take();
    (engine, recorder)
}

pub(crate) fn user(name: &str) -> User {
    User { name: name.into(), ..default() }
}

pub(crate) fn address(name: &str) -> Address {
    Address { name: name.into(), ..default() }
}

pub(crate) fn team(name: &str) -> Team {
    Team { name: name.into(), ..default() }
}

pub(crate) fn player(name: &str) -> Player {
    Player { name: name.into(), ..default() }
}

pub(crate) fn node(name: &str) -> Node {
    Node { name: name.into(), ..default() }
}
