//! Changing a column that exists.

use super::names::{quoted, table_name};
use super::{column_definition, comment_on_column, server_default};
use crate::compiler::CompileError;
use crate::dialect::{CommentStyle, Dialect};
use crate::schema::{Column, ServerDefault, TableName, column, table};
use crate::types::Type;

/// Changes a column. `None` leaves a property as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterColumn {
    /// The table.
    pub table: TableName,
    /// The column's name.
    pub name: String,
    /// The new type.
    pub ty: Option<Type>,
    /// Whether the column takes `NULL` from now on.
    pub nullable: Option<bool>,
    /// The new default; `Some(None)` takes it away.
    pub server_default: Option<Option<ServerDefault>>,
    /// The new comment; `Some(None)` takes it away.
    pub comment: Option<Option<String>>,
    /// What the column was before, where known: needed to reverse the step, and by MySQL to repeat what stays.
    pub existing: Option<Column>,
    /// How to convert the values on PostgreSQL (`USING …`), where no implicit cast does.
    pub using: Option<String>,
}

impl AlterColumn {
    /// Changes nothing yet.
    pub fn new(table: impl Into<TableName>, name: impl Into<String>) -> Self {
        AlterColumn {
            table: table.into(),
            name: name.into(),
            ty: None,
            nullable: None,
            server_default: None,
            comment: None,
            existing: None,
            using: None,
        }
    }

    /// Gives the column another type.
    pub fn type_(&mut self, ty: impl Into<Type>) -> &mut Self {
        self.ty = Some(ty.into());
        self
    }

    /// Refuses `NULL` from now on.
    pub fn not_null(&mut self) -> &mut Self {
        self.nullable = Some(false);
        self
    }

    /// Takes `NULL` from now on.
    pub fn nullable(&mut self) -> &mut Self {
        self.nullable = Some(true);
        self
    }

    /// Gives the column another default.
    pub fn server_default(&mut self, default: impl Into<ServerDefault>) -> &mut Self {
        self.server_default = Some(Some(default.into()));
        self
    }

    /// Takes the default away.
    pub fn drop_server_default(&mut self) -> &mut Self {
        self.server_default = Some(None);
        self
    }

    /// Gives the column another comment.
    pub fn comment(&mut self, comment: impl Into<String>) -> &mut Self {
        self.comment = Some(Some(comment.into()));
        self
    }

    /// Takes the comment away.
    pub fn drop_comment(&mut self) -> &mut Self {
        self.comment = Some(None);
        self
    }

    /// Says how to convert the values on PostgreSQL, in SQL. Other databases pass it over.
    pub fn using(&mut self, expression: impl Into<String>) -> &mut Self {
        self.using = Some(expression.into());
        self
    }

    /// Says what the column was before, which lets the step be reversed. MySQL has to know it.
    ///
    /// Mirrors Alembic's `existing_type`, `existing_nullable`, `existing_server_default` and `existing_comment`.
    pub fn existing(&mut self, column: Column) -> &mut Self {
        self.existing = Some(column);
        self
    }

    /// What a column becomes by the change.
    #[must_use]
    pub fn apply(&self, mut to: Column) -> Column {
        if let Some(ty) = &self.ty {
            to.ty = ty.clone();
        }
        if let Some(nullable) = self.nullable {
            to.nullable = nullable;
        }
        if let Some(default) = &self.server_default {
            to.server_default = default.clone();
        }
        if let Some(comment) = &self.comment {
            to.comment = comment.clone();
        }
        to
    }
}

/// The statements that change a column: a clause per property, or one `MODIFY` that repeats the whole definition.
///
/// # Errors
/// Where the database cannot change columns (SQLite), or where it has to be told what stays and that is not known.
pub fn alter_column(change: &AlterColumn, dialect: &dyn Dialect) -> Result<Vec<String>, CompileError> {
    let facts = dialect.capabilities();
    let lasting = change.ty.is_some() || change.nullable.is_some();
    let comment = change.comment.is_some() && facts.ddl.comments != CommentStyle::Ignored;
    if !lasting && change.server_default.is_none() && !comment {
        return Ok(Vec::new());
    }
    if !facts.alter.alter_column {
        let what =
            format!("altering a column (`{}.{}`) without rebuilding the table", change.table, change.name);
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    if facts.ddl.modify_column && (lasting || comment) {
        return Ok(vec![modify(change, dialect)?]);
    }
    let before = format!(
        "ALTER TABLE {} ALTER COLUMN {} ",
        table_name(&change.table, dialect),
        quoted(&change.name, dialect)
    );
    let mut statements = Vec::new();
    // The old default may have no cast to the new type, so it goes first and comes back last.
    let replaces_default = change.ty.is_some() && matches!(change.server_default, Some(Some(_)));
    if replaces_default || matches!(change.server_default, Some(None)) {
        statements.push(format!("{before}DROP DEFAULT"));
    }
    if let Some(ty) = &change.ty {
        let using = change.using.as_ref().map(|using| format!(" USING {using}")).unwrap_or_default();
        statements.push(format!("{before}TYPE {}{using}", dialect.type_name(ty)?));
    }
    if let Some(Some(default)) = &change.server_default {
        let typed = change.apply(change.existing.clone().unwrap_or_else(|| unknown(change)));
        statements.push(format!("{before}SET DEFAULT {}", server_default(&typed, default, dialect)?));
    }
    if let Some(nullable) = change.nullable {
        statements.push(format!("{before}{} NOT NULL", if nullable { "DROP" } else { "SET" }));
    }
    if let Some(comment) = &change.comment {
        statements.extend(comment_on_column(&change.table, &change.name, comment.as_deref(), dialect)?);
    }
    Ok(statements)
}

/// `MODIFY` forgets whatever is not repeated.
fn modify(change: &AlterColumn, dialect: &dyn Dialect) -> Result<String, CompileError> {
    let Some(existing) = &change.existing else {
        return Err(CompileError::invalid(format!(
            "{} changes a column by repeating its whole definition, and that of `{}.{}` is not known: say what it is \
             with `.existing(column(..))`",
            dialect.name(),
            change.table,
            change.name
        )));
    };
    let mut whole = change.apply(existing.clone());
    whole.name.clone_from(&change.name);
    let mut around = table(change.table.clone());
    // The key stays as it is; the definition has only to repeat that the rows are numbered.
    if whole.autoincrement == Some(true) {
        around = around.primary_key(crate::schema::primary_key([whole.name.as_str()]));
    }
    whole.inline = crate::schema::Inline::default();
    around.columns.push(whole.clone());
    let definition = column_definition(&around, &whole, dialect)?;
    Ok(format!("ALTER TABLE {} MODIFY {definition}", table_name(&change.table, dialect)))
}

/// A stand-in where the column's type is not known: the default is written as for plain text.
fn unknown(change: &AlterColumn) -> Column {
    column(change.name.clone(), Type::String { length: None })
}
