//! Databases for tests: a fresh one for each, or a copy of a template.

mod server;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aludel::engine::BoxFuture;
use aludel::prelude::*;
use aludel::{DatabaseUrl, Driver, EngineOptions, Result, driver};

pub use self::server::Server;

/// Makes databases for tests on one server, or as files of SQLite in one folder. Each belongs to a value that drops it
/// when it is dropped, also when a test panics; what a killed run leaves is swept away by its age.
///
/// ```
/// use aludel::prelude::*;
/// use aludel_test::Databases;
///
/// // `sqlite://` stands for a folder of temporary files; a server's URL names a database to connect to at first.
/// let databases = Databases::at("sqlite://")?.prefix("shop");
/// let database = databases.create().wait()?;
/// let engine = database.engine();
/// engine.connect().wait()?.execute_script("CREATE TABLE t (n INTEGER)").wait()?;
///
/// // Each is as empty as the first.
/// let other = databases.create().wait()?;
/// assert!(other.engine().connect().wait()?.inspector()?.table_names(None).wait()?.is_empty());
/// # Ok::<(), aludel::Error>(())
/// ```
///
/// Names are `<prefix>_<seconds since 1970>_<process>_<number>`.
#[derive(Clone)]
pub struct Databases {
    server: Arc<dyn Server>,
    url: DatabaseUrl,
    prefix: String,
}

impl Databases {
    /// Databases at a URL: of a server, with rights to make and drop databases, or `sqlite://` with or without a folder.
    ///
    /// # Errors
    /// Where the URL is wrong, or nobody knows how such a server makes databases; then there is
    /// [`with_server`](Self::with_server).
    pub fn at(url: &str) -> Result<Self> {
        let url = DatabaseUrl::parse(url)?;
        let server = server::for_url(&url)?;
        Ok(Databases { server, url, prefix: "aludel_test".to_owned() })
    }

    /// The same for a server that says itself how it makes databases.
    pub fn with_server(url: DatabaseUrl, server: Arc<dyn Server>) -> Self {
        Databases { server, url, prefix: "aludel_test".to_owned() }
    }

    /// What the databases' names begin with: of lower-case letters, digits and `_`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// A new database with nothing in it.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn create(&self) -> Result<TestDatabase> {
        let name = self.name()?;
        self.server.create(&self.url, &name).await?;
        Ok(self.owned(name))
    }

    /// A database that `set_up` fills once, and that others are copies of: see [`Template::create`]. The key stands for
    /// what `set_up` does; where a template with this key is there from an earlier run or another process, it is used.
    /// So change the key when the schema changes.
    ///
    /// A template stays when the test is over; [`sweep`](Self::sweep) takes it away.
    ///
    /// # Errors
    /// Where the server refuses, or `set_up` fails.
    pub async fn template<F, S>(&self, key: &str, set_up: S) -> Result<Template>
    where
        S: Fn(Engine) -> F + Send + Sync + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let set_up: SetUp = Arc::new(move |engine| Box::pin(set_up(engine)));
        let mut template = Template { databases: self.clone(), name: None, set_up };
        if !self.server.has_templates() {
            return Ok(template);
        }
        let ending = format!("_template_{}", self.word(key)?);
        let known = self.server.names(&self.url, &format!("{}_", self.prefix)).await?;
        let newest = known.into_iter().filter(|name| name.ends_with(&ending)).max();
        template.name = Some(match newest {
            Some(name) => name,
            None => {
                // Under another name until it is whole.
                let unfinished = self.create().await?;
                template.fill(&unfinished).await?;
                let name = format!("{}_{}{ending}", self.prefix, seconds());
                self.server.rename(&self.url, &unfinished.name, &name).await?;
                unfinished.keep();
                name
            }
        });
        Ok(template)
    }

    /// Drops the databases with this prefix that are older: what killed runs have left, and old templates. Returns
    /// their names.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn sweep(&self, age: Duration) -> Result<Vec<String>> {
        let start = format!("{}_", self.prefix);
        let mut dropped = Vec::new();
        for name in self.server.names(&self.url, &start).await? {
            let made = name.strip_prefix(&start).and_then(|rest| rest.split('_').next());
            let Some(made) = made.and_then(|made| made.parse::<u64>().ok()) else { continue };
            if seconds().saturating_sub(made) >= age.as_secs() {
                self.server.drop_database(&self.url, &name).await?;
                dropped.push(name);
            }
        }
        Ok(dropped)
    }

    fn owned(&self, name: String) -> TestDatabase {
        TestDatabase { databases: self.clone(), name, kept: false }
    }

    fn name(&self) -> Result<String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(format!("{}_{}_{}_{number}", self.word(&self.prefix)?, seconds(), std::process::id()))
    }

    /// What can be part of a name without quotes.
    fn word<'w>(&self, word: &'w str) -> Result<&'w str> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !word.is_empty() && word.len() <= 24 && word.bytes().all(fits) {
            return Ok(word);
        }
        Err(aludel::Error::configuration(format!(
            "`{word}` can't be part of a test database's name: take up to 24 lower-case letters, digits and `_`"
        )))
    }
}

