//! What the derives make of structs: tables, and words of queries.

use aludel::dialect::{Dialect, mysql, postgres, sqlite};
use aludel::prelude::*;

#[derive(Model, Clone, Debug, Default)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: Auto<i64>,
    #[column(length = 50, unique)]
    pub username: String,
    #[column(length = 100)]
    pub email: Option<String>,
    #[column(server_default = now())]
    pub created_at: Auto<DateTime<Utc>>,
    #[relation(back_populates = "user", cascade = "all, delete-orphan")]
    pub addresses: Many<Address>,
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "addresses")]
pub struct Address {
    #[column(primary_key)]
    pub id: Auto<i64>,
    pub email: String,
    #[column(references = "users.id", on_delete = "cascade")]
    pub user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    pub user: One<User>,
}

#[test]
fn t() {
    println!("{:#?}", User::definition());
    println!("{:#?}", Address::definition());
    println!("{:#?}", select(User).filter(User.username.eq("alice")).order_by(User.created_at.desc()));
    println!("{:?}", insert(User).values([User { username: "a".into(), ..default() }]));
    panic!();
}
