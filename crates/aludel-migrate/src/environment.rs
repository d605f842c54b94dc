//! What a project hands to the command line: its metadata, its revisions, and how to reach its database. Mirrors what
//! Alembic's `env.py` gives to `context.configure`.

use std::borrow::Cow;
use std::fmt;

use aludel_engine::Engine;
use aludel_sql::MetaData;
use aludel_sql::schema::TableName;

use crate::compare::{CompareOptions, Include, ObjectRef};
use crate::error::{Error, ErrorKind, Result};
use crate::revision::{RevisionMap, RevisionNode};
use crate::script::Script;

type Connect = dyn Fn(&str) -> aludel_engine::Result<Engine> + Send + Sync;

/// A project's migrations: `migrations/env.rs` builds one.
pub struct Environment {
    metadata: MetaData,
    versions: Cow<'static, [Script]>,
    connect: Option<Box<Connect>>,
    include: Option<Box<Include>>,
    compare_type: bool,
    compare_server_default: bool,
    own_tables: [TableName; 2],
}

impl Environment {
    /// An environment for the wanted schema, without any revisions yet.
    pub fn new(metadata: MetaData) -> Self {
        Environment {
            metadata,
            versions: Cow::Borrowed(&[]),
            connect: None,
            include: None,
            compare_type: true,
            compare_server_default: true,
            own_tables: ["aludel_version".into(), "aludel_ledger".into()],
        }
    }

    /// The revisions: `versions::VERSIONS`.
    #[must_use]
    pub fn versions(mut self, versions: impl Into<Cow<'static, [Script]>>) -> Self {
        self.versions = versions.into();
        self
    }

    /// Says how a database URL becomes an engine.
    #[must_use]
    pub fn connect(
        mut self,
        connect: impl Fn(&str) -> aludel_engine::Result<Engine> + Send + Sync + 'static,
    ) -> Self {
        self.connect = Some(Box::new(connect));
        self
    }

    /// Leaves objects out of autogenerate for which the function says `false`. Mirrors Alembic's `include_object`.
    #[must_use]
    pub fn include(mut self, include: impl Fn(&ObjectRef<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.include = Some(Box::new(include));
        self
    }

    /// Whether autogenerate compares types; it does unless told otherwise.
    #[must_use]
    pub fn compare_type(mut self, compare: bool) -> Self {
        self.compare_type = compare;
        self
    }

    /// Whether autogenerate compares server defaults; it does unless told otherwise.
    #[must_use]
    pub fn compare_server_default(mut self, compare: bool) -> Self {
        self.compare_server_default = compare;
        self
    }

    /// The table that holds the database's revision; `aludel_version` unless told otherwise.
    #[must_use]
    pub fn version_table(mut self, name: impl Into<TableName>) -> Self {
        self.own_tables[0] = name.into();
        self
    }

    /// The table that holds what ran; `aludel_ledger` unless told otherwise.
    #[must_use]
    pub fn ledger_table(mut self, name: impl Into<TableName>) -> Self {
        self.own_tables[1] = name.into();
        self
    }

    /// The wanted schema.
    pub fn metadata(&self) -> &MetaData {
        &self.metadata
    }

    /// The revisions, in the order of the list.
    pub fn scripts(&self) -> &[Script] {
        &self.versions
    }

    /// The revision with exactly this id.
    ///
    /// # Errors
    /// Where there is none.
    pub fn script(&self, id: &str) -> Result<&Script> {
        self.versions.iter().find(|script| script.id() == id).ok_or_else(|| {
            Error::new(ErrorKind::Revision, format!("revision `{id}` is not among the scripts compiled in"))
        })
    }

    /// The graph of the revisions.
    ///
    /// # Errors
    /// Where ids are repeated, parents are missing, or revisions go round in a circle.
    pub fn revision_map(&self) -> Result<RevisionMap> {
        let mut nodes: Vec<RevisionNode> = self.versions.iter().map(Script::node).collect();
        nodes.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(RevisionMap::new(nodes)?)
    }

    /// The engine of a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the environment says not how, or the URL is wrong.
    pub fn engine(&self, url: &str) -> Result<Engine> {
        let Some(connect) = &self.connect else {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the environment says not how to reach a database: add `.connect(|url| Engine::new(url))`",
            ));
        };
        connect(url)
            .map_err(|error| Error::new(ErrorKind::Configuration, error.to_string()).with_source(error))
    }

    /// The table that holds the database's revision.
    pub fn version_table_name(&self) -> &TableName {
        &self.own_tables[0]
    }

    /// The table that holds what ran.
    pub fn ledger_table_name(&self) -> &TableName {
        &self.own_tables[1]
    }

    /// How the schemas are compared.
    pub fn compare_options(&self) -> CompareOptions<'_> {
        CompareOptions {
            types: self.compare_type,
            server_defaults: self.compare_server_default,
            include: self.include.as_deref(),
            own_tables: &self.own_tables,
            allow_drop_all: false,
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("tables", &self.metadata.tables().len())
            .field("versions", &self.versions.len())
            .field("own_tables", &self.own_tables)
            .finish_non_exhaustive()
    }
}
