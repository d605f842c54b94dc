//! The columns that a query yields, and what they are called.
//!
//! Every value that has no name of its own gets one, and a name that occurs again gets a number, so that a row can be
//! read by name and a subquery's columns can be told apart. The rules are SQLAlchemy's.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

use super::names::{NameKey, NameUse, Owner, RawName, raw_source_name};
use super::scope::Named;
use super::{CompileError, Compiler, Position};
use crate::ast::{
    Alias, ColumnRef, Cte, Derived, DerivedKind, Expr, Label, LabelStyle, Labelled, Query, Select,
    SelectItem, Source, new_id,
};
use crate::name::Name;
use crate::types::Wrapping;

/// One column of a list.
#[derive(Clone, Copy)]
enum Output<'s> {
    Expr(&'s Expr),
    Labelled(&'s Expr, &'s Name),
    Column(&'s Source, &'s Name),
    Position(&'s Arc<Derived>, usize),
}

/// When a column is written with a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Labelling {
    /// Always: the value brings its label along.
    Own,
    /// Where somebody reads the query by name.
    ForReaders,
    /// Always, as the value has no name that could be told.
    Always,
    /// Only where the name has to be another one than its own.
    IfRenamed,
    /// Never: the user's own words say it all.
    Never,
}

/// What can be said about a column's name by looking at the column alone.
struct Nature<'s> {
    key: NameKey,
    labelling: Labelling,
    /// The name that it has by nature.
    own: Option<RawName>,
    /// The name that it gets where it has none.
    fallback: RawName,
    /// The name behind its source's.
    long: Option<RawName>,
    /// What a repetition is named after, where that is not the long name.
    stem: Option<RawName>,
    /// Whether a repetition has a name of the column's own, rather than one by its place among the repetitions.
    wraps: bool,
    source: Option<&'s Source>,
}

/// What a column of a list is called.
#[derive(Clone, Debug)]
struct Naming {
    /// The name that it must be given.
    required: Option<RawName>,
    /// The name that it is given where it needs one.
    fallback: Option<RawName>,
    /// Whether it is there already, under another name.
    repeated: bool,
}

