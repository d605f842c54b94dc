//! Operations without a revision: in a transaction of their own, with nothing written into the version table.

use aludel_engine::Connection;

use super::suspension::{Suspension, Violations, refuse_new, violations};
use super::{Event, Observer, apply};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;
use crate::{lock, plan};

/// Runs operations in a transaction of their own: all of them or none. Meant for development databases and for tests;
/// what runs here is in no history. Mirrors Alembic's recipe of running operation objects directly.
///
/// # Errors
/// Where an operation does not fit the tables, the rows forbid it, or the database refuses. Nothing stays then.
pub async fn push(
    operations: &[Operation],
    connection: &mut Connection,
    observe: &mut Observer<'_>,
) -> Result<()> {
    let suspends = plan::suspends_foreign_keys(operations, connection.dialect().as_ref());
    let mut suspension = Suspension::begin(connection, suspends).await?;
    let result = in_turn(operations, suspends, suspension.connection(), observe).await;
    let restored = suspension.end().await;
    result.and(restored)
}

async fn in_turn(
    operations: &[Operation],
    suspends: bool,
    connection: &mut Connection,
    observe: &mut Observer<'_>,
) -> Result<()> {
    let mut turn = lock::begin_turn(connection).await?;
    let result = apply_checked(operations, suspends, &mut turn, observe).await;
    if result.is_err() {
        // The first error is the one that matters.
        let _ = turn.rollback().await;
        return result;
    }
    Ok(turn.commit().await?)
}

/// Runs operations in an open transaction, and refuses what they break that nothing else would refuse.
pub(super) async fn apply_checked(
    operations: &[Operation],
    suspends: bool,
    turn: &mut Connection,
    observe: &mut Observer<'_>,
) -> Result<()> {
    let before = if suspends { violations(turn).await } else { Ok(Violations::new()) };
    apply(operations, turn, observe).await?;
    if turn.dialect().capabilities().transactional_ddl && !turn.in_transaction() {
        return Err(Error::new(
            ErrorKind::Database,
            "a step ended the migration's transaction (COMMIT or ROLLBACK in its SQL): what it did may stay, and the \
             version table was not changed. Take these words out",
        ));
    }
    match before {
        Ok(before) if suspends => refuse_new(&before, &violations(turn).await?)?,
        Ok(_) => {}
        // A foreign key that fits nothing made the check impossible before, too.
        Err(error) => observe(Event::Warning(&format!("foreign keys could not be checked: {error}"))),
    }
    Ok(())
}
