//! Owned trees go to JSON and back.

use aludel::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Model, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[model(table = "owners")]
struct Owner {
    #[column(primary_key)]
    #[serde(default)]
    id: Auto<i64>,
    name: String,
    #[serde(default)]
    #[relation(back_populates = "owner")]
    pets: Many<Pet>,
}

#[derive(Model, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[model(table = "pets")]
struct Pet {
    #[column(primary_key)]
    #[serde(default)]
    id: Auto<i64>,
    name: String,
    #[column(references = "owners.id")]
    #[serde(default)]
    owner_id: Auto<i64>,
    #[serde(default, skip_serializing)]
    #[relation(back_populates = "pets")]
    owner: One<Owner>,
}

#[test]
fn a_tree_goes_to_json_and_back() {
    let engine = Engine::new("sqlite://").unwrap();
    engine.create_all(&MetaData::new().add(Owner).add(Pet)).wait().unwrap();
    let mut session = Session::new(&engine);
    let json = r#"{"name":"ann","pets":[{"name":"rex"},{"name":"tom"}]}"#;
    let handle = session.add::<Owner>(serde_json::from_str::<Owner>(json).unwrap());
    session.commit().wait().unwrap();

    let mut connection = engine.connect().wait().unwrap();
    let owners = connection.all(select(Owner).with(Owner.pets.selectin())).wait().unwrap();
    assert_eq!(
        serde_json::to_string(&owners).unwrap(),
        r#"[{"id":1,"name":"ann","pets":[{"id":1,"name":"rex","owner_id":1},{"id":2,"name":"tom","owner_id":1}]}]"#
    );
    // Not loaded is told from empty.
    let owners = connection.all(select(Owner)).wait().unwrap();
    assert_eq!(serde_json::to_string(&owners).unwrap(), r#"[{"id":1,"name":"ann","pets":null}]"#);
    // What is in a session holds handles, which mean nothing outside of it.
    let error = serde_json::to_string(&session[handle]).unwrap_err();
    assert!(error.to_string().contains("by handle"), "{error}");
}