impl Compiler<'_> {
    /// Writes the columns of a query.
    pub(super) fn items(
        &mut self,
        items: &[SelectItem],
        style: LabelStyle,
        position: Position,
    ) -> Result<(), CompileError> {
        // One table's columns have different names: nothing to tell apart.
        if let [SelectItem::Columns(source, names)] = items
            && style == LabelStyle::Disambiguate
            && !position.names_columns()
            && matches!(source, Source::Table(_))
        {
            return self.list(*names, ", ", |compiler, name| compiler.column_of(source, name));
        }
        // The rows of an insert that is a common table expression itself are read by name, too.
        let readers = position.names_columns() || (position == Position::Insert && self.ctes.is_open());
        // The members of a compound have its scope around them.
        let depth = if matches!(position, Position::Member { .. }) { 2 } else { 1 };
        let outermost = !readers && position != Position::Insert && self.scopes.stack.len() <= depth;
        let outputs = self.outputs(items);
        let natures = self.natures(&outputs, position.owner(), items.as_ptr() as usize);
        let namings = namings(&natures, style, true);
        for (index, (output, (nature, naming))) in outputs.iter().zip(natures.iter().zip(namings)).enumerate()
        {
            if index > 0 {
                self.push(", ");
            }
            // A type of the user's own may read what a query hands out in its own way.
            let reading = if outermost { self.reading(*output) } else { None };
            let needed = match nature.labelling {
                Labelling::Own => nature.own.clone(),
                Labelling::Never => None,
                _ if naming.required.is_some() => naming.required,
                Labelling::Always => naming.fallback.map(RawName::cuttable),
                Labelling::ForReaders if readers || reading.is_some() => {
                    naming.fallback.map(RawName::cuttable)
                }
                Labelling::ForReaders | Labelling::IfRenamed => None,
            };
            // The label gets its number in front of what it labels.
            let label = needed.map(|name| self.name_text(&name, NameUse::Column));
            self.push(reading.as_ref().map_or("", |around| &around.before));
            match output {
                Output::Expr(expr) | Output::Labelled(expr, _) => self.expr(expr)?,
                Output::Column(source, name) => self.column_of(source, name)?,
                Output::Position(derived, index) => self.position(derived, *index)?,
            }
            self.push(reading.as_ref().map_or("", |around| &around.after));
            if let Some(label) = label {
                self.push(" AS ");
                // A name that is made of another one is quoted like that one.
                let own = nature.own.as_ref().filter(|_| style == LabelStyle::TableName);
                let like = own.and_then(RawName::plain).and_then(|own| self.quoting(&own));
                let flag = like.or_else(|| self.quoting(&label));
                self.quote_as(&label, flag);
            }
        }
        Ok(())
    }

    /// What a column's type puts around it where a query hands it out.
    fn reading(&self, output: Output<'_>) -> Option<Wrapping> {
        let (Output::Expr(Expr::Typed(_, ty)) | Output::Labelled(Expr::Typed(_, ty), _)) = output else {
            return None;
        };
        ty.custom(self.dialect.name())?.column_expression(self.dialect)
    }

    /// Writes the values of a list of columns, without labels, and tells how many there are.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn bare_items(&mut self, items: &[SelectItem]) -> Result<usize, CompileError> {
        let outputs = self.outputs(items);
        self.list(&outputs, ", ", |compiler, output| {
            let reading = compiler.reading(*output);
            compiler.push(reading.as_ref().map_or("", |around| &around.before));
            match output {
                Output::Expr(expr) | Output::Labelled(expr, _) => compiler.expr(expr)?,
                Output::Column(source, name) => compiler.column_of(source, name)?,
                Output::Position(derived, index) => compiler.position(derived, *index)?,
            }
            compiler.push(reading.as_ref().map_or("", |around| &around.after));
            Ok(())
        })?;
        Ok(outputs.len())
    }

    /// The names of a query's columns as a query around it sees them, each with what its type puts around it there.
    pub(super) fn columns_around(&mut self, select: &Select, owner: u32) -> Vec<(RawName, Option<Wrapping>)> {
        let style = select.options.as_ref().map_or(LabelStyle::Disambiguate, |options| options.label_style);
        let outputs = self.outputs(&select.items);
        let natures = self.natures(&outputs, Some(owner), 0);
        let namings = namings(&natures, style, false);
        let columns = outputs.iter().zip(natures.into_iter().zip(namings));
        columns
            .filter(|(_, (nature, _))| !nature.is_words())
            .map(|(output, (nature, naming))| {
                (nature.seen_from_outside(naming.required), self.reading(*output))
            })
            .collect()
    }

    /// What a query's columns and what it reads can be called by a name alone.
    pub(super) fn named_columns(&mut self, items: &[SelectItem], sources: &[Source]) -> Vec<Named> {
        let outputs = self.outputs(items);
        let natures = self.natures(&outputs, None, items.as_ptr() as usize);
        let mut known = Vec::new();
        for (output, nature) in outputs.iter().zip(natures) {
            let Some(own) = nature.own.as_ref().and_then(RawName::plain) else { continue };
            let expr = output.to_expr(&own);
            let long = nature.long.as_ref().and_then(RawName::plain).unwrap_or_else(|| own.clone());
            let read = nature.labelling == Labelling::ForReaders;
            known.push(Named { name: long.into_owned(), expr: expr.clone(), read: false });
            if read {
                known.push(Named { name: own.into_owned(), expr, read: true });
            }
        }
        for derived in sources.iter().filter_map(Source::as_derived) {
            for (index, name) in self.columns_of(derived).iter().enumerate() {
                if let Some(name) = name.plain() {
                    let expr = Expr::Position(derived.clone(), index);
                    known.push(Named { name: name.into_owned(), expr, read: true });
                }
            }
        }
        known
    }

    fn outputs<'s>(&mut self, items: &'s [SelectItem]) -> Vec<Output<'s>> {
        let mut outputs = Vec::with_capacity(items.len());
        for item in items {
            match item {
                SelectItem::Expr(expr, None) => outputs.push(Output::Expr(expr)),
                SelectItem::Expr(expr, Some(label)) => outputs.push(Output::Labelled(expr, label)),
                SelectItem::Columns(source, names) => {
                    outputs.extend(names.iter().map(|name| Output::Column(source, name)));
                }
                SelectItem::OwnedColumns(source, names) => {
                    outputs.extend(names.iter().map(|name| Output::Column(source, name)));
                }
                SelectItem::All(derived) => {
                    let width = self.columns_of(derived).len();
                    outputs.extend((0..width).map(|index| Output::Position(derived, index)));
                }
            }
        }
        outputs
    }

    /// What each column is by itself. `place` tells this list apart from others whose columns nobody refers to.
    fn natures<'s>(&mut self, outputs: &[Output<'s>], owner: Option<u32>, place: usize) -> Vec<Nature<'s>> {
        let place = if owner.is_some() { 0 } else { place };
        let mut natures: Vec<Nature<'s>> = Vec::with_capacity(outputs.len());
        for (index, output) in outputs.iter().enumerate() {
            let item = NameKey::Item(owner, place, index);
            natures.push(match output {
                Output::Expr(expr) => self.nature(expr, item),
                Output::Labelled(_, label) => labelled(item, RawName::given((*label).clone())),
                Output::Column(source, name) => named_column(source, name),
                Output::Position(derived, index) => self.position_column(derived, *index),
            });
        }
        // `owner.name` is not called `owner_name` beside a column `owner.owner_name`.
        for index in 0..natures.len() {
            let Some(Nature { source: Some(source), long: Some(long), .. }) = natures.get(index) else {
                continue;
            };
            let Some(plain) = long.plain() else { continue };
            let is_taken = |name: &str| {
                natures.iter().any(|other| {
                    other.source == Some(*source)
                        && other.own.as_ref().and_then(RawName::plain).is_some_and(|own| own == name)
                })
            };
            if !is_taken(&plain) {
                continue;
            }
            let free = (1..).map(|number| format!("{plain}_{number}")).find(|name| !is_taken(name));
            if let (Some(free), Some(nature)) = (free, natures.get_mut(index)) {
                nature.long = Some(RawName::given(free).cuttable());
            }
        }
        natures
    }

    fn nature<'s>(&mut self, expr: &'s Expr, item: NameKey) -> Nature<'s> {
        match expr {
            Expr::Column(ColumnRef { source: Some(source), name }) => named_column(source, name),
            Expr::Position(derived, index) => self.position_column(derived, *index),
            // Nothing is known of such a column, so that it could not be told from another one.
            Expr::Column(ColumnRef { source: None, name }) => free(item, RawName::given(name.clone())),
            Expr::LiteralColumn(name) => {
                let mut own = RawName::given(name.clone());
                own.verbatim = true;
                free(item, own)
            }
            Expr::Labelled(label) => labelled(NameKey::Id(label.id), RawName::from(&label.name)),
            Expr::Row(source) => match raw_source_name(source) {
                Some(name) => named(item, name),
                None => valued(item, None),
            },
            Expr::FunctionColumn(_, name) => named(item, RawName::given(name.clone())),
            Expr::Text(_) | Expr::Template(_) | Expr::Star => words(item),
            // A column whose type is said is that column.
            Expr::Typed(inner, ty) if is_named(inner) && ty.custom(self.dialect.name()).is_some() => {
                self.nature(inner, item)
            }
            Expr::Cast(inner, _) | Expr::TryCast(inner, _) | Expr::Typed(inner, _) => {
                let inner = self.nature(inner, item.clone());
                wrapped(item, inner, Labelling::Always)
            }
            Expr::Truth { operand, .. } => {
                let native = self.dialect.capabilities().boolean_literals;
                let inner = self.nature(operand, item.clone());
                let labelling =
                    if native && is_named(operand) { Labelling::ForReaders } else { Labelling::Always };
                wrapped(item, inner, labelling)
            }
            Expr::Aggregate(aggregate) if aggregate.over.is_none() && aggregate.filter.is_empty() => {
                let inner = self.nature(&aggregate.call, item.clone());
                match aggregate.within_group.is_empty() {
                    true => wrapped(item, inner, Labelling::Always),
                    false => valued(item, None),
                }
            }
            // A sign in front of a label stands inside of it.
            Expr::Unary(_, inner) if let Expr::Labelled(label) = &**inner => {
                labelled(NameKey::Id(label.id), RawName::from(&label.name))
            }
            // A sign in front of a column leaves the name to the database.
            Expr::Unary(_, inner) if is_named(inner) => {
                Nature { labelling: Labelling::ForReaders, ..valued(item, None) }
            }
            Expr::Function(function) => valued(item, Some(&function.name)),
            _ => valued(item, None),
        }
    }

    fn position_column<'s>(&mut self, derived: &Arc<Derived>, index: usize) -> Nature<'s> {
        let own = self.columns_of(derived).get(index).cloned().unwrap_or_else(|| RawName::given(""));
        let long = match (&derived.name, own.verbatim) {
            (_, true) => None,
            (Some(label), false) => Some(RawName::from(label).then("_").chain(&own).cuttable()),
            (None, false) => Some(own.clone()),
        };
        let key = NameKey::Position(derived.id, index);
        let labelling = if own.verbatim { Labelling::IfRenamed } else { Labelling::ForReaders };
        Nature { labelling, long, ..named(key, own) }
    }

    /// The names of the columns of a source that the statement defines.
    pub(super) fn columns_of(&mut self, derived: &Derived) -> Arc<[RawName]> {
        if let Some(known) = self.names.columns.get(&derived.id) {
            return Arc::clone(known);
        }
        let names: Arc<[RawName]> = match &derived.kind {
            DerivedKind::Subquery(query) => self.columns_of_query(query, derived.id).into(),
            DerivedKind::Cte(cte) => self.columns_of_cte(cte, derived.id).into(),
            DerivedKind::Alias(Source::Derived(of)) => self.columns_of(of),
            DerivedKind::Sample(sample) => match &sample.of {
                Source::Derived(of) => self.columns_of(of),
                Source::Table(_) => Arc::new([]),
            },
            DerivedKind::Values(values) => {
                values.columns.iter().map(|(name, _)| RawName::given(name.clone())).collect()
            }
            DerivedKind::Function(function) if function.columns.is_empty() => {
                derived.name.iter().map(RawName::from).collect()
            }
            DerivedKind::Function(function) => {
                function.columns.iter().map(|(name, _)| RawName::given(name.clone())).collect()
            }
            DerivedKind::Alias(Source::Table(_)) => Arc::new([]),
        };
        self.names.columns.insert(derived.id, Arc::clone(&names));
        names
    }

    fn columns_of_cte(&mut self, cte: &Cte, id: u32) -> Vec<RawName> {
        match cte.columns.is_empty() {
            false => cte.columns.iter().map(|name| RawName::given(name.clone())).collect(),
            // One that takes another's place has that one's columns.
            true => self.columns_of_query(&cte.query, cte.restates.unwrap_or(id)),
        }
    }

    /// The names of a query's columns, as the owner of the query sees them.
    fn columns_of_query(&mut self, query: &Query, owner: u32) -> Vec<RawName> {
        let (items, style) = match query {
            Query::Select(select) => {
                let style =
                    select.options.as_ref().map_or(LabelStyle::Disambiguate, |options| options.label_style);
                (&select.items, style)
            }
            Query::Compound(compound) => {
                return compound
                    .members
                    .first()
                    .map(|first| self.columns_of_query(first, owner))
                    .unwrap_or_default();
            }
            Query::Values(values) => {
                return values.columns.iter().map(|(name, _)| RawName::given(name.clone())).collect();
            }
            Query::Text(text) => {
                return text.columns.iter().map(|name| RawName::given(name.clone())).collect();
            }
            Query::Insert(insert) => (&insert.returning, LabelStyle::Disambiguate),
            Query::Update(update) => (&update.returning, LabelStyle::Disambiguate),
            Query::Delete(delete) => (&delete.returning, LabelStyle::Disambiguate),
        };
        let outputs = self.outputs(items);
        let natures = self.natures(&outputs, Some(owner), 0);
        let namings = namings(&natures, style, false);
        // A text yields no column that could be named.
        let columns = natures.into_iter().zip(namings).filter(|(nature, _)| !nature.is_words());
        columns.map(|(nature, naming)| nature.seen_from_outside(naming.required)).collect()
    }

    /// The names of the columns of a query that stands in a common table expression, for its list of columns: each
    /// column once.
    pub(super) fn column_list(&mut self, query: &Query, owner: u32) -> Vec<String> {
        let (items, style) = match query {
            Query::Select(select) => {
                let style =
                    select.options.as_ref().map_or(LabelStyle::Disambiguate, |options| options.label_style);
                (&select.items, style)
            }
            Query::Compound(compound) => {
                return match compound.members.first() {
                    Some(first) => self.column_list(first, owner),
                    None => Vec::new(),
                };
            }
            other => {
                let columns = self.columns_of_query(other, owner);
                return columns.iter().map(|name| self.name_text(name, NameUse::Column)).collect();
            }
        };
        let outputs = self.outputs(items);
        let natures = self.natures(&outputs, Some(owner), 0);
        let namings = namings(&natures, style, true);
        let once = natures
            .into_iter()
            .zip(namings)
            .filter(|(nature, naming)| !naming.repeated && !nature.is_words());
        let names: Vec<RawName> = once
            .filter_map(|(nature, naming)| naming.fallback.or(nature.own))
            .map(RawName::cuttable)
            .collect();
        names.iter().map(|name| self.name_text(name, NameUse::Column)).collect()
    }
}

