//! What SQLite says in statements in its own way.

use crate::ast::{BinaryOperator, Expr, Function, JsonAccess, Regexp};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::dialect::json_path;

const INDEX: Precedence = Precedence { level: level::INDEX, chain: Some("[]") };

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    // There is no exclusive or: the bits of either without the bits of both.
    let BinaryOperator::BitXor = operator else { return Ok(false) };
    let sum = Precedence::level(level::SUM);
    out.push("((");
    out.infix(left, " | ", right, sum)?;
    out.push(") - (");
    out.infix(left, " & ", right, sum)?;
    out.push("))");
    Ok(true)
}

/// A query without rows, of so many columns.
pub(super) fn empty_list(out: &mut Compiler<'_>, width: usize) {
    let columns = vec!["1"; width].join(", ");
    out.push(&format!("SELECT {columns} FROM (SELECT {columns}) WHERE 1!=1"));
}

/// By the operator `REGEXP`, behind which there has to be a function of the user's. It takes no flags.
pub(super) fn regexp(out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
    if regexp.replacement.is_some() {
        return Ok(false);
    }
    let words = if regexp.negated { " NOT REGEXP " } else { " REGEXP " };
    out.infix(&regexp.operand, words, &regexp.pattern, Precedence::level(level::COMPARISON))?;
    Ok(true)
}

pub(super) fn json(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
    let result = access.read_as();
    out.push(if result.is_some() { "CAST(" } else { "JSON_QUOTE(" });
    out.push("JSON_EXTRACT(");
    out.operand(&access.operand, INDEX)?;
    out.push(", ");
    json_path(out, access)?;
    out.push(")");
    if let Some(ty) = result {
        out.push(" AS ");
        let name = out.dialect().cast_type_name(ty)?;
        out.push(&name);
    }
    out.push(")");
    Ok(true)
}

pub(super) fn function(out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
    if !function.package.is_empty() {
        return Ok(false);
    }
    match (function.name.to_ascii_lowercase().as_str(), function.arguments.as_slice()) {
        ("now", []) => out.push("CURRENT_TIMESTAMP"),
        ("localtimestamp", []) if function.generic => out.push("DATETIME(CURRENT_TIMESTAMP, 'localtime')"),
        ("char_length", _) => out.call(function, "length")?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// By the function that formats points in time.
pub(super) fn extract(out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
    let format = match field {
        "year" => "%Y",
        "month" => "%m",
        "week" => "%W",
        "day" => "%d",
        "doy" => "%j",
        "dow" => "%w",
        "hour" => "%H",
        "minute" => "%M",
        "second" => "%S",
        "epoch" => "%s",
        _ => return Err(out.unsupported(&format!("EXTRACT of `{field}`"))),
    };
    out.push(&format!("CAST(STRFTIME('{format}', "));
    out.expr(operand)?;
    out.push(") AS INTEGER)");
    Ok(true)
}
