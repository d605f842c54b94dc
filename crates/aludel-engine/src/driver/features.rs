//! What a driver can do beyond what every driver can.

/// What a connection can do beyond what every one can: facts of driver and server, which the engine and the compliance
/// suite ask before they use a method of [`RawConnection`](super::RawConnection) that has a default of "not supported".
/// What a *statement* may contain is the business of [`Capabilities`](aludel_sql::dialect::Capabilities).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DriverFeatures {
    /// Rows can be read bit by bit, the rest staying where it is until it is asked for.
    pub streaming: bool,
    /// A query that is read bit by bit inside of a transaction leaves room for other statements in between: the database
    /// has cursors of its own.
    pub server_cursors: bool,
    /// Independent statements are sent before the first one is answered.
    pub pipelining: bool,
    /// Rows get into a table by a way that is faster than statements.
    pub bulk_load: bool,
    /// A running statement can be stopped from elsewhere.
    pub cancel: bool,
    /// The server tells what others announce (`LISTEN`).
    pub notifications: bool,
    /// Transactions can be prepared before they are committed.
    pub two_phase: bool,
}
