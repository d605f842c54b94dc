//! Operators that MySQL and MariaDB spell in their own way.

use crate::ast::{BinaryOperator, Expr, Match, Regexp};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::value::Value;

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    let precedence = Precedence::of_binary(operator);
    match operator {
        BinaryOperator::Concat => {
            out.push("concat(");
            joined(out, left)?;
            out.push(", ");
            joined(out, right)?;
            out.push(")");
        }
        // Here it binds more tightly than `*`.
        BinaryOperator::BitXor => out.infix(left, " ^ ", right, Precedence::level(level::PRODUCT))?,
        BinaryOperator::IntegerDivide => out.infix(left, " DIV ", right, precedence)?,
        BinaryOperator::IsNotDistinctFrom => out.infix(left, " <=> ", right, precedence)?,
        BinaryOperator::IsDistinctFrom => {
            out.push("NOT (");
            out.infix(left, " <=> ", right, precedence)?;
            out.push(")");
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The texts of a chain: one call takes them all.
fn joined(out: &mut Compiler<'_>, expr: &Expr) -> Result<(), CompileError> {
    let Expr::Binary(BinaryOperator::Concat, left, right) = expr else { return out.expr(expr) };
    joined(out, left)?;
    out.push(", ");
    joined(out, right)
}

/// `separate`: whether flags are an argument of a function; otherwise they stand in front of the pattern.
pub(super) fn regexp(out: &mut Compiler<'_>, regexp: &Regexp, separate: bool) -> Result<bool, CompileError> {
    let flags = regexp.flags.as_ref().map(|flags| Value::Text(flags.to_string()));
    let pattern = |out: &mut Compiler<'_>| match &flags {
        Some(flags) if !separate => {
            out.push("CONCAT('(?', ");
            out.literal(flags)?;
            out.push(", ')', ");
            out.expr(&regexp.pattern)?;
            out.push(")");
            Ok(())
        }
        _ => out.expr(&regexp.pattern),
    };
    let behind = |out: &mut Compiler<'_>| match &flags {
        Some(flags) if separate => {
            out.push(", ");
            out.literal(flags)
        }
        _ => Ok(()),
    };
    let comparison = Precedence::level(level::COMPARISON);
    let words = if regexp.negated { " NOT REGEXP " } else { " REGEXP " };
    match (&regexp.replacement, &flags) {
        (Some(replacement), _) => {
            out.push("REGEXP_REPLACE(");
            out.expr(&regexp.operand)?;
            out.push(", ");
            pattern(out)?;
            out.push(", ");
            out.expr(replacement)?;
            behind(out)?;
            out.push(")");
        }
        (None, Some(_)) if separate => {
            out.push(if regexp.negated { "NOT REGEXP_LIKE(" } else { "REGEXP_LIKE(" });
            out.expr(&regexp.operand)?;
            out.push(", ");
            pattern(out)?;
            behind(out)?;
            out.push(")");
        }
        (None, Some(_)) => {
            out.operands(|out| out.operand(&regexp.operand, comparison))?;
            out.push(words);
            pattern(out)?;
        }
        (None, None) => out.infix(&regexp.operand, words, &regexp.pattern, comparison)?,
    }
    Ok(true)
}

pub(super) fn full_text(out: &mut Compiler<'_>, search: &Match) -> Result<bool, CompileError> {
    let mode = match (search.boolean_mode, search.natural_language, search.query_expansion) {
        (false, false, false) => "",
        (true, false, false) => " IN BOOLEAN MODE",
        (false, true, false) => " IN NATURAL LANGUAGE MODE",
        (false, false, true) => " WITH QUERY EXPANSION",
        (false, true, true) => " IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION",
        (true, ..) => {
            return Err(CompileError::invalid(
                "a full-text search in boolean mode has neither natural language nor query expansion",
            ));
        }
    };
    out.push(if search.negated { "NOT MATCH (" } else { "MATCH (" });
    out.exprs(&search.columns)?;
    out.push(") AGAINST (");
    out.expr(&search.against)?;
    out.push(mode);
    out.push(")");
    Ok(true)
}
