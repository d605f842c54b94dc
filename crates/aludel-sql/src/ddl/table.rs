//! `CREATE TABLE`, `DROP TABLE` and `ALTER TABLE … RENAME TO`.

use super::names::{quoted, table_name};
use super::{column_definition, comment, constraint, create_index, index, object_name};
use crate::compiler::CompileError;
use crate::dialect::{CommentStyle, Dialect};
use crate::schema::{Constraint, ConstraintTraits, DdlEvent, ObjectName, Table, TableName, statements_at};

/// The statements that make a table with its constraints, indexes and comments. Mirrors SQLAlchemy's `CreateTable`
/// with the `CreateIndex` and comment statements that `create_all` sends behind it.
///
/// # Errors
/// Where the dialect cannot say something, or the table names columns that it does not have.
///
/// ```
/// use aludel_sql::ddl;
/// use aludel_sql::dialect::sqlite::Sqlite;
/// use aludel_sql::schema::{column, table};
/// use aludel_sql::types::{big_integer, string};
///
/// let users = table("users")
///     .column(column("id", big_integer()).primary_key())
///     .column(column("username", string(50)).not_null().index());
/// assert_eq!(
///     ddl::create_table(&users, &Sqlite::default())?,
///     [
///         "CREATE TABLE users (\n    id INTEGER NOT NULL,\n    username VARCHAR(50) NOT NULL,\n    PRIMARY KEY (id)\n)",
///         "CREATE INDEX ix_users_username ON users (username)",
///     ]
/// );
/// # Ok::<(), aludel_sql::CompileError>(())
/// ```
pub fn create_table(table: &Table, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let events = |when| statements_at(&table.events, when, Some(&table.name), dialect);
    let mut statements = events(DdlEvent::BeforeCreate)?;
    statements.push(table_definition(table, dialect)?);
    for index in table.indexes.iter().filter(|index| index::is_wanted(index, dialect)) {
        statements.push(create_index(index, dialect)?);
    }
    statements.extend(comments(table, dialect)?);
    statements.extend(events(DdlEvent::AfterCreate)?);
    Ok(statements)
}

/// The comments that are statements of their own.
fn comments(table: &Table, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let mut statements = Vec::new();
    if let Some(comment) = &table.comment
        && dialect.capabilities().ddl.comments == CommentStyle::Statement
    {
        statements.extend(comment::comment_on_table(&table.name, Some(comment), dialect)?);
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            statements.extend(comment::comment_on_column(&table.name, &column.name, Some(comment), dialect)?);
        }
    }
    for (name, traits) in named_constraints(table) {
        if let (Some(name), Some(text)) = (name, &traits.comment) {
            let name = object_name(name, dialect)?;
            statements.extend(comment::comment_on_constraint(&table.name, &name, Some(text), dialect)?);
        }
    }
    Ok(statements)
}

fn named_constraints(table: &Table) -> impl Iterator<Item = (Option<&ObjectName>, &ConstraintTraits)> {
    let key = table.primary_key.iter().map(|key| (key.name.as_ref(), &key.traits));
    let unique = table.unique_constraints.iter().map(|unique| (unique.name.as_ref(), &unique.traits));
    let foreign = table.foreign_keys.iter().map(|key| (key.name.as_ref(), &key.traits));
    let checks = table.checks.iter().map(|check| (check.name.as_ref(), &check.traits));
    let excludes = table.excludes.iter().map(|exclude| (exclude.name.as_ref(), &exclude.traits));
    key.chain(unique).chain(foreign).chain(checks).chain(excludes)
}

/// The `CREATE TABLE` statement alone. Mirrors SQLAlchemy's `CreateTable`.
#[derive(Clone, Copy, Debug)]
pub struct CreateTable<'t> {
    table: &'t Table,
    if_not_exists: bool,
}

impl<'t> CreateTable<'t> {
    /// Makes a table.
    pub fn of(table: &'t Table) -> Self {
        CreateTable { table, if_not_exists: false }
    }

    /// Passes it over where a table of that name is there.
    #[must_use]
    pub fn if_not_exists(mut self) -> Self {
        self.if_not_exists = true;
        self
    }

