//! One operation, one statement (or a few): for databases whose `ALTER TABLE` can do it.

use aludel_sql::schema::TableName;
use aludel_sql::{Dialect, ddl};

use super::{Step, guards, of_execute};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::{ConstraintRef, Operation};

pub(super) fn steps(operation: &Operation, dialect: &dyn Dialect) -> Result<Vec<Step>> {
    let statements = match operation {
        Operation::CreateTable(table) => ddl::create_table(table, dialect)?,
        Operation::DropTable(drop) => vec![ddl::drop_table(&drop.name, dialect)],
        Operation::RenameTable(rename) => vec![ddl::rename_table(&rename.from, &rename.to, dialect)],
        Operation::AddColumn(add) => {
            let statements = ddl::add_column(&add.table, &add.column, dialect)?;
            return Ok(with_guard(guards::filled(&add.table, &add.column, dialect), statements));
        }
        Operation::DropColumn(drop) => vec![ddl::drop_column(&drop.table, &drop.name, dialect)?],
        Operation::AlterColumn(alter) => {
            let statements = ddl::alter_column(alter, dialect)?;
            let guard = (alter.nullable == Some(false))
                .then(|| guards::without_nulls(&alter.table, &alter.name, dialect));
            return Ok(with_guard(guard, statements));
        }
        Operation::RenameColumn(rename) => {
            vec![ddl::rename_column(&rename.table, &rename.from, &rename.to, dialect)?]
        }
        Operation::CreateIndex(index) => {
            let guard = guards::unique_index(index, dialect);
            return Ok(with_guard(guard, vec![ddl::create_index(index, dialect)?]));
        }
        Operation::DropIndex(drop) => vec![ddl::drop_index(&drop.name, &drop.table, dialect)],
        Operation::AddConstraint(add) => vec![ddl::add_constraint(&add.table, &add.constraint, dialect)?],
        Operation::DropConstraint(drop) => vec![drop_constraint(&drop.table, &drop.constraint, dialect)?],
        Operation::Execute(execute) => return Ok(vec![of_execute(execute)]),
        Operation::Run(run) => return Ok(vec![Step::Run(run.clone())]),
    };
    Ok(statements.into_iter().map(Step::Sql).collect())
}

fn with_guard(guard: Option<super::Guard>, statements: Vec<String>) -> Vec<Step> {
    guard.map(Step::Guard).into_iter().chain(statements.into_iter().map(Step::Sql)).collect()
}

fn drop_constraint(table: &TableName, which: &ConstraintRef, dialect: &dyn Dialect) -> Result<String> {
    match which {
        ConstraintRef::Named { name, kind, .. } => Ok(ddl::drop_constraint(table, name, *kind, dialect)?),
        ConstraintRef::Unnamed(constraint) => {
            let Some(name) = dialect.implicit_name(table, constraint) else {
                let message = format!(
                    "the {} of `{table}` has no name, and {} drops constraints by name: look the name up in the \
                     database and write it into the revision",
                    constraint.kind(),
                    dialect.name()
                );
                return Err(Error::new(ErrorKind::Schema, message));
            };
            Ok(ddl::drop_constraint(table, &name, constraint.kind(), dialect)?)
        }
    }
}
