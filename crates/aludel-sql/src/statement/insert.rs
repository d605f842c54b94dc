//! `INSERT`.

use std::fmt;
use std::marker::PhantomData;

use super::IntoTable;
use crate::ast::{self, ConflictAction, ConflictTarget, Expr, InsertSource, OnConflict, Statement};
use crate::expression::{self, Assignment, Column, IntoFilter, Selectable};
use crate::name::Name;
use crate::types::Field;

/// An insert whose returned rows, where there are any, are read as `R`. Begin one with [`insert`].
pub struct Insert<R = ()> {
    ast: ast::Insert,
    marker: PhantomData<fn() -> R>,
}

/// Begins an insert into a table. Without values it inserts one row of defaults.
pub fn insert(table: impl IntoTable) -> Insert {
    Insert {
        ast: ast::Insert {
            table: table.into_table(),
            columns: Vec::new(),
            source: InsertSource::Defaults,
            on_conflict: None,
            returning: Vec::new(),
            options: None,
        },
        marker: PhantomData,
    }
}

/// Something that adds values to an insert: one assignment (all of them form one row), a list of assignments (a row
/// of its own), or a model's object (a row of its own).
pub trait InsertItem {
    /// Adds the values.
    fn add_to(self, insert: &mut RowSink<'_>);
}

/// Where [`InsertItem`]s put their values.
pub struct RowSink<'a> {
    insert: &'a mut ast::Insert,
    current: Vec<Assignment>,
}

impl RowSink<'_> {
    /// Adds a value to the row that is being gathered.
    pub fn assign(&mut self, assignment: Assignment) {
        self.current.push(assignment);
    }

    /// Adds a whole row.
    pub fn row(&mut self, row: Vec<Assignment>) {
        let columns = &mut self.insert.columns;
        if !matches!(self.insert.source, InsertSource::Values(_)) {
            self.insert.source = InsertSource::Values(Vec::new());
        }
        let InsertSource::Values(rows) = &mut self.insert.source else { return };
        if rows.is_empty() {
            columns.extend(row.iter().map(|assignment| assignment.column.clone()));
            rows.push(row.into_iter().map(|assignment| assignment.value).collect());
            return;
        }
        let mut values: Vec<Option<Expr>> = vec![None; columns.len()];
        for assignment in row {
            match columns.iter().position(|name| *name == assignment.column) {
                Some(index) => values[index] = Some(assignment.value),
                None => {
                    let message = format!(
                        "a row sets `{}`, which the first row does not: every row of one insert sets the same columns",
                        assignment.column
                    );
                    values.push(Some(Expr::Invalid(message)));
                }
            }
        }
        let missing = |index: usize| {
            let column = columns.get(index).map_or("", |name| name.as_ref());
            Expr::Invalid(format!(
                "a row does not set `{column}`, which the first row does: every row of one insert sets the same columns"
            ))
        };
        let row =
            values.into_iter().enumerate().map(|(index, value)| value.unwrap_or_else(|| missing(index)));
        rows.push(row.collect());
    }
}

/// Columns of a table: typed ones in a tuple (`(User.username, User.email)`), or a list of names.
pub trait IntoColumns {
    /// Their names.
    fn into_columns(self) -> Vec<Name>;
}

impl<T: Field> IntoColumns for Column<T> {
    fn into_columns(self) -> Vec<Name> {
        vec![Name::Borrowed(self.name())]
    }
}

