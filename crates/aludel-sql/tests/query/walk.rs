//! Visits the bound values and the tables of a statement, to change them.

use aludel_sql::Value;
use aludel_sql::ast::*;

/// What is visited.
pub(crate) enum Node<'n> {
    Value(&'n mut Value),
    Table(&'n mut TableRef),
}

type Visit<'v> = &'v mut dyn FnMut(Node<'_>);

pub(crate) fn walk(statement: &mut Statement, visit: Visit<'_>) {
    match statement {
        Statement::Select(inner) => select(inner, visit),
        Statement::Insert(insert) => {
            visit(Node::Table(&mut insert.table));
            match &mut insert.source {
                InsertSource::Values(rows) => rows.iter_mut().for_each(|row| exprs(row, visit)),
                InsertSource::Select(inner) => query(inner, visit),
                InsertSource::Defaults | InsertSource::Placeholders => {}
            }
            if let Some(OnConflict { action: ConflictAction::DoUpdate { set, filter }, .. }) =
                &mut insert.on_conflict
            {
                set.iter_mut().for_each(|(_, inner)| expr(inner, visit));
                exprs(filter, visit);
            }
            items(&mut insert.returning, visit);
        }
        Statement::Update(update) => {
            visit(Node::Table(&mut update.table));
            update.set.iter_mut().for_each(|(_, inner)| expr(inner, visit));
            exprs(&mut update.filter, visit);
            items(&mut update.returning, visit);
        }
        Statement::Delete(delete) => {
            visit(Node::Table(&mut delete.table));
            exprs(&mut delete.filter, visit);
            items(&mut delete.returning, visit);
        }
        Statement::Query(_) => {}
        Statement::Text(text) => text.binds.iter_mut().for_each(|value| visit(Node::Value(value))),
    }
}

fn items(items: &mut [SelectItem], visit: Visit<'_>) {
    for item in items {
        match item {
            SelectItem::Expr(inner, _) => expr(inner, visit),
            SelectItem::Columns(of, _) | SelectItem::OwnedColumns(of, _) => source(of, visit),
            SelectItem::All(_) => {}
        }
    }
}

fn source(of: &mut Source, visit: Visit<'_>) {
    if let Source::Table(of) = of {
        visit(Node::Table(of));
    }
}

fn query(inner: &mut Query, visit: Visit<'_>) {
    if let Query::Select(inner) = inner {
        select(inner, visit);
    }
}

fn from(item: &mut FromItem, visit: Visit<'_>) {
    match item {
        FromItem::Table(of) => visit(Node::Table(of)),
        FromItem::Derived(_) | FromItem::Join(_) | FromItem::Text(_) => {}
    }
}

fn select(select: &mut Select, visit: Visit<'_>) {
    items(&mut select.items, visit);
    select.from.iter_mut().for_each(|item| from(item, visit));
    for join in &mut select.joins {
        from(&mut join.target, visit);
        join.on.iter_mut().for_each(|inner| expr(inner, visit));
    }
    for list in [&mut select.filter, &mut select.group_by, &mut select.having] {
        exprs(list, visit);
    }
    select.order_by.iter_mut().for_each(|order| expr(&mut order.expr, visit));
    select.limit.iter_mut().chain(&mut select.offset).for_each(|inner| expr(inner, visit));
}

fn exprs(list: &mut [Expr], visit: Visit<'_>) {
    list.iter_mut().for_each(|inner| expr(inner, visit));
}

fn expr(outer: &mut Expr, visit: Visit<'_>) {
    match outer {
        Expr::Bind(value) => visit(Node::Value(value)),
        Expr::Column(column) => column.source.iter_mut().for_each(|of| source(of, visit)),
        Expr::Unary(_, operand) | Expr::Cast(operand, _) | Expr::IsNull { operand, .. } => {
            expr(operand, visit)
        }
        Expr::Binary(_, left, right) => {
            expr(left, visit);
            expr(right, visit);
        }
        Expr::All(parts) | Expr::Any(parts) | Expr::Tuple(parts) => exprs(parts, visit),
        Expr::In { operand, list, .. } => {
            expr(operand, visit);
            match list {
                InList::Values(values) => exprs(values, visit),
                InList::Select(inner) => query(inner, visit),
                InList::Expr(inner) => expr(inner, visit),
            }
        }
        Expr::Between { operand, low, high, .. } => {
            expr(operand, visit);
            expr(low, visit);
            expr(high, visit);
        }
        Expr::Like { operand, pattern, .. } => {
            expr(operand, visit);
            expr(pattern, visit);
        }
        Expr::Function(function) => exprs(&mut function.arguments, visit),
        Expr::Case(case) => {
            for (when, then) in &mut case.whens {
                expr(when, visit);
                expr(then, visit);
            }
            case.otherwise.iter_mut().for_each(|inner| expr(inner, visit));
        }
        Expr::Select(inner) | Expr::Exists { select: inner, .. } => query(inner, visit),
        Expr::Literal(_)
        | Expr::Text(_)
        | Expr::Star
        | Expr::Now
        | Expr::Excluded(_)
        | Expr::Parameter(_)
        | Expr::Invalid(_) => {}
        other => unreachable!("no strategy makes {other:?}"),
    }
}
