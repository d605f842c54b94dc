//! Diesel, the peer to beat on SQLite.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use aludel_benches::data::{Checksum, OWNERS, PETS, PRAGMAS, RENDERS, Row};

diesel::table! {
    items (id) {
        id -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        age -> Integer,
        score -> Double,
        active -> Bool,
        created -> Timestamp,
    }
}

diesel::table! {
    owners (id) {
        id -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    pets (id) {
        id -> BigInt,
        name -> Text,
        owner_id -> BigInt,
    }
}

diesel::joinable!(pets -> owners (owner_id));
diesel::allow_tables_to_appear_in_same_query!(owners, pets);

#[derive(Queryable, Insertable, AsChangeset, Identifiable, Clone)]
#[diesel(table_name = items)]
pub struct Item {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub age: i32,
    pub score: f64,
    pub active: bool,
    pub created: chrono::NaiveDateTime,
}

#[derive(Queryable, Identifiable)]
#[diesel(table_name = owners)]
pub struct Owner {
    pub id: i64,
    pub name: String,
}

#[derive(Queryable, Identifiable, Associations)]
#[diesel(table_name = pets, belongs_to(Owner))]
pub struct Pet {
    pub id: i64,
    pub name: String,
    pub owner_id: i64,
}

#[derive(Insertable)]
#[diesel(table_name = pets)]
struct NewPet {
    name: String,
    owner_id: i64,
}

pub fn open(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&path.display().to_string()).unwrap();
    connection.batch_execute(PRAGMAS).unwrap();
    connection
}

pub fn items(rows: &[Row]) -> Vec<Item> {
    rows.iter()
        .map(|row| Item {
            id: row.id,
            name: row.name.clone(),
            email: row.email.clone(),
            age: row.age,
            score: row.score,
            active: row.active,
            created: row.created,
        })
        .collect()
}

pub fn insert(connection: &mut SqliteConnection, items: &[Item]) {
    connection
        .transaction(|connection| {
            // Its fastest way: statements of many rows, within the limit of parameters.
            for chunk in items.chunks(1_000) {
                diesel::insert_into(items::table).values(chunk).execute(connection)?;
            }
            QueryResult::Ok(())
        })
        .unwrap();
}

pub fn load(connection: &mut SqliteConnection) -> Vec<Item> {
    items::table.load(connection).unwrap()
}

pub fn sum(sum: &mut Checksum, item: &Item) {
    sum.item(item.id, &item.name, item.email.as_deref(), item.age, item.score, item.active, item.created);
}

pub fn lookup(connection: &mut SqliteConnection, keys: &[i64]) -> Checksum {
    let mut total = Checksum::default();
    for key in keys {
        let item: Item = items::table.find(key).first(connection).unwrap();
        sum(&mut total, &item);
    }
    total
}

pub fn save(connection: &mut SqliteConnection, items: &mut [Item]) {
    for item in items.iter_mut() {
        item.age += 1;
    }
    connection
        .transaction(|connection| {
            for item in items.iter() {
                diesel::update(item).set(items::age.eq(item.age)).execute(connection)?;
            }
            QueryResult::Ok(())
        })
        .unwrap();
}

pub fn graph(connection: &mut SqliteConnection) {
    connection
        .transaction(|connection| {
            for number in 0..OWNERS {
                let id: i64 = diesel::insert_into(owners::table)
                    .values(owners::name.eq(format!("owner {number}")))
                    .returning(owners::id)
                    .get_result(connection)?;
                let pets: Vec<NewPet> = (0..PETS)
                    .map(|other| NewPet { name: format!("pet {number}.{other}"), owner_id: id })
                    .collect();
                diesel::insert_into(pets::table).values(&pets).execute(connection)?;
            }
            QueryResult::Ok(())
        })
        .unwrap();
}

pub fn eager(connection: &mut SqliteConnection) -> Checksum {
    let owners: Vec<Owner> = owners::table.order(owners::id).load(connection).unwrap();
    let pets: Vec<Pet> = Pet::belonging_to(&owners).order(pets::id).load(connection).unwrap();
    let pets = pets.grouped_by(&owners);
    let mut sum = Checksum::default();
    for (owner, pets) in owners.iter().zip(&pets) {
        sum.number(owner.id);
        sum.text(&owner.name);
        for pet in pets {
            sum.number(pet.id);
            sum.text(&pet.name);
        }
    }
    sum
}

pub fn render() -> usize {
    let mut length = 0;
    for number in 0..RENDERS as i64 {
        let query = pets::table
            .inner_join(owners::table)
            .filter(pets::id.gt(number))
            .filter(pets::id.lt(number + 100))
            .filter(pets::name.ne("x"))
            .filter(owners::name.like("a%"))
            .filter(owners::id.eq_any([1, 2, 3]))
            .filter(owners::id.ne(number))
            .order(pets::name.desc())
            .limit(10)
            .select((pets::id, pets::name, pets::owner_id));
        length += diesel::debug_query::<diesel::sqlite::Sqlite, _>(&query).to_string().len();
    }
    length
}

/// The same with a query whose type does not grow with it, as one that is put together at run time has.
pub fn render_boxed() -> usize {
    let mut length = 0;
    for number in 0..RENDERS as i64 {
        let query = pets::table
            .inner_join(owners::table)
            .into_boxed()
            .filter(pets::id.gt(number))
            .filter(pets::id.lt(number + 100))
            .filter(pets::name.ne("x"))
            .filter(owners::name.like("a%"))
            .filter(owners::id.eq_any([1, 2, 3]))
            .filter(owners::id.ne(number))
            .order(pets::name.desc())
            .limit(10)
            .select((pets::id, pets::name, pets::owner_id));
        length += diesel::debug_query::<diesel::sqlite::Sqlite, _>(&query).to_string().len();
    }
    length
}