impl<N: Into<Name>, const COUNT: usize> IntoColumns for [N; COUNT] {
    fn into_columns(self) -> Vec<Name> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<N: Into<Name>> IntoColumns for Vec<N> {
    fn into_columns(self) -> Vec<Name> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! column_tuples {
    ($(($($name:ident $index:tt),+))+) => {$(
        impl<$($name: Field),+> IntoColumns for ($(Column<$name>,)+) {
            fn into_columns(self) -> Vec<Name> {
                vec![$(Name::Borrowed(self.$index.name())),+]
            }
        }
    )+};
}

column_tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
}

impl InsertItem for Assignment {
    fn add_to(self, insert: &mut RowSink<'_>) {
        insert.assign(self);
    }
}

impl<const N: usize> InsertItem for [Assignment; N] {
    fn add_to(self, insert: &mut RowSink<'_>) {
        insert.row(self.into());
    }
}

impl InsertItem for Vec<Assignment> {
    fn add_to(self, insert: &mut RowSink<'_>) {
        insert.row(self);
    }
}

impl<R> Insert<R> {
    /// Adds values: assignments that form one row, rows of assignments, or objects of the table's model.
    #[must_use]
    pub fn values<I: InsertItem>(mut self, items: impl IntoIterator<Item = I>) -> Self {
        match &self.ast.source {
            // An empty list means no rows, and no row is not a row of defaults.
            InsertSource::Defaults => self.ast.source = InsertSource::Values(Vec::new()),
            InsertSource::Select(_) => {
                let message = "an insert has both the rows of a query and rows of values: make two of it";
                self.ast.source = InsertSource::Values(vec![vec![Expr::Invalid(message.into())]]);
            }
            _ => {}
        }
        let mut sink = RowSink { insert: &mut self.ast, current: Vec::new() };
        for item in items {
            item.add_to(&mut sink);
        }
        let current = std::mem::take(&mut sink.current);
        if !current.is_empty() {
            sink.row(current);
        }
        self
    }

    /// Names the columns whose values come when the statement runs, row by row: for `execute_many`, `insert_many` and
    /// `bulk_load` of a connection.
    ///
    /// ```
    /// use aludel_sql::dialect::sqlite::Sqlite;
    /// use aludel_sql::schema::{column, table};
    /// use aludel_sql::statement::insert;
    /// use aludel_sql::types::{Type, text};
    ///
    /// let pets = table("pets").column(column("name", text())).column(column("age", Type::BigInteger));
    /// let compiled = aludel_sql::compile(&insert(&pets).columns(["name", "age"]).into(), &Sqlite::default())?;
    /// assert_eq!(compiled.sql, "INSERT INTO pets (name, age) VALUES (?, ?)");
    /// # Ok::<(), aludel_sql::CompileError>(())
    /// ```
    #[must_use]
    pub fn columns(mut self, columns: impl IntoColumns) -> Self {
        self.ast.columns = columns.into_columns();
        self.ast.source = InsertSource::Placeholders;
        self
    }

    /// Takes the rows from a query that yields these columns in this order.
    #[must_use]
    pub fn from_select(
        mut self,
        columns: impl IntoIterator<Item: Into<Name>>,
        query: impl super::IntoQuery,
    ) -> Self {
        self.ast.columns = columns.into_iter().map(Into::into).collect();
        self.ast.source = InsertSource::Select(query.into_query());
        self
    }

    /// Says what happens where a row with the same value of this column is already there.
    pub fn on_conflict<T: Field>(self, column: Column<T>) -> Conflict<R> {
        Conflict { insert: self, target: ConflictTarget::columns([Name::Borrowed(column.name())]) }
    }

    /// The same for any unique constraint: the new row is dropped.
    #[must_use]
    pub fn on_conflict_do_nothing(mut self) -> Self {
        self.ast.on_conflict = Some(OnConflict {
            target: ConflictTarget::Any,
            action: ConflictAction::DoNothing,
            new_row: None,
        });
        self
    }

    /// The same for the unique constraint of a name (PostgreSQL).
    pub fn on_conflict_constraint(self, name: impl Into<Name>) -> Conflict<R> {
        Conflict { insert: self, target: ConflictTarget::Constraint(name.into()) }
    }

    /// Writes a common table expression in the statement's `WITH` even where nothing reads it.
    #[must_use]
    pub fn add_cte<S>(mut self, cte: &super::Subquery<S>) -> Self {
        self.ast.options_mut().ctes.push(ast::WithCte { cte: cte.ast().clone(), nest_here: false });
        self
    }

