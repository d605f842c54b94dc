//! Reading what a plan or a comparison has to know of a live database.

use std::collections::BTreeSet;

use aludel_engine::Connection;
use aludel_sql::MetaData;
use aludel_sql::schema::TableName;

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

/// These tables with all that stands around them, for databases whose tables have to be made anew to be changed.
///
/// # Errors
/// Where the database can't be read.
pub async fn current_schema(
    connection: &mut Connection,
    tables: &BTreeSet<TableName>,
) -> Result<CurrentSchema> {
    let mut metadata = MetaData::new();
    let mut objects = Vec::new();
    let mut inspector = connection.inspector()?;
    for name in tables {
        if let Some(table) = inspector.table(name).await? {
            metadata.insert(table);
        }
    }
    let schemas: BTreeSet<_> = tables.iter().map(|table| table.schema.as_deref()).collect();
    for schema in schemas {
        objects.extend(inspector.objects(schema).await?);
    }
    drop(inspector);
    Ok(CurrentSchema { metadata, surroundings: Some(Surroundings { objects, is_sound: None }) })
}

/// Whether all views and triggers can be resolved as they are.
pub(super) async fn is_sound(connection: &mut Connection) -> Result<bool> {
    let mark = connection.open_savepoint().await?;
    let mut sound = true;
    for statement in PROBE {
        sound = sound && connection.execute_script(statement).await.is_ok();
    }
    connection.rollback_savepoint(mark).await?;
    Ok(sound)
}
