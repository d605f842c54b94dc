//! Aludel: Core (owned values) and Session (tracked objects).

use rustc_hash::FxHashMap;
use std::path::Path;

use aludel::ast::key::StatementKey;
use aludel::prelude::*;
use aludel::sql::compiler::compile_keyed;

use crate::data::{Checksum, OWNERS, PETS, RENDERS, Row};

#[derive(Model, Clone, Default)]
#[model(table = "items")]
pub struct Item {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    pub email: Option<String>,
    pub age: i32,
    pub score: f64,
    pub active: bool,
    pub created: NaiveDateTime,
}

#[derive(Model, Clone, Default)]
#[model(table = "owners")]
pub struct Owner {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[relation(back_populates = "owner")]
    pub pets: Many<Pet>,
}

#[derive(Model, Clone, Default)]
#[model(table = "pets")]
pub struct Pet {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub name: String,
    #[column(references = "owners.id")]
    pub owner_id: Auto<i64>,
    #[relation(back_populates = "pets")]
    pub owner: One<Owner>,
}

pub fn open(path: &Path) -> Engine {
    Engine::new(&format!("sqlite:///{}", path.display())).unwrap()
}

pub fn items(rows: &[Row]) -> Vec<Item> {
    rows.iter()
        .map(|row| Item {
            id: row.id.into(),
            name: row.name.clone(),
            email: row.email.clone(),
            age: row.age,
            score: row.score,
            active: row.active,
            created: row.created,
        })
        .collect()
}

pub fn insert(engine: &Engine, items: &[Item]) {
    let mut transaction = engine.begin().wait().unwrap();
    transaction.insert_all(items).wait().unwrap();
    transaction.commit().wait().unwrap();
}

pub fn insert_session(engine: &Engine, items: Vec<Item>) {
    let mut session = Session::new(engine);
    session.add_all(items);
    session.commit().wait().unwrap();
}

pub fn load(connection: &mut Connection) -> Vec<Item> {
    connection.all(select(Item)).wait().unwrap()
}

/// The same inside of a runtime.
pub async fn load_async(connection: &mut Connection) -> Vec<Item> {
    connection.all(select(Item)).await.unwrap()
}

pub fn load_session(engine: &Engine) -> (Session, Vec<Handle<Item>>) {
    let mut session = Session::new(engine);
    let handles = session.all(select(Item)).wait().unwrap();
    (session, handles)
}

pub fn sum_all(items: &[Item]) -> Checksum {
    let mut total = Checksum::default();
    items.iter().for_each(|item| sum(&mut total, item));
    total
}

pub fn sum(sum: &mut Checksum, item: &Item) {
    sum.item(*item.id, &item.name, item.email.as_deref(), item.age, item.score, item.active, item.created);
}

pub fn lookup(connection: &mut Connection, keys: &[i64]) -> Checksum {
    let mut total = Checksum::default();
    for key in keys {
        let item = connection.one(select(Item).filter(Item.id.eq(*key))).wait().unwrap();
        sum(&mut total, &item);
    }
    total
}

/// The same inside of a runtime.
pub async fn lookup_async(connection: &mut Connection, keys: &[i64]) -> Checksum {
    let mut total = Checksum::default();
    for key in keys {
        let item = connection.one(select(Item).filter(Item.id.eq(*key))).await.unwrap();
        sum(&mut total, &item);
    }
    total
}

pub fn lookup_session(engine: &Engine, keys: &[i64]) -> Checksum {
    let mut total = Checksum::default();
    let mut session = Session::new(engine);
    for key in keys {
        if let Some(handle) = session.get::<Item>(*key).wait().unwrap() {
            sum(&mut total, &session[handle]);
        }
    }
    total
}

pub fn save(session: &mut Session, handles: &[Handle<Item>]) {
    for handle in handles {
        session[*handle].age += 1;
    }
    session.commit().wait().unwrap();
}

pub fn graph(engine: &Engine) {
    let mut session = Session::new(engine);
    for number in 0..OWNERS {
        let pets = (0..PETS).map(|other| Pet { name: format!("pet {number}.{other}"), ..default() });
        session.add(Owner { name: format!("owner {number}"), pets: pets.collect(), ..default() });
    }
    session.commit().wait().unwrap();
}

pub fn eager(connection: &mut Connection) -> Checksum {
    let owners = connection.all(select(Owner).order_by(Owner.id).with(Owner.pets.selectin())).wait().unwrap();
    let mut sum = Checksum::default();
    for owner in &owners {
        sum.number(*owner.id);
        sum.text(&owner.name);
        for pet in &owner.pets {
            sum.number(*pet.id);
            sum.text(&pet.name);
        }
    }
    sum
}

pub fn eager_session(engine: &Engine) -> Checksum {
    let mut session = Session::new(engine);
    let owners = session.all(select(Owner).order_by(Owner.id).with(Owner.pets.selectin())).wait().unwrap();
    let mut sum = Checksum::default();
    for owner in owners {
        sum.number(*session[owner].id);
        sum.text(&session[owner].name);
        for pet in session.related(owner, Owner.pets).unwrap() {
            sum.number(*pet.id);
            sum.text(&pet.name);
        }
    }
    sum
}

fn question(number: i64) -> aludel::ast::Statement {
    select(Pet)
        .join(Pet.owner)
        .filter(Pet.id.gt(number))
        .filter(Pet.id.lt(number + 100))
        .filter(Pet.name.ne("x"))
        .filter(Owner.name.like("a%"))
        .filter(Owner.id.is_in([1, 2, 3]))
        .filter(Owner.id.ne(number))
        .order_by(Pet.name.desc())
        .limit(10)
        .into()
}

/// Every statement is compiled anew.
pub fn render() -> usize {
    let dialect = aludel::dialect::sqlite::Sqlite::default();
    (0..RENDERS as i64).map(|number| aludel::compile(&question(number), &dialect).unwrap().sql.len()).sum()
}

/// A shape is compiled once and found by its key afterwards, as a connection does.
pub fn render_cached() -> usize {
    let dialect = aludel::dialect::sqlite::Sqlite::default();
    let mut known: FxHashMap<Box<[u8]>, aludel::sql::Compiled> = FxHashMap::default();
    let mut length = 0;
    for number in 0..RENDERS as i64 {
        let statement = question(number);
        let key = StatementKey::of(&statement);
        if !known.contains_key(key.bytes()) {
            known.insert(key.bytes().into(), compile_keyed(&statement, &key, &dialect).unwrap());
        }
        length += known[key.bytes()].sql.len();
    }
    length
}