impl Output<'_> {
    fn to_expr(self, name: &Name) -> Expr {
        match self {
            Output::Labelled(expr, label) => {
                let (name, expr) = (Label::Named(label.clone()), expr.clone());
                Expr::Labelled(Arc::new(Labelled { id: new_id(), name, expr }))
            }
            Output::Expr(expr) => expr.clone(),
            Output::Column(source, _) => Expr::column(source.clone(), name.clone()),
            Output::Position(derived, index) => Expr::Position(derived.clone(), index),
        }
    }
}

impl Nature<'_> {
    fn is_words(&self) -> bool {
        self.labelling == Labelling::Never && self.own.is_none()
    }

    /// The name for one more appearance of a column that is there already.
    fn again(&self, style: LabelStyle, number: &mut usize) -> RawName {
        let long = || self.long.clone().unwrap_or_else(|| RawName::given("anon"));
        if style != LabelStyle::TableName {
            match &self.stem {
                Some(stem) if self.wraps => {
                    return RawName::made_up(self.key.clone(), &stem.clone().then("_"));
                }
                Some(stem) => return self.numbered_again(stem, number),
                None => {}
            }
        }
        self.numbered_again(&long(), number)
    }

    fn numbered_again(&self, stem: &RawName, number: &mut usize) -> RawName {
        let key = NameKey::Again(Box::new(self.key.clone()), *number);
        *number += 1;
        RawName::made_up(key, &stem.clone().then("_"))
    }

    /// What the column is called by those who read the query.
    fn seen_from_outside(self, required: Option<RawName>) -> RawName {
        match (self.labelling, required) {
            // A label that the user chose stays what it is.
            (Labelling::Own, required) => match (self.own, required) {
                (Some(own), _) if own.plain().is_some() => own,
                (own, required) => required.or(own).unwrap_or(self.fallback),
            },
            (_, Some(required)) => match self.own {
                Some(own) if own == required => own,
                _ => required,
            },
            (_, None) => self.own.unwrap_or(self.fallback).cuttable(),
        }
    }
}

