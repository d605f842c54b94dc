//! Statements.

use super::{ColumnRef, Expr, TableRef};
use crate::name::Name;
use crate::value::Value;

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `SELECT`.
    Select(Select),
    /// `INSERT`.
    Insert(Insert),
    /// `UPDATE`.
    Update(Update),
    /// `DELETE`.
    Delete(Delete),
    /// SQL in the user's own words.
    Text(TextStatement),
}

/// What a query yields.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectItem {
    /// An expression, under a label where it has one.
    Expr(Expr, Option<Name>),
    /// Columns of one occurrence of a table, in order. The list is the model's, so nothing is copied.
    Columns(TableRef, &'static [Name]),
    /// The same for a table known only at run time.
    OwnedColumns(TableRef, Vec<Name>),
}

/// What a query reads from.
#[derive(Clone, Debug, PartialEq)]
pub enum FromItem {
    /// A table.
    Table(TableRef),
    /// A query under a name.
    Select(Box<Select>, Name),
}

/// How the rows of a join are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum JoinKind {
    /// Pairs that match.
    Inner,
    /// All of the left, with `NULL` where nothing matches.
    Left,
    /// Every pair.
    Cross,
}

/// One join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// How rows are matched.
    pub kind: JoinKind,
    /// What is joined.
    pub target: FromItem,
    /// The condition; `None` for a cross join.
    pub on: Option<Expr>,
}

/// One element of `ORDER BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy {
    /// What is ordered by.
    pub expr: Expr,
    /// Whether the order is descending.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`; `None` is the database's own way.
    pub nulls_first: Option<bool>,
}

/// `SELECT`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// Whether duplicates are removed.
    pub distinct: bool,
    /// What is yielded.
    pub items: Vec<SelectItem>,
    /// What is read from; where empty, the tables of [`items`](Self::items) that are not joined.
    pub from: Vec<FromItem>,
    /// Joins onto the last element of the `FROM` list.
    pub joins: Vec<Join>,
    /// Conditions, all of which hold.
    pub filter: Vec<Expr>,
    /// Grouping.
    pub group_by: Vec<Expr>,
    /// Conditions on groups, all of which hold.
    pub having: Vec<Expr>,
    /// Order.
    pub order_by: Vec<OrderBy>,
    /// The largest number of rows.
    pub limit: Option<Expr>,
    /// Rows passed over first.
    pub offset: Option<Expr>,
}

/// Where the rows of an insert come from.
#[derive(Clone, Debug, PartialEq)]
pub enum InsertSource {
    /// One row of defaults.
    Defaults,
    /// Rows of values, each as long as the list of columns.
    Values(Vec<Vec<Expr>>),
    /// One row whose values are given when the statement runs: as many placeholders as there are columns.
    Placeholders,
    /// The rows of a query.
    Select(Box<Select>),
}

/// `INSERT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: TableRef,
    /// The columns that are given.
    pub columns: Vec<Name>,
    /// The rows.
    pub source: InsertSource,
    /// What happens where a row is already there.
    pub on_conflict: Option<OnConflict>,
    /// What is handed back.
    pub returning: Vec<SelectItem>,
}

/// What an insert does where a row is already there.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// The columns of the unique constraint in question; empty for any of them.
    pub target: Vec<Name>,
    /// What happens.
    pub action: ConflictAction,
}

/// The action of `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictAction {
    /// The new row is dropped.
    DoNothing,
    /// The row that is there is changed.
    DoUpdate {
        /// The new values.
        set: Vec<(Name, Expr)>,
        /// Conditions, all of which hold.
        filter: Vec<Expr>,
    },
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The table.
    pub table: TableRef,
    /// The new values.
    pub set: Vec<(Name, Expr)>,
    /// Conditions, all of which hold.
    pub filter: Vec<Expr>,
    /// What is handed back.
    pub returning: Vec<SelectItem>,
}

/// `DELETE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The table.
    pub table: TableRef,
    /// Conditions, all of which hold.
    pub filter: Vec<Expr>,
    /// What is handed back.
    pub returning: Vec<SelectItem>,
}

/// SQL in the user's own words, with `?` for each parameter in order (`??` is a literal question mark).
#[derive(Clone, Debug, PartialEq)]
pub struct TextStatement {
    /// The text.
    pub sql: Name,
    /// The parameters.
    pub binds: Vec<Value>,
}

impl SelectItem {
    /// A column of a table.
    pub fn column(table: TableRef, name: Name) -> Self {
        SelectItem::Expr(Expr::Column(ColumnRef { table: Some(table), name }), None)
    }

    /// How many columns the item yields.
    pub fn width(&self) -> usize {
        match self {
            SelectItem::Expr(..) => 1,
            SelectItem::Columns(_, names) => names.len(),
            SelectItem::OwnedColumns(_, names) => names.len(),
        }
    }
}
