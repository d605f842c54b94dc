//! Reading what a plan or a comparison has to know of a live database.

use std::collections::BTreeSet;

use aludel_engine::Connection;
use aludel_sql::MetaData;

use crate::error::Result;
use crate::plan::{CurrentSchema, PROBE, Surroundings};

/// All tables of the default schema and of the schemas named.
///
/// # Errors
/// Where the database can't be read.
pub async fn reflect(connection: &mut Connection, schemas: &BTreeSet<String>) -> Result<MetaData> {
    let mut inspector = connection.inspector()?;
    let mut metadata = inspector.metadata(None).await?;
    for schema in schemas {
        for table in inspector.metadata(Some(schema)).await?.tables() {
            metadata.insert(table.clone());
        }
    }
    Ok(metadata)
}

/// The tables with all that stands around them, for databases whose tables have to be made anew to be changed.
///
/// # Errors
/// Where the database can't be read.
pub async fn current_schema(
    connection: &mut Connection,
    schemas: &BTreeSet<String>,
) -> Result<CurrentSchema> {
    let metadata = reflect(connection, schemas).await?;
    let mut objects = connection.inspector()?.objects(None).await?;
    for schema in schemas {
        objects.extend(connection.inspector()?.objects(Some(schema)).await?);
    }
    let is_sound = objects.is_empty() || is_sound(connection).await?;
    let surroundings = Surroundings { objects, is_sound };
    Ok(CurrentSchema { metadata, surroundings: Some(surroundings) })
}

/// Whether all views and triggers can be resolved as they are.
async fn is_sound(connection: &mut Connection) -> Result<bool> {
    let mark = connection.open_savepoint().await?;
    let mut sound = true;
    for statement in PROBE {
        sound = sound && connection.execute_script(statement).await.is_ok();
    }
    connection.rollback_savepoint(mark).await?;
    Ok(sound)
}
