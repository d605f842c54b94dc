//! Names that the compiler makes up: `anon_1`, `users_2`, and names cut to what a database takes.
//!
//! A made-up name gets its number when it is first written. Until then it is a [`RawName`], which can be compared and
//! become part of another name.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::Compiler;
use crate::ast::{Alias, Derived, Label, Source, TableRef};
use crate::name::Name;

/// What a made-up name is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum NameKey {
    /// Something with a number of its own.
    Id(u32),
    /// A column of a source, by its name.
    Column(Owner, Name),
    /// A column of a source that the statement defines, by its place.
    Position(u32, usize),
    /// A value that is selected: by the number of what the query defines, or by where the list lies; and its place.
    Item(Option<u32>, usize, usize),
    /// Something that is selected once more; with the number of the repetition.
    Again(Box<NameKey>, usize),
    /// A table without a schema, read beside one of the same name that has one.
    Table(Name),
}

/// What a column belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// A table.
    Table(TableRef),
    /// Something that the statement defines, by its number.
    Derived(u32),
}

impl Owner {
    pub(super) fn of(source: &Source) -> Self {
        match source {
            Source::Table(table) => Owner::Table(table.clone()),
            Source::Derived(derived) => Owner::Derived(derived.id),
        }
    }
}

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Text(Name),
    /// `stem_1`, with the number still to come.
    MadeUp(NameKey, String),
}

/// A name whose made-up pieces have no numbers yet.
#[derive(Clone, Debug)]
pub(super) struct RawName {
    parts: Vec<Part>,
    /// Whether it is cut where it is too long.
    cut: bool,
    /// Whether it is SQL that is written as it is.
    pub(super) verbatim: bool,
}

impl PartialEq for RawName {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for RawName {}

impl std::hash::Hash for RawName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl RawName {
    /// A name that was given.
    pub(super) fn given(name: impl Into<Name>) -> Self {
        RawName { parts: vec![Part::Text(name.into())], cut: false, verbatim: false }
    }

    /// A name on a stem, to be numbered. On a stem that is to be numbered itself, the number stands behind that one's.
    pub(super) fn made_up(key: NameKey, stem: &RawName) -> Self {
        let mut parts = Vec::with_capacity(1);
        let stem = match stem.plain() {
            Some(plain) => plain.into_owned(),
            None => {
                parts.extend_from_slice(&stem.parts);
                String::new()
            }
        };
        parts.push(Part::MadeUp(key, stem));
        RawName { parts, cut: true, verbatim: false }
    }

    /// The same on a plain word.
    pub(super) fn numbered(key: NameKey, stem: &str) -> Self {
        RawName { parts: vec![Part::MadeUp(key, stem.to_owned())], cut: true, verbatim: false }
    }

    /// This name with more of the text behind.
    pub(super) fn then(mut self, text: impl Into<Name>) -> Self {
        self.push(Part::Text(text.into()));
        self
    }

    /// This name with another one behind.
    pub(super) fn chain(mut self, other: &RawName) -> Self {
        other.parts.iter().cloned().for_each(|part| self.push(part));
        self
    }

    /// Text behind text is one piece, so that equal names are equal whatever they were made of.
    fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (Some(Part::Text(last)), Part::Text(text)) => last.to_mut().push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// The same, to be cut where it is too long.
    pub(super) fn cuttable(mut self) -> Self {
        self.cut = true;
        self
    }

    /// The same as an identifier, where it was SQL of the user's.
    pub(super) fn identifier(mut self) -> Self {
        self.verbatim = false;
        self
    }

    /// Its text, where no piece of it has to be numbered.
    pub(super) fn plain(&self) -> Option<Name> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text.clone()),
            parts => {
                let text = |part: &Part| match part {
                    Part::Text(text) => Some(text.to_string()),
                    Part::MadeUp(..) => None,
                };
                parts.iter().map(text).collect::<Option<String>>().map(Name::Owned)
            }
        }
    }
}

impl From<&Label> for RawName {
    fn from(label: &Label) -> Self {
        match label {
            Label::Named(name) => RawName::given(name.clone()),
            Label::Anonymous { id, stem } => RawName::numbered(NameKey::Id(*id), stem),
        }
    }
}

/// What a name is for: long ones are told apart among their own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameUse {
    /// A column or its label.
    Column,
    /// A source.
    Source,
    /// A parameter.
    Parameter,
}

/// The names made up so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: HashMap<(NameKey, String), String, FxBuildHasher>,
    /// How often a stem was used.
    stems: HashMap<String, usize, FxBuildHasher>,
    /// Long names that were cut.
    cut: Vec<(NameUse, String, String)>,
    /// The columns of sources that the statement defines.
    pub(super) columns: HashMap<u32, std::sync::Arc<[RawName]>, FxBuildHasher>,
}

