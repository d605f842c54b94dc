//! Aludel's side.

use aludel::prelude::*;
use aludel::{Connection, DatabaseUrl};
use criterion::Bencher;

#[derive(Model, Clone, Default)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: Auto<i32>,
    pub name: String,
    pub hair_color: Option<String>,
    #[relation(back_populates = "user")]
    pub posts: Many<Post>,
}

#[derive(Model, Clone, Default)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: Auto<i32>,
    #[column(references = "users.id")]
    pub user_id: Auto<i32>,
    pub title: String,
    pub body: Option<String>,
    #[relation(back_populates = "posts")]
    pub user: One<User>,
    #[relation(back_populates = "post")]
    pub comments: Many<Comment>,
}

#[derive(Model, Clone, Default)]
#[model(table = "comments")]
pub struct Comment {
    #[column(primary_key)]
    pub id: Auto<i32>,
    #[column(references = "posts.id")]
    pub post_id: Auto<i32>,
    pub text: String,
    #[relation(back_populates = "comments")]
    pub post: One<Post>,
}

/// The tables as the published harness has them: without indexes and foreign keys.
fn schema(scheme: &str) -> String {
    let (key, text) = match scheme {
        "sqlite" => ("INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "VARCHAR"),
        "postgres" | "postgresql" => ("SERIAL PRIMARY KEY", "VARCHAR"),
        _ => ("INTEGER PRIMARY KEY AUTO_INCREMENT", "VARCHAR(255)"),
    };
    format!(
        "DROP TABLE IF EXISTS comments; DROP TABLE IF EXISTS posts; DROP TABLE IF EXISTS users;
         CREATE TABLE users (id {key}, name {text} NOT NULL, hair_color {text});
         CREATE TABLE posts (id {key}, user_id INTEGER NOT NULL, title {text} NOT NULL, body TEXT);
         CREATE TABLE comments (id {key}, post_id INTEGER NOT NULL, text TEXT NOT NULL);"
    )
}

/// An engine on empty tables.
fn engine() -> Engine {
    let url = DatabaseUrl::parse(&crate::database_url()).unwrap();
    let engine = Engine::with_driver(aludel::driver(&url).unwrap());
    engine.connect().wait().unwrap().execute_script(&schema(url.scheme())).wait().unwrap();
    engine
}

fn users(count: usize, hair_color: impl Fn(usize) -> Option<&'static str>) -> Vec<User> {
    (0..count)
        .map(|number| User {
            name: format!("User {number}"),
            hair_color: hair_color(number).map(str::to_owned),
            ..default()
        })
        .collect()
}

fn black_or_brown(number: usize) -> Option<&'static str> {
    Some(if number.is_multiple_of(2) { "black" } else { "brown" })
}

/// A connection to tables with so many users.
fn filled(count: usize, hair_color: impl Fn(usize) -> Option<&'static str>) -> Connection {
    let mut connection = engine().connect().wait().unwrap();
    connection.insert_all(&users(count, hair_color)).wait().unwrap();
    connection
}

pub fn trivial_query(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = filled(size, |_| None);
    let load = |connection: &mut Connection| connection.all(select(User)).wait().unwrap();
    assert_eq!(load(&mut connection).len(), size);
    bencher.iter(|| load(&mut connection));
}

pub fn trivial_query_session(bencher: &mut Bencher<'_>, size: usize) {
    let engine = engine();
    engine.connect().wait().unwrap().insert_all(&users(size, |_| None)).wait().unwrap();
    bencher.iter(|| {
        let mut session = Session::new(&engine);
        let handles = session.all(select(User)).wait().unwrap();
        assert_eq!(handles.len(), size);
        session
    });
}

pub fn medium_complex_query(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = filled(size, black_or_brown);
    let load = |connection: &mut Connection| -> Vec<(User, Option<Post>)> {
        let query = select((User, Post.maybe())).outer_join((Post, Post.user_id.eq(User.id)));
        connection.all(query.filter(User.hair_color.eq("black"))).wait().unwrap()
    };
    assert_eq!(load(&mut connection).len(), size.div_ceil(2));
    bencher.iter(|| load(&mut connection));
}

pub fn insert(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = engine().connect().wait().unwrap();
    bencher.iter(|| {
        // Making them is part of it, as in the published harness.
        let users = users(size, |_| Some("hair_color"));
        connection.insert_all(&users).wait().unwrap()
    });
}

/// Users with ten posts each, with ten comments each.
fn associated() -> Engine {
    let engine = engine();
    // As many as the published harness has.
    let count = if crate::database_url().starts_with("sqlite") { 9 } else { 100 };
    let mut connection = engine.connect().wait().unwrap();
    connection.insert_all(&users(count, black_or_brown)).wait().unwrap();
    let users = connection.all(select(User)).wait().unwrap();
    let posts = users.iter().flat_map(|user| {
        (0..10).map(move |number| Post {
            user_id: user.id,
            title: format!("Post {number} by user {}", *user.id),
            ..default()
        })
    });
    connection.insert_all(&posts.collect::<Vec<_>>()).wait().unwrap();
    let posts = connection.all(select(Post)).wait().unwrap();
    let comments = posts.iter().flat_map(|post| {
        (0..10).map(move |number| Comment {
            post_id: post.id,
            text: format!("Comment {number} on post {}", *post.id),
            ..default()
        })
    });
    connection.insert_all(&comments.collect::<Vec<_>>()).wait().unwrap();
    engine
}

pub fn loading_associations_sequentially(bencher: &mut Bencher<'_>) {
    let mut connection = associated().connect().wait().unwrap();
    let load = |connection: &mut Connection| -> Vec<User> {
        let query = select(User).with(User.posts.selectin().then(Post.comments.selectin()));
        connection.all(query).wait().unwrap()
    };
    for user in &load(&mut connection) {
        assert_eq!(user.posts.iter().map(|post| post.comments.len()).sum::<usize>(), 100);
    }
    bencher.iter(|| load(&mut connection));
}

pub fn loading_associations_sequentially_session(bencher: &mut Bencher<'_>) {
    let engine = associated();
    bencher.iter(|| {
        let mut session = Session::new(&engine);
        let query = select(User).with(User.posts.selectin().then(Post.comments.selectin()));
        let users = session.all(query).wait().unwrap();
        (session, users)
    });
}