    /// Words behind `INSERT`, for one dialect by its name or for every one: `OR IGNORE`.
    #[must_use]
    pub fn prefix_with(mut self, words: impl Into<Name>, dialect: Option<&'static str>) -> Self {
        let text = Expr::Text(words.into());
        let dialect = dialect.map(Name::Borrowed);
        self.ast.options_mut().prefixes.push(ast::Fragment { text, dialect });
        self
    }

    /// The statement as a common table expression, read by another one: with `RETURNING`.
    pub fn cte(self, name: impl Into<Name>) -> super::Subquery<R> {
        super::Subquery::from_write(ast::Query::Insert(Box::new(self.ast)), name.into())
    }

    /// Hands back values of the inserted rows.
    #[must_use]
    pub fn returning<S: Selectable>(mut self, what: S) -> Insert<S::Row> {
        what.items(&mut self.ast.returning);
        Insert { ast: self.ast, marker: PhantomData }
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Insert {
        self.ast
    }

    /// The tree, to look at.
    pub fn ast(&self) -> &ast::Insert {
        &self.ast
    }
}

/// An insert that is being told what to do about rows that are already there.
pub struct Conflict<R> {
    insert: Insert<R>,
    target: ConflictTarget,
}

/// The row that an insert proposed, inside `ON CONFLICT DO UPDATE`.
#[derive(Clone, Copy, Debug)]
pub struct Excluded(());

impl Excluded {
    /// The proposed value of a column.
    pub fn get<T: Field>(self, column: Column<T>) -> expression::Expr<T> {
        expression::Expr::from_ast(Expr::Excluded(Name::Borrowed(column.name())))
    }
}

impl<R> Conflict<R> {
    /// Adds another column of the unique constraint.
    #[must_use]
    pub fn and<T: Field>(mut self, column: Column<T>) -> Self {
        match &mut self.target {
            ConflictTarget::Columns { elements, .. } => {
                elements.push(Expr::Column(ast::ColumnRef::free(Name::Borrowed(column.name()))));
            }
            other => *other = ConflictTarget::columns([Name::Borrowed(column.name())]),
        }
        self
    }

    /// Takes the partial index with these conditions.
    #[must_use]
    pub fn index_where(mut self, condition: impl IntoFilter) -> Self {
        if let ConflictTarget::Columns { filter, .. } = &mut self.target {
            filter.extend(condition.into_filter());
        }
        self
    }

    /// The new row is dropped.
    #[must_use]
    pub fn do_nothing(mut self) -> Insert<R> {
        self.insert.ast.on_conflict =
            Some(OnConflict { target: self.target, action: ConflictAction::DoNothing, new_row: None });
        self.insert
    }

    /// The row that is there is changed; `new.get(column)` is what the insert proposed.
    #[must_use]
    pub fn do_update<A: IntoIterator<Item = Assignment>>(self, set: impl FnOnce(Excluded) -> A) -> Insert<R> {
        self.do_update_where(set, None::<expression::Expr<bool>>)
    }

    /// The same, for rows that meet a condition.
    #[must_use]
    pub fn do_update_where<A: IntoIterator<Item = Assignment>>(
        mut self,
        set: impl FnOnce(Excluded) -> A,
        condition: impl IntoFilter,
    ) -> Insert<R> {
        let set = set(Excluded(())).into_iter().map(|assignment| (assignment.column, assignment.value));
        self.insert.ast.on_conflict = Some(OnConflict {
            target: self.target,
            new_row: None,
            action: ConflictAction::DoUpdate {
                set: set.collect(),
                filter: condition.into_filter().into_iter().collect(),
            },
        });
        self.insert
    }
}

impl<R> Clone for Insert<R> {
    fn clone(&self) -> Self {
        Insert { ast: self.ast.clone(), marker: PhantomData }
    }
}

impl<R> fmt::Debug for Insert<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ast.fmt(f)
    }
}

impl<R> From<Insert<R>> for Statement {
    fn from(insert: Insert<R>) -> Self {
        Statement::Insert(insert.ast)
    }
}
