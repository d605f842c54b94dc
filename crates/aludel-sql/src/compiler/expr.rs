//! Expressions: one arm per kind.

use std::sync::Arc;

use super::bind::Bound;
use super::names::NameUse;
use super::operator::Like;
use super::precedence::{Precedence, level};
use super::{CompileError, Compiler};
use crate::ast::{
    Case, ColumnRef, Derived, Direction, Expr, Labelled, OrderBy, Separator, Slice, Source, SourceUse,
    Subscript, Template, TemplatePart,
};
use crate::types::Type;

impl Compiler<'_> {
    /// Writes an expression.
    ///
    /// # Errors
    /// Where the dialect cannot say it, or where it names a source that is not in reach.
    pub fn expr(&mut self, expr: &Expr) -> Result<(), CompileError> {
        match expr {
            Expr::Column(column) => self.column(column),
            Expr::Position(derived, index) => self.position(derived, *index),
            Expr::Bind(value) => self.bind(value),
            Expr::Param(param) => self.param(param),
            Expr::Parameter(index) => {
                self.placeholder(Bound::Row(*index), None);
                Ok(())
            }
            Expr::Literal(value) => self.dialect.literal(value, &mut self.sql),
            Expr::Text(text) | Expr::LiteralColumn(text) => {
                self.push(text);
                Ok(())
            }
            Expr::Named(name) => self.named(name),
            Expr::Template(template) => self.template(template),
            Expr::Star => {
                self.push("*");
                Ok(())
            }
            Expr::Now => {
                let now = self.dialect.now();
                self.push(now);
                Ok(())
            }
            Expr::Excluded(name) => {
                self.excluded(name);
                Ok(())
            }
            Expr::Assigned(name) => self.assigned(name),
            Expr::Unary(operator, operand) => self.unary(*operator, operand),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::Operation(operation) => self.operation(operation),
            Expr::All(parts) => self.junction(parts, true),
            Expr::Any(parts) => self.junction(parts, false),
            Expr::In { operand, list, negated } => self.in_list(operand, list, *negated),
            Expr::Between { operand, low, high, symmetric, negated } => {
                self.between(operand, low, high, *symmetric, *negated)
            }
            Expr::Like { operand, pattern, affix, escape, insensitive, negated } => self.like(&Like {
                operand,
                pattern,
                affix: *affix,
                escape: *escape,
                insensitive: *insensitive,
                negated: *negated,
            }),
            Expr::IsNull { operand, negated } => self.is_null(operand, *negated),
            Expr::Truth { operand, negated } => self.truth(operand, *negated),
            Expr::Regexp(regexp) => self.regexp(regexp),
            Expr::Match(search) => self.search(search),
            Expr::Collate { operand, collation, schema } => {
                self.operand(operand, Precedence::level(level::COLLATE))?;
                self.push(" COLLATE ");
                if let Some(schema) = schema {
                    self.quote(schema);
                    self.push(".");
                }
                self.dialect.collation(collation, &mut self.sql);
                Ok(())
            }
            Expr::Extract(field, operand) => self.extract(field, operand),
            Expr::Function(function) => self.function(function),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::FunctionColumn(call, name) => {
                self.push("(");
                self.expr(call)?;
                self.push(").");
                self.quote(name);
                Ok(())
            }
            Expr::Row(source) => self.row(source),
            Expr::Case(case) => self.case(case),
            Expr::Cast(operand, ty) => self.cast(operand, ty),
            Expr::TryCast(operand, ty) => {
                if self.dialect.try_cast(self, operand, ty)? {
                    return Ok(());
                }
                Err(self.unsupported("TRY_CAST"))
            }
            Expr::Typed(inner, _) => self.expr(inner),
            Expr::Subscript(operand, subscript) => self.subscript(operand, subscript),
            Expr::Json(access) => {
                if self.dialect.json(self, access)? {
                    return Ok(());
                }
                Err(self.unsupported("elements of JSON documents"))
            }
            Expr::Array(parts, ty) => {
                if self.dialect.array(self, parts, ty.as_ref())? {
                    return Ok(());
                }
                Err(self.unsupported("arrays"))
            }
            Expr::Select(query) => self.subquery(query),
            Expr::Exists { select, negated } => {
                self.push(if *negated { "NOT (EXISTS " } else { "EXISTS " });
                self.subquery(select)?;
                self.push(if *negated { ")" } else { "" });
                Ok(())
            }
            Expr::Tuple(parts) => {
                self.push("(");
                self.exprs(parts)?;
                self.push(")");
                Ok(())
            }
            Expr::List(parts, separator) => {
                let separator = match separator {
                    Separator::Comma => ", ",
                    Separator::Space => " ",
                };
                self.list(parts, separator, Self::expr)
            }
            Expr::Ordered(order) => self.order(order),
            Expr::Labelled(label) => self.expr(&label.expr),
            Expr::Group(inner) => {
                self.push("(");
                self.expr(inner)?;
                self.push(")");
                Ok(())
            }
            Expr::NextValue { schema, name } => {
                let schema = self.translated(schema.as_deref());
                if self.dialect.next_value(self, schema.as_deref(), name)? {
                    return Ok(());
                }
                Err(self.unsupported("sequences"))
            }
            Expr::Custom(custom) => custom.construct().compile(self),
            Expr::Invalid(message) => Err(CompileError::invalid(message.clone())),
        }
    }

    /// Writes a column behind the name of its source.
    ///
    /// # Errors
    /// Where the source is not in reach.
    pub fn column(&mut self, column: &ColumnRef) -> Result<(), CompileError> {
        match &column.source {
            None => {
                self.quote(&column.name);
                Ok(())
            }
            Some(source) => self.column_of(source, &column.name),
        }
    }

    /// A column of a source, behind the source's name.
    pub(super) fn column_of(&mut self, source: &Source, name: &str) -> Result<(), CompileError> {
        if self.qualified {
            self.scopes.check(source.into(), name)?;
            self.qualifier(source);
        }
        self.quote(name);
        self.missing_mark(source);
        Ok(())
    }

    /// Says of a column that there may be no row of its source, in a join that is written without `JOIN`.
    fn missing_mark(&mut self, source: &Source) {
        if self.scopes.missing.contains(source) {
            self.push("(+)");
        }
    }

    fn qualifier(&mut self, source: &Source) {
        if let Some((renamed, name)) = &self.scopes.renamed
            && renamed == source
        {
            let name = *name;
            self.push(name);
            self.push(".");
            return;
        }
        if let Source::Table(table) = source
            && table.alias == crate::ast::Alias::None
            && !self.is_hidden(table)
        {
            if let Some(schema) = self.translated(table.schema.as_deref()) {
                self.quote_schema(&schema);
                self.push(".");
            }
            self.quote(&table.name);
            self.push(".");
            return;
        }
        if let Some(name) = self.source_name(source) {
            self.quote(&name);
            self.push(".");
        }
    }

    /// A column by its place among those of a source that the statement defines.
    pub(super) fn position(&mut self, derived: &Arc<Derived>, index: usize) -> Result<(), CompileError> {
        let columns = self.columns_of(derived);
        let Some(raw) = columns.get(index) else {
            return Err(CompileError::invalid(format!(
                "a column is named by its place {index}, and its source has only {} columns",
                columns.len()
            )));
        };
        let name = self.name_text(raw, NameUse::Column);
        if self.qualified {
            self.scopes.check(SourceUse::Derived(derived), &name)?;
            self.qualifier(&Source::Derived(derived.clone()));
        }
        match raw.verbatim {
            true => self.push(&name),
            false => self.quote(&name),
        }
        self.missing_mark(&Source::Derived(derived.clone()));
        Ok(())
    }

    /// A source as one value: its name alone.
    fn row(&mut self, source: &Source) -> Result<(), CompileError> {
        self.scopes.check(source.into(), "*")?;
        let Some(name) = self.source_name(source) else {
            return Err(CompileError::invalid("a source without a name is used as a value: name it"));
        };
        self.quote(&name);
        if let (Some(column), Source::Derived(_)) = (self.dialect.capabilities().row_column, source) {
            self.push(".");
            self.push(column);
        }
        Ok(())
    }

    pub(super) fn template(&mut self, template: &Template) -> Result<(), CompileError> {
        for part in &template.parts {
            match part {
                TemplatePart::Sql(sql) => self.push(sql),
                TemplatePart::Expr(expr) => self.expr(expr)?,
            }
        }
        Ok(())
    }

    fn extract(&mut self, field: &str, operand: &Expr) -> Result<(), CompileError> {
        if self.dialect.extract(self, field, operand)? {
            return Ok(());
        }
        self.push("EXTRACT(");
        self.push(field);
        self.push(" FROM ");
        self.expr(operand)?;
        self.push(")");
        Ok(())
    }

    fn case(&mut self, case: &Case) -> Result<(), CompileError> {
        self.push("CASE");
        if let Some(operand) = &case.operand {
            self.push(" ");
            self.expr(operand)?;
        }
        for (condition, result) in &case.whens {
            self.push(" WHEN ");
            match &case.operand {
                Some(_) => self.operand(condition, Precedence::level(level::ALWAYS))?,
                None => self.condition(condition, Precedence::level(level::ALWAYS))?,
            }
            self.push(" THEN ");
            self.expr(result)?;
        }
        if let Some(otherwise) = &case.otherwise {
            self.push(" ELSE ");
            self.expr(otherwise)?;
        }
        self.push(" END");
        Ok(())
    }

    /// `CAST`, in the dialect's own way where it has one.
    ///
    /// # Errors
    /// Where the dialect cannot cast to the type.
    pub fn cast(&mut self, operand: &Expr, ty: &Type) -> Result<(), CompileError> {
        if self.dialect.cast(self, operand, ty)? {
            return Ok(());
        }
        self.standard_cast("CAST", operand, ty)
    }

    /// `CAST(x AS type)`, or another word with the same form.
    ///
    /// # Errors
    /// Where the dialect has no such type.
    pub fn standard_cast(&mut self, word: &str, operand: &Expr, ty: &Type) -> Result<(), CompileError> {
        self.push(word);
        self.push("(");
        self.expr(operand)?;
        self.push(" AS ");
        let name = self.dialect.cast_type_name(ty)?;
        // A type's collation is that of the result, not a part of the type's name.
        let (name, collation) = name.split_at(name.find(" COLLATE ").unwrap_or(name.len()));
        self.push(name);
        self.push(")");
        self.push(collation);
        Ok(())
    }

    fn subscript(&mut self, operand: &Expr, subscript: &Subscript) -> Result<(), CompileError> {
        if !self.dialect.capabilities().subscripts {
            return Err(self.unsupported("elements of arrays"));
        }
        self.subscripted(operand)?;
        self.push("[");
        match subscript {
            Subscript::Element(index) => self.expr(index)?,
            Subscript::Slice(Slice { start, stop, step }) => {
                start.iter().try_for_each(|start| self.expr(start))?;
                self.push(":");
                stop.iter().try_for_each(|stop| self.expr(stop))?;
                if let Some(step) = step {
                    self.push(":");
                    self.expr(step)?;
                }
            }
        }
        self.push("]");
        Ok(())
    }

    /// Writes what stands in front of the brackets of `x[1]`.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn subscripted(&mut self, operand: &Expr) -> Result<(), CompileError> {
        let mut written = operand;
        while let Expr::Typed(inner, _) = written {
            written = inner;
        }
        if !matches!(written, Expr::Function(_) | Expr::Aggregate(_) | Expr::Array(..) | Expr::Cast(..)) {
            return self.operand(operand, Precedence { level: level::INDEX, chain: Some("[]") });
        }
        self.push("(");
        self.expr(operand)?;
        self.push(")");
        Ok(())
    }

    /// Writes the elements of an order.
    ///
    /// # Errors
    /// As for [`expr`](Self::expr).
    pub fn orders(&mut self, orders: &[OrderBy]) -> Result<(), CompileError> {
        self.list(orders, ", ", Self::order)
    }

    /// An element of an order.
    pub(super) fn order(&mut self, order: &OrderBy) -> Result<(), CompileError> {
        // Where a database has no words for it, sorting by "is it NULL" first says the same.
        let native = self.dialect.capabilities().nulls_ordering;
        if let (Some(first), false) = (order.nulls_first, native) {
            let value = self.dialect.capabilities().condition_values;
            self.push(if value { "" } else { "CASE WHEN (" });
            self.operand(&order.expr, Precedence::level(level::COMPARISON))?;
            self.push(match (value, first) {
                (true, true) => " IS NOT NULL, ",
                (true, false) => " IS NULL, ",
                (false, true) => " IS NULL) THEN 0 ELSE 1 END, ",
                (false, false) => " IS NULL) THEN 1 ELSE 0 END, ",
            });
        }
        self.by_label(&order.expr, Precedence::level(level::AND))?;
        self.push(match order.direction {
            Direction::Unstated => "",
            Direction::Ascending => " ASC",
            Direction::Descending => " DESC",
        });
        if let (Some(first), true) = (order.nulls_first, native) {
            self.push(if first { " NULLS FIRST" } else { " NULLS LAST" });
        }
        Ok(())
    }

    /// An element of an order or grouping: by its label's name where the same query has the label.
    pub(super) fn by_label(&mut self, expr: &Expr, against: Precedence) -> Result<(), CompileError> {
        if let Expr::Labelled(label) = expr
            && self.is_own_label(label)
        {
            let name = self.label_text(&label.name, NameUse::Column);
            self.quote(&name);
            return Ok(());
        }
        self.operand(expr, against)
    }

    fn is_own_label(&self, label: &Labelled) -> bool {
        // A query's columns cannot name each other.
        self.dialect.capabilities().order_by_label
            && self
                .scopes
                .stack
                .last()
                .is_some_and(|frame| !frame.in_columns && frame.labels.contains(&label.id))
    }

    /// A label or column of the query that is being written, by its name. What is unknown is left to the database.
    fn named(&mut self, name: &str) -> Result<(), CompileError> {
        let known = self.scopes.stack.last().and_then(|frame| frame.named(name));
        match known {
            Some(Expr::Labelled(label)) => {
                let name = self.label_text(&label.name, NameUse::Column);
                self.quote(&name);
            }
            Some(column) => return self.expr(&column),
            None => self.quote(name),
        }
        Ok(())
    }
}
