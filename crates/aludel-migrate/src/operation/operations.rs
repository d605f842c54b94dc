//! `op`: what a revision's `upgrade` and `downgrade` write their steps with. Mirrors Alembic's `Operations`.

use aludel_engine::{Connection, Result};
use aludel_sql::schema::{
    Column, Constraint, ConstraintKind, ForeignKey, Index, Sql, Table, TableName, check, primary_key, unique,
};

use super::{
    AddColumn, AddConstraint, AlterColumn, ConstraintRef, DropColumn, DropConstraint, DropIndex, DropTable,
    Execute, Operation, RenameColumn, RenameTable, Run, RunFn,
};

/// Gathers the steps of a revision. It does no I/O: a revision builds a plan.
///
/// ```
/// use aludel_migrate::prelude::*;
///
/// fn upgrade(op: &mut Operations) {
///     op.create_table(
///         table("users")
///             .column(column("id", big_integer()).primary_key())
///             .column(column("email", string(100))),
///     );
///     op.create_index(index("ix_users_email").on("users", ["email"]).unique());
///     op.alter_column("users", "email").type_(string(200)).not_null();
///     op.run("greet", async |conn| {
///         conn.execute(sql("INSERT INTO users (email) VALUES (?)").bind("root@example.org".to_owned())).await?;
///         Ok(())
///     });
/// }
///
/// let mut op = Operations::new();
/// upgrade(&mut op);
/// assert_eq!(op.into_steps().len(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operations {
    steps: Vec<Operation>,
}

impl Operations {
    /// No steps yet.
    pub fn new() -> Self {
        Operations::default()
    }

    /// Adds any step. Mirrors Alembic's `invoke`.
    pub fn push(&mut self, operation: Operation) {
        self.steps.push(operation);
    }

    /// The steps in their order.
    pub fn steps(&self) -> &[Operation] {
        &self.steps
    }

    /// The steps in their order, to keep.
    pub fn into_steps(self) -> Vec<Operation> {
        self.steps
    }

    /// Makes a table with its constraints and indexes.
    pub fn create_table(&mut self, table: Table) {
        self.push(Operation::CreateTable(table));
    }

    /// Drops a table.
    pub fn drop_table(&mut self, name: impl Into<TableName>) {
        self.push(Operation::DropTable(DropTable { name: name.into(), existing: None }));
    }

    /// Gives a table another name in the same schema.
    pub fn rename_table(&mut self, from: impl Into<TableName>, to: impl Into<String>) {
        self.push(Operation::RenameTable(RenameTable { from: from.into(), to: to.into() }));
    }

    /// Adds a column, with the constraints written on it.
    pub fn add_column(&mut self, table: impl Into<TableName>, column: Column) {
        self.push(Operation::AddColumn(AddColumn { table: table.into(), column }));
    }

    /// Drops a column.
    pub fn drop_column(&mut self, table: impl Into<TableName>, name: impl Into<String>) {
        let (table, name) = (table.into(), name.into());
        self.push(Operation::DropColumn(DropColumn { table, name, existing: None }));
    }

    /// Gives a column another name. Mirrors Alembic's `alter_column(new_column_name=…)`.
    pub fn rename_column(
        &mut self,
        table: impl Into<TableName>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) {
        let (table, from, to) = (table.into(), from.into(), to.into());
        self.push(Operation::RenameColumn(RenameColumn { table, from, to }));
    }

    /// Changes a column; what follows says how, and what is not said stays.
    ///
    /// ```
    /// # use aludel_migrate::prelude::*;
    /// # let mut op = Operations::new();
    /// op.alter_column("users", "email").type_(string(200)).not_null().existing(column("email", string(100)));
    /// ```
    pub fn alter_column(&mut self, table: impl Into<TableName>, name: impl Into<String>) -> &mut AlterColumn {
        self.push(Operation::AlterColumn(AlterColumn::new(table, name)));
        let Some(Operation::AlterColumn(change)) = self.steps.last_mut() else {
            unreachable!("the step was added in the line above");
        };
        change
    }

    /// Makes an index: `index("ix_users_email").on("users", ["email"])`.
    pub fn create_index(&mut self, index: Index) {
        self.push(Operation::CreateIndex(index));
    }

    /// Drops an index of a table.
    pub fn drop_index(&mut self, name: impl Into<String>, table: impl Into<TableName>) {
        let (name, table) = (name.into(), table.into());
        self.push(Operation::DropIndex(DropIndex { name, table, existing: None }));
    }

    /// Adds a constraint of any kind, with a name or without.
    pub fn add_constraint(&mut self, table: impl Into<TableName>, constraint: impl Into<Constraint>) {
        let (table, constraint) = (table.into(), constraint.into());
        self.push(Operation::AddConstraint(AddConstraint { table, constraint }));
    }

    /// Adds a primary key.
    pub fn create_primary_key<N: Into<String>>(
        &mut self,
        name: impl Into<String>,
        table: impl Into<TableName>,
        columns: impl IntoIterator<Item = N>,
    ) {
        self.add_constraint(table, primary_key(columns).named(Into::<String>::into(name)));
    }

    /// Adds a unique constraint.
    pub fn create_unique_constraint<N: Into<String>>(
        &mut self,
        name: impl Into<String>,
        table: impl Into<TableName>,
        columns: impl IntoIterator<Item = N>,
    ) {
        self.add_constraint(table, unique(columns).named(Into::<String>::into(name)));
    }

    /// Adds a foreign key: `foreign_key(["user_id"]).references("users", ["id"]).on_delete(Cascade)`.
    pub fn create_foreign_key(
        &mut self,
        name: impl Into<String>,
        table: impl Into<TableName>,
        key: ForeignKey,
    ) {
        self.add_constraint(table, key.named(Into::<String>::into(name)));
    }

    /// Adds a check by its condition, in SQL.
    pub fn create_check_constraint(
        &mut self,
        name: impl Into<String>,
        table: impl Into<TableName>,
        condition: impl Into<Sql>,
    ) {
        self.add_constraint(table, check(condition).named(Into::<String>::into(name)));
    }

    /// Drops a constraint by its name; MySQL needs to know of which kind it is.
    pub fn drop_constraint(
        &mut self,
        name: impl Into<String>,
        table: impl Into<TableName>,
        kind: ConstraintKind,
    ) {
        let constraint = ConstraintRef::Named { name: name.into(), kind, existing: None };
        self.push(Operation::DropConstraint(DropConstraint { table: table.into(), constraint }));
    }

    /// Drops a constraint that the database gave no name, by what it is.
    pub fn drop_unnamed_constraint(
        &mut self,
        table: impl Into<TableName>,
        constraint: impl Into<Constraint>,
    ) {
        let constraint = ConstraintRef::Unnamed(constraint.into());
        self.push(Operation::DropConstraint(DropConstraint { table: table.into(), constraint }));
    }

    /// Runs a statement: SQL in the database's own words (a text, which may hold several statements), or one built
    /// with `update`, `insert`, `delete` or `sql`.
    pub fn execute(&mut self, statement: impl Into<Execute>) {
        self.push(Operation::Execute(statement.into()));
    }

    /// Runs code of the user's own with the connection, inside of the migration's transaction. The name stands in
    /// messages.
    ///
    /// Such a step cannot be printed as SQL. Mirrors what Alembic scripts do with `op.get_bind()`.
    pub fn run<F>(&mut self, name: impl Into<String>, action: F)
    where
        F: AsyncFn(&mut Connection) -> Result<()> + for<'c> RunFn<'c> + Send + Sync + 'static,
    {
        self.push(Operation::Run(Run::new(name, action)));
    }
}
