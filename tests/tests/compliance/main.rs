//! The compliance suite on every driver of ours, and on one that comes from outside.

mod third_party;
#[cfg(feature = "servers")]
mod tools;

use std::sync::Arc;

use aludel::{DatabaseUrl, Driver, Result};
use aludel_test::compliance::Setup;
use aludel_test::{Databases, TestDatabase};

/// Makes databases at a URL, and keeps the one of the case.
async fn create(url: &str, kept: &mut Option<TestDatabase>) -> Result<Arc<dyn Driver>> {
    let database = Databases::at(url)?.prefix("aludel_suite").create().await?;
    kept.insert(database).driver()
}

async fn destroy(kept: &mut Option<TestDatabase>) -> Result<()> {
    match kept.take() {
        Some(database) => database.drop_now().await,
        None => Ok(()),
    }
}

mod sqlite_memory {
    use super::*;

    #[derive(Default)]
    struct Memory;

    impl Setup for Memory {
        async fn create(&mut self) -> Result<Arc<dyn Driver>> {
            aludel::driver(&DatabaseUrl::parse("sqlite://")?)
        }

        async fn destroy(&mut self) -> Result<()> {
            Ok(())
        }
    }

    aludel_test::compliance!(Memory);
}

mod sqlite_file {
    use super::*;

    #[derive(Default)]
    struct File(Option<TestDatabase>);

    impl Setup for File {
        async fn create(&mut self) -> Result<Arc<dyn Driver>> {
            create("sqlite://?busy_timeout=20000", &mut self.0).await
        }

        async fn destroy(&mut self) -> Result<()> {
            destroy(&mut self.0).await
        }
    }

    aludel_test::compliance!(File);
}

#[cfg(feature = "servers")]
fn server(variable: &str, otherwise: &str) -> String {
    let named = std::env::var(variable).ok().filter(|url| !url.is_empty());
    named.unwrap_or_else(|| otherwise.to_owned())
}

/// Without the compilation of statements that look long: it hears of no request to stop, and takes seconds on a busy machine.
#[cfg(feature = "servers")]
fn postgres_url() -> String {
    let url = server("ALUDEL_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres");
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options=-c%20jit%3Doff")
}

#[cfg(feature = "servers")]
fn mysql_url() -> String {
    server("ALUDEL_TEST_MYSQL", "mysql://root@127.0.0.1:3306/")
}

#[cfg(feature = "servers")]
mod postgres {
    use super::*;

    #[derive(Default)]
    struct Postgres(Option<TestDatabase>);

    impl Setup for Postgres {
        async fn create(&mut self) -> Result<Arc<dyn Driver>> {
            create(&postgres_url(), &mut self.0).await
        }

        async fn destroy(&mut self) -> Result<()> {
            destroy(&mut self.0).await
        }
    }

    aludel_test::compliance!(Postgres);
}

#[cfg(feature = "servers")]
mod mysql {
    use super::*;

    #[derive(Default)]
    struct Mysql(Option<TestDatabase>);

    impl Setup for Mysql {
        async fn create(&mut self) -> Result<Arc<dyn Driver>> {
            create(&mysql_url(), &mut self.0).await
        }

        async fn destroy(&mut self) -> Result<()> {
            destroy(&mut self.0).await
        }
    }

    aludel_test::compliance!(Mysql);
}