/// What each column is called in a list of them. With `tell_apart`, the same column once more gets another name.
fn namings(natures: &[Nature<'_>], style: LabelStyle, tell_apart: bool) -> Vec<Naming> {
    let mut names: HashMap<RawName, &NameKey, FxBuildHasher> = HashMap::default();
    let mut repetitions = 1;
    let mut namings = Vec::with_capacity(natures.len());
    for nature in natures {
        let mut naming = Naming { required: None, fallback: None, repeated: false };
        let effective;
        if nature.labelling == Labelling::Never {
            namings.push(naming);
            continue;
        }
        if style == LabelStyle::None {
            naming.fallback = Some(nature.own.clone().unwrap_or_else(|| nature.fallback.clone()));
            namings.push(naming);
            continue;
        }
        if style == LabelStyle::TableName {
            effective = nature.long.clone();
            naming.required = nature.long.clone();
        } else {
            effective = nature.own.clone();
        }
        naming.fallback = effective.clone();
        match effective {
            None => {
                naming.required = None;
                naming.repeated = names.insert(nature.fallback.clone(), &nature.key).is_some();
                naming.fallback = Some(match naming.repeated {
                    true => nature.again(style, &mut repetitions),
                    false => nature.fallback.clone(),
                });
            }
            Some(effective) => match names.get(&effective) {
                None => {
                    names.insert(effective, &nature.key);
                }
                Some(first) if **first != nature.key => {
                    // Another column under the same name.
                    let mut other = match style {
                        LabelStyle::TableName => RawName::made_up(nature.key.clone(), &effective),
                        _ => nature.fallback.clone(),
                    };
                    if tell_apart && names.contains_key(&other) {
                        other = nature.again(style, &mut repetitions);
                        naming.repeated = true;
                    } else {
                        names.insert(other.clone(), &nature.key);
                    }
                    naming.required = Some(other.clone());
                    naming.fallback = Some(other);
                }
                Some(_) if tell_apart => {
                    // The same column once more: the first one keeps the name to itself.
                    let other = nature.again(style, &mut repetitions);
                    naming.required = Some(other.clone());
                    naming.fallback = Some(other);
                    naming.repeated = true;
                }
                Some(_) => {}
            },
        }
        namings.push(naming);
    }
    namings
}

/// A column of a source.
fn named_column<'s>(source: &'s Source, name: &Name) -> Nature<'s> {
    let own = RawName::given(name.clone());
    let schema = match source {
        Source::Table(table) if table.alias == Alias::None => table.schema.as_deref(),
        _ => None,
    };
    let long = match (raw_source_name(source), schema) {
        (Some(of), Some(schema)) => RawName::given(format!("{}_", schema.replace('.', "_")))
            .chain(&of)
            .then("_")
            .chain(&own)
            .cuttable(),
        (Some(of), None) => of.then("_").chain(&own).cuttable(),
        (None, _) => own.clone(),
    };
    let key = NameKey::Column(Owner::of(source), name.clone());
    Nature { labelling: Labelling::ForReaders, long: Some(long), source: Some(source), ..named(key, own) }
}

