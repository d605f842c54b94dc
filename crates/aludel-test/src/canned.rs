//! A driver without a database: it answers with what a test has laid ready.

use std::any::Any;
use std::fmt;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aludel::engine::driver::{ManySink, RowSink};
use aludel::engine::inspect::SchemaObject;
use aludel::engine::{BoxFuture, Inspector, RawConnection};
use aludel::sql::decode::Row;
use aludel::sql::encode::{IntoValue, ParameterRows};
use aludel::sql::schema::{Table, TableName};
use aludel::sql::types::ValueError;
use aludel::sql::{MetaData, Value, ValueRef};
use aludel::{Dialect, Driver, Engine, Error, ErrorKind, Execution, PoolOptions, Result, TransactionOptions};

use crate::recording::matches;

/// What a statement is answered with.
#[derive(Clone, Debug)]
pub struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
    execution: Execution,
    error: Option<(ErrorKind, String, Option<String>)>,
}

impl Answer {
    fn empty() -> Self {
        Answer { columns: Vec::new(), rows: Vec::new(), execution: Execution::default(), error: None }
    }

    /// Rows with these columns; [`row`](Self::row) adds one.
    pub fn rows(columns: &[&str]) -> Self {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Answer { columns, ..Answer::empty() }
    }

    /// Adds a row: a tuple of values, or a `Vec<Value>`.
    #[must_use]
    pub fn row(mut self, values: impl IntoRow) -> Self {
        self.rows.push(values.into_row());
        self
    }

    /// So many rows were changed.
    pub fn affected(rows: u64) -> Self {
        Answer { execution: Execution::new(rows, None), ..Answer::empty() }
    }

    /// The key of the row that was inserted, where the database tells it.
    #[must_use]
    pub fn with_key(mut self, key: i64) -> Self {
        self.execution = Execution::new(self.execution.rows_affected, Some(key));
        self
    }

    /// An error.
    pub fn fails(kind: ErrorKind, message: impl Into<String>) -> Self {
        Answer { error: Some((kind, message.into(), None)), ..Answer::empty() }
    }

    /// The error's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        if let Some((.., known)) = &mut self.error {
            *known = Some(code.into());
        }
        self
    }

    fn check(&self, sql: &str) -> Result<()> {
        let Some((kind, message, code)) = &self.error else { return Ok(()) };
        let error = Error::new(*kind, message.as_str()).with_statement(sql);
        Err(match code {
            Some(code) => error.with_code(code.as_str()),
            None => error,
        })
    }
}

/// The values of one row.
pub trait IntoRow {
    /// The values from left to right.
    fn into_row(self) -> Vec<Value>;
}

impl IntoRow for Vec<Value> {
    fn into_row(self) -> Vec<Value> {
        self
    }
}

macro_rules! tuples {
    ($(($($name:ident),+))+) => {$(
        impl<$($name: IntoValue),+> IntoRow for ($($name,)+) {
            fn into_row(self) -> Vec<Value> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                vec![$($name.into_value()),+]
            }
        }
    )+};
}

tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}

/// Answers laid ready, and a driver that gives them. Clones are the same one.
///
/// ```
/// use aludel::dialect::sqlite::Sqlite;
/// use aludel::prelude::*;
/// use aludel::ErrorKind;
/// use aludel_test::{Answer, Canned};
///
/// let canned = Canned::new(Sqlite::default())
///     .on("SELECT id, name FROM users …", Answer::rows(&["id", "name"]).row((1, "alice")).row((2, "bob")))
///     .once("DELETE FROM users …", Answer::affected(1))
///     .once("DELETE FROM users …", Answer::fails(ErrorKind::Operational, "the disk is full"));
/// let engine = canned.engine();
///
/// let mut db = engine.connect().wait()?;
/// let users: Vec<(i64, String)> = db.all(sql("SELECT id, name FROM users ORDER BY id").rows()).wait()?;
/// assert_eq!(users[1].1, "bob");
/// assert_eq!(db.execute(sql("DELETE FROM users WHERE id = ?").bind(1)).wait()?.rows_affected, 1);
/// let error = db.execute(sql("DELETE FROM users WHERE id = ?").bind(2)).wait().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Operational);
///
/// // Everything was asked for, and nothing else.
/// canned.assert_all_asked();
/// # Ok::<(), aludel::Error>(())
/// ```
///
/// Transactions and savepoints always succeed. What a statement is answered with does not depend on its parameters; a
/// [`RecordingDriver`](crate::RecordingDriver) around [`driver`](Self::driver) sees those.
#[derive(Clone)]
pub struct Canned {
    dialect: Arc<dyn Dialect>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    prepared: Vec<Prepared>,
    schema: MetaData,
    unforeseen: Vec<String>,
}

