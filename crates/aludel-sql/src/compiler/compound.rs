//! Queries other than `SELECT`: queries combined, rows of values, texts.

use super::scope::Frame;
use super::{CompileError, Compiler, Position, RowLimit};
use crate::ast::{Compound, Expr, Query, SetOperator, TextQuery, Values};

impl Compiler<'_> {
    pub(super) fn query(&mut self, query: &Query, position: Position) -> Result<(), CompileError> {
        match query {
            Query::Select(select) => self.select(select, position),
            Query::Compound(compound) => self.compound(compound, position),
            Query::Values(values) => self.values(values),
            Query::Text(text) => self.text_query(text),
            Query::Insert(_) | Query::Update(_) | Query::Delete(_)
                if !self.dialect.capabilities().write_ctes && !self.scopes.stack.is_empty() =>
            {
                Err(self.unsupported("a write inside of a query"))
            }
            Query::Insert(insert) => self.insert(insert),
            Query::Update(update) => self.update(update),
            Query::Delete(delete) => self.delete(delete),
        }
    }

    fn compound(&mut self, compound: &Compound, position: Position) -> Result<(), CompileError> {
        let (sources, lenient) = match self.scopes.stack.last() {
            Some(frame) => (frame.sources.clone(), frame.lenient),
            None => (Vec::new(), false),
        };
        let labels = match compound.members.first() {
            Some(Query::Select(select)) => super::columns::labels(&select.items),
            _ => Vec::new(),
        };
        self.scopes.push_frame(Frame { sources, labels, lenient, ..Frame::default() });
        let mark = self.mark();
        let written = self.compound_text(compound, position);
        if written.is_ok() {
            self.with_clause(mark, true);
        }
        self.scopes.pop();
        written
    }

    fn compound_text(&mut self, compound: &Compound, position: Position) -> Result<(), CompileError> {
        self.with_ctes(&compound.ctes)?;
        let word = match compound.operator {
            SetOperator::Union => " UNION ",
            SetOperator::UnionAll => " UNION ALL ",
            SetOperator::Intersect => " INTERSECT ",
            SetOperator::IntersectAll => " INTERSECT ALL ",
            SetOperator::Except => self.dialect.capabilities().except_words.0,
            SetOperator::ExceptAll => self.dialect.capabilities().except_words.1,
        };
        let owner = match position {
            Position::From(id) | Position::Lateral(id) => Some(id),
            Position::Member { owner, .. } => owner,
            _ => None,
        };
        for (index, member) in compound.members.iter().enumerate() {
            if index > 0 {
                self.push(word);
            }
            self.member(member, Position::Member { index, owner })?;
        }
        self.group_by(&compound.group_by)?;
        let limit = RowLimit {
            limit: compound.limit.as_ref(),
            offset: compound.offset.as_ref(),
            fetch: compound.fetch.as_ref(),
            ordered: !compound.order_by.is_empty(),
        };
        if !compound.order_by.is_empty() && self.keeps_order(position, limit.is_some()) {
            self.push(" ORDER BY ");
            self.unqualified(|compiler| compiler.orders(&compound.order_by))?;
        }
        self.row_limit(&limit)?;
        if let Some(lock) = &compound.lock {
            self.dialect.lock(self, lock)?;
        }
        Ok(())
    }

    /// One of the combined queries: in parentheses where an order or limit of its own would be
    /// taken for the whole's, or another operator would bind otherwise.
    fn member(&mut self, member: &Query, position: Position) -> Result<(), CompileError> {
        let own = match member {
            Query::Select(select) => {
                !select.order_by.is_empty()
                    || select.limit.is_some()
                    || select.offset.is_some()
                    || select
                        .options
                        .as_ref()
                        .is_some_and(|options| options.fetch.is_some() || options.lock.is_some())
            }
            Query::Compound(_) => true,
            _ => false,
        };
        if !own {
            return self.query(member, position);
        }
        match self.dialect.capabilities().compound_parentheses {
            true => {
                self.push("(");
                self.query(member, position)?;
                self.push(")");
                Ok(())
            }
            // Where parentheses are refused, a query around it keeps the order and limit to themselves.
            false => {
                self.push("SELECT * FROM (");
                self.query(member, position)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// `VALUES (…), (…)`
    pub(super) fn values(&mut self, values: &Values) -> Result<(), CompileError> {
        self.with_ctes(&values.ctes)?;
        if values.rows.is_empty() {
            return Err(CompileError::invalid("a list of values has no rows"));
        }
        self.push("VALUES ");
        let word = self.dialect.capabilities().values_row_word;
        let write = |compiler: &mut Self| {
            compiler.list(&values.rows, ", ", |compiler, row: &Vec<Expr>| {
                compiler.push(word);
                compiler.push("(");
                compiler.exprs(row)?;
                compiler.push(")");
                Ok(())
            })
        };
        if values.literal { self.with_literals(write) } else { write(self) }
    }

    fn text_query(&mut self, query: &TextQuery) -> Result<(), CompileError> {
        self.scopes.push(Vec::new());
        let mark = self.mark();
        let written = self.with_ctes(&query.ctes).and_then(|()| self.template(&query.text));
        if written.is_ok() {
            self.with_clause(mark, false);
        }
        self.scopes.pop();
        written
    }
}
