//! Which sources are in reach at a point of a statement.

use super::CompileError;
use crate::ast::{Alias, Derived, FromItem, Join, Label, Source, SourceUse, TableRef};

/// The sources of one query or write.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// What it reads.
    pub(super) sources: Vec<Source>,
    /// Its own labels, for its order and grouping: numbers of labels with their names.
    pub(super) labels: Vec<u32>,
    /// Whether sources may be named that are nowhere read.
    pub(super) lenient: bool,
}

/// The sources in reach, innermost query last.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    pub(super) stack: Vec<Frame>,
    /// Words for the planner that wait for the sources which they stand beside.
    pub(super) hints: Vec<(Source, String)>,
    open: bool,
}

impl Scopes {
    /// Takes every column as it is: for expressions outside of a statement.
    pub(super) fn open_world(&mut self) {
        self.open = true;
    }

    pub(super) fn push(&mut self, sources: Vec<Source>) {
        self.stack.push(Frame { sources, labels: Vec::new(), lenient: false });
    }

    pub(super) fn push_frame(&mut self, frame: Frame) {
        self.stack.push(frame);
    }

    pub(super) fn pop(&mut self) {
        self.stack.pop();
    }

    /// Whether an enclosing query reads the source, so that naming it is a correlation.
    pub(super) fn reaches(&self, source: SourceUse<'_>) -> bool {
        self.stack.iter().any(|frame| frame.sources.iter().any(|known| is_same(known, source)))
    }

    /// Refuses a column whose source is out of reach.
    pub(super) fn check(&self, source: SourceUse<'_>, column: &str) -> Result<(), CompileError> {
        if self.open || self.reaches(source) || self.stack.iter().any(|frame| frame.lenient) {
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
