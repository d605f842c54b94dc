//! The names of types in standard SQL.

use super::Standard;
use crate::compiler::CompileError;
use crate::dialect::Dialect;
use crate::dialect::type_names::common;
use crate::dialect::{mssql, mysql, oracle, postgres, sqlite};
use crate::types::Type;

pub(super) fn name(dialect: &Standard, ty: &Type) -> Result<String, CompileError> {
    Ok(match ty {
        Type::Interval => "INTERVAL".into(),
        Type::Array(element) => format!("{} ARRAY", dialect.type_name(element)?),
        Type::Null if dialect.printing => "NULL".into(),
        other => match common(dialect, other) {
            // What only one database has is printed as it writes it.
            Err(_) if dialect.printing => match other {
                Type::Postgres(ty) => postgres::types::own(*ty),
                Type::Mysql(ty) => mysql::types::own(ty),
                Type::Sqlite(ty) => sqlite::types::own(*ty).into(),
                Type::Mssql(ty) => mssql::types::own(*ty),
                Type::Oracle(ty) => oracle::types::own(*ty),
                Type::Range(_) => postgres::Postgres::default().type_name(other)?,
                other => return common(dialect, other),
            },
            Ok(_) if dialect.printing && *other == Type::Inet => "INET".into(),
            said => return said,
        },
    })
}
