//! Parameters: how they are written, and which value each of them gets.

use super::names::NameUse;
use super::{CompileError, Compiled, Compiler};
use crate::ast::key::StatementKey;
use crate::ast::{Label, Param};
use crate::dialect::Placeholder;
use crate::value::Value;

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bind {
    /// Its number in the text, from 1, in the order of writing.
    number: usize,
    what: Bound,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    /// The bound value at this address of the tree. The tree does not move while it is compiled.
    Value(usize),
    /// The n-th value of a row that is given when the statement runs.
    Row(usize),
    /// A value that has to be handed in.
    Missing,
}

impl Compiler<'_> {
    /// Writes a plain value: as a parameter, or into the text.
    pub(super) fn bind(&mut self, value: &Value) -> Result<(), CompileError> {
        if self.literal {
            return self.dialect.literal(value, &mut self.sql);
        }
        self.placeholder(Bound::Value(std::ptr::from_ref(value) as usize), None);
        Ok(())
    }

    /// Writes a parameter with a name or a type of its own, with the SQL that its type puts around values.
    pub(super) fn param(&mut self, param: &Param) -> Result<(), CompileError> {
        let custom = param.ty.as_ref().and_then(|ty| ty.custom(self.dialect.name()));
        let around = custom.and_then(|custom| custom.bind_expression(self.dialect));
        self.push(around.as_ref().map_or("", |around| &around.before));
        self.bare_param(param)?;
        self.push(around.as_ref().map_or("", |around| &around.after));
        Ok(())
    }

    fn bare_param(&mut self, param: &Param) -> Result<(), CompileError> {
        if self.literal || param.literal {
            let Some(value) = &param.value else {
                let name = match &param.name {
                    Label::Named(name) => name.clone(),
                    Label::Anonymous { stem, .. } => stem.clone(),
                };
                return Err(CompileError::invalid(format!(
                    "the parameter `{name}` has no value, and it was to be written into the text"
                )));
            };
            return match &param.ty {
                Some(ty) => self.dialect.typed_literal(value, ty, &mut self.sql),
                None => self.dialect.literal(value, &mut self.sql),
            };
        }
        let bound = match &param.value {
            Some(value) => Bound::Value(std::ptr::from_ref(value) as usize),
            None => Bound::Missing,
        };
        self.placeholder(bound, Some(&param.name));
        Ok(())
    }

    pub(super) fn placeholder(&mut self, what: Bound, label: Option<&Label>) {
        self.placeholders += 1;
        let number = self.placeholders;
        self.binds.push(Bind { number, what });
        match self.dialect.capabilities().placeholder {
            Placeholder::Question => self.sql.push('?'),
            Placeholder::Dollar => {
                self.sql.push('$');
                let mut digits = [0_u8; 20];
                self.sql.push_str(decimal(number, &mut digits));
            }
            Placeholder::Named => {
                let name = match label {
                    Some(label) => self.label_text(label, NameUse::Parameter),
                    None => self.fresh_name("param"),
                };
                self.dialect.named_parameter(&name, &mut self.sql);
            }
        }
    }

    pub(super) fn finish(mut self, key: &StatementKey<'_>) -> Result<Compiled, CompileError> {
        let most = self.dialect.capabilities().max_parameters;
        if self.binds.len() > most {
            return Err(CompileError::too_many_parameters(self.dialect.name(), self.binds.len(), most));
        }
        if self.dialect.capabilities().placeholder == Placeholder::Dollar {
            self.binds.sort_unstable_by_key(|bind| bind.number);
        }
        let mut places = Places { values: key.binds(), next: 0, used: Vec::new() };
        let mut binds = Vec::with_capacity(self.binds.len());
        let mut given = Vec::new();
        for bind in &self.binds {
            binds.push(match bind.what {
                Bound::Row(index) => {
                    given.push(binds.len());
                    index
                }
                Bound::Value(address) => places.find(address)?,
                Bound::Missing => places.find_missing(),
            });
        }
        Ok(Compiled { sql: self.sql, binds, given, values: self.values, returns_rows: self.returns_rows })
    }
}

/// Finds bound values by their addresses. Nearly always they are written in the order in which the key has them.
struct Places<'k, 'v> {
    values: &'k [&'v Value],
    next: usize,
    used: Vec<usize>,
}

impl Places<'_, '_> {
    fn is(&self, index: usize, address: usize) -> bool {
        self.values.get(index).is_some_and(|value| std::ptr::from_ref::<Value>(value) as usize == address)
    }

    fn find(&mut self, address: usize) -> Result<usize, CompileError> {
        if self.is(self.next, address) {
            self.next += 1;
            return Ok(self.next - 1);
        }
        // A value that the key repeats (to fill up an IN list) has several indexes, used one after another.
        let mut last = None;
        for index in (0..self.values.len()).filter(|index| self.is(*index, address)) {
            last = Some(index);
            if index >= self.next && !self.used.contains(&index) {
                self.used.push(index);
                self.next = index + 1;
                return Ok(index);
            }
        }
        last.ok_or_else(|| CompileError::internal("a bound value is not part of the statement's key"))
    }

    /// A parameter without a value reads the `NULL` that the key has in its place.
    fn find_missing(&mut self) -> usize {
        if self.values.get(self.next).is_some_and(|value| value.is_null()) {
            self.next += 1;
            return self.next - 1;
        }
        self.values.iter().position(|value| value.is_null()).unwrap_or_default()
    }
}

/// A number in decimal digits, without an allocation.
fn decimal(mut number: usize, digits: &mut [u8; 20]) -> &str {
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 || start == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[start..]).unwrap_or("0")
}