struct Prepared {
    pattern: String,
    answer: Answer,
    once: bool,
    asked: u64,
}

impl Canned {
    /// Nothing is foreseen yet. Statements are compiled for the dialect.
    pub fn new(dialect: impl Dialect + 'static) -> Self {
        Canned { dialect: Arc::new(dialect), state: Arc::default() }
    }

    /// A statement is answered so, however often it comes. White space counts as one space, and `…` stands for anything.
    /// What was said first goes before.
    #[must_use]
    pub fn on(self, pattern: impl Into<String>, answer: Answer) -> Self {
        self.lock().prepared.push(Prepared { pattern: pattern.into(), answer, once: false, asked: 0 });
        self
    }

    /// A statement is answered so once; then by what else was said about it.
    #[must_use]
    pub fn once(self, pattern: impl Into<String>, answer: Answer) -> Self {
        self.lock().prepared.push(Prepared { pattern: pattern.into(), answer, once: true, asked: 0 });
        self
    }

    /// The inspector finds these tables. Without this, there are none.
    #[must_use]
    pub fn with_schema(self, schema: MetaData) -> Self {
        self.lock().schema = schema;
        self
    }

    /// The driver that gives the answers.
    pub fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(self.clone())
    }

    /// An engine on this driver.
    pub fn engine(&self) -> Engine {
        Engine::with_driver(self.driver())
    }

    /// Sees that every answer was asked for, and that nothing came that was not foreseen.
    ///
    /// # Panics
    /// Where it was otherwise; the message lists both.
    #[track_caller]
    pub fn assert_all_asked(&self) {
        let state = self.lock();
        let mut out = String::new();
        for prepared in state.prepared.iter().filter(|prepared| prepared.asked == 0) {
            let _ = writeln!(out, "  never asked: {}", prepared.pattern);
        }
        for sql in &state.unforeseen {
            let _ = writeln!(out, "  not foreseen: {sql}");
        }
        drop(state);
        assert!(out.is_empty(), "other statements came than foreseen:\n{out}");
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, sql: &str) -> Result<Answer> {
        let mut state = self.lock();
        let found = state
            .prepared
            .iter_mut()
            .find(|prepared| !(prepared.once && prepared.asked > 0) && matches(&prepared.pattern, sql));
        if let Some(prepared) = found {
            prepared.asked += 1;
            let answer = prepared.answer.clone();
            drop(state);
            answer.check(sql)?;
            return Ok(answer);
        }
        let savepoints = ["SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT "];
        if savepoints.iter().any(|words| sql.starts_with(words)) {
            return Ok(Answer::empty());
        }
        state.unforeseen.push(sql.to_owned());
        let known: Vec<&str> = state.prepared.iter().map(|prepared| prepared.pattern.as_str()).collect();
        let message = format!(
            "this statement was not foreseen, or not so often. There are answers for: {}",
            if known.is_empty() { "nothing".to_owned() } else { known.join("; ") }
        );
        Err(Error::new(ErrorKind::Usage, message).with_statement(sql))
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Canned({} answers)", self.lock().prepared.len())
    }
}

impl Driver for Canned {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.dialect)
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn RawConnection>>> {
        let connection = CannedConnection { canned: self.clone(), transaction: false };
        Box::pin(std::future::ready(Ok(Box::new(connection) as Box<dyn RawConnection>)))
    }

    fn pool_options(&self) -> PoolOptions {
        PoolOptions::default()
    }

    fn describe(&self) -> String {
        "canned answers".to_owned()
    }
}

#[derive(Debug)]
struct CannedConnection {
    canned: Canned,
    transaction: bool,
}

