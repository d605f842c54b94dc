//! Which sources are in reach at a point of a statement.

use super::{CompileError, Position};
use crate::ast::{Alias, Derived, Expr, FromItem, Join, Label, Source, SourceUse, TableRef};
use crate::name::Name;

/// The sources of one query or write.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// What it reads.
    pub(super) sources: Vec<Source>,
    /// Its own labels, for its order and grouping: numbers of labels with their names.
    pub(super) labels: Vec<u32>,
    /// Whether sources may be named that are nowhere read.
    pub(super) lenient: bool,
    /// The names of tables in schemas: a table of such a name without a schema is read under another one.
    pub(super) taken: Vec<Name>,
    /// Whether it is a query's, rather than a write's.
    pub(super) query: bool,
    /// Whether its columns are being written.
    pub(super) in_columns: bool,
    /// What may be named by a name alone, where the query does so.
    pub(super) named: Option<Vec<Named>>,
}

/// Something that the query itself calls by a name.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) expr: Expr,
    /// Whether it is a column of what is read, rather than one of the query's own.
    pub(super) read: bool,
}

impl Frame {
    /// A query's sources.
    pub(super) fn reading(sources: Vec<Source>) -> Self {
        let tables =
            || sources.iter().filter_map(Source::as_table).filter(|table| table.alias == Alias::None);
        let bare = |name: &Name| tables().any(|table| table.schema.is_none() && table.name == *name);
        let in_schemas = tables().filter(|table| table.schema.is_some()).map(|table| table.name.clone());
        let taken = in_schemas.filter(bare).collect();
        Frame { sources, taken, query: true, ..Frame::default() }
    }

    /// What a name stands for: one of the query's own columns first, then one of what it reads; among its own columns,
    /// only the latter.
    pub(super) fn named(&self, name: &str) -> Option<Expr> {
        let is_it = |known: &&Named| known.name == name;
        let all = self.named.as_ref()?;
        let own = all.iter().filter(|known| !known.read && !self.in_columns).find(is_it);
        let known = own.or_else(|| all.iter().filter(|known| known.read).find(is_it));
        if let Some(known) = known {
            return Some(known.expr.clone());
        }
        // Nobody says which columns a table has, but if there is only one, it is that one's.
        let mut tables = self.sources.iter().filter_map(Source::as_table);
        match (tables.next(), tables.next()) {
            (Some(only), None) => Some(Expr::column(only.clone(), name.to_owned())),
            _ => None,
        }
    }
}

/// The sources in reach, innermost query last.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    pub(super) stack: Vec<Frame>,
    /// Words for the planner that wait for the sources which they stand beside.
    pub(super) hints: Vec<(Source, String)>,
    /// Sources that may have no row, in the condition of a join that is written without `JOIN`.
    pub(super) missing: Vec<Source>,
    /// The table that is written to, where its columns stand behind another name at this point.
    pub(super) renamed: Option<(Source, &'static str)>,
    open: bool,
}

impl Scopes {
    /// Takes every column as it is: for expressions outside of a statement.
    pub(super) fn open_world(&mut self) {
        self.open = true;
    }

    pub(super) fn push(&mut self, sources: Vec<Source>) {
        self.stack.push(Frame { sources, ..Frame::default() });
    }

    pub(super) fn push_frame(&mut self, frame: Frame) {
        self.stack.push(frame);
    }

    pub(super) fn pop(&mut self) {
        self.stack.pop();
    }

    /// Whether an enclosing query reads the source, so that naming it is a correlation. What stands in `FROM` sees
    /// nothing of what stands beside it.
    pub(super) fn reaches(&self, source: SourceUse<'_>, position: Position) -> bool {
        let beside = usize::from(matches!(position, Position::From(_)));
        self.stack
            .iter()
            .rev()
            .skip(beside)
            .any(|frame| frame.sources.iter().any(|known| is_same(known, source)))
    }

