//! Putting one occurrence of a table in the place of another.

use super::{Expr, FromItem, InList, Select, SelectItem, TableRef};

impl Expr {
    /// Makes every column of one occurrence of a table a column of another one, in subqueries as well, except in those
    /// that read the first one themselves.
    pub fn replace_table(&mut self, from: &TableRef, to: &TableRef) {
        match self {
            Expr::Column(column) => {
                if let Some(table) = &mut column.table {
                    replace(table, from, to);
                }
            }
            Expr::Unary(_, operand) | Expr::Cast(operand, _) | Expr::IsNull { operand, .. } => {
                operand.replace_table(from, to);
            }
            Expr::Binary(_, left, right) => {
                left.replace_table(from, to);
                right.replace_table(from, to);
            }
            Expr::All(parts) | Expr::Any(parts) | Expr::Tuple(parts) => replace_all(parts, from, to),
            Expr::In { operand, list, .. } => {
                operand.replace_table(from, to);
                match list {
                    InList::Values(values) => replace_all(values, from, to),
                    InList::Select(select) => select.replace_table(from, to),
                }
            }
            Expr::Between { operand, low, high, .. } => {
                [operand, low, high].into_iter().for_each(|part| part.replace_table(from, to));
            }
            Expr::Like { operand, pattern, .. } => {
                operand.replace_table(from, to);
                pattern.replace_table(from, to);
            }
            Expr::Function(function) => replace_all(&mut function.arguments, from, to),
            Expr::Case(case) => {
                for (condition, result) in &mut case.whens {
                    condition.replace_table(from, to);
                    result.replace_table(from, to);
                }
                replace_all(&mut case.otherwise, from, to);
            }
            Expr::Select(select) | Expr::Exists { select, .. } => select.replace_table(from, to),
            Expr::Bind(_)
            | Expr::Literal(_)
            | Expr::Text(_)
            | Expr::Star
            | Expr::Now
            | Expr::Excluded(_)
            | Expr::Parameter(_)
            | Expr::Invalid(_) => {}
        }
    }
}

impl Select {
    fn replace_table(&mut self, from: &TableRef, to: &TableRef) {
        let is_it = |item: &FromItem| matches!(item, FromItem::Table(table) if table == from);
        let reads = self.from.iter().chain(self.joins.iter().map(|join| &join.target)).any(is_it);
        // Without a FROM list of its own, a query reads the tables of its columns.
        if reads || (self.from.is_empty() && self.items.iter().any(|item| names(item, from))) {
            return;
        }
        for item in &mut self.items {
            match item {
                SelectItem::Expr(expr, _) => expr.replace_table(from, to),
                SelectItem::Columns(table, _) | SelectItem::OwnedColumns(table, _) => {
                    replace(table, from, to)
                }
            }
        }
        for item in self.from.iter_mut().chain(self.joins.iter_mut().map(|join| &mut join.target)) {
            if let FromItem::Select(select, _) = item {
                select.replace_table(from, to);
            }
        }
        for join in &mut self.joins {
            replace_all(&mut join.on, from, to);
        }
        let lists = [&mut self.filter, &mut self.group_by, &mut self.having];
        lists.into_iter().for_each(|list| replace_all(list, from, to));
        self.order_by.iter_mut().for_each(|order| order.expr.replace_table(from, to));
        replace_all(self.limit.iter_mut().chain(&mut self.offset), from, to);
    }
}

fn names(item: &SelectItem, wanted: &TableRef) -> bool {
    match item {
        SelectItem::Columns(table, _) | SelectItem::OwnedColumns(table, _) => table == wanted,
        SelectItem::Expr(Expr::Column(column), _) => column.table.as_ref() == Some(wanted),
        SelectItem::Expr(..) => false,
    }
}

fn replace(table: &mut TableRef, from: &TableRef, to: &TableRef) {
    if table == from {
        *table = to.clone();
    }
}

fn replace_all<'e>(exprs: impl IntoIterator<Item = &'e mut Expr>, from: &TableRef, to: &TableRef) {
    exprs.into_iter().for_each(|expr| expr.replace_table(from, to));
}
