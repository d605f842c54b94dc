//! Locks of MySQL's and MariaDB's queries.

use super::Mysql;
use crate::ast::{Lock, LockStrength, LockWait};
use crate::compiler::{CompileError, Compiler};

pub(super) fn lock(dialect: &Mysql, out: &mut Compiler<'_>, lock: &Lock) -> Result<(), CompileError> {
    out.push(match lock.strength {
        LockStrength::Update | LockStrength::NoKeyUpdate => " FOR UPDATE",
        LockStrength::Share | LockStrength::KeyShare if dialect.for_share => " FOR SHARE",
        LockStrength::Share | LockStrength::KeyShare => " LOCK IN SHARE MODE",
    });
    // Without the clause every table is locked, those that were asked for among them.
    if dialect.lock_of {
        out.lock_sources(" OF ", lock)?;
    }
    out.push(match lock.wait {
        None => "",
        Some(LockWait::NoWait) => " NOWAIT",
        Some(LockWait::SkipLocked) => " SKIP LOCKED",
    });
    Ok(())
}