impl Names {
    fn next(&mut self, stem: &str) -> String {
        let count = match self.stems.get_mut(stem) {
            Some(count) => {
                *count += 1;
                *count
            }
            None => {
                self.stems.insert(stem.to_owned(), 1);
                1
            }
        };
        format!("{stem}_{count}")
    }
}

impl Compiler<'_> {
    /// The text of a name, with its made-up pieces numbered by order of first use.
    pub(super) fn name_text(&mut self, name: &RawName, of: NameUse) -> String {
        let text = match name.parts.as_slice() {
            [Part::Text(text)] => text.to_string(),
            parts => {
                let mut whole = String::new();
                for part in parts {
                    match part {
                        Part::Text(text) => whole.push_str(text),
                        Part::MadeUp(key, stem) => whole.push_str(&self.made_up(key, stem)),
                    }
                }
                whole
            }
        };
        if name.cut { self.cut(text, of) } else { text }
    }

    fn made_up(&mut self, key: &NameKey, stem: &str) -> String {
        let entry = (key.clone(), stem.to_owned());
        if let Some(name) = self.names.known.get(&entry) {
            return name.clone();
        }
        let name = self.names.next(stem);
        self.names.known.insert(entry, name.clone());
        name
    }

    /// A new name for a parameter that nothing else refers to.
    pub(super) fn fresh_name(&mut self, stem: &str) -> String {
        let name = self.names.next(stem);
        self.cut(name, NameUse::Parameter)
    }

    /// The text of a label.
    pub(super) fn label_text(&mut self, label: &Label, of: NameUse) -> String {
        self.name_text(&RawName::from(label), of)
    }

    /// Cuts a name to the longest that the database takes, keeping it apart from others that are cut.
    fn cut(&mut self, name: String, of: NameUse) -> String {
        let most = self.dialect.capabilities().label_length().saturating_sub(6);
        if name.len() <= most {
            return name;
        }
        let known = self.names.cut.iter().find(|(known, whole, _)| *known == of && *whole == name);
        if let Some((_, _, cut)) = known {
            return cut.clone();
        }
        let end = (0..=most).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
        let number = self.names.cut.iter().filter(|(known, ..)| *known == of).count() + 1;
        let cut = format!("{}_{number:x}", &name[..end]);
        self.names.cut.push((of, name, cut.clone()));
        cut
    }

    /// What a source is called in front of its columns.
    pub(super) fn source_name(&mut self, source: &Source) -> Option<String> {
        match source {
            Source::Table(table) => Some(self.table_name(table)),
            Source::Derived(derived) => self.derived_name(derived),
        }
    }

    pub(super) fn table_name(&mut self, table: &TableRef) -> String {
        let name = match (self.is_hidden(table), &table.schema) {
            (true, None) => RawName::numbered(NameKey::Table(table.name.clone()), &table.name),
            (true, Some(schema)) => {
                let key = NameKey::Table(Name::Owned(format!("{schema}.{}", table.name)));
                RawName::numbered(key, &table.name)
            }
            (false, _) => raw_table_name(table),
        };
        self.name_text(&name, NameUse::Source)
    }

    /// Whether a table needs another name, as one of the same name in a schema is read beside it: databases would take
    /// a column of either for one of both. Some want one for every table in a schema.
    pub(super) fn is_hidden(&self, table: &TableRef) -> bool {
        if table.alias != Alias::None {
            return false;
        }
        match self.dialect.capabilities().schema_aliases && self.scopes.is_queried(table) {
            true => self.scopes.hides(table) || self.translated(table.schema.as_deref()).is_some(),
            false => self.scopes.hides(table) && self.translated(table.schema.as_deref()).is_none(),
        }
    }

    pub(super) fn derived_name(&mut self, derived: &Derived) -> Option<String> {
        derived.name.as_ref().map(|label| self.label_text(label, NameUse::Source))
    }
}

/// What a source is called, before it is written.
pub(super) fn raw_source_name(source: &Source) -> Option<RawName> {
    match source {
        Source::Table(table) => Some(raw_table_name(table)),
        Source::Derived(derived) => derived.name.as_ref().map(RawName::from),
    }
}

fn raw_table_name(table: &TableRef) -> RawName {
    match &table.alias {
        Alias::None => RawName::given(table.name.clone()),
        Alias::Named(name) => RawName::given(name.clone()),
        Alias::Anonymous(id) => RawName::numbered(NameKey::Id(*id), &table.name),
    }
}
