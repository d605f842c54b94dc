//! Elements of JSON documents in MySQL and MariaDB.

use crate::ast::JsonAccess;
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::dialect::json_path;
use crate::types::Type;

pub(super) fn element(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<bool, CompileError> {
    let Some(ty) = access.read_as() else {
        extract(out, access)?;
        return Ok(true);
    };
    // A JSON null is no NULL here.
    out.push("CASE ");
    extract(out, access)?;
    out.push(" WHEN 'null' THEN NULL ");
    match ty {
        Type::Boolean => out.push("WHEN true THEN true ELSE false"),
        Type::Numeric { precision: Some(precision), scale: Some(scale) } => {
            out.push("ELSE CAST(");
            extract(out, access)?;
            out.push(&format!(" AS DECIMAL({precision}, {scale}))"));
        }
        Type::Numeric { .. } | Type::Float { .. } | Type::Double => {
            out.push("ELSE ");
            extract(out, access)?;
            out.push("+0.0000000000000000000000");
        }
        ty if ty.is_integer() => {
            out.push("ELSE CAST(");
            extract(out, access)?;
            out.push(" AS SIGNED INTEGER)");
        }
        Type::String { .. } | Type::Text { .. } => {
            out.push("ELSE JSON_UNQUOTE(");
            extract(out, access)?;
            out.push(")");
        }
        _ => {
            out.push("ELSE ");
            extract(out, access)?;
        }
    }
    out.push(" END");
    Ok(true)
}

fn extract(out: &mut Compiler<'_>, access: &JsonAccess) -> Result<(), CompileError> {
    out.push("JSON_EXTRACT(");
    out.operand(&access.operand, Precedence { level: level::INDEX, chain: Some("[]") })?;
    out.push(", ");
    json_path(out, access)?;
    out.push(")");
    Ok(())
}