impl fmt::Debug for Databases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Databases({} at {})", self.prefix, self.url)
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

type SetUp = Arc<dyn Fn(Engine) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// A database that others are copies of.
///
/// ```
/// use aludel::prelude::*;
/// use aludel_test::Databases;
///
/// let databases = Databases::at("sqlite://")?.prefix("shop_doc");
/// let template = databases
///     .template("v1", async |engine: Engine| {
///         engine.connect().await?.execute_script("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1)").await
///     })
///     .wait()?;
/// let database = template.create().wait()?;
/// let mut connection = database.engine().connect().wait()?;
/// assert_eq!(connection.one(sql("SELECT n FROM t").rows::<i64>()).wait()?, 1);
/// # drop(connection);
/// # databases.sweep(std::time::Duration::ZERO).wait()?;
/// # Ok::<(), aludel::Error>(())
/// ```
///
/// PostgreSQL copies it by `CREATE DATABASE … TEMPLATE`, SQLite's file is copied by `VACUUM INTO`. MySQL and MariaDB have
/// no templates: there, every database is made empty, and set up again.
#[derive(Clone)]
pub struct Template {
    databases: Databases,
    /// `None` where the server has no templates.
    name: Option<String>,
    set_up: SetUp,
}

impl Template {
    /// A new database that is like the template.
    ///
    /// # Errors
    /// Where the server refuses; on one without templates, where setting up fails.
    pub async fn create(&self) -> Result<TestDatabase> {
        match &self.name {
            Some(template) => {
                let name = self.databases.name()?;
                self.databases.server.copy(&self.databases.url, template, &name).await?;
                Ok(self.databases.owned(name))
            }
            None => {
                let database = self.databases.create().await?;
                self.fill(&database).await?;
                Ok(database)
            }
        }
    }

    async fn fill(&self, database: &TestDatabase) -> Result<()> {
        let engine = Engine::with_driver(database.driver()?);
        (self.set_up)(engine.clone()).await?;
        engine.close().await;
        Ok(())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({})", self.name.as_deref().unwrap_or("set up each time"))
    }
}

/// A database of one test. It is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    databases: Databases,
    name: String,
    kept: bool,
}

impl TestDatabase {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its URL.
    pub fn url(&self) -> DatabaseUrl {
        self.databases.server.url(&self.databases.url, &self.name)
    }

    /// A driver for it.
    ///
    /// # Errors
    /// Where the build has none.
    pub fn driver(&self) -> Result<Arc<dyn Driver>> {
        driver(&self.url())
    }

    /// An engine on it.
    ///
    /// # Panics
    /// Where the build has no driver for it: impossible for one that was just made by it.
    pub fn engine(&self) -> Engine {
        self.engine_with(EngineOptions::new())
    }

    /// The same with options.
    ///
    /// # Panics
    /// As for [`engine`](Self::engine).
    pub fn engine_with(&self, options: EngineOptions) -> Engine {
        let driver = self.driver().expect("the driver that made the database is there");
        Engine::with_options(driver, options)
    }

    /// Drops it now.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn drop_now(mut self) -> Result<()> {
        self.kept = true;
        self.databases.server.drop_database(&self.databases.url, &self.name).await
    }

    /// Lets it stay, to be looked at after a test.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = self.databases.server.drop_database(&self.databases.url, &self.name).wait() {
            eprintln!("the database {} stays: {error}", self.name);
        }
    }
}
