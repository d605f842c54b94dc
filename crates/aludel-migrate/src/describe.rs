//! Steps in words, one line each: for `check`, for what `upgrade` prints, and for what `--autogenerate` found.

use aludel_sql::Dialect;
use aludel_sql::ast::Statement;
use aludel_sql::compiler::render_literal;
use aludel_sql::schema::{Column, Constraint, ForeignKey, Index, IndexKey, TableName};
use aludel_sql::types::Type;
use aludel_sql::{ddl, schema};

use crate::operation::{AlterColumn, ConstraintRef, Execute, Operation};

/// What a step does: "add column `users.email` VARCHAR(100)". Types are named in the dialect's words.
///
/// ```
/// use aludel_migrate::describe::describe;
/// use aludel_migrate::prelude::*;
/// use aludel_sql::dialect::sqlite::Sqlite;
///
/// let mut op = Operations::new();
/// op.add_column("users", column("email", string(100)).not_null());
/// assert_eq!(describe(&op.steps()[0], &Sqlite::default()), "add column `users.email` VARCHAR(100) NOT NULL");
/// ```
pub fn describe(operation: &Operation, dialect: &dyn Dialect) -> String {
    let what = subject(operation);
    match operation {
        Operation::CreateTable(table) => {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!("{what} ({})", columns.join(", "))
        }
        Operation::AddColumn(add) => format!("{what} {}", column_words(&add.column, dialect)),
        Operation::AlterColumn(change) => match changes(change, dialect).as_slice() {
            [] => format!("{what}: nothing"),
            changes => format!("{what}: {}", changes.join(", ")),
        },
        Operation::Execute(Execute::Statement(statement)) => {
            format!("execute `{}`", shortened(&statement_words(statement, dialect)))
        }
        Operation::DropTable(_)
        | Operation::RenameTable(_)
        | Operation::DropColumn(_)
        | Operation::RenameColumn(_)
        | Operation::CreateIndex(_)
        | Operation::DropIndex(_)
        | Operation::AddConstraint(_)
        | Operation::DropConstraint(_)
        | Operation::Execute(Execute::Sql(_))
        | Operation::Run(_) => what,
    }
}

/// What a comparison found, where the step is the answer to it: "added column `users.email`". Mirrors the lines that
/// Alembic logs with "Detected" in front.
pub fn detected(operation: &Operation, dialect: &dyn Dialect) -> String {
    let words = describe(operation, dialect);
    // What a step does is said with one verb in front; what was found, with its participle.
    for (verb, found) in [
        ("create ", "added "),
        ("add ", "added "),
        ("drop ", "removed "),
        ("rename ", "renamed "),
        ("alter ", "changed "),
    ] {
        if let Some(rest) = words.strip_prefix(verb) {
            return format!("{found}{rest}");
        }
    }
    words
}

/// The verb and what it is about, free of any dialect: "drop column `users.email`".
pub fn subject(operation: &Operation) -> String {
    match operation {
        Operation::CreateTable(table) => format!("create table `{}`", table.name),
        Operation::DropTable(drop) => format!("drop table `{}`", drop.name),
        Operation::RenameTable(rename) => format!("rename table `{}` to `{}`", rename.from, rename.to),
        Operation::AddColumn(add) => format!("add column `{}.{}`", add.table, add.column.name),
        Operation::DropColumn(drop) => format!("drop column `{}.{}`", drop.table, drop.name),
        Operation::AlterColumn(change) => format!("alter column `{}.{}`", change.table, change.name),
        Operation::RenameColumn(rename) => {
            format!("rename column `{}.{}` to `{}`", rename.table, rename.from, rename.to)
        }
        Operation::CreateIndex(index) => format!("create {}", index_words(index)),
        Operation::DropIndex(drop) => match &drop.existing {
            Some(index) => format!("drop {}", index_words(index)),
            None => format!("drop index `{}` on `{}`", drop.name, drop.table),
        },
        Operation::AddConstraint(add) => format!("add {}", constraint_words(&add.table, &add.constraint)),
        Operation::DropConstraint(drop) => match &drop.constraint {
            ConstraintRef::Named { existing: Some(constraint), .. } | ConstraintRef::Unnamed(constraint) => {
                format!("drop {}", constraint_words(&drop.table, constraint))
            }
            ConstraintRef::Named { name, kind, existing: None } => {
                format!("drop {kind} `{name}` on `{}`", drop.table)
            }
        },
        Operation::Execute(Execute::Sql(sql)) => format!("execute `{}`", shortened(sql)),
        Operation::Execute(Execute::Statement(statement)) => match statement.as_ref() {
            Statement::Text(text) => format!("execute `{}`", shortened(&text.sql)),
            Statement::Select(_) | Statement::Query(_) => "execute a SELECT".to_owned(),
            Statement::Insert(insert) => format!("insert into `{}`", insert.table.name),
            Statement::Update(update) => format!("update `{}`", update.table.name),
            Statement::Delete(delete) => format!("delete from `{}`", delete.table.name),
        },
        Operation::Run(run) => format!("run `{}`", run.name),
    }
}

