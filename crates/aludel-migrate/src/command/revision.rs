//! New revisions, empty or written from what differs.

use aludel_engine::Engine;
use aludel_sql::Dialect;
use aludel_sql::dialect::sqlite::Sqlite;

use super::check::difference;
use crate::autogenerate::{NewScript, file_name};
use crate::clock;
use crate::compare::Difference;
use crate::describe::detected;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::render_rust::{RevisionFile, render_revision};
use crate::reverse::reverse;
use crate::revision::{NewRevision, RevisionMap, RevisionNode};

/// What is asked of a new revision. Mirrors the arguments of `alembic revision` and `alembic merge`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionOptions {
    /// What it is about.
    pub message: String,
    /// Whether its steps are what differs between metadata and database.
    pub autogenerate: bool,
    /// Its id; drawn where none is given.
    pub rev_id: Option<String>,
    /// What it follows; `head` where nothing is given, several (or `heads`) for a merge, `base` for a new beginning.
    pub heads: Vec<String>,
    /// Whether it may follow a revision that has followers.
    pub splice: bool,
    /// The branch labels that begin with it.
    pub branch_labels: Vec<String>,
    /// What has to run before it in other branches.
    pub depends_on: Vec<String>,
    /// Lets metadata without any tables drop all tables of the database.
    pub allow_drop_all: bool,
}

/// Makes a new revision. It is not written yet: see [`NewScript::write`]. Mirrors `alembic revision`, and
/// `alembic merge` where several heads are given.
///
/// # Errors
/// Where what it shall follow is unknown, ambiguous or no head; with `autogenerate`, where no engine is given, the
/// database is not at head, or can't be read.
pub async fn revision(
    env: &Environment,
    engine: Option<&Engine>,
    options: &RevisionOptions,
) -> Result<NewScript> {
    let map = env.revision_map()?;
    if !options.autogenerate {
        return empty_revision(&map, options);
    }
    let node = node(&map, options)?;
    let Some(engine) = engine else {
        return Err(Error::new(
            ErrorKind::Configuration,
            "autogenerate compares with a database: say which one",
        ));
    };
    let mut connection = engine.connect().await?;
    let Difference { operations, warnings } =
        difference(env, &map, &mut connection, options.allow_drop_all).await?;
    let dialect = connection.dialect().as_ref();
    let downgrade = reverse(&operations)?;
    let steps = Steps { upgrade: operations, downgrade };
    let text = render(&node, &steps, dialect)?;
    let detected = steps.upgrade.iter().map(|operation| detected(operation, dialect)).collect();
    let Steps { upgrade, downgrade } = steps;
    Ok(NewScript { upgrade, downgrade, detected, warnings, ..NewScript::new(node, text) })
}

/// Makes a new revision without steps, for which only the graph has to be known: the files are enough. It is not written
/// yet.
///
/// # Errors
/// Where what it shall follow is unknown, ambiguous or no head.
pub fn empty_revision(map: &RevisionMap, options: &RevisionOptions) -> Result<NewScript> {
    let node = node(map, options)?;
    let text = render(&node, &Steps::default(), &Sqlite::default())?;
    Ok(NewScript::new(node, text))
}

#[derive(Default)]
struct Steps {
    upgrade: Vec<crate::operation::Operation>,
    downgrade: Vec<crate::operation::Operation>,
}

/// As wide as the version table's column.
const LONGEST_ID: usize = 32;

fn node(map: &RevisionMap, options: &RevisionOptions) -> Result<RevisionNode> {
    let id = options.rev_id.clone().unwrap_or_else(clock::new_id);
    if id.chars().count() > LONGEST_ID {
        return Err(Error::new(
            ErrorKind::Revision,
            format!(
                "the revision id `{id}` is longer than the {LONGEST_ID} characters of the version table's column"
            ),
        ));
    }
    let heads = if options.heads.is_empty() { vec!["head".to_owned()] } else { options.heads.clone() };
    let date = clock::now();
    let create_date = format!("{} {} UTC", date.date.to_text().as_str(), date.time.to_text().as_str());
    let wanted = NewRevision {
        file: file_name(&id, &options.message),
        id,
        heads,
        splice: options.splice,
        branch_labels: options.branch_labels.clone(),
        depends_on: options.depends_on.clone(),
        message: options.message.clone(),
        create_date: Some(create_date),
    };
    Ok(map.new_revision(wanted)?)
}

fn render(node: &RevisionNode, steps: &Steps, dialect: &dyn Dialect) -> Result<String> {
    let file = RevisionFile {
        message: &node.message,
        id: &node.id,
        parents: &node.down,
        branch_labels: &node.branch_labels,
        depends_on: &node.depends_on,
        create_date: node.create_date.as_deref().unwrap_or_default(),
        upgrade: &steps.upgrade,
        downgrade: &steps.downgrade,
    };
    Ok(render_revision(&file, dialect)?)
}
