//! Forms of a query other than the standard one: what a dialect adds to it, leaves out of it, or writes around it.
//!
//! Databases without `LIMIT` count rows in a query around the query. Nothing is rewritten for that: the same tree is
//! written once more deeply, so that every bound value stays where it is.

use std::fmt;

use super::names::{NameKey, NameUse, RawName};
use super::scope::Frame;
use super::{CompileError, Compiler, Position};
use crate::ast::{Select, new_id};

/// Writes a part of a statement.
pub type Part<'p> = &'p dyn Fn(&mut Compiler<'_>) -> Result<(), CompileError>;

/// The same for a part that reads a query under the name that is handed in.
pub type PartOf<'p> = &'p dyn Fn(&mut Compiler<'_>, &str) -> Result<(), CompileError>;

/// What differs from the standard form of a query. The default is the standard form.
#[derive(Clone, Copy)]
pub struct SelectForm<'f> {
    /// What stands behind `SELECT` and its `DISTINCT`, with a space behind.
    pub head: Option<Part<'f>>,
    /// What stands behind the columns: more of them, with a comma in front.
    pub more_columns: Option<Part<'f>>,
    /// Whether the order is written; `None` is where the database takes one.
    pub ordered: Option<bool>,
    /// Whether limits on the number of rows are written.
    pub limited: bool,
    /// Whether locks, the user's own words at the end, and words for the planner are written.
    pub tail: bool,
    /// The number of what reads the query's columns by name, where its position does not tell.
    pub read_by: Option<u32>,
}

impl Default for SelectForm<'_> {
    fn default() -> Self {
        SelectForm { head: None, more_columns: None, ordered: None, limited: true, tail: true, read_by: None }
    }
}

impl fmt::Debug for SelectForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectForm")
            .field("head", &self.head.is_some())
            .field("more_columns", &self.more_columns.is_some())
            .field("ordered", &self.ordered)
            .field("limited", &self.limited)
            .field("tail", &self.tail)
            .field("read_by", &self.read_by)
            .finish()
    }
}

/// A query around a query, which yields the inner one's columns.
#[derive(Clone, Copy)]
pub struct Around<'f> {
    /// What stands behind `SELECT`, with a space behind.
    pub head: Option<Part<'f>>,
    /// What stands behind the columns: more of them, with a comma in front.
    pub more_columns: Option<PartOf<'f>>,
    /// Writes the inner query; what is handed in is the number for its [`SelectForm::read_by`].
    pub inner: &'f dyn Fn(&mut Compiler<'_>, u32) -> Result<(), CompileError>,
    /// What stands behind the inner query and its name.
    pub behind: PartOf<'f>,
    /// The number of what reads the columns, where its position does not tell.
    pub read_by: Option<u32>,
}

impl fmt::Debug for Around<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around").field("read_by", &self.read_by).finish_non_exhaustive()
    }
}

impl Compiler<'_> {
    /// Writes `SELECT anon_1.a, … FROM (…) AS anon_1 …` around a query. Inside of it, the query sees what it would see
    /// without.
    ///
    /// # Errors
    /// As what is written.
    pub fn select_around(
        &mut self,
        select: &Select,
        position: Position,
        around: &Around<'_>,
    ) -> Result<(), CompileError> {
        let (sources, lenient) = match self.scopes.stack.last() {
            Some(frame) => (frame.sources.clone(), frame.lenient),
            None => (Vec::new(), false),
        };
        self.scopes.push_frame(Frame { sources, lenient, query: true, ..Frame::default() });
        let mark = self.mark();
        let written = self.around_text(select, position, around);
        let embedded = matches!(position, Position::Member { .. } | Position::Insert);
        if written.is_ok() && (!embedded || self.scopes.stack.len() == 1) {
            self.with_clause(mark, false);
        }
        self.scopes.pop();
        written
    }

    fn around_text(
        &mut self,
        select: &Select,
        position: Position,
        around: &Around<'_>,
    ) -> Result<(), CompileError> {
        let reader = around.read_by.or(position.owner());
        let id = reader.unwrap_or_else(new_id);
        let named = around.read_by.is_some() || position.names_columns();
        let alias = RawName::numbered(NameKey::Id(new_id()), "anon");
        let alias = self.name_text(&alias, NameUse::Source);
        self.push("SELECT ");
        if let Some(head) = around.head {
            head(self)?;
        }
        // A type of the user's own may read what a query hands out in its own way.
        let outermost = !named && position != Position::Insert && self.scopes.stack.len() <= 1;
        let columns = self.columns_around(select, id);
        self.list(columns, ", ", |compiler, (column, reading)| {
            let reading = reading.filter(|_| outermost);
            let name = compiler.name_text(&column, NameUse::Column);
            compiler.push(reading.as_ref().map_or("", |around| &around.before));
            compiler.quote(&alias);
            compiler.push(".");
            compiler.quote(&name);
            compiler.push(reading.as_ref().map_or("", |around| &around.after));
            if named || reading.is_some() {
                compiler.push(" AS ");
                compiler.quote(&name);
            }
            Ok(())
        })?;
        if let Some(more) = around.more_columns {
            more(self, &alias)?;
        }
        self.push(" FROM (");
        (around.inner)(self, id)?;
        self.push(")");
        self.alias(&alias);
        (around.behind)(self, &alias)
    }
}
