//! Joins for databases without `JOIN`: the sources stand in a list, and the conditions join those of the query. Behind
//! each column of a side that may be missing stands `(+)`.

use super::from::{Base, Element};
use super::precedence::{Precedence, level};
use super::scope;
use super::{CompileError, Compiler};
use crate::ast::{Expr, FromItem, Join, JoinKind, Source, SourceUse};

/// The condition of a join, with the sources of which there may be no row.
pub(super) struct Joined<'s> {
    on: &'s Expr,
    missing: Vec<Source>,
}

/// One source of the list.
enum Listed<'s> {
    Item(&'s FromItem),
    Source(SourceUse<'s>),
}

/// What a `FROM` list comes to.
#[derive(Default)]
struct List<'s> {
    sources: Vec<Listed<'s>>,
    conditions: Vec<Joined<'s>>,
    full: bool,
}

impl<'s> List<'s> {
    fn element(&mut self, element: &Element<'s>) {
        // The last join is the outermost one.
        self.joins(&element.base, &element.joins);
    }

    fn joins(&mut self, base: &Base<'s>, joins: &[&'s Join]) {
        let Some((last, before)) = joins.split_last() else {
            match base {
                Base::Item(item) => self.item(item),
                Base::Source(source) => self.sources.push(Listed::Source(*source)),
            }
            return;
        };
        let place = self.conditions.len();
        self.joins(base, before);
        let mut left = Vec::new();
        match base {
            Base::Item(item) => scope::add_sources(item, &mut left),
            Base::Source(source) => left.push(source.to_source()),
        }
        before.iter().for_each(|join| scope::add_sources(&join.target, &mut left));
        self.condition(place, last.kind, last.on.as_ref(), left, &last.target);
        self.item(&last.target);
    }

    fn item(&mut self, item: &'s FromItem) {
        let FromItem::Join(join) = item else {
            self.sources.push(Listed::Item(item));
            return;
        };
        let place = self.conditions.len();
        self.item(&join.left);
        let mut left = Vec::new();
        scope::add_sources(&join.left, &mut left);
        self.condition(place, join.kind, join.on.as_ref(), left, &join.right);
        self.item(&join.right);
    }

    /// A join's condition stands in front of those of the joins inside of it.
    fn condition(
        &mut self,
        place: usize,
        kind: JoinKind,
        on: Option<&'s Expr>,
        left: Vec<Source>,
        right: &FromItem,
    ) {
        let missing = match kind {
            JoinKind::Inner | JoinKind::Cross => Vec::new(),
            JoinKind::Right => left,
            JoinKind::Left | JoinKind::Full => {
                let mut sources = Vec::new();
                scope::add_sources(right, &mut sources);
                sources
            }
        };
        self.full = self.full || kind == JoinKind::Full;
        if let Some(on) = on {
            self.conditions.insert(place, Joined { on, missing });
        }
    }
}

impl Compiler<'_> {
    /// Writes a `FROM` list. Conditions of joins that it cannot say itself come back in `joined`.
    pub(super) fn elements<'s>(
        &mut self,
        elements: &[Element<'s>],
        joined: &mut Vec<Joined<'s>>,
    ) -> Result<(), CompileError> {
        if self.dialect.capabilities().ansi_joins {
            return self.list(elements, ", ", Self::element);
        }
        let mut list = List::default();
        elements.iter().for_each(|element| list.element(element));
        if list.full {
            return Err(self.unsupported("FULL OUTER JOIN"));
        }
        self.list(&list.sources, ", ", |compiler, source| match source {
            Listed::Item(item) => compiler.from_item(item),
            Listed::Source(SourceUse::Table(table)) => {
                compiler.from_table(table);
                Ok(())
            }
            Listed::Source(SourceUse::Derived(derived)) => compiler.from_derived(derived),
        })?;
        *joined = list.conditions;
        Ok(())
    }

    /// The conditions of a query, and behind them those of its joins where the `FROM` list could not say them.
    pub(super) fn filtered_and_joined(
        &mut self,
        filter: &[Expr],
        joined: &[Joined<'_>],
    ) -> Result<(), CompileError> {
        if joined.is_empty() {
            return self.conditions(" WHERE ", filter);
        }
        let single = filter.len() + joined.len() == 1;
        let around = match single {
            true => Precedence::level(level::NONE),
            false => Precedence { level: level::AND, chain: Some("AND") },
        };
        self.push(" WHERE ");
        self.list(filter, " AND ", |compiler, condition| compiler.operand(condition, around))?;
        for (index, Joined { on, missing }) in joined.iter().enumerate() {
            if index > 0 || !filter.is_empty() {
                self.push(" AND ");
            }
            let before = std::mem::replace(&mut self.scopes.missing, missing.clone());
            let written = self.operand(on, around);
            self.scopes.missing = before;
            written?;
        }
        Ok(())
    }
}
