//! A column's definition, and the statements that add, drop and rename one.

use super::names::{quoted, table_name};
use super::{
    add_constraint, comment, comment_on_column, constraint, create_index, identity_definition, index,
};
use crate::compiler::CompileError;
use crate::dialect::{AutoIncrement, ColumnClause, CommentStyle, Dialect, IdentityStyle};
use crate::schema::{Check, Column, Constraint, ServerDefault, Table, TableName, literally, table};

/// A column as it stands in `CREATE TABLE`: name, type and what belongs to the column alone. The table around it
/// decides how the rows are numbered.
///
/// # Errors
/// Where the dialect cannot say something.
pub fn column_definition(
    table: &Table,
    column: &Column,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    let facts = &dialect.capabilities().ddl;
    let numbered = table.autoincrement_column().is_some_and(|numbered| numbered.name == column.name);
    refuse_numbering(table, column, numbered)?;
    let mut sql = quoted(&column.name, dialect);
    if column.computed.is_none() || !facts.computed_bare {
        sql.push(' ');
        sql.push_str(&dialect.column_type(table, column)?);
        if let Some(collation) = &column.collation {
            sql.push_str(" COLLATE ");
            dialect.collation(collation, &mut sql);
        }
    }
    for clause in facts.column_clauses {
        let before = sql.len();
        match clause {
            ColumnClause::Default => default_clause(column, numbered, dialect, &mut sql)?,
            ColumnClause::Computed => computed_clause(table, column, dialect, &mut sql)?,
            ColumnClause::Identity => identity_clause(column, numbered, dialect, &mut sql)?,
            ColumnClause::Null => null_clause(column, numbered, dialect, &mut sql),
            ColumnClause::Key => {
                if constraint::key_stands_inline(table, dialect) && table.is_primary_key(&column.name) {
                    let key = table.primary_key.as_ref().and_then(|key| key.name.as_ref());
                    constraint::push_name(key, dialect, &mut sql)?;
                    sql.push_str(" PRIMARY KEY");
                }
            }
            ColumnClause::Comment => {
                if let Some(comment) = &column.comment
                    && facts.comments == CommentStyle::Inline
                {
                    sql.push_str(" COMMENT ");
                    comment::text(comment, dialect, &mut sql)?;
                }
            }
        }
        let words = dialect.column_words(column, *clause)?;
        if sql.len() > before {
            sql.push_str(&words);
            if *clause == ColumnClause::Key {
                sql.push_str(" AUTOINCREMENT");
            }
        }
    }
    let (inline, _) = split_checks(column, dialect);
    for check in inline {
        let check = Constraint::Check(check.clone());
        if constraint::is_wanted(&check, dialect) {
            sql.push(' ');
            sql.push_str(&constraint::definition(&table.name, Some(table), &check, dialect)?);
        }
    }
    Ok(sql)
}

fn default_clause(
    column: &Column,
    numbered: bool,
    dialect: &dyn Dialect,
    sql: &mut String,
) -> Result<(), CompileError> {
    if let Some(default) = column.server_default.as_ref().filter(|_| !numbered) {
        sql.push_str(" DEFAULT ");
        sql.push_str(&server_default(column, default, dialect)?);
    }
    Ok(())
}

fn computed_clause(
    table: &Table,
    column: &Column,
    dialect: &dyn Dialect,
    sql: &mut String,
) -> Result<(), CompileError> {
    let facts = &dialect.capabilities().ddl;
    let Some(computed) = &column.computed else { return Ok(()) };
    let refused = |what: &str, way_out: &str| {
        let what = format!("a generated column that is {what} (`{}.{}`; {way_out})", table.name, column.name);
        CompileError::unsupported(dialect.name(), &what)
    };
    let kind = match (computed.stored, facts.stored_columns) {
        (Some(false), _) if !facts.virtual_columns => {
            return Err(refused("computed on reading", "make it stored"));
        }
        (Some(true), None) => return Err(refused("stored", "let it be computed on reading")),
        // What is said of neither kind is the kind that there is.
        (None, Some(stored)) if !facts.virtual_columns => stored,
        (Some(true), Some(stored)) => stored,
        (Some(false), _) if !facts.computed_bare => "VIRTUAL",
        _ => "",
    };
    let always = if facts.computed_bare { "AS" } else { "GENERATED ALWAYS AS" };
    let space = if kind.is_empty() { "" } else { " " };
    sql.push_str(&format!(" {always} ({}){space}{kind}", computed.expression.render(dialect)?));
    Ok(())
}

fn identity_clause(
    column: &Column,
    numbered: bool,
    dialect: &dyn Dialect,
    sql: &mut String,
) -> Result<(), CompileError> {
    let facts = &dialect.capabilities().ddl;
    match (&column.identity, facts.identity) {
        (Some(identity), IdentityStyle::Standard | IdentityStyle::Pair) => {
            sql.push(' ');
            sql.push_str(&identity_definition(identity, dialect)?);
        }
        _ if !numbered => {}
        _ => match facts.autoincrement {
            AutoIncrement::Identity => sql.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            AutoIncrement::Keyword(word) => {
                sql.push(' ');
                sql.push_str(word);
            }
            AutoIncrement::RowId | AutoIncrement::Serial | AutoIncrement::Nothing => {}
        },
    }
    Ok(())
}

