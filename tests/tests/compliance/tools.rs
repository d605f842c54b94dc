//! The users' test tools on servers.

use aludel::prelude::*;
use aludel::{ErrorKind, PoolOptions};
use aludel_test::{Databases, RollbackIsolation, TestDatabase};

use crate::{mysql_url, postgres_url};

fn each(test: impl Fn(&Databases)) {
    for url in ["sqlite://?busy_timeout=20000".to_owned(), postgres_url(), mysql_url()] {
        test(&Databases::at(&url).unwrap().prefix(format!("aludel_tools_{}", std::process::id())));
    }
}

fn count(engine: &Engine) -> i64 {
    engine.connect().wait().unwrap().one(sql("SELECT count(*) FROM t").rows()).wait().unwrap()
}

fn with_table(databases: &Databases) -> TestDatabase {
    let database = databases.create().wait().unwrap();
    let engine = database.engine();
    engine.connect().wait().unwrap().execute_script("CREATE TABLE t (n INTEGER UNIQUE)").wait().unwrap();
    engine.close().wait();
    database
}

#[derive(Model, Clone, Debug, Default)]
#[model(table = "t")]
struct Number {
    #[column(primary_key)]
    n: i64,
}

#[test]
fn what_is_isolated_by_rollback_leaves_nothing() {
    each(|databases| {
        let database = with_table(databases);
        let isolation = RollbackIsolation::begin(database.driver().unwrap()).wait().unwrap();
        let engine = isolation.engine();
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap();
        let mut nested = transaction.begin_nested().wait().unwrap();
        nested.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
        nested.rollback().wait().unwrap();
        transaction.commit().wait().unwrap();
        // An error outside of a transaction takes nothing along.
        let mut connection = engine.connect().wait().unwrap();
        let twice = connection.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::UniqueViolation);
        drop(connection);
        assert_eq!(count(&engine), 1);
        // One inside is told by the commit, or by what follows, as without isolation.
        let mut transaction = engine.begin().wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (2)")).wait().unwrap();
        transaction.execute(sql("INSERT INTO t VALUES (1)")).wait().unwrap_err();
        drop(transaction);
        assert_eq!(count(&engine), 1);
        let mut session = Session::new(&engine);
        session.add(Number { n: 5 });
        session.commit().wait().unwrap();
        session.add(Number { n: 6 });
        session.flush().wait().unwrap();
        session.rollback().wait().unwrap();
        drop(session);
        assert_eq!(count(&engine), 2);
        isolation.end().wait().unwrap();
        assert_eq!(count(&database.engine()), 0);
    });
}

#[test]
fn a_schema_change_on_mysql_ends_the_isolation_and_that_is_told() {
    let databases = Databases::at(&mysql_url()).unwrap().prefix("aludel_tools");
    let database = with_table(&databases);
    let isolation = RollbackIsolation::begin(database.driver().unwrap()).wait().unwrap();
    let mut connection = isolation.engine().connect().wait().unwrap();
    connection.execute_script("CREATE TABLE more (n INTEGER)").wait().unwrap();
    let error = connection.execute(sql("INSERT INTO more VALUES (1)")).wait().unwrap_err();
    assert!(error.to_string().contains("MySQL commits before it changes a schema"), "{error}");
}

#[test]
fn a_future_that_is_dropped_in_the_middle_ends_the_isolation_and_that_is_told() {
    let databases = Databases::at(&postgres_url()).unwrap().prefix("aludel_tools");
    let database = with_table(&databases);
    let isolation = RollbackIsolation::begin(database.driver().unwrap()).wait().unwrap();
    let engine = isolation.engine();
    let mut connection = engine.connect().wait().unwrap();
    assert!(aludel_test::drop_at(0, connection.execute_script("SELECT pg_sleep(30)")).is_none());
    drop(connection);
    let error = engine.connect().wait().unwrap_err();
    assert!(error.to_string().contains("was lost, and with it the transaction around"), "{error}");
}

#[test]
fn copies_are_like_their_template() {
    each(|databases| {
        let set_up = async |engine: Engine| {
            let mut connection = engine.connect().await?;
            connection.execute_script("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)").await
        };
        let template = databases.template("v1", set_up).wait().unwrap();
        let (one, two) = (template.create().wait().unwrap(), template.create().wait().unwrap());
        one.engine().connect().wait().unwrap().execute_script("INSERT INTO t VALUES (2)").wait().unwrap();
        assert_eq!((count(&one.engine()), count(&two.engine())), (2, 1));
        // A pool that is still open keeps nobody from dropping the database.
        let engine = one.engine_with(aludel::EngineOptions::new().pool(PoolOptions::default()));
        assert_eq!(count(&engine), 2);
        one.drop_now().wait().unwrap();
        two.drop_now().wait().unwrap();
        databases.sweep(std::time::Duration::ZERO).wait().unwrap();
        assert!(databases.sweep(std::time::Duration::ZERO).wait().unwrap().is_empty());
    });
}
