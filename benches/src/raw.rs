//! rusqlite by hand, with prepared statements: what everything else is measured against.

use std::path::Path;

use rusqlite::{Connection, params};

use aludel_benches::data::{Checksum, OWNERS, PETS, PRAGMAS, Row};

pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(PRAGMAS).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}

pub fn insert(connection: &mut Connection, rows: &[Row]) {
    let transaction = connection.transaction().unwrap();
    {
        let mut statement = transaction
            .prepare_cached(
                "INSERT INTO items (id, name, email, age, score, active, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .unwrap();
        for row in rows {
            statement
                .execute(params![row.id, row.name, row.email, row.age, row.score, row.active, row.created])
                .unwrap();
        }
    }
    transaction.commit().unwrap();
}

pub fn load(connection: &Connection) -> Vec<Row> {
    let mut statement =
        connection.prepare_cached("SELECT id, name, email, age, score, active, created FROM items").unwrap();
    statement.query_map([], read).unwrap().map(Result::unwrap).collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        age: row.get(3)?,
        score: row.get(4)?,
        active: row.get(5)?,
        created: row.get(6)?,
    })
}

pub fn lookup(connection: &Connection, keys: &[i64]) -> Checksum {
    let mut sum = Checksum::default();
    for key in keys {
        let mut statement = connection
            .prepare_cached("SELECT id, name, email, age, score, active, created FROM items WHERE id = ?")
            .unwrap();
        let row = statement.query_row([key], read).unwrap();
        sum.item(row.id, &row.name, row.email.as_deref(), row.age, row.score, row.active, row.created);
    }
    sum
}

pub fn save(connection: &mut Connection, rows: &mut [Row]) {
    for row in rows.iter_mut() {
        row.age += 1;
    }
    let transaction = connection.transaction().unwrap();
    {
        let mut statement = transaction.prepare_cached("UPDATE items SET age = ? WHERE id = ?").unwrap();
        for row in rows.iter() {
            statement.execute(params![row.age, row.id]).unwrap();
        }
    }
    transaction.commit().unwrap();
}

pub fn graph(connection: &mut Connection) {
    let transaction = connection.transaction().unwrap();
    {
        let mut owner = transaction.prepare_cached("INSERT INTO owners (name) VALUES (?)").unwrap();
        let mut pet = transaction.prepare_cached("INSERT INTO pets (name, owner_id) VALUES (?, ?)").unwrap();
        for number in 0..OWNERS {
            let id = owner.insert([format!("owner {number}")]).unwrap();
            for other in 0..PETS {
                pet.execute(params![format!("pet {number}.{other}"), id]).unwrap();
            }
        }
    }
    transaction.commit().unwrap();
}

pub struct Owner {
    pub id: i64,
    pub name: String,
    pub pets: Vec<Pet>,
}

pub struct Pet {
    pub id: i64,
    pub name: String,
    pub owner_id: i64,
}

pub fn eager(connection: &Connection) -> Checksum {
    let mut statement = connection.prepare_cached("SELECT id, name FROM owners ORDER BY id").unwrap();
    let mut owners: Vec<Owner> = statement
        .query_map([], |row| Ok(Owner { id: row.get(0)?, name: row.get(1)?, pets: Vec::new() }))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut statement =
        connection.prepare_cached("SELECT id, name, owner_id FROM pets ORDER BY owner_id, id").unwrap();
    let mut at = 0;
    let pets = statement
        .query_map([], |row| Ok(Pet { id: row.get(0)?, name: row.get(1)?, owner_id: row.get(2)? }))
        .unwrap();
    for pet in pets {
        let pet = pet.unwrap();
        while owners[at].id != pet.owner_id {
            at += 1;
        }
        owners[at].pets.push(pet);
    }
    let mut sum = Checksum::default();
    for owner in &owners {
        sum.number(owner.id);
        sum.text(&owner.name);
        for pet in &owner.pets {
            sum.number(pet.id);
            sum.text(&pet.name);
        }
    }
    sum
}
