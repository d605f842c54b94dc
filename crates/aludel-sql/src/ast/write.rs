//! `INSERT`, `UPDATE` and `DELETE`.

use super::{ColumnRef, Expr, Fragment, FromItem, Label, Query, SelectItem, TableRef, WithCte};
use crate::name::Name;

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
    Select(Query),
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
    /// What most inserts have none of.
    pub options: Option<Box<WriteOptions>>,
}

/// What an insert does where a row is already there.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// The unique constraint in question.
    pub target: ConflictTarget,
    /// What happens.
    pub action: ConflictAction,
    /// MySQL: the name under which the action sees the new row.
    pub new_row: Option<Name>,
}

/// The unique constraint that `ON CONFLICT` is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ConflictTarget {
    /// Any.
    #[default]
    Any,
    /// That over these columns, and no other rows than those of a partial index where conditions are given.
    Columns {
        /// The columns or expressions of the index.
        elements: Vec<Expr>,
        /// The conditions of a partial index.
        filter: Vec<Expr>,
    },
    /// By its name.
    Constraint(Name),
}

impl ConflictTarget {
    /// The constraint over these columns; any of them where there are none.
    pub fn columns(names: impl IntoIterator<Item = Name>) -> Self {
        let elements: Vec<Expr> = names.into_iter().map(|name| Expr::Column(ColumnRef::free(name))).collect();
        if elements.is_empty() {
            return ConflictTarget::Any;
        }
        ConflictTarget::Columns { elements, filter: Vec::new() }
    }
}

impl ConflictTarget {
    /// The first column of the constraint, where it is about columns.
    pub fn first_column(&self) -> Option<&Name> {
        let ConflictTarget::Columns { elements, .. } = self else { return None };
        elements.iter().find_map(|element| match element {
            Expr::Column(column) => Some(&column.name),
            _ => None,
        })
    }
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
    /// What most updates have none of.
    pub options: Option<Box<WriteOptions>>,
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
    /// What most deletes have none of.
    pub options: Option<Box<WriteOptions>>,
}

/// The rarer parts of a write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteOptions {
    /// Other sources that an update or delete reads: `UPDATE … FROM`, `DELETE … USING`.
    pub from: Vec<FromItem>,
    /// Whether the sources that conditions and values name are read as well. Otherwise a source that is nowhere read
    /// is refused.
    pub implicit_from: bool,
    /// New values of what is no column of the table itself: columns of the other sources (MySQL's update of several
    /// tables), elements of an array or document (`x[1]`), several columns at once (`(a, b) = (SELECT …)`).
    pub set_elsewhere: Vec<(Expr, Expr)>,
    /// Common table expressions that are written here whether they are read or not.
    pub ctes: Vec<WithCte>,
    /// Words behind the verb.
    pub prefixes: Vec<Fragment>,
    /// Words for the planner beside the table, each with its dialect.
    pub hints: Vec<(Option<Name>, Name)>,
    /// Order in which rows are changed (MySQL).
    pub order_by: Vec<super::OrderBy>,
    /// The largest number of rows that are changed (MySQL).
    pub limit: Option<Expr>,
    /// Behind the values of an insert.
    pub after_values: Option<Expr>,
    /// Behind the conditions.
    pub after_filter: Option<Expr>,
    /// The name under which the table is written to, where it has another one.
    pub alias: Option<Label>,
}

impl Insert {
    /// The rarer parts, to change.
    pub fn options_mut(&mut self) -> &mut WriteOptions {
        self.options.get_or_insert_default()
    }
}

impl Update {
    /// The rarer parts, to change.
    pub fn options_mut(&mut self) -> &mut WriteOptions {
        self.options.get_or_insert_default()
    }
}

impl Delete {
    /// The rarer parts, to change.
    pub fn options_mut(&mut self) -> &mut WriteOptions {
        self.options.get_or_insert_default()
    }
}