fn null_clause(column: &Column, numbered: bool, dialect: &dyn Dialect, sql: &mut String) {
    let facts = &dialect.capabilities().ddl;
    let own_sequence = column.identity.is_some() && facts.identity == IdentityStyle::Standard;
    let numbers = numbered || column.identity.is_some();
    let refuses = !column.nullable || (numbers && facts.null_is_written);
    match (own_sequence, refuses) {
        // An identity column takes no NULL anyway, and PostgreSQL wants to be told where one does.
        (true, _) => {}
        (false, true) if column.computed.is_none() || facts.computed_not_null => sql.push_str(" NOT NULL"),
        (false, false) if dialect.writes_null(column) => sql.push_str(" NULL"),
        _ => {}
    }
}

/// The checks of a column that are written on it, and those that have to stand behind all columns.
pub(super) fn split_checks<'c>(
    column: &'c Column,
    dialect: &dyn Dialect,
) -> (Vec<&'c Check>, Vec<&'c Check>) {
    let named = dialect.capabilities().ddl.named_column_checks;
    column.checks.iter().partition(|check| named || check.name.is_none())
}

/// What stands behind `DEFAULT`.
///
/// # Errors
/// Where the dialect cannot say the expression.
pub fn server_default(
    column: &Column,
    default: &ServerDefault,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    Ok(dialect.server_default(column, literally(&default.0, dialect, false)?))
}

/// The statements that add a column, with the constraints, the index and the comment written on it.
///
/// # Errors
/// Where the dialect cannot say something: SQLite adds no column that is unique or a primary key.
pub fn add_column(
    to: &TableName,
    column: &Column,
    dialect: &dyn Dialect,
) -> Result<Vec<String>, CompileError> {
    // A table of this column alone turns what is written on the column into what it is.
    let alone = table(to.clone()).column(column.clone());
    let Some(plain) = alone.columns.first() else { return Ok(Vec::new()) };
    let can_alter = dialect.capabilities().alter.constraints;
    let refused = |what: &str| {
        let what =
            format!("adding a column that is {what} (`{to}.{}`) without rebuilding the table", column.name);
        CompileError::unsupported(dialect.name(), &what)
    };
    let mut sql = format!("ALTER TABLE {} ADD COLUMN ", table_name(to, dialect));
    sql.push_str(&column_definition(&alone, plain, dialect)?);
    if alone.primary_key.is_some() {
        if !can_alter {
            return Err(refused("a primary key"));
        }
        sql.push_str(" PRIMARY KEY");
    }
    let mut later = Vec::new();
    for key in &alone.foreign_keys {
        if can_alter {
            later.push(add_constraint(to, &Constraint::ForeignKey(key.clone()), dialect)?);
        } else {
            constraint::push_name(key.name.as_ref(), dialect, &mut sql)?;
            sql.push(' ');
            sql.push_str(&constraint::references(to, key, dialect)?);
        }
    }
    for unique in &alone.unique_constraints {
        if !can_alter {
            return Err(refused("unique"));
        }
        later.push(add_constraint(to, &Constraint::Unique(unique.clone()), dialect)?);
    }
    let (_, behind) = split_checks(plain, dialect);
    for check in alone.checks.iter().chain(behind) {
        let check = Constraint::Check(check.clone());
        if !constraint::is_wanted(&check, dialect) {
            continue;
        }
        if can_alter {
            later.push(add_constraint(to, &check, dialect)?);
        } else {
            sql.push(' ');
            sql.push_str(&constraint::definition(to, Some(&alone), &check, dialect)?);
        }
    }
    for index in alone.indexes.iter().filter(|index| index::is_wanted(index, dialect)) {
        later.push(create_index(index, dialect)?);
    }
    if let Some(comment) = &plain.comment {
        later.extend(comment_on_column(to, &plain.name, Some(comment), dialect)?);
    }
    later.insert(0, sql);
    Ok(later)
}

/// `ALTER TABLE … DROP COLUMN …`
///
/// # Errors
/// Where the database cannot drop columns.
pub fn drop_column(from: &TableName, name: &str, dialect: &dyn Dialect) -> Result<String, CompileError> {
    if !dialect.capabilities().alter.drop_column {
        let what = format!("dropping a column (`{from}.{name}`) without rebuilding the table");
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    Ok(format!("ALTER TABLE {} DROP COLUMN {}", table_name(from, dialect), quoted(name, dialect)))
}

/// `ALTER TABLE … RENAME COLUMN … TO …`
///
/// # Errors
/// Where the database cannot rename columns.
pub fn rename_column(
    of: &TableName,
    from: &str,
    to: &str,
    dialect: &dyn Dialect,
) -> Result<String, CompileError> {
    if !dialect.capabilities().alter.rename_column {
        let what = format!("renaming a column (`{of}.{from}`) without rebuilding the table");
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    let (table, from, to) = (table_name(of, dialect), quoted(from, dialect), quoted(to, dialect));
    Ok(format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}"))
}

/// Refuses `autoincrement(true)` on a column that no database would number.
fn refuse_numbering(table: &Table, column: &Column, numbered: bool) -> Result<(), CompileError> {
    if column.autoincrement != Some(true) || numbered {
        return Ok(());
    }
    Err(CompileError::invalid(format!(
        "`{}.{}` cannot be numbered by the database: only one integer column of the primary key, without a default, can",
        table.name, column.name
    )))
}
