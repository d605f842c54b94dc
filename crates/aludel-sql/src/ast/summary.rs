//! What a statement does, in a few words: for traces and figures, where its text would be too much and tell too many apart.

use std::borrow::Cow;

use super::*;
use crate::name::Name;

/// Longer summaries end before the word that would be too much.
const LONGEST: usize = 255;

/// A statement in a few words, as OpenTelemetry's `db.query.summary` has them: what is done, and to which tables, in the order
/// of the text, as in `INSERT archive SELECT orders`. It holds no values, so that statements that differ in those alone have
/// the same one. Tables stand under the names that the program gives them, also where schemas are translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    text: String,
    operation: Option<&'static str>,
    table: Option<String>,
}

impl Summary {
    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is done, such as `SELECT`; `None` where that are different things.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// The only table, with its schema if it names one; `None` where there are several, or none, or not all are known.
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }
}

impl Statement {
    /// The statement in a few words; `None` of one in the user's own words, which nobody reads.
    ///
    /// ```
    /// use aludel_sql::ast::Statement;
    /// use aludel_sql::schema::{column, table};
    /// use aludel_sql::statement::insert;
    /// use aludel_sql::types::Type;
    ///
    /// let pets = table("pets").column(column("id", Type::BigInteger));
    /// let statement = Statement::from(insert(&pets).columns(["id"]));
    /// let summary = statement.summary().unwrap();
    /// assert_eq!((summary.text(), summary.operation(), summary.table()), ("INSERT pets", Some("INSERT"), Some("pets")));
    /// ```
    pub fn summary(&self) -> Option<Summary> {
        let mut words = Words { words: Vec::new(), derived: Vec::new(), whole: true };
        match self {
            Statement::Select(select) => words.select(select),
            Statement::Query(query) => words.query(query),
            Statement::Insert(insert) => words.insert(insert),
            Statement::Update(update) => words.update(update),
            Statement::Delete(delete) => words.delete(delete),
            Statement::Text(_) => return None,
        }
        words.summary()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Word<'s> {
    Operation(&'static str),
    Table { schema: Option<&'s Name>, name: &'s Name },
}

impl<'s> Word<'s> {
    fn text(self) -> Cow<'s, str> {
        match self {
            Word::Operation(operation) => operation.into(),
            Word::Table { schema: None, name } => quoted(name),
            Word::Table { schema: Some(schema), name } => {
                format!("{}.{}", quoted(schema), quoted(name)).into()
            }
        }
    }
}

/// A name with spaces, in quotes, so that it is one word.
fn quoted(name: &str) -> Cow<'_, str> {
    if name.contains(char::is_whitespace) { format!("\"{name}\"").into() } else { name.into() }
}

/// The words, as they are found.
struct Words<'s> {
    words: Vec<Word<'s>>,
    /// What was looked at already: a common table expression may name itself.
    derived: Vec<u32>,
    /// Whether no text may name other tables.
    whole: bool,
}

