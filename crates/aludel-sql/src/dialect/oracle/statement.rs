//! What Oracle says in expressions in its own way.

use crate::ast::{BinaryOperator, Expr, Function, JsonAccess, Regexp};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::dialect::{Dialect, json_path};
use crate::interval::Interval;
use crate::types::Type;
use crate::value::Value;

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    let (before, behind) = match operator {
        BinaryOperator::Modulo => ("mod(", ")"),
        BinaryOperator::BitAnd => ("BITAND(", ")"),
        BinaryOperator::BitOr => ("BITOR(", ")"),
        BinaryOperator::BitXor => ("BITXOR(", ")"),
        BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => {
            return Err(out.unsupported("shifting bits"));
        }
        BinaryOperator::IsDistinctFrom => ("DECODE(", ", 0, 1) = 1"),
        BinaryOperator::IsNotDistinctFrom => ("DECODE(", ", 0, 1) = 0"),
        _ => return Ok(false),
    };
    out.push(before);
    out.expr(left)?;
    out.push(", ");
    out.expr(right)?;
    out.push(behind);
    Ok(true)
}

pub(super) fn regexp(out: &mut Compiler<'_>, regexp: &Regexp) -> Result<bool, CompileError> {
    out.push(match (&regexp.replacement, regexp.negated) {
        (Some(_), _) => "REGEXP_REPLACE(",
        (None, true) => "NOT REGEXP_LIKE(",
        (None, false) => "REGEXP_LIKE(",
    });
    out.list(
        [&regexp.operand, &regexp.pattern].into_iter().chain(&regexp.replacement),
        ", ",
        Compiler::expr,
    )?;
    if let Some(flags) = &regexp.flags {
        out.push(", ");
        out.literal(&Value::Text(flags.to_string()))?;
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
        ("char_length", _) => out.call(function, "LENGTH")?,
        ("pow", _) => out.call(function, "POWER")?,
        // Words of the language, whoever names them.
        ("uid" | "current_date" | "sysdate" | "user", []) => {
            let generic = Function { generic: true, ..function.clone() };
            match (function.generic, function.name.as_ref()) {
                (false, name) => out.push(name),
                (true, _) => out.standard_function(&generic)?,
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

pub(super) fn json(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
    let returning = match access.read_as() {
        Some(Type::Boolean) => {
            // Its own clause does not make numbers of truth values.
            out.push("CASE ");
            call(out, "JSON_VALUE", access, "")?;
            out.push(" WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST(");
            call(out, "JSON_VALUE", access, "")?;
            out.push(" AS NUMBER(1)) END");
            return Ok(true);
        }
        Some(Type::Float { .. } | Type::Double) => "FLOAT".to_owned(),
        Some(Type::Numeric { precision: Some(precision), scale: Some(scale) }) => {
            format!("NUMBER({precision}, {scale})")
        }
        Some(Type::Numeric { .. }) => "NUMBER".to_owned(),
        Some(ty) if ty.is_integer() => "INTEGER".to_owned(),
        Some(Type::String { .. } | Type::Text { .. }) => "VARCHAR2(4000)".to_owned(),
        _ => {
            call(out, "JSON_QUERY", access, "")?;
            return Ok(true);
        }
    };
    call(out, "JSON_VALUE", access, &format!(" RETURNING {returning} ERROR ON ERROR"))?;
    Ok(true)
}

/// The path has to be a plain text here.
fn call(out: &mut Compiler<'_>, name: &str, access: &JsonAccess, behind: &str) -> Result<(), CompileError> {
    out.push(name);
    out.push("(");
    out.operand(&access.operand, Precedence { level: level::INDEX, chain: Some("[]") })?;
    out.push(", ");
    let written = match &access.key {
        Expr::Literal(_) => true,
        Expr::Param(param) => param.literal,
        _ => false,
    };
    if !written && !out.writes_literals() {
        return Err(out.unsupported("an element of a document by a bound key: write the key as a literal"));
    }
    json_path(out, access)?;
    out.push(behind);
    out.push(")");
    Ok(())
}

/// A length of time. Months and what a clock measures are different types, which do not mix.
pub(super) fn interval(
    dialect: &dyn Dialect,
    interval: &Interval,
    out: &mut String,
) -> Result<(), CompileError> {
    let Interval { months, days, microseconds } = *interval;
    if months != 0 && (days != 0 || microseconds != 0) {
        let what = format!("the interval {interval}, which has months and days");
        return Err(CompileError::unsupported(dialect.name(), &what));
    }
    if months != 0 {
        out.push_str(&format!("NUMTOYMINTERVAL({months}, 'MONTH')"));
        return Ok(());
    }
    let all = i128::from(days) * 86_400_000_000 + i128::from(microseconds);
    let sign = if all < 0 { "-" } else { "" };
    let (seconds, rest) = (all.unsigned_abs() / 1_000_000, all.unsigned_abs() % 1_000_000);
    let digits = format!("{rest:06}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    out.push_str(&format!("NUMTODSINTERVAL({sign}{seconds}.{digits}, 'SECOND')"));
    Ok(())
}
