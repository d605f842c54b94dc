//! The user's story on a server: models, a session, queries over relations.

use aludel::prelude::*;
use aludel::{ErrorKind, MetaData};

use crate::scratch::Scratch;

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50, unique)]
    name: String,
    #[column(length = 100)]
    email: Option<String>,
    visits: i32,
    #[column(server_default = now())]
    created_at: Auto<DateTime<Utc>>,
    #[relation(back_populates = "user", cascade = "all, delete-orphan")]
    addresses: Many<Address>,
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "addresses")]
struct Address {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 100)]
    email: String,
    #[column(references = "users.id", on_delete = "cascade")]
    user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    user: One<User>,
}

fn user(name: &str, visits: i32, addresses: &[&str]) -> User {
    let addresses = addresses.iter().map(|email| Address { email: (*email).into(), ..default() });
    User { name: name.into(), visits, addresses: addresses.collect(), ..default() }
}

#[test]
fn from_a_model_to_rows_and_back() {
    let scratch = Scratch::new();
    let engine = &scratch.engine;
    engine.create_all(&MetaData::new().add(User).add(Address)).wait().unwrap();
    let mut session = Session::new(engine);
    let alice = session.add(user("alice", 3, &["a@example.org", "b@example.org"]));
    session.add(user("bob", 4, &[]));
    session.commit().wait().unwrap();
    session[alice].email = Some("alice@example.org".into());
    session[alice].addresses.push(Address { email: "c@example.org".into(), ..default() });
    session.commit().wait().unwrap();

    let mut connection = scratch.connect();
    let found: Vec<User> =
        connection.all(select(User).order_by(User.name).with(User.addresses.selectin())).wait().unwrap();
    let [alice, bob] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((alice.email.as_deref(), alice.visits), (Some("alice@example.org"), 3));
    let emails: Vec<_> = alice.addresses.iter().map(|address| address.email.as_str()).collect();
    assert_eq!(emails, ["a@example.org", "b@example.org", "c@example.org"]);
    assert_eq!(bob.addresses.len(), 0);
    assert!((Utc::now() - *alice.created_at).num_seconds().abs() < 60);
    let (visits, average): (Option<i64>, Option<f64>) =
        connection.one(select((sum(User.visits), avg(User.visits)))).wait().unwrap();
    assert_eq!((visits, average), (Some(7), Some(3.5)));

    // On a conflict the row is changed, and a refused row names its constraint.
    let twice = insert(User).values([user("bob", 5, &[])]);
    let error = connection.execute(twice.clone()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    let upsert = twice.on_conflict(User.name).do_update(|new| [User.visits.set(new.get(User.visits))]);
    connection.execute(upsert).wait().unwrap();
    let visits: i32 = connection.one(select(User.visits).filter(User.name.eq("bob"))).wait().unwrap();
    assert_eq!(visits, 5);

    let mut session = Session::new(engine);
    let alice = session.one(select(User).filter(User.name.eq("alice"))).wait().unwrap();
    session.delete(alice).unwrap();
    session.commit().wait().unwrap();
    let left: i64 = connection.one(select(count(Address.id))).wait().unwrap();
    assert_eq!(left, 0);
}
