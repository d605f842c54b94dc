//! `shop create` makes the tables, `shop add NAME...` adds users, `shop list` reads them back, and `shop sql STATEMENT`
//! shows what the database itself says.

use std::error::Error;

use aludel::prelude::*;
use shop::{User, metadata};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let engine = Engine::new("sqlite:///shop.db")?;
    match words.as_slice() {
        ["create"] => engine.create_all(&metadata()).wait()?,
        ["add", names @ ..] => add(&engine, names)?,
        ["list"] => list(&engine)?,
        ["sql", statement] => {
            let mut connection = engine.connect().wait()?;
            for row in connection.all(sql(statement.to_string()).rows::<Option<String>>()).wait()? {
                println!("{}", row.as_deref().unwrap_or("NULL"));
            }
        }
        _ => return Err("usage: shop create | add NAME... | list | sql STATEMENT".into()),
    }
    Ok(())
}

/// Adds users: the flush writes them and brings their keys back.
fn add(engine: &Engine, names: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut session = Session::new(engine);
    let mut users = Vec::new();
    for name in names {
        users.push(session.add(User { username: (*name).into(), ..default() }));
    }
    session.commit().wait()?;
    for user in users {
        println!("added {} with the key {}", session[user].username, session[user].id);
    }
    Ok(())
}

/// Reads all users.
fn list(engine: &Engine) -> Result<(), Box<dyn Error>> {
    let mut session = Session::new(engine);
    for user in session.all(select(User).order_by(User.id)).wait()? {
        println!("{:?}", session[user]);
    }
    Ok(())
}
