//! Values in the text of SQL Server's statements.

use super::Mssql;
use crate::compiler::CompileError;
use crate::dialect::{Dialect, common_literal, hex_digits, quoted_text};
use crate::types::{Exact, Type};
use crate::value::Value;

pub(super) fn literal(dialect: &Mssql, value: &Value, out: &mut String) -> Result<(), CompileError> {
    match value {
        Value::Bytes(bytes) => {
            out.push_str("0x");
            hex_digits(bytes, out);
            Ok(())
        }
        // Without the sign, what the server's code page lacks becomes question marks.
        Value::Text(text) if !text.is_ascii() => {
            national(text, out);
            Ok(())
        }
        _ => common_literal(dialect, value, out),
    }
}

pub(super) fn typed(dialect: &Mssql, value: &Value, ty: &Type, out: &mut String) -> Result<(), CompileError> {
    let Value::Text(text) = value else { return dialect.literal(value, out) };
    match ty {
        Type::Unicode { .. }
        | Type::UnicodeText { .. }
        | Type::Exact(Exact::Nchar { .. } | Exact::Nvarchar { .. }) => national(text, out),
        Type::String { .. }
        | Type::Text { .. }
        | Type::Exact(Exact::Char { .. } | Exact::Varchar { .. } | Exact::Text { .. }) => {
            quoted_text(text, out);
        }
        _ => return dialect.literal(value, out),
    }
    Ok(())
}

fn national(text: &str, out: &mut String) {
    out.push('N');
    quoted_text(text, out);
}
