//! `INSERT`, `UPDATE`, `DELETE` and the user's own words.

use super::bind::Bound;
use super::cte::Mark;
use super::scope::{Frame, is_same};
use super::{CompileError, Compiler, Position};
use crate::ast::{
    Alias, ColumnRef, ConflictAction, ConflictTarget, Delete, Expr, FromItem, Insert, InsertSource,
    LabelStyle, OnConflict, SelectItem, Source, SourceUse, Statement, TableRef, TextStatement, Update,
    WriteOptions,
};
use crate::name::Name;

impl Compiler<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) -> Result<(), CompileError> {
        match statement {
            Statement::Select(select) => {
                self.returns_rows = true;
                self.select(select, Position::Top)
            }
            Statement::Query(query) => {
                self.returns_rows = true;
                self.query(query, Position::Top)
            }
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Text(text) => self.text_statement(text),
        }
    }

    pub(super) fn insert(&mut self, insert: &Insert) -> Result<(), CompileError> {
        let options = insert.options.as_deref();
        self.scopes.push(vec![Source::Table(insert.table.clone())]);
        let mark = self.mark();
        let written = self.insert_text(insert, options).and_then(|()| {
            if self.dialect.capabilities().cte_follows_insert && self.ctes.are_left() {
                return Err(self.unsupported("WITH in front of an INSERT that has no query"));
            }
            let before = self.sql.len();
            self.with_clause(mark, true);
            let grown = self.sql.len() - before;
            if let Some(values) = &mut self.values {
                *values = values.start + grown..values.end + grown;
            }
            Ok(())
        });
        self.scopes.pop();
        written
    }

    fn insert_text(&mut self, insert: &Insert, options: Option<&WriteOptions>) -> Result<(), CompileError> {
        self.push("INSERT ");
        if let Some(options) = options {
            self.with_ctes(&options.ctes)?;
            self.prefixes(&options.prefixes)?;
        }
        self.push("INTO ");
        self.refuse_alias(&insert.table, self.dialect.capabilities().write_alias)?;
        self.target(&insert.table, options)?;
        let early = self.dialect.capabilities().returning_before_values;
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
            if early {
                self.insert_returning(insert)?;
            }
            self.default_rows(rows)?;
        } else {
            self.push(" (");
            self.names(&insert.columns);
            self.push(")");
            if early {
                self.insert_returning(insert)?;
            }
            self.insert_source(insert)?;
        }
        if let Some(conflict) = &insert.on_conflict {
            self.on_conflict(conflict, insert)?;
        }
        if let Some(after) = options.and_then(|options| options.after_values.as_ref()) {
            self.push(" ");
            self.expr(after)?;
        }
        if early { Ok(()) } else { self.insert_returning(insert) }
    }

    fn insert_returning(&mut self, insert: &Insert) -> Result<(), CompileError> {
        self.returning(&insert.returning, self.dialect.capabilities().insert_returning, "INSERT")
    }

    /// Puts the `WITH` in front of an update or delete.
    fn change_with(&mut self, mark: Mark) -> Result<(), CompileError> {
        if !self.dialect.capabilities().cte_before_change && self.ctes.are_left() {
            return Err(self.unsupported("WITH in front of an UPDATE or DELETE"));
        }
        self.with_clause(mark, false);
        Ok(())
    }

    fn insert_source(&mut self, insert: &Insert) -> Result<(), CompileError> {
        match &insert.source {
            InsertSource::Defaults => Ok(()),
            InsertSource::Placeholders => {
                let start = self.sql.len();
                self.push(" VALUES (");
                self.list(0..insert.columns.len(), ", ", |compiler, index| {
                    compiler.placeholder(Bound::Row(index), None);
                    Ok(())
                })?;
                self.push(")");
                self.values = Some(start..self.sql.len());
                Ok(())
            }
            InsertSource::Values(rows) => {
                self.push(" VALUES ");
                self.list(rows, ", ", |compiler, row| {
                    compiler.push("(");
                    compiler.list(row, ", ", |compiler, value| {
                        compiler.operand(value, super::Precedence::level(super::level::ALWAYS))
                    })?;
                    compiler.push(")");
                    Ok(())
                })
            }
            InsertSource::Select(query) => {
                self.push(" ");
                let mark = self.mark();
                let frame = self.scopes.stack.pop();
                let on_follows = insert.on_conflict.is_some() && self.dialect.capabilities().on_conflict;
                let before = std::mem::replace(&mut self.ctes.conflict_follows, on_follows);
                // The table that is written to is out of the query's reach.
                self.scopes.push(Vec::new());
                let written = self.query(query, Position::Insert);
                self.scopes.pop();
                self.ctes.conflict_follows = before;
                self.scopes.stack.extend(frame);
                if written.is_ok() && self.dialect.capabilities().cte_follows_insert {
                    self.with_clause(mark, true);
                }
                written
            }
        }
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

    /// Says that a table cannot be written to under another name, where that is so.
    fn refuse_alias(&self, table: &TableRef, taken: bool) -> Result<(), CompileError> {
        if table.alias == Alias::None || taken {
            return Ok(());
        }
        Err(CompileError::invalid(format!(
            "`{}` is written to under another name: inserts, updates and deletes name the table itself, and an \
             `alias()` is for queries inside of them",
            table.name
        )))
    }

    /// The table that a statement writes to.
    fn target(&mut self, table: &TableRef, options: Option<&WriteOptions>) -> Result<(), CompileError> {
        let own: Vec<&Name> = options
            .iter()
            .flat_map(|options| &options.hints)
            .filter(|(dialect, _)| {
                dialect.as_deref().is_none_or(|name| name == "*" || self.dialect.answers_to(name))
            })
            .map(|(_, text)| text)
            .collect();
        let before = self.dialect.capabilities().hint_before_source;
        for text in own.iter().filter(|_| before) {
            self.push(text);
            self.push(" ");
        }
        self.from_table(table);
        for text in own.iter().filter(|_| !before) {
            self.push(" ");
            self.push(text);
        }
        Ok(())
    }

    fn on_conflict(&mut self, conflict: &OnConflict, insert: &Insert) -> Result<(), CompileError> {
        if !self.dialect.capabilities().on_conflict {
            return self.dialect.on_duplicate_key(self, conflict, insert);
        }
        self.push(" ON CONFLICT");
        match &conflict.target {
            ConflictTarget::Any => {}
            ConflictTarget::Constraint(name) => {
                self.push(" ON CONSTRAINT ");
                self.quote(name);
            }
            ConflictTarget::Columns { elements, filter } => {
                self.push(" (");
                self.unqualified(|compiler| compiler.exprs(elements))?;
                self.push(")");
                self.unqualified(|compiler| compiler.with_conditions(" WHERE ", filter))?;
            }
        }
        match &conflict.action {
            ConflictAction::DoNothing => self.push(" DO NOTHING"),
            ConflictAction::DoUpdate { set, filter } => {
                self.push(" DO UPDATE SET ");
                self.assignments(set, " = ")?;
                self.conditions(" WHERE ", filter)?;
            }
        }
        Ok(())
    }

    fn with_conditions(&mut self, keyword: &str, conditions: &[Expr]) -> Result<(), CompileError> {
        self.conditions(keyword, conditions)
    }

    /// The proposed value of a column.
    pub(super) fn excluded(&mut self, name: &str) {
        let dialect = self.dialect;
        dialect.excluded(self, name);
    }

    pub(super) fn assigned(&mut self, name: &str) -> Result<(), CompileError> {
        Err(CompileError::invalid(format!(
            "the value that `{name}` gets is asked for outside of an insert or update that gives it one"
        )))
    }

    /// New values with commas between; `sign` is what stands between a column and its value.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn assignments(&mut self, set: &[(Name, Expr)], sign: &str) -> Result<(), CompileError> {
        self.list(set, ", ", |compiler, (name, value)| {
            compiler.quote(name);
            compiler.push(sign);
            match value {
                // The value of another column of the same row: that column's own expression once more.
                Expr::Assigned(other) => match set.iter().find(|(known, _)| known == other) {
                    Some((_, value)) => {
                        compiler.operand(value, super::Precedence::level(super::level::ALWAYS))
                    }
                    None => compiler.assigned(other),
                },
                value => compiler.operand(value, super::Precedence::level(super::level::ALWAYS)),
            }
        })
    }

    /// New values of what is no column of the table by itself.
    fn other_assignments(
        &mut self,
        set: &[(Expr, Expr)],
        own: &Source,
        qualified: bool,
    ) -> Result<(), CompileError> {
        self.list(set, ", ", |compiler, (target, value)| {
            if qualified {
                compiler.expr(target)?;
            } else {
                let foreign = |column: &ColumnRef| column.source.as_ref().is_some_and(|source| source != own);
                if matches!(target, Expr::Column(column) if foreign(column)) {
                    return Err(compiler.unsupported("an UPDATE that sets columns of other tables"));
                }
                compiler.unqualified(|compiler| compiler.expr(target))?;
            }
            compiler.push("=");
            compiler.operand(value, super::Precedence::level(super::level::ALWAYS))
        })
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<(), CompileError> {
        if update.set.is_empty()
            && update.options.as_ref().is_none_or(|options| options.set_elsewhere.is_empty())
        {
            return Err(CompileError::invalid(format!("an update of `{}` sets nothing", update.table.name)));
        }
        let options = update.options.as_deref();
        let values = update.set.iter().map(|(_, value)| value);
        let elsewhere = options.iter().flat_map(|options| &options.set_elsewhere).map(|(_, value)| value);
        let extra = self.extra_sources(&update.table, options, values.chain(elsewhere).chain(&update.filter));
        self.scopes.push_frame(write_frame(&update.table, &extra, options));
        let mark = self.mark();
        let written = self.update_text(update, options, &extra);
        let written = written.and_then(|()| self.change_with(mark));
        self.scopes.pop();
        written
    }

    fn update_text(
        &mut self,
        update: &Update,
        options: Option<&WriteOptions>,
        extra: &[FromItem],
    ) -> Result<(), CompileError> {
        self.push("UPDATE ");
        if let Some(options) = options {
            self.with_ctes(&options.ctes)?;
            self.prefixes(&options.prefixes)?;
        }
        let facts = self.dialect.capabilities();
        let (several, from) = (facts.update_several, facts.update_from);
        self.refuse_alias(&update.table, facts.change_alias)?;
        // A join of the table with others stands in its place.
        let joined = several && extra.iter().any(|item| holds(item, &update.table));
        if !joined {
            self.target(&update.table, options)?;
        }
        if several && !extra.is_empty() {
            self.push(if joined { "" } else { ", " });
            self.list(extra, ", ", Self::from_item)?;
        }
        self.push(" SET ");
        let qualified = several && !extra.is_empty();
        if let Some(options) = options.filter(|options| !options.set_elsewhere.is_empty()) {
            self.other_assignments(&options.set_elsewhere, &Source::Table(update.table.clone()), qualified)?;
            self.push(if update.set.is_empty() { "" } else { ", " });
        }
        if qualified {
            self.qualified_assignments(update)?;
        } else {
            self.assignments(&update.set, "=")?;
        }
        let early = facts.returning_before_values;
        if early {
            self.returning(&update.returning, facts.update_returning, "UPDATE")?;
        }
        if !extra.is_empty() && !several {
            if !from {
                return Err(self.unsupported("an UPDATE that reads other tables"));
            }
            self.push(" FROM ");
            if facts.update_from_target {
                self.from_table(&update.table);
                self.push(", ");
            }
            self.list(extra, ", ", Self::from_item)?;
        }
        self.conditions(" WHERE ", &update.filter)?;
        self.write_tail(options)?;
        if early { Ok(()) } else { self.returning(&update.returning, facts.update_returning, "UPDATE") }
    }

    /// New values behind the names of their tables.
    fn qualified_assignments(&mut self, update: &Update) -> Result<(), CompileError> {
        let own = Source::Table(update.table.clone());
        self.list(&update.set, ", ", |compiler, (name, value)| {
            compiler.column_of(&own, name)?;
            compiler.push("=");
            compiler.operand(value, super::Precedence::level(super::level::ALWAYS))
        })
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<(), CompileError> {
        let options = delete.options.as_deref();
        let extra = self.extra_sources(&delete.table, options, delete.filter.iter());
        self.scopes.push_frame(write_frame(&delete.table, &extra, options));
        let mark = self.mark();
        let written = self.delete_text(delete, options, &extra);
        let written = written.and_then(|()| self.change_with(mark));
        self.scopes.pop();
        written
    }

    fn delete_text(
        &mut self,
        delete: &Delete,
        options: Option<&WriteOptions>,
        extra: &[FromItem],
    ) -> Result<(), CompileError> {
        self.push("DELETE ");
        if let Some(options) = options {
            self.with_ctes(&options.ctes)?;
            self.prefixes(&options.prefixes)?;
        }
        let facts = self.dialect.capabilities();
        self.push("FROM ");
        let joined = extra.iter().any(|item| holds(item, &delete.table));
        self.delete_target(delete, options, extra)?;
        let early = facts.returning_before_values;
        if early {
            self.returning(&delete.returning, facts.update_returning, "DELETE")?;
        }
        if !extra.is_empty() {
            let Some(word) = facts.delete_using else {
                return Err(self.unsupported("a DELETE that reads other tables"));
            };
            self.push(word);
            if facts.delete_using_target && !joined {
                self.from_table(&delete.table);
                self.push(", ");
            }
            self.list(extra, ", ", Self::from_item)?;
        }
        self.conditions(" WHERE ", &delete.filter)?;
        self.write_tail(options)?;
        if early { Ok(()) } else { self.returning(&delete.returning, facts.update_returning, "DELETE") }
    }

    /// The table of a delete. Where it stands among the tables that are read as well, it has its alias there.
    fn delete_target(
        &mut self,
        delete: &Delete,
        options: Option<&WriteOptions>,
        extra: &[FromItem],
    ) -> Result<(), CompileError> {
        let (table, facts) = (&delete.table, self.dialect.capabilities());
        let again = facts.delete_using.filter(|_| facts.delete_using_target);
        if let Some(word) = again.filter(|_| table.alias != Alias::None)
            && !(extra.is_empty() && facts.delete_alias)
        {
            let name = self.table_name(table);
            self.quote(&name);
            if extra.is_empty() {
                self.push(word);
                self.from_table(table);
            }
            return Ok(());
        }
        self.refuse_alias(table, facts.delete_alias)?;
        self.target(table, options)
    }

    /// What stands behind the conditions of an update or delete.
    fn write_tail(&mut self, options: Option<&WriteOptions>) -> Result<(), CompileError> {
        let Some(options) = options else { return Ok(()) };
        if (!options.order_by.is_empty() || options.limit.is_some())
            && !self.dialect.capabilities().write_limit
        {
            return Err(self.unsupported("an order or a limit on an UPDATE or DELETE"));
        }
        self.order_clause(&options.order_by)?;
        if let Some(limit) = &options.limit {
            self.push(" LIMIT ");
            self.expr(limit)?;
        }
        if let Some(after) = &options.after_filter {
            self.push(" ");
            self.expr(after)?;
        }
        Ok(())
    }

    /// The sources that an update or delete reads beside its table.
    fn extra_sources<'e>(
        &self,
        table: &TableRef,
        options: Option<&WriteOptions>,
        exprs: impl Iterator<Item = &'e Expr>,
    ) -> Vec<FromItem> {
        let Some(options) = options else { return Vec::new() };
        let mut extra = options.from.clone();
        if !options.implicit_from {
            return extra;
        }
        let mut known = super::scope::sources_in(&extra, &[]);
        known.push(Source::Table(table.clone()));
        for expr in exprs {
            expr.sources(&mut |source: SourceUse<'_>| {
                if !known.iter().any(|known| is_same(known, source)) {
                    known.push(source.to_source());
                    extra.push(source.to_source().into());
                }
            });
        }
        extra
    }

    pub(super) fn returning(
        &mut self,
        items: &[SelectItem],
        supported: bool,
        verb: &str,
    ) -> Result<(), CompileError> {
        if items.is_empty() {
            return Ok(());
        }
        if !supported {
            return Err(self.unsupported(&format!("{verb} … RETURNING")));
        }
        self.returns_rows = true;
        if self.dialect.returning(self, items, verb)? {
            return Ok(());
        }
        self.push(" RETURNING ");
        if self.dialect.capabilities().returning_qualified {
            return self.items(items, LabelStyle::Disambiguate, Position::Top);
        }
        // SQLite refuses a table's name in front of a column there.
        for item in items {
            if let SelectItem::Columns(source, _) | SelectItem::OwnedColumns(source, _) = item {
                self.scopes.check(source.into(), "*")?;
            }
            if let SelectItem::Expr(Expr::Column(ColumnRef { source: Some(source), name }), _) = item {
                self.scopes.check(source.into(), name)?;
            }
        }
        self.unqualified(|compiler| compiler.items(items, LabelStyle::Disambiguate, Position::Top))
    }

    /// Writes what a write hands back, with the columns of the written table behind another name: `inserted.id`.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn returned_from(&mut self, items: &[SelectItem], name: &'static str) -> Result<(), CompileError> {
        let target = self.scopes.stack.last().and_then(|frame| frame.sources.first()).cloned();
        let before = std::mem::replace(&mut self.scopes.renamed, target.map(|target| (target, name)));
        let written = self.items(items, LabelStyle::Disambiguate, Position::Top);
        self.scopes.renamed = before;
        written
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

/// Whether an element of `FROM` is a join with this table.
fn holds(item: &FromItem, table: &TableRef) -> bool {
    matches!(item, FromItem::Join(_))
        && super::scope::sources_in(std::slice::from_ref(item), &[])
            .iter()
            .any(|source| source.as_table() == Some(table))
}

fn write_frame(table: &TableRef, extra: &[FromItem], options: Option<&WriteOptions>) -> Frame {
    let mut sources = vec![Source::Table(table.clone())];
    let others = super::scope::sources_in(extra, &[]);
    sources.extend(others.into_iter().filter(|source| source.as_table() != Some(table)));
    let lenient = options.is_some_and(|options| options.implicit_from);
    Frame { sources, lenient, ..Frame::default() }
}

/// Whether a statement in the user's own words yields rows, by its first word or a RETURNING clause.
fn returns_rows(sql: &str) -> bool {
    let sql = sql.trim_start().to_ascii_lowercase();
    ["select", "with", "values", "pragma", "explain", "show"].iter().any(|word| sql.starts_with(word))
        || sql.contains("returning")
}