/// A value with a name.
fn named<'s>(key: NameKey, own: RawName) -> Nature<'s> {
    Nature {
        labelling: Labelling::IfRenamed,
        fallback: RawName::made_up(key.clone(), &own),
        long: Some(own.clone()),
        stem: Some(own.clone()),
        wraps: false,
        source: None,
        key,
        own: Some(own),
    }
}

fn labelled<'s>(key: NameKey, own: RawName) -> Nature<'s> {
    Nature { labelling: Labelling::Own, ..named(key, own) }
}

/// A column that belongs to nothing.
fn free<'s>(key: NameKey, own: RawName) -> Nature<'s> {
    Nature { labelling: Labelling::Never, ..named(key, own) }
}

/// The user's own words.
fn words<'s>(key: NameKey) -> Nature<'s> {
    Nature { labelling: Labelling::Never, ..valued(key, None) }
}

/// A value without a name.
fn valued<'s>(key: NameKey, stem: Option<&Name>) -> Nature<'s> {
    Nature {
        labelling: Labelling::Always,
        own: None,
        fallback: RawName::numbered(key.clone(), stem.map_or("anon", |stem| stem)),
        long: None,
        stem: stem.cloned().map(RawName::given),
        wraps: false,
        source: None,
        key,
    }
}

/// A value that is named after the one inside of it.
fn wrapped<'s>(key: NameKey, inner: Nature<'s>, labelling: Labelling) -> Nature<'s> {
    if inner.is_words() {
        return Nature { labelling, ..valued(key, None) };
    }
    Nature {
        labelling,
        fallback: inner.own.clone().map_or(inner.fallback, RawName::identifier),
        own: None,
        long: inner.long,
        stem: inner.own,
        wraps: true,
        source: None,
        key,
    }
}

/// Whether a value has a name that the database would tell by itself.
fn is_named(expr: &Expr) -> bool {
    match expr {
        Expr::Group(inner) => is_named(inner),
        Expr::Column(_)
        | Expr::Position(..)
        | Expr::LiteralColumn(_)
        | Expr::Labelled(_)
        | Expr::Row(_)
        | Expr::FunctionColumn(..) => true,
        _ => false,
    }
}

/// The labels that a list of columns brings along.
pub(super) fn labels(items: &[SelectItem]) -> Vec<u32> {
    let label = |item: &SelectItem| match item {
        SelectItem::Expr(Expr::Labelled(label), _) => Some(label.id),
        _ => None,
    };
    items.iter().filter_map(label).collect()
}
