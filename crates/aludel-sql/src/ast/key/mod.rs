//! The structural key of a statement: equal keys compile to equal text.
//!
//! The key is a run of bytes that holds everything that shapes the text and none of the bound values, which are
//! collected beside it, in the order of the walk. Anonymous names enter by order of appearance, so that a query built
//! twice has one key; a source that the statement defines enters whole where it appears first.

mod expr;
mod query;
mod write;

use super::*;
use crate::name::Name;
use crate::types::Type;
use crate::value::Value;

/// A statement's key and its bound values.
#[derive(Debug, Default)]
pub struct StatementKey<'s> {
    bytes: Vec<u8>,
    binds: Vec<&'s Value>,
    ids: Vec<u32>,
    /// Those whose places others took before they appeared themselves.
    restated: Vec<u32>,
    /// Whether values are written into the text at this point, on every database: then they are part of the key.
    written: bool,
}

/// What is bound for a parameter that has no value yet.
static NO_VALUE: Value = Value::Null;

impl<'s> StatementKey<'s> {
    /// Walks the statement once.
    pub fn of(statement: &'s Statement) -> Self {
        let mut key = StatementKey { bytes: Vec::with_capacity(192), ..StatementKey::default() };
        key.statement(statement);
        key
    }

    /// The key.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bound values in the order of the walk.
    pub fn binds(&self) -> &[&'s Value] {
        &self.binds
    }

    fn tag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }

    fn number(&mut self, number: usize) {
        self.bytes.extend_from_slice(&(number as u64).to_le_bytes());
    }

    fn short(&mut self, number: usize) {
        match u8::try_from(number) {
            Ok(small) if small < 255 => self.bytes.push(small),
            _ => {
                self.bytes.push(255);
                self.number(number);
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.short(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn optional_text(&mut self, text: Option<&Name>) {
        match text {
            None => self.tag(0),
            Some(text) => {
                self.tag(1);
                self.text(text);
            }
        }
    }

    fn names<'n>(&mut self, names: impl ExactSizeIterator<Item = &'n Name>) {
        self.short(names.len());
        for name in names {
            self.text(name);
        }
    }

    /// Enters an id by its order of appearance, and tells whether this was the first one.
    fn id(&mut self, id: u32) -> bool {
        let known = self.ids.iter().position(|known| *known == id);
        let order = known.unwrap_or_else(|| {
            self.ids.push(id);
            self.ids.len() - 1
        });
        self.short(order);
        known.is_none()
    }

    fn label(&mut self, label: &Label) {
        match label {
            Label::Named(name) => {
                self.tag(0);
                self.text(name);
            }
            Label::Anonymous { id, stem } => {
                self.tag(1);
                self.id(*id);
                self.text(stem);
            }
        }
    }

    fn optional_label(&mut self, label: Option<&Label>) {
        match label {
            None => self.tag(2),
            Some(label) => self.label(label),
        }
    }

    fn value(&mut self, value: Option<&'s Value>) {
        self.binds.push(value.unwrap_or(&NO_VALUE));
    }

    fn statement(&mut self, statement: &'s Statement) {
        match statement {
            Statement::Select(select) => {
                self.tag(1);
                self.select(select);
            }
            Statement::Insert(insert) => {
                self.tag(2);
                self.insert(insert);
            }
            Statement::Update(update) => {
                self.tag(3);
                self.update(update);
            }
            Statement::Delete(delete) => {
                self.tag(4);
                self.delete(delete);
            }
            Statement::Text(text) => {
                self.tag(5);
                self.text(&text.sql);
                self.short(text.binds.len());
                self.binds.extend(&text.binds);
            }
            Statement::Query(query) => {
                self.tag(6);
                self.query(query);
            }
        }
    }

    fn table(&mut self, table: &TableRef) {
        self.optional_text(table.schema.as_ref());
        self.text(&table.name);
        match &table.alias {
            Alias::None => self.tag(0),
            Alias::Anonymous(id) => {
                self.tag(1);
                self.id(*id);
            }
            Alias::Named(name) => {
                self.tag(2);
                self.text(name);
            }
        }
    }

    fn source(&mut self, source: &'s Source) {
        match source {
            Source::Table(table) => {
                self.tag(0);
                self.table(table);
            }
            Source::Derived(derived) => {
                self.tag(1);
                self.derived(derived);
            }
        }
    }

    fn sources(&mut self, sources: &'s [Source]) {
        self.short(sources.len());
        sources.iter().for_each(|source| self.source(source));
    }

    fn literal(&mut self, value: &Value) {
        self.text(value.as_ref().kind());
        // The text of a literal is part of the statement's text.
        match value {
            Value::Text(text) => self.text(text),
            Value::Bytes(bytes) => {
                self.short(bytes.len());
                self.bytes.extend_from_slice(bytes);
            }
            Value::F64(number) => self.bytes.extend_from_slice(&number.to_bits().to_le_bytes()),
            other => {
                let text = other.to_string();
                self.text(&text);
            }
        }
    }

    fn ty(&mut self, ty: &Type) {
        let text = format!("{ty:?}");
        self.text(&text);
    }

    fn optional_type(&mut self, ty: Option<&Type>) {
        match ty {
            None => self.tag(0),
            Some(ty) => {
                self.tag(1);
                self.ty(ty);
            }
        }
    }
}

/// The number of placeholders that a list of `values` plain values gets.
pub(crate) fn padded_length(values: usize) -> usize {
    match values {
        0..=8 => values,
        9..=1024 => values.next_power_of_two(),
        1025..=16_384 => values.next_multiple_of(1024),
        // Databases limit the number of parameters: a list that fits as it is must not be filled up beyond that.
        _ => values,
    }
}
