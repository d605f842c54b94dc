//! One statement for many rows of parameters.

use aludel_sql::Insert;
use aludel_sql::ast::Statement;
use aludel_sql::ast::key::StatementKey;
use aludel_sql::compiler::Compiled;
use aludel_sql::decode::{DecodeError, FromRow, Row, RowReader};
use aludel_sql::encode::{ParameterRow, ParameterRows};
use aludel_sql::value::{Value, ValueRef};

use super::Connection;
use crate::driver::{Execution, ManyInsert, ManySink};
use crate::error::{Error, ErrorKind, Result};
use crate::events::Said;

impl Connection {
    /// Runs a statement once for each row of parameters, and tells how many rows were changed in all.
    ///
    /// The parameters are the `?` of a statement in your own words; the columns that an insert
    /// [names](aludel_sql::statement::Insert::columns); and each [`parameter`](aludel_sql::expression::parameter) of
    /// another one. An insert goes the same way as that of [`insert_many`](Self::insert_many), so it may be sent as one
    /// statement for many rows. Rows that a statement returns are dropped.
    ///
    /// Outside of a transaction all rows are written, or none is. Mirrors SQLAlchemy's `connection.execute` with a list
    /// of parameters (`executemany`).
    ///
    /// ```
    /// # use aludel_engine::{Connection, Result};
    /// # use aludel_sql::statement::sql;
    /// # async fn example(connection: &mut Connection) -> Result<()> {
    /// let raise = sql("UPDATE pets SET age = age + ? WHERE name = ?");
    /// let changed = connection.execute_many(raise, [(1, "Sandy"), (2, "Patrick")]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the statement cannot be compiled, the rows are not all as wide as it wants them, or the database refuses
    /// one; the error says which. In a transaction the rows before that one stand where the database goes on after an
    /// error, as SQLite and MySQL do.
    pub async fn execute_many<R: ParameterRow>(
        &mut self,
        statement: impl Into<Statement>,
        rows: impl AsRef<[R]>,
    ) -> Result<u64> {
        let rows = rows.as_ref();
        let mut statement = statement.into();
        check_widths(rows)?;
        if let Statement::Text(text) = &mut statement {
            if !text.binds.is_empty() {
                return Err(Error::usage(
                    "a statement that runs for many rows takes all of its values from them: bind none to it",
                ));
            }
            // As many as there are, so that the text can be compiled.
            text.binds = vec![Value::Null; rows.first().map_or(0, ParameterRow::width)];
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let mut total = Total(0);
        if let Statement::Insert(_) = &statement {
            self.insert_many_statement(&statement, &rows, &mut total, false).await?;
        } else {
            self.execute_many_statement(&statement, &rows, &mut total).await?;
        }
        Ok(total.0)
    }

    /// Inserts many rows and hands back what the insert [returns](aludel_sql::statement::Insert::returning) of each, in
    /// the order of the rows.
    ///
    /// However many rows there are, no limit of the database's is met: PostgreSQL is sent one statement whose text is
    /// always the same, with an array for each column; MySQL and MariaDB statements of several rows each, and MariaDB arrays of
    /// rows where nothing comes back; SQLite runs statements of several rows where those are faster. Where the insert says what
    /// happens to rows that are there already, it runs once for each row everywhere, and hands back what each run returned.
    ///
    /// Outside of a transaction all rows are inserted, or none is. Mirrors SQLAlchemy's `insertmanyvalues`, with
    /// `sort_by_parameter_order` always on.
    ///
    /// ```
    /// # use aludel_engine::{Connection, Result};
    /// # use aludel_sql::expression::literal_column;
    /// # use aludel_sql::schema::{column, table};
    /// # use aludel_sql::statement::insert;
    /// # use aludel_sql::types::{Type, text};
    /// # async fn example(connection: &mut Connection) -> Result<()> {
    /// let pets = table("pets").column(column("id", Type::BigInteger)).column(column("name", text()));
    /// let new = insert(&pets).columns(["name"]).returning(literal_column::<i64>("id"));
    /// let keys: Vec<i64> = connection.insert_many(new, [("Sandy",), ("Patrick",)]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the insert names no columns or the database can't return anything; where it refuses a row (the error says
    /// which), returns something for other rows than were given, or what it returns can't be read.
    pub async fn insert_many<T: FromRow + Send, R: ParameterRow>(
        &mut self,
        insert: Insert<T>,
        rows: impl AsRef<[R]>,
    ) -> Result<Vec<T>> {
        let rows = rows.as_ref();
        check_widths(rows)?;
        let each_once = insert.ast().on_conflict.is_none();
        let statement = Statement::from(insert);
        let mut read = Read { rows: Vec::with_capacity(rows.len()) };
        if rows.is_empty() {
            return Ok(read.rows);
        }
        self.insert_many_statement(&statement, &rows, &mut read, false).await?;
        if each_once && read.rows.len() != rows.len() {
            return Err(rows_left_out(read.rows.len(), rows.len()));
        }
        Ok(read.rows)
    }

    /// Runs one statement for every row of parameters. An insert's source is
    /// [`InsertSource::Placeholders`](aludel_sql::ast::InsertSource).
    ///
    /// # Errors
    /// Where the statement cannot be compiled or the database refuses a row; rows before it have been written.
    pub async fn execute_many_statement(
        &mut self,
        statement: &Statement,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
    ) -> Result<()> {
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        match order(statement, &compiled, rows)? {
            Order::AsGiven => self.run_many(Said::new(&compiled.sql, statement), rows, sink).await,
            Order::Other => {
                let placed = Placed { compiled: &compiled, values: key.binds(), rows };
                self.run_many(Said::new(&compiled.sql, statement), &placed, sink).await
            }
        }
    }

    /// Inserts every row of parameters, several of them in one statement where the database is faster that way. `keys`
    /// tells that the sink wants the key that the database gives to each row as
    /// [`last_insert_id`](Execution::last_insert_id).
    ///
    /// # Errors
    /// As for [`execute_many_statement`](Self::execute_many_statement).
    pub async fn insert_many_statement(
        &mut self,
        statement: &Statement,
        rows: &dyn ParameterRows,
        sink: &mut dyn ManySink,
        keys: bool,
    ) -> Result<()> {
        let plain = matches!(statement, Statement::Insert(insert)
            if insert.on_conflict.is_none() && insert.options.is_none());
        if !plain || rows.rows() < 2 {
            return self.execute_many_statement(statement, rows, sink).await;
        }
        self.settle().await?;
        let key = StatementKey::of(statement);
        let compiled = self.compile(statement, &key)?;
        let in_order = matches!(order(statement, &compiled, rows)?, Order::AsGiven);
        let values = compiled.values.clone().filter(|_| in_order);
        match values.and_then(|values| ManyInsert::new(&compiled.sql, values)) {
            Some(insert) => self.run_insert(statement, insert.with_keys(keys), rows, sink).await,
            None => self.execute_many_statement(statement, rows, sink).await,
        }
    }
}

/// Where the values of a row go.
enum Order {
    /// The first to the first placeholder, and so on, and there are no other placeholders.
    AsGiven,
    Other,
}

fn order(statement: &Statement, compiled: &Compiled, rows: &dyn ParameterRows) -> Result<Order> {
    let width = rows.width();
    if matches!(statement, Statement::Text(_)) {
        return Ok(Order::AsGiven);
    }
    let given = || compiled.given.iter().filter_map(|place| compiled.binds.get(*place).copied());
    let wanted = given().max().map_or(0, |most| most + 1);
    if wanted != width {
        return Err(Error::usage(format!(
            "the statement takes {wanted} values per row in the order in which they are given, but each row has {width}"
        )));
    }
    let as_given = compiled.given.len() == compiled.binds.len() && given().eq(0..width);
    Ok(if as_given { Order::AsGiven } else { Order::Other })
}

/// The values of rows and those of the statement, each in its place.
struct Placed<'a> {
    compiled: &'a Compiled,
    values: &'a [&'a Value],
    rows: &'a dyn ParameterRows,
}

