//! Typed statements and the session: what the compiler writes for PostgreSQL is what the server takes.

use aludel::prelude::*;

use crate::database::Database;

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: Auto<i64>,
    #[column(length = 50, unique)]
    name: String,
    email: Option<String>,
    age: i32,
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
    email: String,
    #[column(references = "users.id", on_delete = "cascade")]
    user_id: Auto<i64>,
    #[relation(back_populates = "addresses")]
    user: One<User>,
}

fn user(name: &str, age: i32) -> User {
    User { name: name.into(), age, ..default() }
}

/// A database with the tables, and alice, bob and carol in it.
fn people() -> Database {
    let database = Database::new();
    database.engine.create_all(&MetaData::new().add(User).add(Address)).wait().expect("tables");
    let mut connection = database.connect();
    for (name, age) in [("alice", 30), ("bob", 20), ("carol", 40)] {
        let row = insert(User).values([User.name.set(name), User.age.set(age)]);
        connection.execute(row).wait().expect("a row");
    }
    database
}

#[test]
fn queries_run_as_they_are_compiled() {
    let database = people();
    let mut connection = database.connect();
    let names = |connection: &mut Connection, query: aludel::statement::Select<String>| {
        connection.all(query).wait().expect("rows")
    };
    let by_age = || select(User.name).order_by(User.age.desc());
    assert_eq!(names(&mut connection, by_age()), ["carol", "alice", "bob"]);
    assert_eq!(names(&mut connection, by_age().limit(1).offset(1)), ["alice"]);
    assert_eq!(names(&mut connection, by_age().filter(User.id.is_in([1, 2]))), ["alice", "bob"]);
    assert_eq!(names(&mut connection, by_age().filter(User.name.like("%o%"))), ["carol", "bob"]);
    assert_eq!(names(&mut connection, by_age().filter(User.name.ilike("AL%"))), ["alice"]);
    assert_eq!(names(&mut connection, by_age().filter(User.email.is_null())).len(), 3);
    assert_eq!(names(&mut connection, by_age().filter(User.age.between(20, 30))), ["alice", "bob"]);
    let (count, total, mean): (i64, Option<i64>, Option<f64>) =
        connection.one(select((count(User.id), sum(User.age), avg(User.age)))).wait().expect("figures");
    assert_eq!((count, total, mean), (3, Some(90), Some(30.0)));
    let total: Option<i64> = connection.one(select(sum(User.id))).wait().expect("a figure");
    assert_eq!(total, Some(6));
    let made: Vec<DateTime<Utc>> = connection.all(select(User.created_at)).wait().expect("times");
    assert!(made.iter().all(|made| (Utc::now() - *made).num_seconds().abs() < 600), "{made:?}");
    let whole: Vec<User> = connection.all(select(User).order_by(User.id)).wait().expect("users");
    assert_eq!(whole.iter().map(|user| *user.id).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn changes_run_as_they_are_compiled() {
    let database = people();
    let mut connection = database.connect();
    let dave = insert(User).values([User.name.set("dave"), User.age.set(50)]).returning(User.id);
    assert_eq!(connection.one(dave).wait().expect("a key"), 4);
    let several = insert(User)
        .values([[User.name.set("erin"), User.age.set(60)], [User.name.set("frank"), User.age.set(70)]]);
    assert_eq!(connection.execute(several).wait().expect("rows").rows_affected, 2);
    let again = insert(User).values([User.name.set("alice"), User.age.set(31)]);
    let again = again.on_conflict(User.name).do_update(|new| [User.age.set(new.get(User.age))]);
    assert_eq!(connection.execute(again).wait().expect("a row").rows_affected, 1);
    let nothing = insert(User).values([User.name.set("bob"), User.age.set(0)]).on_conflict_do_nothing();
    assert_eq!(connection.execute(nothing).wait().expect("no row").rows_affected, 0);
    let older = update(User).set(User.age, User.age + 1).filter(User.name.eq("alice")).returning(User.age);
    assert_eq!(connection.all(older).wait().expect("a row"), [32]);
    let emptied = update(User).set(User.email, None).filter(User.id.is_in([1, 2]));
    assert_eq!(connection.execute(emptied).wait().expect("rows").rows_affected, 2);
    let gone = delete(User).filter(User.age.ge(50)).returning(User.name);
    let mut gone = connection.all(gone).wait().expect("rows");
    gone.sort();
    assert_eq!(gone, ["dave", "erin", "frank"]);
}

#[test]
fn a_session_writes_and_reads_a_graph() {
    let database = people();
    let mut session = Session::new(&database.engine);
    let added = session.add_all((0..50).map(|number| User {
        addresses: vec![Address { email: format!("{number}@example.org"), ..default() }].into(),
        ..user(&format!("user{number}"), number)
    }));
    session.commit().wait().expect("written");
    for (number, handle) in added.iter().enumerate() {
        assert_eq!(*session[*handle].id, number as i64 + 4);
    }

    let mut session = Session::new(&database.engine);
    let user = session.one(select(User).filter(User.name.eq("user7"))).wait().expect("a user");
    session.load(user, User.addresses).wait().expect("loaded");
    let emails: Vec<String> =
        session.related(user, User.addresses).expect("loaded").map(|address| address.email.clone()).collect();
    assert_eq!(emails, ["7@example.org"]);
    session[user].age = 8;
    session.commit().wait().expect("changed");
    session.delete(user).expect("known");
    session.commit().wait().expect("gone");
    let mut connection = database.connect();
    let left: i64 = connection.one(select(count(Address.id))).wait().expect("a count");
    assert_eq!(left, 49);
}