    /// The statement, without indexes and comments that are statements of their own.
    ///
    /// # Errors
    /// Where the dialect cannot say something, or the table names columns that it does not have.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        let table = self.table;
        let facts = &dialect.capabilities().ddl;
        if table.columns.is_empty() && !facts.empty_tables {
            return Err(CompileError::invalid(format!("table `{}` has no columns", table.name)));
        }
        if self.if_not_exists && !facts.existence.create {
            let what = format!("making a table only where there is none of that name (`{}`)", table.name);
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        check_names(table)?;
        let mut lines = Vec::new();
        for column in &table.columns {
            lines.push(column_definition(table, column, dialect)?);
        }
        lines.extend(constraint::table_constraints(table, dialect)?);
        let prefixes: String = table.prefixes.iter().map(|word| format!("{word} ")).collect();
        let exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        let mut sql = format!("CREATE {prefixes}TABLE {exists}{} (", table_name(&table.name, dialect));
        if !lines.is_empty() {
            sql.push_str("\n    ");
            sql.push_str(&lines.join(",\n    "));
            sql.push('\n');
        }
        sql.push(')');
        sql.push_str(&dialect.table_options(table)?);
        Ok(sql)
    }
}

/// The `CREATE TABLE` statement alone, without indexes and comments that are statements of their own.
///
/// # Errors
/// As for [`create_table`].
pub fn table_definition(table: &Table, dialect: &dyn Dialect) -> Result<String, CompileError> {
    CreateTable::of(table).sql(dialect)
}

/// The statement that adds a constraint to a table that is there, with its comment.
///
/// # Errors
/// Where the dialect cannot say something.
pub(super) fn add_with_comment(
    table: &TableName,
    constraint: &Constraint,
    dialect: &dyn Dialect,
) -> Result<Vec<String>, CompileError> {
    let mut statements = vec![super::add_constraint(table, constraint, dialect)?];
    if let (Some(name), Some(text)) = (constraint.object_name(), &constraint.traits().comment) {
        let name = object_name(name, dialect)?;
        statements.extend(comment::comment_on_constraint(table, &name, Some(text), dialect)?);
    }
    Ok(statements)
}

/// `DROP TABLE`. Mirrors SQLAlchemy's `DropTable`.
#[derive(Clone, Copy, Debug)]
pub struct DropTable<'t> {
    name: &'t TableName,
    if_exists: bool,
}

impl<'t> DropTable<'t> {
    /// Drops a table.
    pub fn of(name: &'t TableName) -> Self {
        DropTable { name, if_exists: false }
    }

    /// Passes it over where it isn't there.
    #[must_use]
    pub fn if_exists(mut self) -> Self {
        self.if_exists = true;
        self
    }

    /// The statement.
    ///
    /// # Errors
    /// Where the dialect has no `IF EXISTS`.
    pub fn sql(&self, dialect: &dyn Dialect) -> Result<String, CompileError> {
        if self.if_exists && !dialect.capabilities().ddl.existence.drop {
            let what = format!("dropping a table only if it exists (`{}`)", self.name);
            return Err(CompileError::unsupported(dialect.name(), &what));
        }
        let exists = if self.if_exists { "IF EXISTS " } else { "" };
        Ok(format!("DROP TABLE {exists}{}", table_name(self.name, dialect)))
    }
}

/// `DROP TABLE`
pub fn drop_table(name: &TableName, dialect: &dyn Dialect) -> String {
    format!("DROP TABLE {}", table_name(name, dialect))
}

/// `ALTER TABLE … RENAME TO …`; the table stays in its schema.
pub fn rename_table(from: &TableName, to: &str, dialect: &dyn Dialect) -> String {
    // MySQL's RENAME TO would move the table to the connection's own schema without the qualification.
    let target = if dialect.capabilities().ddl.modify_column {
        table_name(&TableName { schema: from.schema.clone(), name: to.to_owned() }, dialect)
    } else {
        quoted(to, dialect)
    };
    format!("ALTER TABLE {} RENAME TO {target}", table_name(from, dialect))
}

/// Refuses constraints over columns that the table does not have, before a server's terser words do.
fn check_names(table: &Table) -> Result<(), CompileError> {
    let keys = table.primary_key.iter().map(|key| ("primary key", &key.columns));
    let uniques = table.unique_constraints.iter().map(|unique| ("unique constraint", &unique.columns));
    let foreign = table.foreign_keys.iter().map(|key| ("foreign key", &key.columns));
    for (kind, columns) in keys.chain(uniques).chain(foreign) {
        if columns.is_empty() {
            return Err(CompileError::invalid(format!(
                "a {kind} of table `{}` names no columns",
                table.name
            )));
        }
        if let Some(missing) = columns.iter().find(|name| table.get_column(name).is_none()) {
            return Err(CompileError::invalid(format!(
                "a {kind} of table `{}` names the column `{missing}`, which the table does not have",
                table.name
            )));
        }
    }
    Ok(())
}
