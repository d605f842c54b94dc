//! Putting one occurrence of a table in the place of another.

use std::sync::Arc;

use super::*;
use crate::name::Name;

impl Expr {
    /// Makes every column of one occurrence of a table a column of another one, in subqueries as well, except in those
    /// that read the first one themselves.
    pub fn replace_table(&mut self, from: &TableRef, to: &TableRef) {
        let mut replacement = Replacement { table: Some((from, to)), values: &[] };
        replacement.expr(self);
    }

    /// Puts the values of columns in the place of [`Expr::Assigned`], as far as they are among these.
    pub(super) fn replace_assigned(&mut self, values: &[(Name, Expr)]) {
        let mut replacement = Replacement { table: None, values };
        replacement.expr(self);
    }
}

struct Replacement<'t> {
    table: Option<(&'t TableRef, &'t TableRef)>,
    /// What columns are given by the statement.
    values: &'t [(Name, Expr)],
}

impl Replacement<'_> {
    fn source(&mut self, source: &mut Source) {
        match source {
            Source::Table(table) => {
                if let Some((_, to)) = self.table.filter(|(from, _)| *from == table) {
                    *table = to.clone();
                }
            }
            Source::Derived(derived) => self.derived(derived),
        }
    }

    fn derived(&mut self, derived: &mut Arc<Derived>) {
        // The number stays, so that the source is still the one that others refer to.
        let mut changed = Derived::clone(derived);
        match &mut changed.kind {
            DerivedKind::Subquery(query) => self.query(query),
            DerivedKind::Cte(cte) => self.query(&mut cte.query),
            DerivedKind::Alias(Source::Derived(inner)) => self.derived(inner),
            DerivedKind::Alias(Source::Table(_)) | DerivedKind::Sample(_) => return,
            DerivedKind::Values(values) => values.rows.iter_mut().for_each(|row| self.exprs(row)),
            DerivedKind::Function(function) => self.expr(&mut function.call),
        }
        *derived = Arc::new(changed);
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn orders(&mut self, orders: &mut [OrderBy]) {
        orders.iter_mut().for_each(|order| self.expr(&mut order.expr));
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Column(column) => column.source.iter_mut().for_each(|source| self.source(source)),
            Expr::Position(derived, _) => self.derived(derived),
            Expr::Row(source) => self.source(source),
            Expr::Bind(_)
            | Expr::Param(_)
            | Expr::Parameter(_)
            | Expr::Literal(_)
            | Expr::Text(_)
            | Expr::LiteralColumn(_)
            | Expr::Star
            | Expr::Named(_)
            | Expr::Now
            | Expr::Excluded(_)
            | Expr::NextValue { .. }
            | Expr::Custom(_)
            | Expr::Invalid(_) => {}
            Expr::Assigned(name) => {
                if let Some((_, value)) = self.values.iter().find(|(known, _)| known == name) {
                    *expr = value.clone();
                }
            }
            Expr::Template(template) => template.parts.iter_mut().for_each(|part| {
                if let TemplatePart::Expr(inner) = part {
                    self.expr(inner);
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
            | Expr::Group(inner) => self.expr(inner),
            Expr::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Operation(operation) => {
                self.exprs(operation.left.iter_mut().chain(&mut operation.right));
            }
            Expr::All(parts)
            | Expr::Any(parts)
            | Expr::Array(parts, _)
            | Expr::Tuple(parts)
            | Expr::List(parts, _) => self.exprs(parts),
            Expr::In { operand, list, .. } => {
                self.expr(operand);
                match list {
                    InList::Values(values) => self.exprs(values),
                    InList::Select(query) => self.query(query),
                    InList::Expr(inner) => self.expr(inner),
                }
            }
            Expr::Between { operand, low, high, .. } => {
                [operand, low, high].into_iter().for_each(|part| self.expr(part));
            }
            Expr::Like { operand, pattern, .. } => {
                self.expr(operand);
                self.expr(pattern);
            }
            Expr::Regexp(regexp) => {
                self.expr(&mut regexp.operand);
                self.expr(&mut regexp.pattern);
                self.exprs(&mut regexp.replacement);
            }
            Expr::Match(search) => {
                self.exprs(&mut search.columns);
                self.expr(&mut search.against);
            }
            Expr::Function(function) => self.exprs(&mut function.arguments),
            Expr::Aggregate(aggregate) => {
                self.expr(&mut aggregate.call);
                self.orders(&mut aggregate.order_by);
                self.orders(&mut aggregate.within_group);
                self.exprs(&mut aggregate.filter);
                if let Some(Over::Window(window)) = &mut aggregate.over {
                    self.window(window);
                }
            }
            Expr::Case(case) => {
                self.exprs(&mut case.operand);
                for (condition, result) in &mut case.whens {
                    self.expr(condition);
                    self.expr(result);
                }
                self.exprs(&mut case.otherwise);
            }
            Expr::Subscript(operand, subscript) => {
                self.expr(operand);
                match &mut **subscript {
                    Subscript::Element(index) => self.expr(index),
                    Subscript::Slice(slice) => {
                        self.exprs(slice.start.iter_mut().chain(&mut slice.stop).chain(&mut slice.step));
                    }
                }
            }
            Expr::Json(access) => {
                self.expr(&mut access.operand);
                self.expr(&mut access.key);
            }
            Expr::Select(query) | Expr::Exists { select: query, .. } => self.query(query),
            Expr::Ordered(order) => self.expr(&mut order.expr),
            Expr::Labelled(label) => {
                let mut changed = Labelled::clone(label);
                self.expr(&mut changed.expr);
                *label = Arc::new(changed);
            }
        }
    }

    fn window(&mut self, window: &mut Window) {
        self.exprs(&mut window.partition_by);
        self.orders(&mut window.order_by);
        for bound in window.frame.iter_mut().flat_map(|frame| [&mut frame.start, &mut frame.end]) {
            if let FrameBound::Preceding(distance) | FrameBound::Following(distance) = bound {
                self.expr(distance);
            }
        }
    }

    fn query(&mut self, query: &mut Query) {
        match query {
            Query::Select(select) => self.select(select),
            Query::Compound(compound) => {
                compound.members.iter_mut().for_each(|member| self.query(member));
                self.exprs(&mut compound.group_by);
                self.orders(&mut compound.order_by);
                self.exprs(compound.limit.iter_mut().chain(&mut compound.offset));
            }
            Query::Values(values) => values.rows.iter_mut().for_each(|row| self.exprs(row)),
            // A user's words name tables by themselves, and a write inside of a query reads its own.
            Query::Text(_) | Query::Insert(_) | Query::Update(_) | Query::Delete(_) => {}
        }
    }

    fn from_item(&mut self, item: &mut FromItem) {
        match item {
            FromItem::Derived(derived) => self.derived(derived),
            FromItem::Join(join) => {
                let mut changed = JoinedFrom::clone(join);
                self.from_item(&mut changed.left);
                self.from_item(&mut changed.right);
                self.exprs(&mut changed.on);
                *join = Arc::new(changed);
            }
            FromItem::Table(_) | FromItem::Text(_) => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        if self.is_read_by(select) {
            return;
        }
        for item in &mut select.items {
            match item {
                SelectItem::Expr(expr, _) => self.expr(expr),
                SelectItem::Columns(source, _) | SelectItem::OwnedColumns(source, _) => self.source(source),
                SelectItem::All(derived) => self.derived(derived),
            }
        }
        select.from.iter_mut().for_each(|item| self.from_item(item));
        for join in &mut select.joins {
            self.from_item(&mut join.target);
            self.exprs(&mut join.on);
        }
        self.exprs(&mut select.filter);
        self.exprs(&mut select.group_by);
        self.exprs(&mut select.having);
        self.orders(&mut select.order_by);
        self.exprs(select.limit.iter_mut().chain(&mut select.offset));
        if let Some(options) = &mut select.options {
            self.exprs(&mut options.distinct_on);
            self.exprs(options.fetch.iter_mut().map(|fetch| &mut fetch.count));
            options.windows.iter_mut().for_each(|(_, window)| self.window(window));
        }
    }

    /// Whether a query reads the table by itself.
    fn is_read_by(&self, select: &Select) -> bool {
        let Some((from, _)) = self.table else { return false };
        let mut reads = select.from.iter().chain(select.joins.iter().map(|join| &join.target));
        if reads.any(|item| is_in(item, from)) {
            return true;
        }
        // Without a FROM list of its own, a query reads the tables of its columns.
        let named = |item: &SelectItem| match item {
            SelectItem::Columns(source, _) | SelectItem::OwnedColumns(source, _) => {
                source.as_table() == Some(from)
            }
            SelectItem::Expr(Expr::Column(column), _) => column.table() == Some(from),
            SelectItem::Expr(..) | SelectItem::All(_) => false,
        };
        select.from.is_empty() && select.items.iter().any(named)
    }
}

fn is_in(item: &FromItem, wanted: &TableRef) -> bool {
    match item {
        FromItem::Table(table) => table == wanted,
        FromItem::Join(join) => is_in(&join.left, wanted) || is_in(&join.right, wanted),
        FromItem::Derived(_) | FromItem::Text(_) => false,
    }
}
