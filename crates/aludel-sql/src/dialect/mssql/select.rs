//! Limits on the number of rows in SQL Server: `TOP` where nothing is passed over, else `OFFSET … FETCH`, and for old
//! versions a query that numbers the rows inside of another.

use crate::ast::{Expr, Select};
use crate::compiler::{Around, CompileError, Compiler, Position, RowLimit, SelectForm};
use crate::dialect::Dialect;
use crate::value::Value;

pub(super) fn select(
    out: &mut Compiler<'_>,
    select: &Select,
    position: Position,
) -> Result<bool, CompileError> {
    let limit = RowLimit::of(select);
    if !limit.is_some() {
        return Ok(false);
    }
    if let Some(count) = top(out.dialect(), &limit) {
        let head = |out: &mut Compiler<'_>| {
            out.push("TOP ");
            // Only a plain number may stand there without parentheses.
            let plain = out.is_written(count);
            out.push(if plain { "" } else { "(" });
            out.expr(count)?;
            out.push(if plain { " " } else { ") " });
            if let Some(fetch) = limit.fetch {
                out.push(if fetch.percent { "PERCENT " } else { "" });
                out.push(if fetch.with_ties { "WITH TIES " } else { "" });
            }
            Ok(())
        };
        // It keeps the order, which decides which rows there are.
        let form =
            SelectForm { head: Some(&head), limited: false, ordered: Some(true), ..SelectForm::default() };
        out.standard_select(select, position, &form)?;
        return Ok(true);
    }
    check(out, &limit)?;
    if out.dialect().capabilities().offset_fetch {
        return Ok(false);
    }
    numbered(out, select, position, &limit)?;
    Ok(true)
}

/// The number of rows behind `TOP`, where that is the way to say the limit.
fn top<'e>(dialect: &dyn Dialect, limit: &RowLimit<'e>) -> Option<&'e Expr> {
    let nothing = |offset: &Expr| matches!(offset, Expr::Literal(Value::I64(0)));
    if !limit.offset.is_none_or(nothing) {
        return None;
    }
    let of_fetch = |fetch: &crate::ast::Fetch| fetch.percent || fetch.with_ties;
    let count = limit.count()?;
    let top = match limit.fetch {
        Some(fetch) => of_fetch(fetch),
        None => matches!(count, Expr::Bind(_) | Expr::Param(_) | Expr::Literal(_)),
    };
    // Without an order there is no other way.
    let other = limit.ordered && (limit.fetch.is_some() || dialect.capabilities().offset_fetch || !top);
    (top || !other).then_some(count)
}

fn check(out: &Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
    if limit.fetch.is_some_and(|fetch| fetch.percent || fetch.with_ties) {
        return Err(out.unsupported("PERCENT and WITH TIES behind an offset"));
    }
    if !limit.ordered {
        return Err(out.unsupported("an offset in a query without an order (say `order_by`)"));
    }
    Ok(())
}

pub(super) fn row_limit(out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
    check(out, limit)?;
    if !out.dialect().capabilities().offset_fetch {
        return Err(out.unsupported("a limit on queries that are combined (select from them as a subquery)"));
    }
    if limit.offset.is_none() {
        out.push(" OFFSET 0 ROWS");
    }
    out.fetch(limit)
}

fn numbered(
    out: &mut Compiler<'_>,
    select: &Select,
    position: Position,
    limit: &RowLimit<'_>,
) -> Result<(), CompileError> {
    let number = |out: &mut Compiler<'_>| {
        out.push(", ROW_NUMBER() OVER (ORDER BY ");
        out.orders(&select.order_by)?;
        out.push(") AS mssql_rn");
        Ok(())
    };
    let inner = |out: &mut Compiler<'_>, id: u32| {
        let form = SelectForm {
            more_columns: Some(&number),
            ordered: Some(false),
            limited: false,
            tail: false,
            read_by: Some(id),
            ..SelectForm::default()
        };
        out.standard_select(select, position, &form)
    };
    let behind = |out: &mut Compiler<'_>, _: &str| {
        out.push(" WHERE mssql_rn ");
        if let Some(offset) = limit.offset {
            out.push("> ");
            out.expr(offset)?;
        }
        if let Some(count) = limit.count() {
            out.push(if limit.offset.is_some() { " AND mssql_rn <= " } else { "<= " });
            out.expr(count)?;
        }
        if let (Some(offset), Some(_)) = (limit.offset, limit.count()) {
            out.push(" + ");
            out.expr(offset)?;
        }
        out.select_tail(select)
    };
    let around = Around { head: None, more_columns: None, inner: &inner, behind: &behind, read_by: None };
    out.select_around(select, position, &around)
}
