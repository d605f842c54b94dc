//! `INSERT`, `UPDATE`, `DELETE` and the user's own words.

use super::{Bind, CompileError, Compiler};
use crate::ast::{
    Alias, ConflictAction, Delete, Expr, Insert, InsertSource, OnConflict, SelectItem, Statement, TableRef,
    TextStatement, Update,
};
use crate::name::Name;

impl Compiler<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) -> Result<(), CompileError> {
        match statement {
            Statement::Select(select) => {
                self.returns_rows = true;
                self.select(select)
            }
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Text(text) => self.text_statement(text),
        }
    }

    fn insert(&mut self, insert: &Insert) -> Result<(), CompileError> {
        self.push("INSERT INTO ");
        self.target(&insert.table)?;
        let default_rows = match &insert.source {
            InsertSource::Defaults => Some(1),
            InsertSource::Placeholders if insert.columns.is_empty() => Some(1),
            InsertSource::Values(rows) if rows.is_empty() => {
                return Err(CompileError::invalid(format!(
                    "an insert into `{}` has nothing to insert: `values` was given no rows",
                    insert.table.name
                )));
            }
            InsertSource::Values(rows) if insert.columns.is_empty() && rows.iter().all(Vec::is_empty) => {
                Some(rows.len())
            }
            _ => None,
        };
        if let Some(rows) = default_rows {
            self.default_rows(rows)?;
        } else {
            self.push(" (");
            self.list(&insert.columns, ", ", |compiler, name| {
                compiler.quote(name);
                Ok(())
            })?;
            self.push(")");
            match &insert.source {
                InsertSource::Defaults => {}
                InsertSource::Placeholders => {
                    self.push(" VALUES (");
                    self.list(0..insert.columns.len(), ", ", |compiler, index| {
                        compiler.placeholder(Bind::Row(index));
                        Ok(())
                    })?;
                    self.push(")");
                }
                InsertSource::Values(rows) => {
                    self.push(" VALUES ");
                    self.list(rows, ", ", |compiler, row| {
                        compiler.push("(");
                        compiler.list(row, ", ", Self::expr)?;
                        compiler.push(")");
                        Ok(())
                    })?;
                }
                InsertSource::Select(select) => {
                    self.push(" ");
                    // Without a WHERE, SQLite would take ON CONFLICT for the ON of a join.
                    let on_follows = insert.on_conflict.is_some() && self.dialect.capabilities().on_conflict;
                    self.select_with(select, on_follows)?;
                }
            }
        }
        self.scopes.push(vec![insert.table.clone()]);
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(conflict, &insert.columns)?;
        }
        self.returning(&insert.returning, self.dialect.capabilities().insert_returning, "INSERT")?;
        self.scopes.pop();
        Ok(())
    }

    fn default_rows(&mut self, rows: usize) -> Result<(), CompileError> {
        match (self.dialect.capabilities().default_values, rows) {
            (true, 1) => self.push(" DEFAULT VALUES"),
            (true, _) => return Err(self.unsupported("several rows of defaults in one insert")),
            (false, _) => {
                self.push(" () VALUES ()");
                (1..rows).for_each(|_| self.push(", ()"));
            }
        }
        Ok(())
    }

    /// The table that a statement writes to.
    fn target(&mut self, table: &TableRef) -> Result<(), CompileError> {
        if table.alias != Alias::None {
            return Err(CompileError::invalid(format!(
                "`{}` is written to under another name: inserts, updates and deletes name the table itself, and an \
                 `alias()` is for queries inside of them",
                table.name
            )));
        }
        self.table(table);
        Ok(())
    }

    fn on_conflict(&mut self, conflict: &OnConflict, columns: &[Name]) -> Result<(), CompileError> {
        if !self.dialect.capabilities().on_conflict {
            return self.on_duplicate_key(conflict, columns);
        }
        self.push(" ON CONFLICT");
        if !conflict.target.is_empty() {
            self.push(" (");
            self.list(&conflict.target, ", ", |compiler, name| {
                compiler.quote(name);
                Ok(())
            })?;
            self.push(")");
        }
        match &conflict.action {
            ConflictAction::DoNothing => self.push(" DO NOTHING"),
            ConflictAction::DoUpdate { set, filter } => {
                self.push(" DO UPDATE SET ");
                self.assignments(set)?;
                self.conditions(" WHERE ", filter)?;
            }
        }
        Ok(())
    }

    fn on_duplicate_key(&mut self, conflict: &OnConflict, columns: &[Name]) -> Result<(), CompileError> {
        match &conflict.action {
            ConflictAction::DoNothing => {
                // Setting a column to itself keeps the row and, unlike IGNORE, hides no other error.
                let Some(column) = conflict.target.first().or(columns.first()) else {
                    return Err(self.unsupported("ON CONFLICT DO NOTHING without columns"));
                };
                self.push(" ON DUPLICATE KEY UPDATE ");
                self.quote(column);
                self.push(" = ");
                self.quote(column);
                Ok(())
            }
            ConflictAction::DoUpdate { filter, .. } if !filter.is_empty() => {
                Err(self.unsupported("a condition on ON CONFLICT DO UPDATE"))
            }
            ConflictAction::DoUpdate { set, .. } => {
                self.push(" ON DUPLICATE KEY UPDATE ");
                self.assignments(set)
            }
        }
    }

    fn assignments(&mut self, set: &[(Name, Expr)]) -> Result<(), CompileError> {
        self.list(set, ", ", |compiler, (name, value)| {
            compiler.quote(name);
            compiler.push(" = ");
            compiler.expr(value)
        })
    }

    fn update(&mut self, update: &Update) -> Result<(), CompileError> {
        if update.set.is_empty() {
            return Err(CompileError::invalid(format!("an update of `{}` sets nothing", update.table.name)));
        }
        self.push("UPDATE ");
        self.target(&update.table)?;
        self.scopes.push(vec![update.table.clone()]);
        self.push(" SET ");
        self.assignments(&update.set)?;
        self.conditions(" WHERE ", &update.filter)?;
        self.returning(&update.returning, self.dialect.capabilities().update_returning, "UPDATE")?;
        self.scopes.pop();
        Ok(())
    }

    fn delete(&mut self, delete: &Delete) -> Result<(), CompileError> {
        self.push("DELETE FROM ");
        self.target(&delete.table)?;
        self.scopes.push(vec![delete.table.clone()]);
        self.conditions(" WHERE ", &delete.filter)?;
        self.returning(&delete.returning, self.dialect.capabilities().update_returning, "DELETE")?;
        self.scopes.pop();
        Ok(())
    }

    fn returning(&mut self, items: &[SelectItem], supported: bool, verb: &str) -> Result<(), CompileError> {
        if items.is_empty() {
            return Ok(());
        }
        if !supported {
            return Err(self.unsupported(&format!("{verb} … RETURNING")));
        }
        self.returns_rows = true;
        self.push(" RETURNING ");
        // RETURNING knows one table, and SQLite refuses its name in front of a column there.
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            match item {
                SelectItem::Columns(table, names) => {
                    self.scopes.check(table, "*")?;
                    self.names(names);
                }
                SelectItem::OwnedColumns(table, names) => {
                    self.scopes.check(table, "*")?;
                    self.names(names);
                }
                SelectItem::Expr(Expr::Column(column), None) => {
                    column.table.iter().try_for_each(|table| self.scopes.check(table, &column.name))?;
                    self.quote(&column.name);
                }
                SelectItem::Expr(..) => self.items(std::slice::from_ref(item))?,
            }
        }
        Ok(())
    }

    fn names(&mut self, names: &[Name]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.quote(name);
        }
    }

    fn text_statement(&mut self, text: &TextStatement) -> Result<(), CompileError> {
        let mut binds = text.binds.iter();
        let mut characters = text.sql.chars().peekable();
        let mut placeholders = 0;
        while let Some(character) = characters.next() {
            if character != '?' {
                self.sql.push(character);
            } else if characters.next_if_eq(&'?').is_some() {
                self.sql.push('?');
            } else {
                placeholders += 1;
                let Some(value) = binds.next() else {
                    return Err(CompileError::invalid(format!(
                        "the statement has at least {placeholders} placeholders, but {} values are bound (`??` is a \
                         literal question mark)",
                        text.binds.len()
                    )));
                };
                self.bind(value)?;
            }
        }
        if binds.next().is_some() {
            return Err(CompileError::invalid(format!(
                "the statement has {placeholders} placeholders, but {} values are bound",
                text.binds.len()
            )));
        }
        self.returns_rows = returns_rows(&text.sql);
        Ok(())
    }
}

/// Whether a statement in the user's own words yields rows, by its first word or a RETURNING clause.
fn returns_rows(sql: &str) -> bool {
    let sql = sql.trim_start().to_ascii_lowercase();
    ["select", "with", "values", "pragma", "explain", "show"].iter().any(|word| sql.starts_with(word))
        || sql.contains("returning")
}
