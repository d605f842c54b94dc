//! Functions that PostgreSQL has under other names, or calls in another form.

use crate::ast::Function;
use crate::compiler::{CompileError, Compiler};
use crate::dialect::quoted_text;

pub(super) fn call(out: &mut Compiler<'_>, function: &Function) -> Result<bool, CompileError> {
    if !function.package.is_empty() || function.distinct {
        return Ok(false);
    }
    match (&*function.name.to_ascii_lowercase(), function.arguments.as_slice()) {
        ("pow", _) => out.call(function, "power")?,
        ("substring", [text, start, length @ ..]) => {
            out.push("SUBSTRING(");
            out.expr(text)?;
            out.push(" FROM ");
            out.expr(start)?;
            if let Some(length) = length.first() {
                out.push(" FOR ");
                out.expr(length)?;
            }
            out.push(")");
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// `nextval('"schema"."name"')`: the name is a text that holds an identifier.
pub(super) fn next_value(out: &mut Compiler<'_>, schema: Option<&str>, name: &str) {
    let mut words = String::new();
    if let Some(schema) = schema {
        out.dialect().quote(schema, &mut words);
        words.push('.');
    }
    out.dialect().quote(name, &mut words);
    let mut literal = String::new();
    quoted_text(&words, &mut literal);
    out.push("nextval(");
    out.push(&literal);
    out.push(")");
}
