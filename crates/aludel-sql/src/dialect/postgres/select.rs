//! Clauses of queries that PostgreSQL spells in its own way: limits and locks.

use crate::ast::{Lock, LockStrength, LockWait};
use crate::compiler::{CompileError, Compiler, RowLimit};

pub(super) fn row_limit(out: &mut Compiler<'_>, limit: &RowLimit<'_>) -> Result<(), CompileError> {
    let Some(fetch) = limit.fetch else { return out.standard_row_limit(limit) };
    // Anything but a plain number has to stand in parentheses here.
    if let Some(offset) = limit.offset {
        out.push(" OFFSET (");
        out.expr(offset)?;
        out.push(") ROWS");
    }
    out.push(" FETCH FIRST (");
    out.expr(&fetch.count)?;
    out.push(if fetch.percent { ") PERCENT" } else { ")" });
    out.push(if fetch.with_ties { " ROWS WITH TIES" } else { " ROWS ONLY" });
    Ok(())
}

pub(super) fn lock(out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
    out.push(match lock.strength {
        LockStrength::Update => " FOR UPDATE",
        LockStrength::NoKeyUpdate => " FOR NO KEY UPDATE",
        LockStrength::Share => " FOR SHARE",
        LockStrength::KeyShare => " FOR KEY SHARE",
    });
    out.lock_sources(" OF ", lock)?;
    out.push(match lock.wait {
        None => "",
        Some(LockWait::NoWait) => " NOWAIT",
        Some(LockWait::SkipLocked) => " SKIP LOCKED",
    });
    Ok(())
}
