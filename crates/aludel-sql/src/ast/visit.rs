//! Looking at the parts of an expression, without a `match` of its own for each reader.

use std::sync::Arc;

use super::*;

impl Expr {
    /// Calls `visit` with every expression right inside of this one. Those inside of queries are not among them.
    pub fn children<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            Expr::Column(_)
            | Expr::Position(..)
            | Expr::Bind(_)
            | Expr::Param(_)
            | Expr::Parameter(_)
            | Expr::Literal(_)
            | Expr::Text(_)
            | Expr::LiteralColumn(_)
            | Expr::Star
            | Expr::Now
            | Expr::Excluded(_)
            | Expr::Assigned(_)
            | Expr::Row(_)
            | Expr::Named(_)
            | Expr::Select(_)
            | Expr::Exists { .. }
            | Expr::NextValue { .. }
            | Expr::Invalid(_) => {}
            Expr::Template(template) => template.parts.iter().for_each(|part| {
                if let TemplatePart::Expr(inner) = part {
                    visit(inner);
                }
            }),
            Expr::Unary(_, inner)
            | Expr::IsNull { operand: inner, .. }
            | Expr::Truth { operand: inner, .. }
            | Expr::Collate { operand: inner, .. }
            | Expr::Extract(_, inner)
            | Expr::FunctionColumn(inner, _)
            | Expr::Cast(inner, _)
            | Expr::TryCast(inner, _)
            | Expr::Typed(inner, _)
            | Expr::Group(inner) => visit(inner),
            Expr::Binary(_, left, right) => {
                visit(left);
                visit(right);
            }
            Expr::Operation(operation) => operation.left.iter().chain(&operation.right).for_each(visit),
            Expr::All(parts)
            | Expr::Any(parts)
            | Expr::Array(parts, _)
            | Expr::Tuple(parts)
            | Expr::List(parts, _) => parts.iter().for_each(visit),
            Expr::In { operand, list, .. } => {
                visit(operand);
                match list {
                    InList::Values(values) => values.iter().for_each(visit),
                    InList::Expr(inner) => visit(inner),
                    InList::Select(_) => {}
                }
            }
            Expr::Between { operand, low, high, .. } => {
                [operand, low, high].into_iter().for_each(|part| visit(part))
            }
            Expr::Like { operand, pattern, .. } => {
                [operand, pattern].into_iter().for_each(|part| visit(part))
            }
            Expr::Regexp(regexp) => {
                visit(&regexp.operand);
                visit(&regexp.pattern);
                regexp.replacement.iter().for_each(visit);
            }
            Expr::Match(search) => {
                search.columns.iter().for_each(&mut *visit);
                visit(&search.against);
            }
            Expr::Function(function) => function.arguments.iter().for_each(visit),
            Expr::Aggregate(aggregate) => aggregate.children(visit),
            Expr::Case(case) => {
                case.operand.iter().for_each(&mut *visit);
                for (condition, result) in &case.whens {
                    visit(condition);
                    visit(result);
                }
                case.otherwise.iter().for_each(visit);
            }
            Expr::Subscript(operand, subscript) => {
                visit(operand);
                match &**subscript {
                    Subscript::Element(index) => visit(index),
                    Subscript::Slice(slice) => {
                        slice.start.iter().chain(&slice.stop).chain(&slice.step).for_each(visit);
                    }
                }
            }
            Expr::Json(access) => {
                visit(&access.operand);
                visit(&access.key);
            }
            Expr::Ordered(order) => visit(&order.expr),
            Expr::Labelled(label) => visit(&label.expr),
            Expr::Custom(custom) => custom.construct().parts().into_iter().for_each(visit),
        }
    }

    /// Calls `visit` with every source that the expression names, except inside of queries, which have lists of their
    /// own.
    pub fn sources<'e>(&'e self, visit: &mut dyn FnMut(SourceUse<'e>)) {
        match self {
            Expr::Column(ColumnRef { source: Some(Source::Table(table)), .. }) => {
                visit(SourceUse::Table(table))
            }
            Expr::Column(ColumnRef { source: Some(Source::Derived(derived)), .. })
            | Expr::Position(derived, _) => visit(SourceUse::Derived(derived)),
            Expr::Row(source) => visit(source.into()),
            other => other.children(&mut |inner| inner.sources(visit)),
        }
    }
}

/// A source, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SourceUse<'s> {
    /// A table.
    Table(&'s TableRef),
    /// Something that the statement defines.
    Derived(&'s Arc<Derived>),
}

impl<'s> From<&'s Source> for SourceUse<'s> {
    fn from(source: &'s Source) -> Self {
        match source {
            Source::Table(table) => SourceUse::Table(table),
            Source::Derived(derived) => SourceUse::Derived(derived),
        }
    }
}

impl SourceUse<'_> {
    /// Copies it out of what it borrows from.
    pub fn to_source(self) -> Source {
        match self {
            SourceUse::Table(table) => Source::Table(table.clone()),
            SourceUse::Derived(derived) => Source::Derived(derived.clone()),
        }
    }
}

impl Aggregate {
    fn children<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(&self.call);
        self.order_by.iter().chain(&self.within_group).for_each(|order| visit(&order.expr));
        self.filter.iter().for_each(&mut *visit);
        if let Some(Over::Window(window)) = &self.over {
            window.children(visit);
        }
    }
}

impl Window {
    /// Calls `visit` with every expression right inside of the window.
    pub fn children<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        self.partition_by.iter().for_each(&mut *visit);
        self.order_by.iter().for_each(|order| visit(&order.expr));
        for bound in self.frame.iter().flat_map(|frame| [&frame.start, &frame.end]) {
            if let FrameBound::Preceding(distance) | FrameBound::Following(distance) = bound {
                visit(distance);
            }
        }
    }
}

impl Derived {
    /// How many columns it has, where it says so.
    pub fn width(&self) -> usize {
        match &self.kind {
            DerivedKind::Subquery(query) => query.width(),
            DerivedKind::Cte(cte) if !cte.columns.is_empty() => cte.columns.len(),
            DerivedKind::Cte(cte) => cte.query.width(),
            DerivedKind::Alias(Source::Derived(of)) => of.width(),
            DerivedKind::Values(values) => values.columns.len(),
            DerivedKind::Function(function) => function.columns.len().max(1),
            DerivedKind::Sample(sample) => match &sample.of {
                Source::Derived(of) => of.width(),
                Source::Table(_) => 0,
            },
            DerivedKind::Alias(Source::Table(_)) => 0,
        }
    }
}

impl Query {
    /// How many columns each row has.
    pub fn width(&self) -> usize {
        match self {
            Query::Select(select) => select.items.iter().map(SelectItem::width).sum(),
            Query::Compound(compound) => compound.members.first().map_or(0, Query::width),
            Query::Values(values) => values.columns.len(),
            Query::Text(text) => text.columns.len(),
            Query::Insert(insert) => insert.returning.iter().map(SelectItem::width).sum(),
            Query::Update(update) => update.returning.iter().map(SelectItem::width).sum(),
            Query::Delete(delete) => delete.returning.iter().map(SelectItem::width).sum(),
        }
    }
}
