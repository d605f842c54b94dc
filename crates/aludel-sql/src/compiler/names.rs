//! Names that the compiler makes up: `anon_1`, `users_2`, and names cut to what a database takes.

use super::Compiler;
use crate::ast::{Alias, Derived, Label, Source, TableRef};

/// What a made-up name is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKey {
    /// Something with a number of its own.
    Id(u32),
    /// A column of a source that the statement defines, by its place.
    Column(u32, usize),
    /// The same behind its first appearance under one name: `id__1`.
    Repeated(u32, usize),
    /// A column of a query that nobody refers to, by where it lies.
    Item(usize, usize),
}

/// The names made up so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: Vec<(NameKey, String)>,
    /// How often a stem was used.
    stems: Vec<(String, usize)>,
    /// Long names that were cut.
    cut: Vec<(String, String)>,
}

impl Names {
    fn next(&mut self, stem: &str) -> String {
        let count = match self.stems.iter_mut().find(|(known, _)| known == stem) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.stems.push((stem.to_owned(), 1));
                1
            }
        };
        format!("{stem}_{count}")
    }
}

impl Compiler<'_> {
    /// The made-up name for something, on a stem; numbered by order of first use.
    pub(super) fn made_up(&mut self, key: NameKey, stem: &str) -> String {
        if let Some((_, name)) = self.names.known.iter().find(|(known, _)| *known == key) {
            return name.clone();
        }
        let name = self.names.next(stem);
        let name = self.cut(name);
        self.names.known.push((key, name.clone()));
        name
    }

    /// A new name that nothing else refers to.
    pub(super) fn fresh_name(&mut self, stem: &str) -> String {
        let name = self.names.next(stem);
        self.cut(name)
    }

    /// The text of a label.
    pub(super) fn label_text(&mut self, label: &Label) -> String {
        match label {
            Label::Named(name) => name.to_string(),
            Label::Anonymous { id, stem } => self.made_up(NameKey::Id(*id), stem),
        }
    }

    /// Cuts a made-up name to the longest that the database takes, keeping it apart from others that are cut.
    pub(super) fn cut(&mut self, name: String) -> String {
        let most = self.dialect.capabilities().label_length().saturating_sub(6);
        if name.len() <= most {
            return name;
        }
        if let Some((_, cut)) = self.names.cut.iter().find(|(known, _)| *known == name) {
            return cut.clone();
        }
        let end = (0..=most).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
        let cut = format!("{}_{:x}", &name[..end], self.names.cut.len() + 1);
        self.names.cut.push((name, cut.clone()));
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
        match &table.alias {
            Alias::None => table.name.to_string(),
            Alias::Named(name) => name.to_string(),
            Alias::Anonymous(id) => self.made_up(NameKey::Id(*id), &table.name),
        }
    }

    pub(super) fn derived_name(&mut self, derived: &Derived) -> Option<String> {
        derived.name.as_ref().map(|label| self.label_text(label))
    }
}
