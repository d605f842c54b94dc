//! Running operations on a connection whose transaction is open already.

use std::collections::BTreeSet;

use aludel_engine::Connection;
use aludel_sql::schema::TableName;
use aludel_sql::statement::sql;

use super::reflect::is_sound;
use super::{Event, Observer, current_schema};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;
use crate::plan::{self, CurrentSchema, Guard, Step};

/// Runs operations in the connection's open transaction, and nothing around them: no version row, no ledger, no turn.
///
/// On databases whose tables are made anew to be changed, foreign keys have to rest; [`upgrade`](super::upgrade) and
/// [`downgrade`](super::downgrade) see to it.
///
/// # Errors
/// Where an operation does not fit the tables, the rows forbid it, or the database refuses. The transaction should be
/// taken back then.
pub async fn apply(
    operations: &[Operation],
    connection: &mut Connection,
    observe: &mut Observer<'_>,
) -> Result<()> {
    for part in parts(operations) {
        // What the user's own words and code change is only known by looking again.
        let dialect = connection.dialect().clone();
        let mut current = CurrentSchema::default();
        if plan::needs_current(part, dialect.as_ref()) {
            current = current_schema(connection, &tables(part)).await?;
            if let Some(around) = current.surroundings.as_mut().filter(|around| around.may_break(part)) {
                around.is_sound = Some(is_sound(connection).await?);
            }
        }
        let plan = plan::plan(part, dialect.as_ref(), &mut current)?;
        for step in &plan.steps {
            observe(Event::Step(step));
            run(step, connection).await?;
        }
    }
    Ok(())
}

/// Operations up to a statement or code of the user's own, and that by itself.
fn parts(operations: &[Operation]) -> impl Iterator<Item = &[Operation]> {
    let is_own = |operation: &Operation| matches!(operation, Operation::Execute(_) | Operation::Run(_));
    operations.chunk_by(move |one, next| !is_own(one) && !is_own(next))
}

async fn run(step: &Step, connection: &mut Connection) -> Result<()> {
    match step {
        Step::Sql(sql) => connection.execute_script(sql).await.map_err(|error| explain(error, sql)),
        Step::Statement(statement) => {
            connection.execute_statement(statement).await?;
            Ok(())
        }
        Step::Guard(guard) => ask(guard, connection).await,
        Step::Run(run) => {
            let result = (run.action)(connection).await;
            result.map_err(|error| Error::from(error).context(format!("step `{}`", run.name)))
        }
        Step::Comment(_) => Ok(()),
    }
}

async fn ask(guard: &Guard, connection: &mut Connection) -> Result<()> {
    // A question mark of a condition is none of a parameter.
    let query = guard.count.replace('?', "??");
    let count: i64 = connection.one(sql(query).rows()).await?;
    if count == 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Refused, guard.refusal.replace("{count}", &count.to_string())))
}

fn explain(error: aludel_engine::Error, statement: &str) -> Error {
    let refused = error.message().contains("error in view") || error.message().contains("error in trigger");
    let error = Error::from(error.with_statement(statement));
    if !refused {
        return error;
    }
    error.context(
        "a view or trigger needs what is changed here: drop it first with `op.execute(..)`, and make it again behind",
    )
}

/// The tables that operations name.
fn tables(operations: &[Operation]) -> BTreeSet<TableName> {
    let mut tables = BTreeSet::new();
    for operation in operations {
        let table = match operation {
            Operation::CreateTable(table) => &table.name,
            Operation::DropTable(drop) => &drop.name,
            Operation::RenameTable(rename) => &rename.from,
            Operation::AddColumn(add) => &add.table,
            Operation::DropColumn(drop) => &drop.table,
            Operation::AlterColumn(alter) => &alter.table,
            Operation::RenameColumn(rename) => &rename.table,
            Operation::CreateIndex(index) => &index.table,
            Operation::DropIndex(drop) => &drop.table,
            Operation::AddConstraint(add) => &add.table,
            Operation::DropConstraint(drop) => &drop.table,
            Operation::Execute(_) | Operation::Run(_) => continue,
        };
        tables.insert(table.clone());
    }
    tables
}
