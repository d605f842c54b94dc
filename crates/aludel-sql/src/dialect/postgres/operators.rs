//! Operators that PostgreSQL spells in its own way: documents, arrays, regular expressions, full-text search.

use super::Postgres;
use crate::ast::{BinaryOperator, CustomOperation, Expr, JsonAccess, Match, Regexp};
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::dialect::Dialect;
use crate::types::{Exact, PostgresType, SqliteType, Type};
use crate::value::Value;

const COMPARISON: Precedence = Precedence::level(level::COMPARISON);
const INDEX: Precedence = Precedence { level: level::INDEX, chain: Some("[]") };

pub(super) fn binary(
    out: &mut Compiler<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<bool, CompileError> {
    // `^` raises to a power.
    let BinaryOperator::BitXor = operator else { return Ok(false) };
    out.infix(left, " # ", right, Precedence::of_binary(operator))?;
    Ok(true)
}

pub(super) fn custom(
    dialect: &Postgres,
    out: &mut Compiler<'_>,
    operation: &CustomOperation,
) -> Result<bool, CompileError> {
    let (Some("hstore_getitem"), Some(left), Some(right)) =
        (operation.operator.key.as_deref(), &operation.left, &operation.right)
    else {
        return Ok(false);
    };
    if dialect.capabilities().document_subscripts {
        subscript(out, left, right)?;
    } else {
        arrow(out, left, " -> ", right)?;
    }
    Ok(true)
}

/// `x['k']`
fn subscript(out: &mut Compiler<'_>, left: &Expr, key: &Expr) -> Result<(), CompileError> {
    out.subscripted(left)?;
    out.push("[");
    out.expr(key)?;
    out.push("]");
    Ok(())
}

/// `x -> 'k'`, in parentheses inside of another operator: they all bind equally tightly.
fn arrow(out: &mut Compiler<'_>, left: &Expr, words: &str, right: &Expr) -> Result<(), CompileError> {
    let enclosed = out.is_operand();
    out.push(if enclosed { "(" } else { "" });
    out.infix(left, words, right, INDEX)?;
    out.push(if enclosed { ")" } else { "" });
    Ok(())
}

/// Whether a type is that of a document. What an element is read as is one where nothing else was asked for.
fn is_document(ty: &Type) -> bool {
    match ty.on("postgres") {
        Type::Null | Type::Json | Type::Exact(Exact::Json) => true,
        Type::Postgres(ty) => matches!(ty, PostgresType::Json | PostgresType::Jsonb),
        Type::Sqlite(ty) => *ty == SqliteType::Jsonb,
        _ => false,
    }
}

pub(super) fn json(
    dialect: &Postgres,
    out: &mut Compiler<'_>,
    access: &JsonAccess,
) -> Result<bool, CompileError> {
    let words = |text: bool| match (access.path, text) {
        (false, false) => " -> ",
        (false, true) => " ->> ",
        (true, false) => " #> ",
        (true, true) => " #>> ",
    };
    if let Some(ty) = access.result.as_ref().filter(|ty| !is_document(ty)) {
        out.push("CAST(");
        arrow(out, &access.operand, words(true), &access.key)?;
        out.push(" AS ");
        let name = dialect.cast_type_name(ty)?;
        out.push(&name);
        out.push(")");
        return Ok(true);
    }
    if access.binary && !access.path && dialect.capabilities().document_subscripts {
        subscript(out, &access.operand, &access.key)?;
    } else {
        arrow(out, &access.operand, words(false), &access.key)?;
    }
    Ok(true)
}

pub(super) fn array(
    dialect: &Postgres,
    out: &mut Compiler<'_>,
    values: &[Expr],
    element: Option<&Type>,
) -> Result<bool, CompileError> {
    out.push("ARRAY[");
    let element = element.filter(|ty| **ty != Type::Null);
    out.list(values, ", ", |out, value| {
        out.expr(value)?;
        // By itself, a parameter in here would be taken for a text.
        let parameter = matches!(value, Expr::Bind(_) | Expr::Param(_)) && !out.writes_literals();
        if let (true, Some(ty)) = (parameter, element) {
            out.push("::");
            let name = dialect.type_name(ty)?;
            out.push(&name);
        }
        Ok(())
    })?;
    out.push("]");
    if let (true, Some(ty)) = (values.is_empty(), element) {
        out.push("::");
        let name = dialect.type_name(&Type::Array(Box::new(ty.clone())))?;
        out.push(&name);
    }
    Ok(true)
}

pub(super) fn regexp(
    dialect: &Postgres,
    out: &mut Compiler<'_>,
    regexp: &Regexp,
) -> Result<bool, CompileError> {
    let literal = |out: &mut Compiler<'_>, text: &str| -> Result<(), CompileError> {
        let mut written = String::new();
        dialect.literal(&Value::Text(text.to_owned()), &mut written)?;
        out.push(&written);
        Ok(())
    };
    if let Some(replacement) = &regexp.replacement {
        out.push("REGEXP_REPLACE(");
        out.list([&regexp.operand, &regexp.pattern, replacement], ", ", |out, part| out.expr(part))?;
        if let Some(flags) = &regexp.flags {
            out.push(", ");
            literal(out, flags)?;
        }
        out.push(")");
        return Ok(true);
    }
    let sign = if regexp.negated { "!~" } else { "~" };
    match regexp.flags.as_deref() {
        None => out.infix(&regexp.operand, &format!(" {sign} "), &regexp.pattern, COMPARISON)?,
        Some("i") => out.infix(&regexp.operand, &format!(" {sign}* "), &regexp.pattern, COMPARISON)?,
        Some(flags) => {
            out.operand(&regexp.operand, COMPARISON)?;
            out.push(&format!(" {sign} CONCAT('(?', "));
            literal(out, flags)?;
            out.push(", ')', ");
            out.expr(&regexp.pattern)?;
            out.push(")");
        }
    }
    Ok(true)
}

pub(super) fn full_text(
    dialect: &Postgres,
    out: &mut Compiler<'_>,
    search: &Match,
) -> Result<bool, CompileError> {
    let [column] = search.columns.as_slice() else {
        return Err(
            out.unsupported("a full-text search in several columns: join them, or make a tsvector of them")
        );
    };
    out.push(if search.negated { "NOT " } else { "" });
    out.operand(column, COMPARISON)?;
    out.push(" @@ plainto_tsquery(");
    if let Some(configuration) = &search.configuration {
        let mut written = String::new();
        dialect.literal(&Value::Text(configuration.to_string()), &mut written)?;
        out.push(&written);
        out.push(", ");
    }
    out.expr(&search.against)?;
    out.push(")");
    Ok(true)
}
