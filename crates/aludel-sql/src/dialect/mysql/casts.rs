//! Casts that MySQL and MariaDB have no type for.

use super::Mysql;
use crate::ast::Expr;
use crate::compiler::{CompileError, Compiler, Precedence, level};
use crate::types::mysql::{MysqlNumber, MysqlType, NumberKind};
use crate::types::{Exact, Type};

/// Where that was asked for, a cast that `CAST` has no name for is left out, and one to a length of time is one to a point
/// in time, as SQLAlchemy has it.
pub(super) fn cast(
    dialect: &Mysql,
    out: &mut Compiler<'_>,
    operand: &Expr,
    ty: &Type,
) -> Result<bool, CompileError> {
    let ty = ty.on(dialect.name);
    let Some(no_floats) = dialect.leaves_out_casts else { return Ok(false) };
    if *ty == Type::Interval {
        out.push("CAST(");
        out.expr(operand)?;
        out.push(" AS DATETIME)");
        return Ok(true);
    }
    if is_named(ty, !no_floats) {
        return Ok(false);
    }
    out.operand(operand, Precedence::level(level::ALWAYS))?;
    Ok(true)
}

fn is_named(ty: &Type, floats: bool) -> bool {
    match ty {
        Type::Boolean | Type::Exact(Exact::Boolean) | Type::Enum(_) => false,
        Type::Float { .. } | Type::Double => floats,
        Type::Exact(Exact::Float { .. } | Exact::Real | Exact::Double | Exact::DoublePrecision) => floats,
        Type::Mysql(own) => match &**own {
            MysqlType::Year | MysqlType::Bit { .. } | MysqlType::List(_) => false,
            MysqlType::Number(MysqlNumber { kind, .. }) => {
                floats || matches!(kind, NumberKind::Decimal | NumberKind::Numeric)
            }
            _ => true,
        },
        Type::Collated(collated) => is_named(&collated.ty, floats),
        _ => true,
    }
}
