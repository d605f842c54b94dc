//! What a query reads: which sources, in which order, and their text.

use std::sync::Arc;

use super::precedence::{Precedence, level};
use super::scope::{self, describe, is_same, is_same_use};
use super::{CompileError, Compiler, Position};
use crate::ast::{
    Alias, Correlation, Derived, DerivedKind, Expr, FromItem, Join, JoinKind, JoinedFrom, Select, SelectItem,
    Source, SourceUse, TableFunction, TableRef, Values,
};
use crate::dialect::ValuesColumns;

/// One element of a `FROM` list, with what is joined onto it. All of it is borrowed from the tree: bound values are
/// known by their addresses.
pub(super) struct Element<'s> {
    pub(super) base: Base<'s>,
    pub(super) joins: Vec<&'s Join>,
    /// Whether the query says so itself.
    stated: bool,
}

/// What an element begins with.
pub(super) enum Base<'s> {
    Item(&'s FromItem),
    Source(SourceUse<'s>),
}

impl<'s> Element<'s> {
    fn reads(&self, source: SourceUse<'_>) -> bool {
        let base = match &self.base {
            Base::Item(item) => item_reads(item, source),
            Base::Source(own) => is_same_use(*own, source),
        };
        base || self.joins.iter().any(|join| item_reads(&join.target, source))
    }

    pub(super) fn add_sources(&self, sources: &mut Vec<Source>) {
        match &self.base {
            Base::Item(item) => scope::add_sources(item, sources),
            Base::Source(own) => sources.push(own.to_source()),
        }
        self.joins.iter().for_each(|join| scope::add_sources(&join.target, sources));
    }

    /// The join that it is by itself.
    fn join(&self) -> Option<&'s JoinedFrom> {
        match &self.base {
            Base::Item(FromItem::Join(join)) if self.joins.is_empty() => Some(join),
            _ => None,
        }
    }

    /// The single source, where it is one without joins.
    fn single(&self) -> Option<SourceUse<'s>> {
        match &self.base {
            _ if !self.joins.is_empty() => None,
            Base::Item(FromItem::Table(table)) => Some(SourceUse::Table(table)),
            Base::Item(FromItem::Derived(derived)) => Some(SourceUse::Derived(derived)),
            Base::Item(FromItem::Join(_) | FromItem::Text(_)) => None,
            Base::Source(own) => Some(*own),
        }
    }
}

fn item_reads(item: &FromItem, source: SourceUse<'_>) -> bool {
    match item {
        FromItem::Table(own) => is_same_use(SourceUse::Table(own), source),
        FromItem::Derived(own) => is_same_use(SourceUse::Derived(own), source),
        FromItem::Join(join) => item_reads(&join.left, source) || item_reads(&join.right, source),
        FromItem::Text(_) => false,
    }
}

