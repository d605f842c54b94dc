//! From operations to what is sent: a list of steps that can be printed, or run one after the other.
//!
//! Most databases have a statement for every operation (`direct`). Where `ALTER TABLE` can't do something (SQLite),
//! consecutive operations on one table are gathered and become one move-and-copy (`gather`, `rebuild`).

mod direct;
mod gather;
mod guards;
mod native;
mod probe;
mod rebuild;
mod unexpressed;

use std::fmt;

use aludel_engine::inspect::SchemaObject;
use aludel_sql::ast::Statement;
use aludel_sql::{Dialect, MetaData, compiler};

pub(crate) use probe::PROBE;

use crate::error::Result;
use crate::operation::{Execute, Operation, Run};

/// What is done in order.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One thing that is done.
#[derive(Clone, Debug)]
pub enum Step {
    /// SQL as it is; several statements may stand in one text.
    Sql(String),
    /// A statement of the expression language.
    Statement(Box<Statement>),
    /// A question that must be answered by nought before anything further is done.
    Guard(Guard),
    /// The user's own code.
    Run(Run),
    /// What a reader of a script has to know.
    Comment(String),
}

/// Rows that would be lost or refused, asked for before a table is touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// A query that counts them.
    pub count: String,
    /// What is wrong if there are any; `{count}` stands for how many.
    pub refusal: String,
}

/// What is known of the database that a plan is made for. Only databases whose `ALTER TABLE` can't do everything need
/// it.
#[derive(Clone, Debug, Default)]
pub struct CurrentSchema {
    /// The tables: reflected, or replayed from the revisions.
    pub metadata: MetaData,
    /// What stands around the tables; `None` where no database was asked.
    pub surroundings: Option<Surroundings>,
}

/// What a live database has beside what the schema model holds.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Triggers and views.
    pub objects: Vec<SchemaObject>,
    /// Whether all triggers and views could be used before; `None` where it was not asked, because it does not matter.
    pub is_sound: Option<bool>,
}

/// Makes the plan for operations. `current` is brought up to date with every operation.
///
/// # Errors
/// Where an operation names what is not there, or the database can't do it even by move-and-copy.
pub fn plan(operations: &[Operation], dialect: &dyn Dialect, current: &mut CurrentSchema) -> Result<Plan> {
    let alter = dialect.capabilities().alter;
    let steps = if alter.alter_column && alter.constraints {
        operations
            .iter()
            .map(|operation| direct::steps(operation, dialect))
            .collect::<Result<Vec<_>>>()?
            .concat()
    } else {
        gather::steps(operations, dialect, current)?
    };
    Ok(Plan { steps })
}

/// Whether a plan for these operations has to know the tables that are there.
pub fn needs_current(operations: &[Operation], dialect: &dyn Dialect) -> bool {
    let alter = dialect.capabilities().alter;
    !(alter.alter_column && alter.constraints)
        && operations.iter().any(|operation| match operation {
            Operation::DropColumn(_)
            | Operation::AlterColumn(_)
            | Operation::AddConstraint(_)
            | Operation::DropConstraint(_) => true,
            Operation::AddColumn(add) => !native::can_add(&add.column, dialect),
            Operation::CreateTable(_)
            | Operation::DropTable(_)
            | Operation::RenameTable(_)
            | Operation::RenameColumn(_)
            | Operation::CreateIndex(_)
            | Operation::DropIndex(_)
            | Operation::Execute(_)
            | Operation::Run(_) => false,
        })
}

/// Whether foreign keys have to rest while these operations run, so that a table that goes, or gives way to a new one,
/// does not take the rows with it that refer to it.
pub fn suspends_foreign_keys(operations: &[Operation], dialect: &dyn Dialect) -> bool {
    let alter = dialect.capabilities().alter;
    !(alter.alter_column && alter.constraints)
        && (needs_current(operations, dialect)
            || operations.iter().any(|operation| matches!(operation, Operation::DropTable(_))))
}

fn of_execute(execute: &Execute) -> Step {
    match execute {
        Execute::Sql(sql) => Step::Sql(sql.clone()),
        Execute::Statement(statement) => Step::Statement(statement.clone()),
    }
}

impl Plan {
    /// The plan as the statements of a script, without the semicolons between them. Guards and code become comments.
    ///
    /// # Errors
    /// Where a value has no literal form in the dialect.
    pub fn script(&self, dialect: &dyn Dialect) -> Result<Vec<String>> {
        self.steps.iter().map(|step| step.script(dialect)).collect()
    }
}

impl Step {
    fn script(&self, dialect: &dyn Dialect) -> Result<String> {
        Ok(match self {
            Step::Sql(sql) => sql.clone(),
            Step::Statement(statement) => compiler::render_literal(statement, dialect)?,
            Step::Guard(guard) => {
                comment(&format!("must be 0, or what follows fails or loses rows:\n{}", guard.count))
            }
            Step::Run(run) => {
                comment(&format!("the step `{}` is code and runs only with a database", run.name))
            }
            Step::Comment(text) => comment(text),
        })
    }
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("-- {line}")).collect::<Vec<_>>().join("\n")
}

/// For people to read; values that have no literal form are shown as Rust shows them.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Sql(sql) => f.write_str(sql),
            Step::Statement(statement) => write!(f, "{statement:?}"),
            Step::Guard(guard) => f.write_str(&guard.count),
            Step::Run(run) => write!(f, "-- code: {}", run.name),
            Step::Comment(text) => f.write_str(&comment(text)),
        }
    }
}
