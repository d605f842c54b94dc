//! What SQL Server says in expressions in its own way.

use crate::ast::{BinaryOperator, Expr, Function, JsonAccess};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::dialect::json_path;
use crate::types::Type;

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    match operator {
        BinaryOperator::Concat => out.infix(left, " + ", right, out.precedence_of(operator))?,
        BinaryOperator::IsDistinctFrom | BinaryOperator::IsNotDistinctFrom => {
            out.push(if operator == BinaryOperator::IsDistinctFrom { "NOT EXISTS" } else { "EXISTS" });
            out.push(" (SELECT ");
            out.expr(left)?;
            out.push(" INTERSECT SELECT ");
            out.expr(right)?;
            out.push(")");
        }
        _ => return Ok(false),
    }
    Ok(true)
}

pub(super) fn function(out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
    if !function.package.is_empty() {
        return Ok(false);
    }
    match (function.name.to_ascii_lowercase().as_str(), function.arguments.as_slice()) {
        ("now", []) => out.push("CURRENT_TIMESTAMP"),
        ("current_date", []) if function.generic => out.push("GETDATE()"),
        ("length" | "char_length", _) => out.call(function, "LEN")?,
        ("pow", _) => out.call(function, "POWER")?,
        _ => return Ok(false),
    }
    Ok(true)
}

pub(super) fn extract(out: &mut Compiler<'_>, field: &str, operand: &Expr) -> Result<bool, CompileError> {
    let field = match field {
        "doy" => "dayofyear",
        "dow" => "weekday",
        "milliseconds" => "millisecond",
        "microseconds" => "microsecond",
        field => field,
    };
    out.push(&format!("DATEPART({field}, "));
    out.expr(operand)?;
    out.push(")");
    Ok(true)
}

pub(super) fn json(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
    let Some(ty) = access.read_as() else {
        call(out, "JSON_QUERY", access)?;
        return Ok(true);
    };
    out.push("CASE ");
    call(out, "JSON_VALUE", access)?;
    out.push(" WHEN NULL THEN NULL ");
    let cast = match ty {
        Type::Boolean => {
            out.push("WHEN 'true' THEN 1 WHEN 'false' THEN 0 ");
            Some("BIT".to_owned())
        }
        Type::Float { .. } | Type::Double => Some("FLOAT".to_owned()),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            Some(format!("NUMERIC({precision}, {scale})"))
        }
        Type::Numeric { .. } => Some("NUMERIC".to_owned()),
        ty if ty.is_integer() => Some("INTEGER".to_owned()),
        _ => None,
    };
    out.push("ELSE ");
    match cast {
        Some(cast) => {
            out.push("CAST(");
            call(out, "JSON_VALUE", access)?;
            out.push(&format!(" AS {cast})"));
        }
        None if matches!(ty, Type::String { .. } | Type::Text { .. }) => call(out, "JSON_VALUE", access)?,
        None => call(out, "JSON_QUERY", access)?,
    }
    out.push(" END");
    Ok(true)
}

fn call(out: &mut Compiler<'_>, name: &str, access: &JsonAccess) -> Result<(), CompileError> {
    out.push(name);
    out.push("(");
    out.operand(&access.operand, Precedence { level: level::INDEX, chain: Some("[]") })?;
    out.push(", ");
    json_path(out, access)?;
    out.push(")");
    Ok(())
}