/// A row of an answer.
struct CannedRow<'a> {
    columns: &'a [String],
    values: &'a [Value],
}

impl Row for CannedRow<'_> {
    fn width(&self) -> usize {
        self.values.len()
    }

    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, ValueError> {
        let value = self.values.get(index).map(Value::as_ref);
        value.ok_or_else(|| ValueError::new(format!("the row has {} columns", self.values.len())))
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.columns.get(index).map(String::as_str)
    }
}

impl Answer {
    fn each_row(&self, mut each: impl FnMut(&CannedRow<'_>) -> Result<ControlFlow<()>>) -> Result<()> {
        for values in &self.rows {
            if each(&CannedRow { columns: &self.columns, values })?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl CannedConnection {
    fn run_many(&mut self, sql: &str, rows: &dyn ParameterRows, sink: &mut dyn ManySink) -> Result<()> {
        for run in 0..rows.rows() {
            let answer = self.canned.answer(sql)?;
            answer.each_row(|row| {
                sink.returned(run, row)?;
                Ok(ControlFlow::Continue(()))
            })?;
            sink.done(run, answer.execution);
        }
        Ok(())
    }

    fn turn(&mut self, open: bool) -> BoxFuture<'static, Result<()>> {
        let wrong = self.transaction == open;
        self.transaction = open;
        let result = if wrong {
            Err(Error::usage(if open { "a transaction is open already" } else { "no transaction is open" }))
        } else {
            Ok(())
        };
        Box::pin(std::future::ready(result))
    }
}

impl RawConnection for CannedConnection {
    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::clone(&self.canned.dialect)
    }

    fn driver_connection(&mut self) -> &mut dyn Any {
        self
    }

    fn execute<'a>(&'a mut self, sql: &'a str, _: &'a [ValueRef<'a>]) -> BoxFuture<'a, Result<Execution>> {
        let answer = self.canned.answer(sql).map(|answer| answer.execution);
        Box::pin(std::future::ready(answer))
    }

    fn fetch<'a>(
        &'a mut self,
        sql: &'a str,
        _: &'a [ValueRef<'a>],
        sink: &'a mut RowSink<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        let done = self.canned.answer(sql).and_then(|answer| answer.each_row(|row| Ok(sink(row)?)));
        Box::pin(std::future::ready(done))
    }

    fn execute_many<'a>(
        &'a mut self,
        sql: &'a str,
        rows: &'a dyn ParameterRows,
        sink: &'a mut dyn ManySink,
    ) -> BoxFuture<'a, Result<()>> {
        let done = self.run_many(sql, rows, sink);
        Box::pin(std::future::ready(done))
    }

    fn execute_script<'a>(&'a mut self, sql: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(self.canned.answer(sql).map(|_| ())))
    }

    fn begin(&mut self, _: TransactionOptions) -> BoxFuture<'_, Result<()>> {
        self.turn(true)
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<()>> {
        self.turn(false)
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<()>> {
        self.turn(false)
    }

    fn in_transaction(&self) -> bool {
        self.transaction
    }

    fn rollback_now(&mut self) -> bool {
        self.transaction = false;
        true
    }

    fn is_usable(&self) -> bool {
        true
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn inspector(&mut self) -> Box<dyn Inspector + '_> {
        Box::new(CannedInspector(self.canned.lock().schema.clone()))
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct CannedInspector(MetaData);

impl Inspector for CannedInspector {
    fn table_names<'a>(&'a mut self, schema: Option<&'a str>) -> BoxFuture<'a, Result<Vec<TableName>>> {
        let names = self.0.tables().iter().map(|table| table.name.clone());
        let mut names: Vec<TableName> = names.filter(|name| name.schema.as_deref() == schema).collect();
        names.sort_by(|a, b| a.name.cmp(&b.name));
        Box::pin(std::future::ready(Ok(names)))
    }

    fn table<'a>(&'a mut self, name: &'a TableName) -> BoxFuture<'a, Result<Option<Table>>> {
        let table = self.0.tables().iter().find(|table| table.name == *name).cloned();
        Box::pin(std::future::ready(Ok(table)))
    }

    fn objects<'a>(&'a mut self, _: Option<&'a str>) -> BoxFuture<'a, Result<Vec<SchemaObject>>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}
