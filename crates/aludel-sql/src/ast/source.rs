//! What columns belong to: tables, and what a statement makes up as it goes (subqueries, common table expressions,
//! lists of values, functions that return rows).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Expr, Fragment, Query, Values};
use crate::name::Name;
use crate::schema;
use crate::types::Type;

/// A number for something without a name that no other one of this program has.
pub fn new_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A name that was given, or one that the compiler makes up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// As the user chose it.
    Named(Name),
    /// Made up from a stem: `anon_1`, `users_2`. Equal ids are the same name.
    Anonymous {
        /// What tells it apart.
        id: u32,
        /// What stands in front of the number.
        stem: Name,
    },
}

impl Label {
    /// A new name on a stem.
    pub fn anonymous(stem: impl Into<Name>) -> Self {
        Label::Anonymous { id: new_id(), stem: stem.into() }
    }
}

impl<N: Into<Name>> From<N> for Label {
    fn from(name: N) -> Self {
        Label::Named(name.into())
    }
}

/// Which occurrence of a table is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Alias {
    /// The table under its own name.
    None,
    /// Another occurrence, told apart by a number; the compiler names it (`users_1`).
    Anonymous(u32),
    /// Another occurrence under a name that the user chose.
    Named(Name),
}

/// One occurrence of a table in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The schema; `None` is the connection's default schema.
    pub schema: Option<Name>,
    /// The table's name.
    pub name: Name,
    /// Which occurrence.
    pub alias: Alias,
}

impl TableRef {
    /// The table under its own name.
    pub fn new(name: &schema::TableName) -> Self {
        TableRef {
            schema: name.schema.clone().map(Name::Owned),
            name: Name::Owned(name.name.clone()),
            alias: Alias::None,
        }
    }

    /// The same for a table that lives as long as the program: nothing is copied.
    pub fn from_static(name: &'static schema::TableName, alias: Alias) -> Self {
        TableRef {
            schema: name.schema.as_deref().map(Name::Borrowed),
            name: Name::Borrowed(&name.name),
            alias,
        }
    }
}

/// The reference to a table of the schema model.
impl From<&schema::Table> for TableRef {
    fn from(table: &schema::Table) -> Self {
        TableRef::new(&table.name)
    }
}

/// What a column belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A table, or an alias of one.
    Table(TableRef),
    /// Something that the statement itself defines.
    Derived(Arc<Derived>),
}

impl Source {
    /// The table, where it is one.
    pub fn as_table(&self) -> Option<&TableRef> {
        match self {
            Source::Table(table) => Some(table),
            Source::Derived(_) => None,
        }
    }

    /// What the statement defines, where it is that.
    pub fn as_derived(&self) -> Option<&Arc<Derived>> {
        match self {
            Source::Table(_) => None,
            Source::Derived(derived) => Some(derived),
        }
    }
}

impl From<TableRef> for Source {
    fn from(table: TableRef) -> Self {
        Source::Table(table)
    }
}

impl From<Arc<Derived>> for Source {
    fn from(derived: Arc<Derived>) -> Self {
        Source::Derived(derived)
    }
}

/// A source of rows that the statement itself defines. Shared: its columns hold it, and the same one may be read in
/// several places.
#[derive(Clone, Debug)]
pub struct Derived {
    /// What tells it apart from others; equal ids are the same source.
    pub id: u32,
    /// Its name; `None` for values and functions that are read without one.
    pub name: Option<Label>,
    /// What it is.
    pub kind: DerivedKind,
    /// Whether it may name the sources in front of it (`LATERAL`).
    pub lateral: bool,
}

impl Derived {
    /// A source of a kind, under a name.
    pub fn new(kind: DerivedKind, name: impl Into<Label>) -> Arc<Self> {
        Arc::new(Derived { id: new_id(), name: Some(name.into()), kind, lateral: false })
    }

    /// A source whose name the compiler makes up (`anon_1`).
    pub fn unnamed(kind: DerivedKind) -> Arc<Self> {
        Derived::new(kind, Label::anonymous("anon"))
    }

    /// The common table expression, where it is one.
    pub fn as_cte(&self) -> Option<&Cte> {
        match &self.kind {
            DerivedKind::Cte(cte) => Some(cte),
            _ => None,
        }
    }
}

/// Two of them are the same where their ids are.
impl PartialEq for Derived {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Derived {}

/// The kinds of [`Derived`].
#[derive(Clone, Debug, PartialEq)]
pub enum DerivedKind {
    /// A query in parentheses.
    Subquery(Query),
    /// A common table expression, written once in `WITH`.
    Cte(Box<Cte>),
    /// Another occurrence of a source: of a common table expression, or of a subquery or function.
    Alias(Source),
    /// A list of rows.
    Values(Box<Values>),
    /// A function that returns rows.
    Function(Box<TableFunction>),
    /// Some rows of a source.
    Sample(Box<TableSample>),
}

/// A common table expression. Mirrors SQLAlchemy's `CTE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// What it stands for: a query, or a write with `RETURNING`.
    pub query: Query,
    /// Its columns' names, where they are stated.
    pub columns: Vec<Name>,
    /// Whether it reads itself.
    pub recursive: bool,
    /// Whether it is written in the `WITH` of the query that reads it, rather than in the outermost one.
    pub nesting: bool,
    /// The one that this one takes the place of: a recursive query reads its own first half under the same name.
    pub restates: Option<u32>,
    /// `MATERIALIZED` and `NOT MATERIALIZED`.
    pub materialized: Option<bool>,
    /// Words in front of the parenthesis.
    pub prefixes: Vec<Fragment>,
    /// Words behind the parenthesis.
    pub suffixes: Vec<Fragment>,
}

impl Cte {
    /// A plain one.
    pub fn new(query: Query) -> Self {
        Cte {
            query,
            columns: Vec::new(),
            recursive: false,
            nesting: false,
            restates: None,
            materialized: None,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
        }
    }
}

/// A function in `FROM`. Mirrors SQLAlchemy's `TableValuedAlias`.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFunction {
    /// The call.
    pub call: Expr,
    /// Its columns, with their types where they are known.
    pub columns: Vec<(Name, Option<Type>)>,
    /// Whether the columns are written behind the alias: `AS t(a, b)`.
    pub derived: bool,
    /// Whether their types are, too: `AS t(a INTEGER)`.
    pub with_types: bool,
    /// `WITH ORDINALITY`.
    pub ordinality: bool,
    /// Whether it stands beside other sources without a condition on purpose.
    pub joins_implicitly: bool,
}

/// `TABLESAMPLE`
#[derive(Clone, Debug, PartialEq)]
pub struct TableSample {
    /// What is sampled.
    pub of: Source,
    /// The method with its argument: `bernoulli(10)`.
    pub method: Expr,
    /// `REPEATABLE`
    pub seed: Option<Expr>,
}

/// A column of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnRef {
    /// The source; `None` names a column of whatever is in scope (a label, say).
    pub source: Option<Source>,
    /// The column's name.
    pub name: Name,
}

impl ColumnRef {
    /// A column of a source.
    pub fn new(source: impl Into<Source>, name: impl Into<Name>) -> Self {
        ColumnRef { source: Some(source.into()), name: name.into() }
    }

    /// A name without a source.
    pub fn free(name: impl Into<Name>) -> Self {
        ColumnRef { source: None, name: name.into() }
    }

    /// The table, where the column is one of a table.
    pub fn table(&self) -> Option<&TableRef> {
        self.source.as_ref().and_then(Source::as_table)
    }
}
