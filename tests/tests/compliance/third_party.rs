//! A driver that comes from outside: built of public API alone, under a scheme of its own. It gets the suite by one line.

use std::any::Any;
use std::sync::Arc;

use aludel::engine::driver::{ManySink, RowSink};
use aludel::engine::engine::register_driver;
use aludel::engine::{BoxFuture, RawConnection};
use aludel::prelude::*;
use aludel::sql::ValueRef;
use aludel::sql::encode::ParameterRows;
use aludel::{DatabaseUrl, Dialect, Driver, Execution, Inspector, PoolOptions, Result, TransactionOptions};
use aludel_test::Databases;
use aludel_test::compliance::Setup;

/// The least that a driver has to say, over files of SQLite: no features, and nothing that the contract can do by itself.
#[derive(Debug)]
struct Modest(Arc<dyn Driver>);

impl Modest {
    fn from_url(url: &DatabaseUrl) -> Result<Arc<dyn Driver>> {
        let mut file = DatabaseUrl::new("sqlite")?.with_option("busy_timeout", "20000");
        if let Some(path) = url.database() {
            file = file.with_database(path);
        }
        Ok(Arc::new(Modest(aludel::driver(&file)?)))
    }
}

impl Driver for Modest {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.0.dialect()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        Box::pin(async { Ok(Box::new(ModestConnection(self.0.connect().await?)) as Box<dyn RawConnection>) })
    }

    fn pool_options(&self) -> PoolOptions {
        PoolOptions::default().with_size(2)
    }

    fn describe(&self) -> String {
        format!("modest, over {}", self.0.describe())
    }
}

#[derive(Debug)]
struct ModestConnection(Box<dyn RawConnection>);

impl RawConnection for ModestConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        self.0.dialect()
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self
    }

    fn execute<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
    ) -> BoxFuture<'a, Result<Execution>> {
        self.0.execute(sql, parameters)
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        parameters: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        self.0.fetch(sql, parameters, sink)
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        self.0.execute_many(sql, rows, sink)
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        self.0.execute_script(sql)
    }

    fn begin(&mut self, options: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        self.0.begin(options)
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        self.0.commit()
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        self.0.rollback()
    }

    fn in_transaction(&self) -> bool {
        self.0.in_transaction()
    }

    fn is_usable(&self) -> bool {
        self.0.is_usable()
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        self.0.inspector()
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        self.0.close()
    }
}

#[derive(Default)]
struct Outside(Option<aludel_test::TestDatabase>);

impl Setup for Outside {
    async fn create(&mut self) -> Result<Arc<dyn Driver>> {
        register_driver("modest", Modest::from_url);
        let file = self.0.insert(Databases::at("sqlite://")?.prefix("aludel_modest").create().await?);
        let path = file.url().database().unwrap_or_default().to_owned();
        aludel::driver(&DatabaseUrl::new("modest")?.with_database(path))
    }

    async fn destroy(&mut self) -> Result<()> {
        super::destroy(&mut self.0).await
    }
}

aludel_test::compliance!(Outside);

#[test]
fn its_urls_open_engines() {
    register_driver("modest", Modest::from_url);
    let engine = Engine::new("modest:///:memory:").unwrap();
    assert!(format!("{engine:?}").contains("modest"), "{engine:?}");
}
