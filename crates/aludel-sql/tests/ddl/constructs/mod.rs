//! What schema statements say beyond plain tables: constraint and index options, names by convention, identity columns,
//! sequences, views, named types, comments, events. Each case makes all that it needs, so that its text can be run.

mod changes;
mod constraints;
mod indexes;
mod names;
mod objects;
mod tables;

use super::aludel_sql::ddl::{
    self, CreateIndex, CreateSchema, CreateSequence, CreateTable, CreateTableAs, CreateView, DropConstraint,
    DropIndex, DropSchema, DropSequence, DropTable, DropView,
};
use super::aludel_sql::schema::*;
use super::aludel_sql::types::*;
use super::aludel_sql::{CompileError, Dialect, MetaData};

type Render = fn(&dyn Dialect) -> Result<Vec<String>, CompileError>;

/// What a case is about, what it renders, and the text for SQLite, PostgreSQL, MariaDB, SQL Server and Oracle.
#[derive(Clone, Copy)]
pub(crate) struct Construct(pub(crate) &'static str, pub(crate) Render, pub(crate) [&'static str; 5]);

fn numbers() -> Table {
    table("t").column(column("a", integer()).not_null()).column(column("b", integer()).not_null())
}

fn parent() -> Table {
    table("p")
        .column(column("a", integer()).not_null())
        .column(column("b", integer()).not_null())
        .primary_key(primary_key(["a", "b"]))
}

fn with_parent(key: ForeignKey, d: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    Ok(vec![ddl::table_definition(&parent(), d)?, ddl::table_definition(&numbers().foreign_key(key), d)?])
}

fn to_parent() -> ForeignKey {
    foreign_key(["a", "b"]).references("p", ["a", "b"])
}

fn with_index(made: Index, d: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    ddl::create_table(&numbers().index(made), d)
}

fn by_convention() -> MetaData {
    let convention = NamingConvention::new()
        .index("ix_%(column_0_label)s")
        .unique("uq_%(table_name)s_%(column_0_N_name)s")
        .check("ck_%(table_name)s_%(constraint_name)s")
        .foreign_key("fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s")
        .primary_key("pk_%(table_name)s");
    MetaData::new().naming_convention(convention).add(parent()).add(
        numbers()
            .column(column("c", string(5)).unique().index())
            .check(check("a > 0").named("positive"))
            .foreign_key(to_parent()),
    )
}

fn source() -> Table {
    table("src").column(column("id", integer()).not_null()).column(column("name", string(9)))
}

/// All cases.
pub(crate) fn constructs() -> impl Iterator<Item = &'static Construct> {
    [constraints::CASES, names::CASES, changes::CASES, indexes::CASES, tables::CASES, objects::CASES]
        .into_iter()
        .flatten()
}