impl Compiler<'_> {
    /// The `FROM` list: what was said, or else the sources of the selected columns that are neither joined nor read
    /// by an enclosing query.
    pub(super) fn resolve_from<'s>(
        &self,
        select: &'s Select,
        position: Position,
    ) -> Result<Vec<Element<'s>>, CompileError> {
        let lenient = select.options.as_ref().is_some_and(|options| options.implicit_from);
        let stated = |item| Element { base: Base::Item(item), joins: Vec::new(), stated: true };
        let mut elements: Vec<Element<'s>> = select.from.iter().map(stated).collect();
        let mut outside = None;
        let mut add = |source: SourceUse<'s>| {
            let joined = select.joins.iter().any(|join| item_reads(&join.target, source));
            if joined || elements.iter().any(|element| element.reads(source)) {
                return;
            }
            if !lenient && self.scopes.reaches(source, position) {
                outside.get_or_insert_with(|| describe(source));
                return;
            }
            elements.push(Element { base: Base::Source(source), joins: Vec::new(), stated: false });
        };
        if lenient || select.from.is_empty() {
            select.items.iter().for_each(|item| item_sources(item, &mut add));
        }
        if lenient {
            select.filter.iter().for_each(|condition| sources(condition, &mut add));
        } else if elements.is_empty() {
            // `select(count_all()).filter(User.age.gt(3))` has its table in the conditions only.
            let mut add = |source: SourceUse<'s>| {
                if select.joins.iter().any(|join| item_reads(&join.target, source))
                    || elements.iter().any(|element| element.reads(source))
                {
                    return;
                }
                if self.scopes.reaches(source, position) {
                    outside.get_or_insert_with(|| describe(source));
                } else {
                    elements.push(Element { base: Base::Source(source), joins: Vec::new(), stated: false });
                }
            };
            let conditions =
                select.filter.iter().chain(select.joins.iter().filter_map(|join| join.on.as_ref()));
            conditions.for_each(|condition| sources(condition, &mut add));
        }
        if lenient {
            hide_joined(&mut elements, &select.joins);
        }
        self.attach_joins(&mut elements, select)?;
        if elements.iter().any(|element| !element.joins.is_empty()) {
            // What a query joins stands in front of what it only names.
            elements.sort_by_key(|element| !element.stated && element.joins.is_empty());
        }
        self.correlate(&mut elements, select, position, lenient)?;
        match outside {
            Some(name) if elements.is_empty() => Err(CompileError::invalid(format!(
                "a query inside of another reads no table of its own, because `{name}` is read around it already: say \
                 `select_from` to read it anew, or use an `alias()`"
            ))),
            _ => Ok(elements),
        }
    }

    fn attach_joins<'s>(
        &self,
        elements: &mut Vec<Element<'s>>,
        select: &'s Select,
    ) -> Result<(), CompileError> {
        for join in &select.joins {
            if let (true, Some(left)) = (elements.is_empty(), &join.left) {
                elements.push(Element { base: Base::Item(left), joins: Vec::new(), stated: true });
            }
            let place = match &join.left {
                Some(left) => {
                    let mut of_left = Vec::new();
                    scope::add_sources(left, &mut of_left);
                    let found = elements
                        .iter()
                        .position(|element| of_left.iter().any(|source| element.reads(source.into())));
                    Some(found.unwrap_or_else(|| {
                        elements.push(Element { base: Base::Item(left), joins: Vec::new(), stated: true });
                        elements.len() - 1
                    }))
                }
                None => join.on.as_ref().filter(|_| elements.len() > 1).and_then(|on| {
                    let mut found = None;
                    on.sources(&mut |source| {
                        if found.is_none() && !item_reads(&join.target, source) {
                            found = elements.iter().position(|element| element.reads(source));
                        }
                    });
                    found
                }),
            };
            let last = elements.len().saturating_sub(1);
            let Some(element) = elements.get_mut(place.unwrap_or(last)) else {
                return Err(CompileError::invalid(
                    "a query joins a table to nothing: say what it reads first with `select_from`",
                ));
            };
            element.joins.push(join);
        }
        Ok(())
    }

    /// Leaves to enclosing queries what is theirs.
    fn correlate(
        &self,
        elements: &mut Vec<Element<'_>>,
        select: &Select,
        position: Position,
        lenient: bool,
    ) -> Result<(), CompileError> {
        let correlation = select.options.as_ref().map_or(&Correlation::Auto, |options| &options.correlation);
        let Some((around, outer)) = self.scopes.stack.split_last() else { return Ok(()) };
        let in_from = matches!(position, Position::From(_) | Position::Member { owner: Some(_), .. });
        let mut reachable: Vec<&Source> = outer.iter().flat_map(|frame| &frame.sources).collect();
        if in_from {
            reachable.retain(|source| !around.sources.contains(source));
        } else {
            reachable.extend(&around.sources);
        }
        let is_reachable = |source: SourceUse<'_>| reachable.iter().any(|known| is_same(known, source));
        let drop = |source: SourceUse<'_>| match correlation {
            Correlation::Auto => {
                lenient && !in_from && around.sources.iter().any(|known| is_same(known, source))
            }
            Correlation::Only(these) => {
                is_reachable(source) && these.iter().any(|known| is_same(known, source))
            }
            Correlation::Except(these) => {
                is_reachable(source) && !these.iter().any(|known| is_same(known, source))
            }
        };
        if *correlation == Correlation::Auto && elements.len() < 2 {
            return Ok(());
        }
        let before = elements.len();
        elements.retain(|element| !element.single().is_some_and(drop));
        if elements.is_empty() && before > 0 && *correlation == Correlation::Auto {
            return Err(CompileError::invalid(
                "a query inside of another reads nothing of its own, because all that it names is read around it \
                 already: say what it shares with `correlate`",
            ));
        }
        Ok(())
    }

    pub(super) fn element(&mut self, element: &Element<'_>) -> Result<(), CompileError> {
        match &element.base {
            Base::Item(item) => self.from_item(item)?,
            Base::Source(SourceUse::Table(table)) => self.from_table(table),
            Base::Source(SourceUse::Derived(derived)) => self.from_derived(derived)?,
        }
        for join in &element.joins {
            self.join_words(join.kind)?;
            self.joined(&join.target)?;
            self.on(join.kind, join.on.as_ref())?;
        }
        Ok(())
    }

    pub(super) fn from_item(&mut self, item: &FromItem) -> Result<(), CompileError> {
        match item {
            FromItem::Table(table) => {
                self.from_table(table);
                Ok(())
            }
            FromItem::Derived(derived) => self.from_derived(derived),
            FromItem::Join(join) => self.from_join(join),
            FromItem::Text(text) => {
                self.push(text);
                Ok(())
            }
        }
    }

    fn from_join(&mut self, join: &JoinedFrom) -> Result<(), CompileError> {
        self.from_item(&join.left)?;
        self.join_words(join.kind)?;
        self.joined(&join.right)?;
        self.on(join.kind, join.on.as_ref())
    }

    /// The right side of a join: one that is a join itself stands in parentheses.
    fn joined(&mut self, item: &FromItem) -> Result<(), CompileError> {
        let nested = matches!(item, FromItem::Join(_));
        self.push(if nested { "(" } else { "" });
        self.from_item(item)?;
        self.push(if nested { ")" } else { "" });
        Ok(())
    }

    fn join_words(&mut self, kind: JoinKind) -> Result<(), CompileError> {
        let words = match kind {
            JoinKind::Inner => self.dialect.inner_join(),
            JoinKind::Left => " LEFT OUTER JOIN ",
            JoinKind::Right => " RIGHT OUTER JOIN ",
            JoinKind::Full => self.dialect.full_join().ok_or_else(|| self.unsupported("FULL OUTER JOIN"))?,
            JoinKind::Cross => " CROSS JOIN ",
        };
        self.push(words);
        Ok(())
    }

    fn on(&mut self, kind: JoinKind, on: Option<&Expr>) -> Result<(), CompileError> {
        match on {
            Some(on) => {
                self.push(" ON ");
                self.condition(on, Precedence::level(level::NEVER))
            }
            None if kind == JoinKind::Cross => Ok(()),
            None => Err(CompileError::invalid("a join has no condition")),
        }
    }

    /// A table with its alias.
    pub(super) fn from_table(&mut self, table: &TableRef) {
        let before = self.dialect.capabilities().hint_before_source;
        if before {
            self.source_hint(SourceUse::Table(table));
        }
        self.table(table);
        if table.alias != Alias::None || self.is_hidden(table) {
            let name = self.table_name(table);
            self.alias(&name);
        }
        if !before {
            self.source_hint(SourceUse::Table(table));
        }
    }

    /// A table's own name, behind its schema.
    pub(super) fn table(&mut self, table: &TableRef) {
        if let Some(schema) = self.translated(table.schema.as_deref()) {
            self.quote_schema(&schema);
            self.push(".");
        }
        self.quote(&table.name);
    }

    /// The schema that takes a schema's place.
    pub(super) fn translated(&self, schema: Option<&str>) -> Option<String> {
        let translation = self.options.schemas.iter().find(|(from, _)| from.as_deref() == schema);
        match translation {
            Some((_, to)) => to.clone(),
            None => schema.map(str::to_owned),
        }
    }

    /// An alias behind what it names.
    pub(super) fn alias(&mut self, name: &str) {
        self.push(if self.dialect.capabilities().alias_keyword { " AS " } else { " " });
        self.quote(name);
    }

    pub(super) fn from_derived(&mut self, derived: &Arc<Derived>) -> Result<(), CompileError> {
        let before = self.dialect.capabilities().hint_before_source;
        if before {
            self.source_hint(SourceUse::Derived(derived));
        }
        self.derived_text(derived)?;
        if !before {
            self.source_hint(SourceUse::Derived(derived));
        }
        Ok(())
    }

    fn derived_text(&mut self, derived: &Arc<Derived>) -> Result<(), CompileError> {
        if derived.lateral {
            if !self.dialect.capabilities().lateral {
                return Err(self.unsupported("LATERAL"));
            }
            self.push("LATERAL ");
        }
        match &derived.kind {
            DerivedKind::Cte(cte) => {
                self.common_table(derived, cte, false)?;
                if let Some(name) = self.derived_name(derived) {
                    self.quote(&name);
                }
                return Ok(());
            }
            DerivedKind::Subquery(query) => {
                self.push("(");
                let position =
                    if derived.lateral { Position::Lateral(derived.id) } else { Position::From(derived.id) };
                self.query(query, position)?;
                self.push(")");
            }
            // What is being written under this name reads itself.
            DerivedKind::Alias(_) if self.ctes.restates(derived.id) => {
                if let Some(name) = self.derived_name(derived) {
                    self.quote(&name);
                }
                return Ok(());
            }
            DerivedKind::Alias(source) => self.aliased(source)?,
            DerivedKind::Values(values) => return self.from_values(derived, values),
            DerivedKind::Function(function) => return self.from_function(derived, function),
            DerivedKind::Sample(sample) => {
                self.aliased(&sample.of)?;
                if let Some(name) = self.derived_name(derived) {
                    self.alias(&name);
                }
                if !self.dialect.capabilities().tablesample {
                    return Err(self.unsupported("TABLESAMPLE"));
                }
                self.push(" TABLESAMPLE ");
                self.expr(&sample.method)?;
                if let Some(seed) = &sample.seed {
                    self.push(" REPEATABLE (");
                    self.expr(seed)?;
                    self.push(")");
                }
                return Ok(());
            }
        }
        if let Some(name) = self.derived_name(derived) {
            self.alias(&name);
        }
        Ok(())
    }

    /// What an alias stands for, without that one's own alias.
    fn aliased(&mut self, source: &Source) -> Result<(), CompileError> {
        match source {
            Source::Table(table) => {
                self.table(table);
                Ok(())
            }
            Source::Derived(of) => match &of.kind {
                DerivedKind::Cte(_) => self.derived_text(of),
                DerivedKind::Subquery(query) => {
                    let position = if of.lateral { Position::Lateral(of.id) } else { Position::From(of.id) };
                    self.push(if of.lateral { "LATERAL (" } else { "(" });
                    self.query(query, position)?;
                    self.push(")");
                    Ok(())
                }
                DerivedKind::Alias(inner) => self.aliased(inner),
                DerivedKind::Function(function) => self.expr(&function.call),
                DerivedKind::Values(_) | DerivedKind::Sample(_) => self.derived_text(of),
            },
        }
    }

    fn from_values(&mut self, derived: &Arc<Derived>, values: &Values) -> Result<(), CompileError> {
        let naming = self.dialect.capabilities().values_columns;
        if naming == ValuesColumns::Unsupported && derived.name.is_some() {
            return Err(self.unsupported("VALUES in FROM with named columns (read them as a `cte`)"));
        }
        let named = naming == ValuesColumns::Alias;
        self.push("(");
        if !named {
            self.push("SELECT ");
            self.list(values.columns.iter().enumerate(), ", ", |compiler, (index, (name, _))| {
                compiler.push(&format!("column{} AS ", index + 1));
                compiler.quote(name);
                Ok(())
            })?;
            self.push(" FROM (");
        }
        self.values(values)?;
        self.push(if named { ")" } else { "))" });
        if let Some(name) = self.derived_name(derived) {
            self.alias(&name);
            if !named {
                return Ok(());
            }
            self.push(" (");
            self.list(&values.columns, ", ", |compiler, (name, _)| {
                compiler.quote(name);
                Ok(())
            })?;
            self.push(")");
        }
        Ok(())
    }

    fn from_function(
        &mut self,
        derived: &Arc<Derived>,
        function: &TableFunction,
    ) -> Result<(), CompileError> {
        if !self.dialect.table_function(self, &function.call)? {
            self.expr(&function.call)?;
        }
        if function.ordinality {
            self.push(" WITH ORDINALITY");
        }
        let Some(name) = self.derived_name(derived) else { return Ok(()) };
        self.alias(&name);
        if !function.derived {
            return Ok(());
        }
        self.push("(");
        self.list(&function.columns, ", ", |compiler, (name, ty)| {
            compiler.quote(name);
            if let Some(ty) = ty.as_ref().filter(|_| function.with_types) {
                compiler.push(" ");
                let name = compiler.dialect.type_name(ty)?;
                compiler.push(&name);
            }
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    /// Refuses a `FROM` list of several sources that no condition connects, and a source that is read twice under one
    /// name. Explicit cross joins are what was asked for.
    pub(super) fn check_from(&self, elements: &[Element<'_>], select: &Select) -> Result<(), CompileError> {
        let mut sources: Vec<Source> = Vec::new();
        let mut groups: Vec<usize> = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            element.add_sources(&mut sources);
            groups.resize(sources.len(), index);
        }
        if let Some((_, twice)) =
            sources.iter().enumerate().find(|(index, source)| sources[..*index].contains(source))
        {
            return Err(CompileError::invalid(format!(
                "`{}` is read twice in one query, so its columns could mean either: give one of the two another name \
                 with `alias()`",
                describe(twice.into())
            )));
        }
        if elements.len() < 2 {
            return Ok(());
        }
        let mut connect = |members: &[usize]| {
            if let Some(first) = members.first().map(|member| groups[*member]) {
                for member in members {
                    let old = groups[*member];
                    groups.iter_mut().filter(|entry| **entry == old).for_each(|entry| *entry = first);
                }
            }
        };
        let conditions = select.filter.iter().flat_map(conjuncts);
        for condition in conditions.chain(select.joins.iter().filter_map(|join| join.on.as_ref())) {
            let mut members = Vec::new();
            condition.sources(&mut |source| {
                members.extend(sources.iter().position(|known| is_same(known, source)));
            });
            connect(&members);
        }
        // A function or a lateral query hangs on what stands in front of it, whatever the conditions say.
        for (index, source) in sources.iter().enumerate().skip(1) {
            let hangs = matches!(source, Source::Derived(derived)
                if derived.lateral || matches!(derived.kind, DerivedKind::Function(_)));
            if hangs {
                connect(&[index - 1, index]);
            }
        }
        match groups.iter().position(|entry| *entry != groups[0]) {
            Some(other) => Err(CompileError::cartesian(
                &describe((&sources[0]).into()),
                &describe((&sources[other]).into()),
            )),
            None => Ok(()),
        }
    }
}

/// Removes sources that stand in a join of the same list as well.
fn hide_joined(elements: &mut Vec<Element<'_>>, joins: &[Join]) {
    let hidden: Vec<bool> = elements
        .iter()
        .enumerate()
        .map(|(index, element)| {
            let part = element.join().is_some_and(|join| {
                let holds = |other: &Element<'_>| other.join().is_some_and(|outer| holds_join(outer, join));
                elements.iter().enumerate().any(|(other, element)| other != index && holds(element))
            });
            part || element.single().is_some_and(|source| {
                joins.iter().any(|join| item_reads(&join.target, source))
                    || elements.iter().enumerate().any(|(other, element)| {
                        other != index && element.single().is_none() && element.reads(source)
                    })
            })
        })
        .collect();
    let mut hidden = hidden.into_iter();
    elements.retain(|_| !hidden.next().unwrap_or_default());
}

/// Whether a join has another one on one of its sides.
fn holds_join(outer: &JoinedFrom, join: &JoinedFrom) -> bool {
    [&outer.left, &outer.right].into_iter().any(|side| match side {
        FromItem::Join(inner) => **inner == *join || holds_join(inner, join),
        _ => false,
    })
}

fn sources<'s>(expr: &'s Expr, visit: &mut dyn FnMut(SourceUse<'s>)) {
    expr.sources(visit);
}

fn item_sources<'s>(item: &'s SelectItem, visit: &mut dyn FnMut(SourceUse<'s>)) {
    match item {
        SelectItem::Expr(expr, _) => expr.sources(visit),
        SelectItem::Columns(source, _) | SelectItem::OwnedColumns(source, _) => visit(source.into()),
        SelectItem::All(derived) => visit(SourceUse::Derived(derived)),
    }
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::All(parts) => parts.iter().flat_map(conjuncts).collect(),
        single => vec![single],
    }
}
