//! Each step as the call on `op` that makes it.

use aludel_sql::ast::Statement;
use aludel_sql::schema::{Constraint, ConstraintKind, ForeignKey, TableName};
use aludel_sql::{Dialect, Value};

use super::code::{Code, atom, call, text, texts};
use super::schema;
use super::types::type_code;
use super::{RenderError, constraints};
use crate::operation::{AlterColumn, ConstraintRef, Execute, Operation};

pub(super) fn step(operation: &Operation, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let op = |name: &str, arguments: Vec<Code>| atom("op").then(name, arguments);
    let table = schema::table_name;
    Ok(match operation {
        Operation::CreateTable(created) => op("create_table", vec![schema::table(created, dialect)?]),
        Operation::DropTable(drop) => op("drop_table", vec![table(&drop.name)]),
        Operation::RenameTable(rename) => op("rename_table", vec![table(&rename.from), text(&rename.to)]),
        Operation::AddColumn(add) => {
            op("add_column", vec![table(&add.table), schema::column(&add.column, dialect)?])
        }
        Operation::DropColumn(drop) => op("drop_column", vec![table(&drop.table), text(&drop.name)]),
        Operation::AlterColumn(change) => alter_column(change, dialect)?,
        Operation::RenameColumn(rename) => {
            op("rename_column", vec![table(&rename.table), text(&rename.from), text(&rename.to)])
        }
        Operation::CreateIndex(index) => op("create_index", vec![constraints::index(index)]),
        Operation::DropIndex(drop) => op("drop_index", vec![text(&drop.name), table(&drop.table)]),
        Operation::AddConstraint(add) => add_constraint(&add.table, &add.constraint),
        Operation::DropConstraint(drop) => match &drop.constraint {
            ConstraintRef::Named { name, kind, .. } => {
                op("drop_constraint", vec![text(name), table(&drop.table), kind_code(*kind)])
            }
            ConstraintRef::Unnamed(constraint) => {
                op("drop_unnamed_constraint", vec![table(&drop.table), constraints::constraint(constraint)])
            }
        },
        Operation::Execute(execute) => op("execute", vec![statement(execute)?]),
        Operation::Run(run) => {
            return Err(RenderError::new(format!(
                "the step `{}` is code of the program's own, which has no text",
                run.name
            )));
        }
    })
}

fn alter_column(change: &AlterColumn, dialect: &dyn Dialect) -> Result<Code, RenderError> {
    let mut code = atom("op").then("alter_column", [schema::table_name(&change.table), text(&change.name)]);
    if let Some(ty) = &change.ty {
        code = code.then("type_", [type_code(ty, dialect)?]);
    }
    match change.nullable {
        Some(true) => code = code.then("nullable", []),
        Some(false) => code = code.then("not_null", []),
        None => {}
    }
    match &change.server_default {
        Some(Some(default)) => {
            code = code.then("server_default", [schema::server_default(default, dialect)?]);
        }
        Some(None) => code = code.then("drop_server_default", []),
        None => {}
    }
    match &change.comment {
        Some(Some(comment)) => code = code.then("comment", [text(comment)]),
        Some(None) => code = code.then("drop_comment", []),
        None => {}
    }
    if let Some(using) = &change.using {
        code = code.then("using", [text(using)]);
    }
    if let Some(existing) = &change.existing {
        code = code.then("existing", [schema::column(existing, dialect)?]);
    }
    Ok(code)
}

/// By Alembic's name for the kind where the constraint has a name, else by what it is.
fn add_constraint(table: &TableName, constraint: &Constraint) -> Code {
    let table = schema::table_name(table);
    let op = |name: &str, arguments: Vec<Code>| atom("op").then(name, arguments);
    let plain = constraint.traits().is_plain();
    match (constraint.name().map(text).filter(|_| plain), constraint) {
        (None, constraint) | (Some(_), constraint @ Constraint::Exclude(_)) => {
            op("add_constraint", vec![table, constraints::constraint(constraint)])
        }
        (Some(name), Constraint::PrimaryKey(key)) => {
            op("create_primary_key", vec![name, table, texts(&key.columns)])
        }
        (Some(name), Constraint::Unique(unique)) => {
            op("create_unique_constraint", vec![name, table, texts(&unique.columns)])
        }
        (Some(name), Constraint::ForeignKey(key)) => {
            let unnamed = ForeignKey { name: None, ..key.clone() };
            op("create_foreign_key", vec![name, table, constraints::foreign_key(&unnamed)])
        }
        (Some(_), Constraint::Check(check)) if check.stands_for.is_some() => {
            op("add_constraint", vec![table, constraints::check(check)])
        }
        (Some(name), Constraint::Check(check)) => {
            op("create_check_constraint", vec![name, table, text(&check.condition)])
        }
    }
}

fn kind_code(kind: ConstraintKind) -> Code {
    atom(match kind {
        ConstraintKind::PrimaryKey => "ConstraintKind::PrimaryKey",
        ConstraintKind::Unique => "ConstraintKind::Unique",
        ConstraintKind::ForeignKey => "ConstraintKind::ForeignKey",
        ConstraintKind::Check => "ConstraintKind::Check",
        ConstraintKind::Exclude => "ConstraintKind::Exclude",
    })
}

fn statement(execute: &Execute) -> Result<Code, RenderError> {
    let statement = match execute {
        Execute::Sql(sql) => return Ok(text(sql)),
        Execute::Statement(statement) => statement,
    };
    let Statement::Text(words) = statement.as_ref() else {
        return Err(RenderError::new(
            "a statement of the expression language cannot be written back as Rust: give it as SQL",
        ));
    };
    let mut code = call("sql", [text(&words.sql)]);
    for value in &words.binds {
        code = code.then("bind", [bound(value)?]);
    }
    Ok(code)
}

fn bound(value: &Value) -> Result<Code, RenderError> {
    Ok(match value {
        Value::Null => atom("None::<String>"),
        Value::Bool(flag) => atom(flag.to_string()),
        Value::I64(number) => atom(format!("{number}_i64")),
        Value::F64(number) if number.is_finite() => atom(format!("{number:?}_f64")),
        Value::Text(value) => text(value).then("to_owned", []),
        other => return Err(RenderError::new(format!("the parameter {other} cannot be written as Rust"))),
    })
}