impl ParameterRows for Placed<'_> {
    fn rows(&self) -> usize {
        self.rows.rows()
    }

    fn width(&self) -> usize {
        self.compiled.binds.len()
    }

    fn value(&self, row: usize, parameter: usize) -> ValueRef<'_> {
        let Some(index) = self.compiled.binds.get(parameter).copied() else { return ValueRef::Null };
        match self.compiled.given.binary_search(&parameter) {
            Ok(_) => self.rows.value(row, index),
            Err(_) => self.values.get(index).map_or(ValueRef::Null, |value| value.as_ref()),
        }
    }
}

fn check_widths<R: ParameterRow>(rows: &[R]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let width = first.width();
    match rows.iter().position(|row| row.width() != width) {
        Some(other) => Err(Error::usage(format!(
            "row {} of {} has {} values, but the first one has {width}",
            other + 1,
            rows.len(),
            rows.get(other).map_or(0, ParameterRow::width)
        ))),
        None => Ok(()),
    }
}

#[cold]
fn rows_left_out(returned: usize, given: usize) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!(
            "{given} rows were inserted, but the database handed back {returned}: a trigger or a rule of the table leaves \
             rows out or adds some, so what came back can't be told apart. Use `execute_many`, which needs nothing back"
        ),
    )
}

/// The changes of all runs.
struct Total(u64);

impl ManySink for Total {
    fn returned(&mut self, _: usize, _: &dyn Row) -> std::result::Result<(), DecodeError> {
        Ok(())
    }

    fn done(&mut self, _: usize, execution: Execution) {
        self.0 += execution.rows_affected;
    }
}

/// What is returned, row by row.
struct Read<T> {
    rows: Vec<T>,
}

impl<T: FromRow + Send> ManySink for Read<T> {
    fn returned(&mut self, _: usize, row: &dyn Row) -> std::result::Result<(), DecodeError> {
        self.rows.push(T::from_row(&mut RowReader::new(row))?);
        Ok(())
    }

    fn done(&mut self, _: usize, _: Execution) {}
}
