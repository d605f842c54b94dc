//! The structural key of a statement: equal keys compile to equal text.
//!
//! The key is a run of bytes that holds everything that shapes the text and none of the bound values, which are
//! collected beside it, in the order of the walk. Anonymous aliases enter by order of appearance, so that a query
//! built twice has one key.

use super::*;
use crate::name::Name;
use crate::schema;
use crate::types::Type;
use crate::value::Value;

/// A statement's key and its bound values.
#[derive(Debug, Default)]
pub struct StatementKey<'s> {
    bytes: Vec<u8>,
    binds: Vec<&'s Value>,
    aliases: Vec<u32>,
}

impl<'s> StatementKey<'s> {
    /// Walks the statement once.
    pub fn of(statement: &'s Statement) -> Self {
        let mut key = StatementKey { bytes: Vec::with_capacity(160), ..StatementKey::default() };
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

    fn names<'n>(&mut self, names: impl ExactSizeIterator<Item = &'n Name>) {
        self.short(names.len());
        for name in names {
            self.text(name);
        }
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
                self.table(&update.table);
                self.assignments(&update.set);
                self.exprs(&update.filter);
                self.items(&update.returning);
            }
            Statement::Delete(delete) => {
                self.tag(4);
                self.table(&delete.table);
                self.exprs(&delete.filter);
                self.items(&delete.returning);
            }
            Statement::Text(text) => {
                self.tag(5);
                self.text(&text.sql);
                self.short(text.binds.len());
                self.binds.extend(&text.binds);
            }
        }
    }

    fn table(&mut self, table: &TableRef) {
        match &table.schema {
            Some(schema) => {
                self.tag(1);
                self.text(schema);
            }
            None => self.tag(0),
        }
        self.text(&table.name);
        match &table.alias {
            Alias::None => self.tag(0),
            Alias::Anonymous(id) => {
                let order = self.aliases.iter().position(|known| known == id).unwrap_or_else(|| {
                    self.aliases.push(*id);
                    self.aliases.len() - 1
                });
                self.tag(1);
                self.short(order);
            }
            Alias::Named(name) => {
                self.tag(2);
                self.text(name);
            }
        }
    }

    fn select(&mut self, select: &'s Select) {
        self.tag(select.distinct.into());
        self.items(&select.items);
        self.short(select.from.len());
        for item in &select.from {
            self.from_item(item);
        }
        self.short(select.joins.len());
        for join in &select.joins {
            self.tag(join.kind as u8);
            self.from_item(&join.target);
            self.option(join.on.as_ref());
        }
        self.exprs(&select.filter);
        self.exprs(&select.group_by);
        self.exprs(&select.having);
        self.short(select.order_by.len());
        for order in &select.order_by {
            self.tag(
                u8::from(order.descending) | order.nulls_first.map_or(0, |first| 2 + 2 * u8::from(first)),
            );
            self.expr(&order.expr);
        }
        self.option(select.limit.as_ref());
        self.option(select.offset.as_ref());
    }

    fn from_item(&mut self, item: &'s FromItem) {
        match item {
            FromItem::Table(table) => {
                self.tag(0);
                self.table(table);
            }
            FromItem::Select(select, name) => {
                self.tag(1);
                self.select(select);
                self.text(name);
            }
        }
    }

    fn items(&mut self, items: &'s [SelectItem]) {
        self.short(items.len());
        for item in items {
            match item {
                SelectItem::Expr(expr, label) => {
                    self.tag(0);
                    self.expr(expr);
                    self.tag(label.is_some().into());
                    self.text(label.as_deref().unwrap_or_default());
                }
                SelectItem::Columns(table, names) => {
                    self.tag(1);
                    self.table(table);
                    // A static list of names never changes, so where it lies says which it is.
                    self.number(names.as_ptr() as usize);
                    self.short(names.len());
                }
                SelectItem::OwnedColumns(table, names) => {
                    self.tag(2);
                    self.table(table);
                    self.names(names.iter());
                }
            }
        }
    }

    fn insert(&mut self, insert: &'s Insert) {
        self.table(&insert.table);
        self.names(insert.columns.iter());
        match &insert.source {
            InsertSource::Defaults => self.tag(0),
            InsertSource::Values(rows) => {
                self.tag(1);
                self.short(rows.len());
                for row in rows {
                    self.exprs(row);
                }
            }
            InsertSource::Placeholders => self.tag(2),
            InsertSource::Select(select) => {
                self.tag(3);
                self.select(select);
            }
        }
        match &insert.on_conflict {
            None => self.tag(0),
            Some(OnConflict { target, action }) => {
                self.tag(1);
                self.names(target.iter());
                match action {
                    ConflictAction::DoNothing => self.tag(0),
                    ConflictAction::DoUpdate { set, filter } => {
                        self.tag(1);
                        self.assignments(set);
                        self.exprs(filter);
                    }
                }
            }
        }
        self.items(&insert.returning);
    }

    fn assignments(&mut self, set: &'s [(Name, Expr)]) {
        self.short(set.len());
        for (name, value) in set {
            self.text(name);
            self.expr(value);
        }
    }

    fn exprs(&mut self, exprs: &'s [Expr]) {
        self.short(exprs.len());
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn option(&mut self, expr: Option<&'s Expr>) {
        match expr {
            None => self.tag(0),
            Some(expr) => {
                self.tag(1);
                self.expr(expr);
            }
        }
    }

    fn expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Column(column) => {
                match &column.table {
                    Some(table) => {
                        self.tag(1);
                        self.table(table);
                    }
                    None => self.tag(2),
                }
                self.text(&column.name);
            }
            Expr::Bind(value) => {
                self.tag(3);
                self.binds.push(value);
            }
            Expr::Parameter(index) => {
                self.tag(24);
                self.short(*index);
            }
            Expr::Literal(value) => {
                self.tag(4);
                self.literal(value);
            }
            Expr::Text(text) => {
                self.tag(5);
                self.text(text);
            }
            Expr::Star => self.tag(6),
            Expr::Now => self.tag(7),
            Expr::Excluded(name) => {
                self.tag(8);
                self.text(name);
            }
            Expr::Unary(operator, operand) => {
                self.tag(9);
                self.tag(*operator as u8);
                self.expr(operand);
            }
            Expr::Binary(operator, left, right) => {
                self.tag(10);
                self.tag(*operator as u8);
                self.expr(left);
                self.expr(right);
            }
            Expr::All(conditions) => {
                self.tag(11);
                self.exprs(conditions);
            }
            Expr::Any(conditions) => {
                self.tag(12);
                self.exprs(conditions);
            }
            Expr::In { operand, list, negated } => {
                self.tag(13);
                self.tag((*negated).into());
                self.expr(operand);
                match list {
                    InList::Values(values) => {
                        self.tag(0);
                        self.in_values(values);
                    }
                    InList::Select(select) => {
                        self.tag(1);
                        self.select(select);
                    }
                }
            }
            Expr::Between { operand, low, high, negated } => {
                self.tag(14);
                self.tag((*negated).into());
                self.expr(operand);
                self.expr(low);
                self.expr(high);
            }
            Expr::Like { operand, pattern, escape, insensitive, negated } => {
                self.tag(15);
                self.tag(u8::from(*negated) | u8::from(*insensitive) << 1);
                self.number(escape.map_or(0, |character| character as usize + 1));
                self.expr(operand);
                self.expr(pattern);
            }
            Expr::IsNull { operand, negated } => {
                self.tag(16);
                self.tag((*negated).into());
                self.expr(operand);
            }
            Expr::Function(function) => {
                self.tag(17);
                self.tag(function.distinct.into());
                self.text(&function.name);
                self.exprs(&function.arguments);
            }
            Expr::Case(case) => {
                self.tag(18);
                self.short(case.whens.len());
                for (condition, result) in &case.whens {
                    self.expr(condition);
                    self.expr(result);
                }
                self.option(case.otherwise.as_ref());
            }
            Expr::Cast(operand, ty) => {
                self.tag(19);
                self.expr(operand);
                self.ty(ty);
            }
            Expr::Select(select) => {
                self.tag(20);
                self.select(select);
            }
            Expr::Exists { select, negated } => {
                self.tag(21);
                self.tag((*negated).into());
                self.select(select);
            }
            Expr::Tuple(parts) => {
                self.tag(22);
                self.exprs(parts);
            }
            Expr::Invalid(message) => {
                self.tag(23);
                self.text(message);
            }
        }
    }

    /// Lists of plain values are filled up to a few lengths by repeating the last one, which changes nothing about
    /// what `IN` finds and keeps the number of compiled texts small.
    fn in_values(&mut self, values: &'s [Expr]) {
        let plain = !values.is_empty() && values.iter().all(|value| matches!(value, Expr::Bind(_)));
        if !plain {
            self.tag(0);
            self.exprs(values);
            return;
        }
        let length = padded_length(values.len());
        self.tag(1);
        self.number(length);
        let missing = length - values.len();
        for value in values.iter().chain(std::iter::repeat_n(&values[values.len() - 1], missing)) {
            if let Expr::Bind(value) = value {
                self.binds.push(value);
            }
        }
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

/// The reference to a table of the schema model.
impl From<&schema::Table> for TableRef {
    fn from(table: &schema::Table) -> Self {
        TableRef::new(&table.name)
    }
}
