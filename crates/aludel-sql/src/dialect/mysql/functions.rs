//! Functions that MySQL and MariaDB have under other names, or call in another form.

use crate::ast::{Aggregate, Expr, Function, OrderBy};
use crate::compiler::{CompileError, Compiler};

pub(super) fn call(out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
    if !function.generic {
        return Ok(false);
    }
    match (function.name.to_ascii_lowercase().as_str(), function.arguments.as_slice()) {
        ("random", _) => out.call(function, "rand")?,
        ("sysdate", []) => out.push("SYSDATE()"),
        ("rollup", columns) => {
            out.exprs(columns)?;
            out.push(" WITH ROLLUP");
        }
        ("aggregate_strings", _) => strings(out, function, &[])?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The texts of several rows in one: the order stands in front of what stands between them.
fn strings(out: &mut Compiler<'_>, function: &Function, orders: &[OrderBy]) -> Result<(), CompileError> {
    if orders.is_empty() {
        return out.string_aggregate(function, "group_concat", " SEPARATOR ");
    }
    let [text, separator] = function.arguments.as_slice() else {
        return out.string_aggregate(function, "group_concat", " SEPARATOR ");
    };
    out.push(if function.distinct { "group_concat(DISTINCT " } else { "group_concat(" });
    out.expr(text)?;
    out.push(" ORDER BY ");
    out.orders(orders)?;
    out.push(" SEPARATOR ");
    out.with_literals(|out| out.expr(separator))?;
    out.push(")");
    Ok(())
}

pub(super) fn aggregate(out: &mut Compiler<'_>, aggregate: &Aggregate) -> Result<bool, CompileError> {
    match &aggregate.call {
        Expr::Function(function)
            if function.generic
                && function.name.eq_ignore_ascii_case("aggregate_strings")
                && !aggregate.order_by.is_empty() =>
        {
            strings(out, function, &aggregate.order_by)?;
            out.aggregate_clauses(aggregate)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

pub(super) fn extract(out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
    let field = match field {
        "milliseconds" => "millisecond",
        _ => return Ok(false),
    };
    out.push(&format!("EXTRACT({field} FROM "));
    out.expr(operand)?;
    out.push(")");
    Ok(true)
}

/// Only MariaDB has sequences.
pub(super) fn next_value(
    out: &mut Compiler<'_>,
    schema: Option<&str>,
    name: &str,
    sequences: bool,
) -> Result<bool, CompileError> {
    if !sequences {
        return Ok(false);
    }
    out.push("nextval(");
    if let Some(schema) = schema {
        out.quote(schema);
        out.push(".");
    }
    out.quote(name);
    out.push(")");
    Ok(true)
}