impl<'s> Words<'s> {
    fn summary(self) -> Option<Summary> {
        let mut operations = self.words.iter().filter_map(|word| match word {
            Word::Operation(operation) => Some(*operation),
            Word::Table { .. } => None,
        });
        let first = operations.next()?;
        let operation = operations.all(|other| other == first).then_some(first);
        let mut tables = self.words.iter().filter(|word| matches!(word, Word::Table { .. }));
        let table = match (tables.next(), tables.next()) {
            (Some(only), None) if self.whole => Some(only.text().into_owned()),
            _ => None,
        };
        let mut text = String::new();
        for word in &self.words {
            let word = word.text();
            if text.len() + 1 + word.len() > LONGEST {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
        Some(Summary { text, operation, table })
    }

    fn operation(&mut self, operation: &'static str) {
        self.words.push(Word::Operation(operation));
    }

    /// A table stands there once, where it is met first.
    fn table(&mut self, table: &'s TableRef) {
        let word = Word::Table { schema: table.schema.as_ref(), name: &table.name };
        if !self.words.contains(&word) {
            self.words.push(word);
        }
    }

    fn select(&mut self, select: &'s Select) {
        self.operation("SELECT");
        select.from.iter().for_each(|from| self.from(from));
        self.items(&select.items);
        for join in &select.joins {
            join.left.iter().for_each(|left| self.from(left));
            self.from(&join.target);
            self.expressions(&join.on);
        }
        self.expressions(&select.filter);
        self.expressions(&select.group_by);
        self.expressions(&select.having);
        self.expressions(select.order_by.iter().map(|order| &order.expr));
        if let Some(options) = &select.options {
            self.with(&options.ctes);
        }
    }

    fn query(&mut self, query: &'s Query) {
        match query {
            Query::Select(select) => self.select(select),
            Query::Compound(compound) => {
                compound.members.iter().for_each(|member| self.query(member));
                self.with(&compound.ctes);
            }
            Query::Values(values) => {
                self.operation("VALUES");
                self.expressions(values.rows.iter().flatten());
            }
            Query::Text(text) => {
                self.whole = false;
                self.with(&text.ctes);
            }
            Query::Insert(insert) => self.insert(insert),
            Query::Update(update) => self.update(update),
            Query::Delete(delete) => self.delete(delete),
        }
    }

    fn insert(&mut self, insert: &'s Insert) {
        self.operation("INSERT");
        self.table(&insert.table);
        match &insert.source {
            InsertSource::Select(query) => self.query(query),
            InsertSource::Values(rows) => self.expressions(rows.iter().flatten()),
            InsertSource::Defaults | InsertSource::Placeholders => {}
        }
        if let Some(OnConflict { action: ConflictAction::DoUpdate { set, filter }, .. }) = &insert.on_conflict
        {
            self.expressions(set.iter().map(|(_, value)| value));
            self.expressions(filter);
        }
        self.written(&insert.options, &insert.returning);
    }

    fn update(&mut self, update: &'s Update) {
        self.operation("UPDATE");
        self.table(&update.table);
        self.written(&update.options, &update.returning);
        self.expressions(update.set.iter().map(|(_, value)| value));
        self.expressions(&update.filter);
    }

    fn delete(&mut self, delete: &'s Delete) {
        self.operation("DELETE");
        self.table(&delete.table);
        self.written(&delete.options, &delete.returning);
        self.expressions(&delete.filter);
    }

    fn written(&mut self, options: &'s Option<Box<WriteOptions>>, returning: &'s [SelectItem]) {
        if let Some(options) = options {
            options.from.iter().for_each(|from| self.from(from));
            self.expressions(options.set_elsewhere.iter().map(|(_, value)| value));
            self.with(&options.ctes);
        }
        self.items(returning);
    }

    fn with(&mut self, ctes: &'s [WithCte]) {
        ctes.iter().for_each(|with| self.derived(&with.cte));
    }

    fn from(&mut self, from: &'s FromItem) {
        match from {
            FromItem::Table(table) => self.table(table),
            FromItem::Derived(derived) => self.derived(derived),
            FromItem::Join(join) => {
                self.from(&join.left);
                self.from(&join.right);
                self.expressions(&join.on);
            }
            FromItem::Text(_) => self.whole = false,
        }
    }

    fn source(&mut self, source: &'s Source) {
        match source {
            Source::Table(table) => self.table(table),
            Source::Derived(derived) => self.derived(derived),
        }
    }

    fn derived(&mut self, derived: &'s Derived) {
        if self.derived.contains(&derived.id) {
            return;
        }
        self.derived.push(derived.id);
        match &derived.kind {
            DerivedKind::Subquery(query) => self.query(query),
            DerivedKind::Cte(cte) => self.query(&cte.query),
            DerivedKind::Alias(source) => self.source(source),
            DerivedKind::Values(_) => {}
            DerivedKind::Function(function) => self.expression(&function.call),
            DerivedKind::Sample(sample) => self.source(&sample.of),
        }
    }

    fn items(&mut self, items: &'s [SelectItem]) {
        for item in items {
            match item {
                SelectItem::Expr(expr, _) => self.expression(expr),
                SelectItem::Columns(source, _) | SelectItem::OwnedColumns(source, _) => self.source(source),
                SelectItem::All(derived) => self.derived(derived),
            }
        }
    }

    fn expressions(&mut self, expressions: impl IntoIterator<Item = &'s Expr>) {
        expressions.into_iter().for_each(|expression| self.expression(expression));
    }

    /// Tables of columns, and queries inside.
    fn expression(&mut self, expression: &'s Expr) {
        match expression {
            Expr::Column(ColumnRef { source: Some(source), .. }) | Expr::Row(source) => self.source(source),
            Expr::Position(derived, _) => self.derived(derived),
            Expr::Select(query) | Expr::Exists { select: query, .. } => self.query(query),
            Expr::In { operand, list: InList::Select(query), .. } => {
                self.expression(operand);
                self.query(query);
            }
            other => other.children(&mut |inner| self.expression(inner)),
        }
    }
}