fn column_words(column: &Column, dialect: &dyn Dialect) -> String {
    // A table of this column alone knows whether its type is that of a row number.
    let alone = schema::table("t").column(column.clone());
    let mut words = dialect.column_type(&alone, column).unwrap_or_else(|_| type_words(&column.ty, dialect));
    if column.inline.primary_key {
        words.push_str(" PRIMARY KEY");
    } else if !column.nullable {
        words.push_str(" NOT NULL");
    }
    if let Some(default) = &column.server_default {
        words.push_str(" DEFAULT ");
        words.push_str(&default_words(column, default, dialect));
    }
    if column.inline.unique {
        words.push_str(" UNIQUE");
    }
    if let Some(key) = &column.inline.references {
        words.push_str(&format!(" referring to {}", target_words(key)));
    }
    words
}

fn type_words(ty: &Type, dialect: &dyn Dialect) -> String {
    dialect.type_name(ty).unwrap_or_else(|_| format!("{ty:?}"))
}

fn default_words(column: &Column, default: &schema::ServerDefault, dialect: &dyn Dialect) -> String {
    ddl::server_default(column, default, dialect).unwrap_or_else(|_| format!("{:?}", default.0))
}

fn changes(change: &AlterColumn, dialect: &dyn Dialect) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(ty) = &change.ty {
        let to = type_words(ty, dialect);
        words.push(match &change.existing {
            Some(existing) => format!("type {} to {to}", type_words(&existing.ty, dialect)),
            None => format!("type {to}"),
        });
    }
    match change.nullable {
        Some(true) => words.push("takes NULL".to_owned()),
        Some(false) => words.push("NOT NULL".to_owned()),
        None => {}
    }
    match &change.server_default {
        Some(Some(default)) => {
            let column = schema::column(change.name.clone(), Type::String { length: None });
            let column = change.apply(change.existing.clone().unwrap_or(column));
            words.push(format!("default {}", default_words(&column, default, dialect)));
        }
        Some(None) => words.push("no default".to_owned()),
        None => {}
    }
    match &change.comment {
        Some(Some(comment)) => words.push(format!("comment `{}`", shortened(comment))),
        Some(None) => words.push("no comment".to_owned()),
        None => {}
    }
    words
}

fn index_words(index: &Index) -> String {
    let elements: Vec<&str> = index
        .elements
        .iter()
        .map(|element| match &element.key {
            IndexKey::Column(name) => name.as_str(),
            IndexKey::Expression(sql) => sql,
        })
        .collect();
    let unique = if index.unique { "unique " } else { "" };
    format!("{unique}index `{}` on `{}` ({})", index.name, index.table, elements.join(", "))
}

fn constraint_words(table: &TableName, constraint: &Constraint) -> String {
    let kind = constraint.kind();
    let named = constraint.name().map(|name| format!(" `{name}`")).unwrap_or_default();
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("({})", key.columns.join(", ")),
        Constraint::Unique(unique) => format!("({})", unique.columns.join(", ")),
        Constraint::ForeignKey(key) => {
            format!("({}) referring to {}", key.columns.join(", "), target_words(key))
        }
        Constraint::Check(check) => format!("({})", shortened(&check.condition)),
        Constraint::Exclude(exclude) => {
            format!("of {} elements by {}", exclude.elements.len(), exclude.using)
        }
    };
    format!("{kind}{named} on `{table}` {body}")
}

fn target_words(key: &ForeignKey) -> String {
    format!("`{}` ({})", key.target, key.target_columns.join(", "))
}

fn statement_words(statement: &Statement, dialect: &dyn Dialect) -> String {
    render_literal(statement, dialect).unwrap_or_else(|_| match statement {
        Statement::Text(text) => text.sql.to_string(),
        other => format!("{other:?}"),
    })
}

/// One line of at most some sixty characters.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}
