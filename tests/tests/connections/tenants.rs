//! One engine, several tenants: the same statements in schemas that are chosen at run time.

use aludel::prelude::*;
use aludel::{EngineOptions, ExecutionOptions, PoolOptions};

use aludel_tests::places::Place;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "notes")]
pub struct Note {
    #[column(primary_key)]
    pub id: Auto<i64>,
    #[column(length = 50)]
    pub text: String,
    #[column(references = "kinds.id")]
    pub kind_id: i64,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(table = "kinds")]
pub struct Kind {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 50)]
    pub name: String,
}

/// The schemas of a test; MySQL's are databases of the server, which are dropped with this value.
struct Schemas<'p> {
    place: &'p Place,
    names: [String; 2],
}

impl<'p> Schemas<'p> {
    fn new(place: &'p Place, engine: &Engine) -> Self {
        let own = match place.kind {
            "mysql" => format!("{}_", place.name_of_database()),
            _ => String::new(),
        };
        let names = ["one", "two"].map(|name| format!("{own}{name}"));
        let mut connection = engine.connect().wait().unwrap();
        for name in &names {
            let make = match place.kind {
                "sqlite" => format!("ATTACH ':memory:' AS {name}"),
                "mysql" => format!("CREATE DATABASE {name}"),
                _ => format!("CREATE SCHEMA {name}"),
            };
            connection.execute_script(&make).wait().unwrap();
        }
        Schemas { place, names }
    }

    fn tenant(&self, engine: &Engine, number: usize) -> Engine {
        engine.with_execution_options(ExecutionOptions::new().schema(None, Some(&self.names[number])))
    }
}

impl Drop for Schemas<'_> {
    fn drop(&mut self) {
        if self.place.kind == "mysql" {
            let engine = self.place.engine(EngineOptions::new());
            let mut connection = engine.connect().wait().unwrap();
            for name in &self.names {
                connection.execute_script(&format!("DROP DATABASE {name}")).wait().unwrap();
            }
        }
    }
}

fn tenants_are_apart(place: &Place) {
    let engine =
        place.engine(EngineOptions::new().pool(PoolOptions::default().with_size(1).with_overflow(0)));
    let schemas = Schemas::new(place, &engine);
    let tenants = [0, 1].map(|number| schemas.tenant(&engine, number));
    let metadata = MetaData::new().add(Kind).add(Note);
    for tenant in &tenants {
        tenant.create_all(&metadata).wait().unwrap();
        // What is there already is found where it is.
        tenant.create_all(&metadata).wait().unwrap();
    }

    for (number, tenant) in tenants.iter().enumerate() {
        let mut session = Session::new(tenant);
        session.add(Kind { id: 1, name: "letter".into() });
        session.flush().wait().unwrap();
        session.add(Note { id: Auto::unset(), text: format!("of {number}"), kind_id: 1 });
        session.commit().wait().unwrap();
    }
    // The same shapes turn by turn, over the same connection.
    for _ in 0..2 {
        for (number, tenant) in tenants.iter().enumerate() {
            let mut connection = tenant.connect().wait().unwrap();
            let texts = select((Note.text, Kind.name)).join((Kind, Kind.id.eq(Note.kind_id)));
            let read = connection.all(texts).wait().unwrap();
            assert_eq!(read, [(format!("of {number}"), "letter".to_owned())], "{}", place.kind);
        }
    }
    tenants[0].connect().wait().unwrap().execute(update(Note).set(Note.text, "changed")).wait().unwrap();
    let of = |engine: &Engine| engine.connect().wait().unwrap().all(select(Note.text)).wait();
    assert_eq!(of(&tenants[0]).unwrap(), ["changed"]);
    assert_eq!(of(&tenants[1]).unwrap(), ["of 1"]);

    // Of one connection, a part can be another tenant's.
    let mut connection = tenants[0].connect().wait().unwrap();
    let two = tenants[1].execution_options().clone();
    let read = connection.with_execution_options(two.clone()).all(select(Note.text)).wait().unwrap();
    assert_eq!(read, ["of 1"]);
    assert_eq!(connection.all(select(Note.text)).wait().unwrap(), ["changed"]);
    connection.set_execution_options(two.no_compile_cache());
    assert_eq!(connection.all(select(Note.text)).wait().unwrap(), ["of 1"]);
    drop(connection);
    // That ended with the connection's way back; the plain engine has no such tables, though its pool is the same.
    assert_eq!(of(&tenants[0]).unwrap(), ["changed"]);
    if place.kind != "sqlite" {
        of(&engine).unwrap_err();
    }
    assert_eq!(engine.status().opened, 1);

    tenants[0].drop_all(&MetaData::new().add(Note)).wait().unwrap();
    of(&tenants[0]).unwrap_err();
    assert_eq!(of(&tenants[1]).unwrap(), ["of 1"]);
}

#[test]
fn tenants_are_apart_on_sqlite() {
    tenants_are_apart(&Place::sqlite());
}

#[test]
fn tenants_are_apart_on_postgres() {
    tenants_are_apart(&Place::postgres());
}

#[test]
fn tenants_are_apart_on_mysql() {
    tenants_are_apart(&Place::mysql());
}
