//! Many rows at once: values that are made one by one while the rows go out.

use aludel::prelude::*;
use aludel::sql::types::{As, AsText, Json};
use rust_decimal::Decimal;

use crate::homes::{ALL, Home};

#[derive(Model, Clone, Debug, Default, PartialEq)]
#[model(table = "t")]
struct Event {
    #[column(primary_key)]
    id: i64,
    #[column(type = numeric(20, 4))]
    price: Decimal,
    labels: Json<Vec<String>>,
    numbers: Vec<i32>,
    #[column(length = 50)]
    host: Option<As<AsText<std::net::Ipv4Addr>>>,
    wait: std::time::Duration,
    large: u64,
}

fn event(id: i64) -> Event {
    Event {
        id,
        price: Decimal::new(id * 12_345 - 50_000, 4),
        labels: Json(vec![format!("label {id}"); (id % 3) as usize]),
        numbers: (0..id as i32 % 5).collect(),
        host: (id % 2 == 0).then_some(As(std::net::Ipv4Addr::LOCALHOST)),
        wait: std::time::Duration::from_millis(id.unsigned_abs()),
        large: id.unsigned_abs(),
    }
}

#[test]
fn rows_in_bulk_come_back() {
    for name in ALL {
        let mut home = Home::new(name, &aludel::sql::Type::Integer);
        let table = aludel::sql::ddl::create_table(&Event::definition().table, &**home.connection.dialect());
        home.connection.execute_script("DROP TABLE t").wait().expect("no more");
        for statement in table.expect("a table") {
            let temporary = statement.replacen("CREATE TABLE", "CREATE TEMPORARY TABLE", 1);
            home.connection.execute_script(&temporary).wait().expect("a table");
        }
        let events: Vec<Event> = (1..=300).map(event).collect();
        home.connection.insert_all(&events).wait().expect("rows");
        let back = home.connection.all(select(Event).order_by(Event.id)).wait().expect("rows");
        assert_eq!(back, events, "{name}");
        let dear = select(count(Event.id)).filter(Event.price.gt(Decimal::ZERO));
        assert_eq!(home.connection.one(dear).wait().expect("a number"), 296, "{name}");
        let listed = select(Event.id).filter(Event.large.is_in([7_u64, 9])).order_by(Event.id);
        assert_eq!(home.connection.all(listed).wait().expect("rows"), [7, 9], "{name}");
        let longest: std::time::Duration =
            home.connection.one(sql("SELECT max(wait) FROM t").rows()).wait().expect("a length of time");
        assert_eq!(longest, std::time::Duration::from_millis(300), "{name}");
    }
}
