//! Keys of types that are made when they are asked for: one row is one object.

use aludel::prelude::*;
use aludel::sql::types::{As, AsText, StoredAs, ValueError};

/// A number that is stored with the sign turned.
struct Turned;

impl StoredAs for Turned {
    type Value = i64;
    type Stored = i64;

    fn to_stored(value: &i64) -> Result<i64, ValueError> {
        value.checked_neg().ok_or_else(|| ValueError::new("it has no other sign"))
    }

    fn from_stored(stored: i64) -> Result<i64, ValueError> {
        Ok(-stored)
    }
}

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "owners")]
struct Owner {
    #[column(primary_key)]
    id: As<Turned>,
    name: String,
    #[relation(back_populates = "owner")]
    things: Many<Thing>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "things")]
struct Thing {
    #[column(primary_key, length = 39)]
    host: As<AsText<std::net::IpAddr>>,
    #[column(references = "owners.id")]
    owner_id: As<Turned>,
    #[relation(back_populates = "things")]
    owner: One<Owner>,
}

#[test]
fn one_row_is_one_object() {
    let engine = Engine::new("sqlite://").expect("a URL");
    engine.create_all(&MetaData::new().add(Owner).add(Thing)).wait().expect("tables");
    let mut session = Session::new(&engine);
    for id in [3, 5] {
        session.add(Owner { id: As(id), name: format!("owner {id}"), ..default() });
    }
    session.flush().wait().expect("written");
    for (last, id) in [(1, 3), (2, 3), (3, 5)] {
        let host = As(std::net::IpAddr::from([127, 0, 0, last]));
        session.add(Thing { host, owner_id: As(id), owner: One::default() });
    }
    session.commit().wait().expect("written");
    let stored: Vec<i64> = {
        let mut connection = engine.connect().wait().expect("a connection");
        connection.all(sql("SELECT id FROM owners ORDER BY id").rows()).wait().expect("rows")
    };
    assert_eq!(stored, [-5, -3]);

    let mut session = Session::new(&engine);
    let first = session.get::<Owner>(As::<Turned>(3)).wait().expect("a query").expect("an owner");
    let again = session.one(select(Owner).filter(Owner.id.eq(As::<Turned>(3)))).wait().expect("an owner");
    assert_eq!(first, again);
    session.load(first, Owner.things).wait().expect("loaded");
    assert_eq!(session.related(first, Owner.things).expect("loaded").count(), 2);
    session[first].name = "another".into();
    session.commit().wait().expect("changed");

    let mut connection = engine.connect().wait().expect("a connection");
    let trees = connection
        .all(select(Owner).order_by(Owner.name).with(Owner.things.selectin()))
        .wait()
        .expect("owners");
    let counts: Vec<(String, usize)> =
        trees.iter().map(|owner| (owner.name.clone(), owner.things.iter().count())).collect();
    assert_eq!(counts, [("another".into(), 2), ("owner 5".into(), 1)]);
}
