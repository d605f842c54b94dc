//! Diesel's side, on SQLite in memory: the measure in the same run.

use criterion::Bencher;
use diesel::connection::SimpleConnection;
use diesel::insert_into;
use diesel::prelude::*;

diesel::table! {
    users {
        id -> Integer,
        name -> Text,
        hair_color -> Nullable<Text>,
    }
}

diesel::table! {
    posts {
        id -> Integer,
        user_id -> Integer,
        title -> Text,
        body -> Nullable<Text>,
    }
}

diesel::table! {
    comments {
        id -> Integer,
        post_id -> Integer,
        text -> Text,
    }
}

diesel::joinable!(comments -> posts (post_id));
diesel::joinable!(posts -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);

#[derive(Queryable, Identifiable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i32,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct NewUser {
    name: String,
    hair_color: Option<String>,
}

#[derive(Queryable, Identifiable, Associations)]
#[diesel(table_name = posts, belongs_to(User))]
pub struct Post {
    pub id: i32,
    pub user_id: i32,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Queryable, Identifiable, Associations)]
#[diesel(table_name = comments, belongs_to(Post))]
pub struct Comment {
    pub id: i32,
    pub post_id: i32,
    pub text: String,
}

const SCHEMA: &str = "
    CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name VARCHAR NOT NULL, hair_color VARCHAR);
    CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, user_id INTEGER NOT NULL, title VARCHAR NOT NULL,
                        body TEXT);
    CREATE TABLE comments (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, post_id INTEGER NOT NULL, text TEXT NOT NULL);
";

fn connection() -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.batch_execute(SCHEMA).unwrap();
    connection
}

/// An array, as the published harness has it: its length is part of the statement's type, so that the statement is found
/// prepared.
fn insert_users<const N: usize>(
    connection: &mut SqliteConnection,
    color: impl Fn(usize) -> Option<&'static str>,
) {
    let user =
        |number| NewUser { name: format!("User {number}"), hair_color: color(number).map(str::to_owned) };
    let users: Vec<NewUser> = (0..N).map(user).collect();
    let users: Box<[NewUser; N]> = users.into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!());
    insert_into(users::table).values(users).execute(connection).unwrap();
}

fn filled(size: usize, color: fn(usize) -> Option<&'static str>) -> SqliteConnection {
    let mut connection = connection();
    match size {
        1 => insert_users::<1>(&mut connection, color),
        10 => insert_users::<10>(&mut connection, color),
        100 => insert_users::<100>(&mut connection, color),
        1_000 => insert_users::<1_000>(&mut connection, color),
        10_000 => insert_users::<10_000>(&mut connection, color),
        other => panic!("{other} is no size of the benchmark"),
    }
    connection
}

fn black_or_brown(number: usize) -> Option<&'static str> {
    Some(if number.is_multiple_of(2) { "black" } else { "brown" })
}

pub fn trivial_query(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = filled(size, |_| None);
    bencher.iter(|| users::table.load::<User>(&mut connection).unwrap());
}

pub fn medium_complex_query(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = filled(size, black_or_brown);
    bencher.iter(|| {
        let query = users::table.left_outer_join(posts::table).filter(users::hair_color.eq("black"));
        query.load::<(User, Option<Post>)>(&mut connection).unwrap()
    });
}

pub fn insert(bencher: &mut Bencher<'_>, size: usize) {
    let mut connection = connection();
    let color = |_| Some("hair_color");
    bencher.iter(|| match size {
        1 => insert_users::<1>(&mut connection, color),
        10 => insert_users::<10>(&mut connection, color),
        25 => insert_users::<25>(&mut connection, color),
        50 => insert_users::<50>(&mut connection, color),
        100 => insert_users::<100>(&mut connection, color),
        other => panic!("{other} is no size of the benchmark"),
    });
}

pub fn loading_associations_sequentially(bencher: &mut Bencher<'_>) {
    let mut connection = connection();
    insert_users::<9>(&mut connection, black_or_brown);
    for user in users::table.load::<User>(&mut connection).unwrap() {
        for number in 0..10 {
            let title = format!("Post {number} by user {}", user.id);
            insert_into(posts::table)
                .values((posts::user_id.eq(user.id), posts::title.eq(title)))
                .execute(&mut connection)
                .unwrap();
        }
    }
    for post in posts::table.load::<Post>(&mut connection).unwrap() {
        for number in 0..10 {
            let text = format!("Comment {number} on post {}", post.id);
            insert_into(comments::table)
                .values((comments::post_id.eq(post.id), comments::text.eq(text)))
                .execute(&mut connection)
                .unwrap();
        }
    }
    bencher.iter(|| -> Vec<(User, Vec<(Post, Vec<Comment>)>)> {
        let users = users::table.load::<User>(&mut connection).unwrap();
        let posts = Post::belonging_to(&users).load::<Post>(&mut connection).unwrap();
        let comments = Comment::belonging_to(&posts).load::<Comment>(&mut connection).unwrap();
        assert_eq!(comments.len(), 900);
        let comments = comments.grouped_by(&posts);
        let posts = posts.into_iter().zip(comments).grouped_by(&users);
        users.into_iter().zip(posts).collect()
    });
}
