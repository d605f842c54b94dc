//! The names of types in SQL Server.

use super::Mssql;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::{common, sized, stated};
use crate::types::{Exact, MssqlType, Type};

pub(super) fn name(dialect: &Mssql, ty: &Type) -> Result<String, CompileError> {
    let again = |exact: Exact| dialect.type_name(&Type::Exact(exact));
    Ok(match ty {
        Type::Double => "DOUBLE PRECISION".into(),
        Type::DateTime { timezone: true } => "DATETIMEOFFSET".into(),
        Type::Date | Type::Time { .. } if !dialect.has_dates() => "DATETIME".into(),
        Type::Unicode { length } => return again(Exact::Nvarchar { length: *length }),
        Type::Text { length } if dialect.has_large_values() => {
            return again(Exact::Varchar { length: *length });
        }
        Type::UnicodeText { length } if dialect.has_large_values() => {
            return again(Exact::Nvarchar { length: *length });
        }
        Type::UnicodeText { length } => sized("NTEXT", *length),
        Type::Binary { length } if dialect.has_large_values() => {
            return again(Exact::Varbinary { length: *length });
        }
        Type::Binary { .. } => "IMAGE".into(),
        Type::Boolean => "BIT".into(),
        Type::Uuid => "UNIQUEIDENTIFIER".into(),
        Type::Exact(exact) => match *exact {
            Exact::Float { precision } => stated("FLOAT", precision),
            Exact::Varchar { length } => unlimited("VARCHAR", length),
            Exact::Nvarchar { length } => unlimited("NVARCHAR", length),
            Exact::Varbinary { length } => unlimited("VARBINARY", length),
            // There is no such type; documents are kept as text.
            Exact::Json => "NVARCHAR(max)".into(),
            other => return common(dialect, &Type::Exact(other)),
        },
        Type::Mssql(ty) => own(*ty),
        other => return common(dialect, other),
    })
}

/// SQL Server's own types.
pub(in crate::dialect) fn own(ty: MssqlType) -> String {
    let word = match ty {
        MssqlType::TinyInt => "TINYINT",
        MssqlType::Bit => "BIT",
        MssqlType::Money => "MONEY",
        MssqlType::SmallMoney => "SMALLMONEY",
        MssqlType::Time { precision } => return stated("TIME", precision),
        MssqlType::DateTime2 { precision } => return stated("DATETIME2", precision),
        MssqlType::DateTimeOffset { precision } => return stated("DATETIMEOFFSET", precision),
        MssqlType::SmallDateTime => "SMALLDATETIME",
        MssqlType::RowVersion => "ROWVERSION",
        MssqlType::NText => "NTEXT",
        MssqlType::Image => "IMAGE",
        MssqlType::Filestream => "VARBINARY(max) FILESTREAM",
        MssqlType::Xml => "XML",
        MssqlType::UniqueIdentifier => "UNIQUEIDENTIFIER",
        MssqlType::SqlVariant => "SQL_VARIANT",
    };
    word.into()
}

/// A length that is not stated is the largest.
fn unlimited(name: &str, length: Option<u32>) -> String {
    match length {
        Some(length) if length > 0 => format!("{name}({length})"),
        _ => format!("{name}(max)"),
    }
}
