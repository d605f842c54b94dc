//! What a comparison looks at. Mirrors Alembic's `include_object` and `include_name`.

use aludel_sql::schema::TableName;

/// Decides whether an object takes part in a comparison.
pub type Include = dyn Fn(&ObjectRef<'_>) -> bool + Send + Sync;

/// The kinds of objects that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column.
    Column,
    /// An index.
    Index,
    /// A unique constraint.
    UniqueConstraint,
    /// A foreign key.
    ForeignKey,
    /// A check constraint.
    Check,
}

/// An object that is about to be compared. Where both sides have it, it is asked about twice, once for either side;
/// one `false` leaves it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectRef<'a> {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name; `None` for constraints without one.
    pub name: Option<&'a str>,
    /// The table that it is, or is on.
    pub table: &'a TableName,
    /// Whether it comes from the database rather than from the application's metadata.
    pub reflected: bool,
    /// Whether the other side has it, too. `reflected && !counterpart` is what would be dropped.
    pub counterpart: bool,
}