    /// Whether the query that reads a table reads one of the same name in a schema as well.
    pub(super) fn hides(&self, table: &TableRef) -> bool {
        let reads =
            |frame: &&Frame| frame.sources.iter().any(|source| is_same(source, SourceUse::Table(table)));
        self.stack.iter().any(|frame| !frame.taken.is_empty())
            && self.stack.iter().rev().find(reads).is_some_and(|frame| frame.taken.contains(&table.name))
    }

    /// Whether what reads a table is a query, rather than a write.
    pub(super) fn is_queried(&self, table: &TableRef) -> bool {
        let reads =
            |frame: &&Frame| frame.sources.iter().any(|source| is_same(source, SourceUse::Table(table)));
        self.stack.iter().rev().find(reads).is_some_and(|frame| frame.query)
    }

    /// Refuses a column whose source is out of reach.
    pub(super) fn check(&self, source: SourceUse<'_>, column: &str) -> Result<(), CompileError> {
        if self.open || self.reaches(source, Position::Value) || self.stack.iter().any(|frame| frame.lenient)
        {
            return Ok(());
        }
        let mut reachable: Vec<String> =
            self.stack.iter().flat_map(|frame| &frame.sources).map(|known| describe(known.into())).collect();
        reachable.dedup();
        let reachable = if reachable.is_empty() { "none".to_owned() } else { reachable.join(", ") };
        let name = match source {
            SourceUse::Table(table) => table.name.to_string(),
            SourceUse::Derived(derived) => describe_derived(derived),
        };
        Err(CompileError::not_in_scope(&format!("{name}.{column}"), &describe(source), &reachable))
    }
}

/// Whether two sources are the same.
pub(super) fn is_same(known: &Source, source: SourceUse<'_>) -> bool {
    is_same_use(known.into(), source)
}

/// The same of two borrowed ones. What a statement defines may be named like a table, by its name alone.
pub(super) fn is_same_use(known: SourceUse<'_>, source: SourceUse<'_>) -> bool {
    match (known, source) {
        (SourceUse::Table(known), SourceUse::Table(table)) => known == table,
        (SourceUse::Derived(known), SourceUse::Derived(derived)) => known.id == derived.id,
        (SourceUse::Derived(derived), SourceUse::Table(table))
        | (SourceUse::Table(table), SourceUse::Derived(derived)) => {
            table.alias == Alias::None
                && table.schema.is_none()
                && matches!(&derived.name, Some(Label::Named(name)) if *name == table.name)
        }
    }
}

/// What a source is called in messages.
pub(super) fn describe(source: SourceUse<'_>) -> String {
    match source {
        SourceUse::Table(table) => describe_table(table),
        SourceUse::Derived(derived) => describe_derived(derived),
    }
}

fn describe_table(table: &TableRef) -> String {
    match &table.alias {
        Alias::None => table.name.to_string(),
        Alias::Named(name) => format!("{} as {name}", table.name),
        Alias::Anonymous(_) => format!("an alias of {}", table.name),
    }
}

fn describe_derived(derived: &Derived) -> String {
    match &derived.name {
        Some(Label::Named(name)) => name.to_string(),
        Some(Label::Anonymous { stem, .. }) => format!("a subquery ({stem})"),
        None => "a source without a name".to_owned(),
    }
}

/// The sources of a `FROM` list with its joins, those inside of joins included.
pub(super) fn sources_in(from: &[FromItem], joins: &[Join]) -> Vec<Source> {
    let mut sources = Vec::with_capacity(from.len() + joins.len());
    for item in from.iter().chain(joins.iter().map(|join| &join.target)) {
        add_sources(item, &mut sources);
    }
    sources
}

/// Adds the sources of one element.
pub(super) fn add_sources(item: &FromItem, sources: &mut Vec<Source>) {
    match item {
        FromItem::Table(table) => sources.push(Source::Table(table.clone())),
        FromItem::Derived(derived) => sources.push(Source::Derived(derived.clone())),
        FromItem::Join(join) => {
            add_sources(&join.left, sources);
            add_sources(&join.right, sources);
        }
        FromItem::Text(_) => {}
    }
}
