//! A driver that writes down every statement on its way to another one: for tests that count statements.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use aludel::engine::{BoxFuture, RawConnection};
use aludel::{Driver, Result};

use crate::intercept::{InterceptedDriver, Interceptor, Operation, OperationKind, Verdict};

/// A driver around another one. What its connections are asked to run is told by the [`Recorder`]; what the inspector
/// asks the catalogue is not.
pub struct RecordingDriver;

/// The statements that went through a [`RecordingDriver`], in order. Clones share the list.
///
/// ```
/// use aludel::prelude::*;
/// use aludel::DatabaseUrl;
/// use aludel_test::{OperationKind, RecordingDriver};
///
/// let sqlite = aludel::driver(&DatabaseUrl::parse("sqlite://")?)?;
/// let (driver, recorder) = RecordingDriver::new(sqlite);
/// let engine = Engine::with_driver(driver);
/// let mut transaction = engine.begin().wait()?;
/// transaction.execute_script("CREATE TABLE t (n INTEGER)").wait()?;
/// transaction.execute(sql("INSERT INTO t VALUES (?)").bind(1)).wait()?;
/// transaction.commit().wait()?;
///
/// recorder.assert_count(OperationKind::Execute, 1);
/// recorder.assert_statements(&["BEGIN", "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (?)", "COMMIT"]);
/// # Ok::<(), aludel::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<Recorded>>>);

/// Something that a connection was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// What kind of thing it was.
    pub kind: OperationKind,
    /// The connection's number: the first one that the driver opened has 1.
    pub connection: u64,
    /// The statement (`INSERT … × 3` where it was run for three rows of parameters), or `BEGIN`, `COMMIT`, `ROLLBACK`,
    /// `PING`.
    pub text: String,
    /// The parameters, as people read them.
    pub parameters: Vec<String>,
}

impl RecordingDriver {
    /// Puts a recorder in front of a driver.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inner: Arc<dyn Driver>) -> (Arc<dyn Driver>, Recorder) {
        let recorder = Recorder::default();
        (InterceptedDriver::new(inner, Arc::new(recorder.clone())), recorder)
    }
}

impl Recorder {
    /// What was run so far. Many runs of one statement are one entry with their number (`INSERT … × 3`); transactions
    /// are `BEGIN`, `COMMIT` and `ROLLBACK`.
    pub fn statements(&self) -> Vec<String> {
        self.lock().iter().map(|recorded| recorded.text.clone()).collect()
    }

    /// The same, and begins anew.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock()).into_iter().map(|recorded| recorded.text).collect()
    }

    /// What was run so far, with kind, connection and parameters.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.lock().clone()
    }

    /// Begins anew.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// How many operations of a kind there were.
    pub fn count(&self, kind: OperationKind) -> usize {
        self.lock().iter().filter(|recorded| recorded.kind == kind).count()
    }

    /// How many statements there were, without the beginnings and ends of transactions.
    pub fn statement_count(&self) -> usize {
        self.lock().iter().filter(|recorded| recorded.kind.is_statement()).count()
    }

    /// Sees that exactly these were run, in this order, and begins anew. Runs of white space count as one space, and
    /// `…` in what is expected stands for anything.
    ///
    /// # Panics
    /// Where it was otherwise; the message shows both side by side.
    #[track_caller]
    pub fn assert_statements(&self, expected: &[&str]) {
        let actual = self.take();
        let alike = actual.len() == expected.len()
            && actual.iter().zip(expected).all(|(actual, expected)| matches(expected, actual));
        assert!(alike, "other statements were run than expected:\n{}", difference(expected, &actual));
    }

    /// Sees that there were so many operations of a kind.
    ///
    /// # Panics
    /// Where there were more or fewer; the message lists what was run.
    #[track_caller]
    pub fn assert_count(&self, kind: OperationKind, expected: usize) {
        let count = self.count(kind);
        assert!(
            count == expected,
            "expected {expected} of {kind:?}, but there were {count} among\n{}",
            listed(&self.statements())
        );
    }

    /// Sees that there were so many statements, the beginnings and ends of transactions not counted: the guard against
    /// a query in a loop.
    ///
    /// # Panics
    /// Where there were more or fewer; the message lists what was run.
    #[track_caller]
    pub fn assert_statement_count(&self, expected: usize) {
        let count = self.statement_count();
        assert!(
            count == expected,
            "expected {expected} statements, but there were {count} among\n{}",
            listed(&self.statements())
        );
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Recorded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, operation: &Operation<'_>) {
        let parameters = operation.parameters.iter().map(ToString::to_string).collect();
        let Operation { kind, connection, .. } = *operation;
        self.lock().push(Recorded { kind, connection, text: operation.to_string(), parameters });
    }
}

impl Interceptor for Recorder {
    fn before<'a>(
        &'a self,
        operation: &'a Operation<'a>,
        _: Option<&'a mut dyn RawConnection>,
    ) -> BoxFuture<'a, Result<Verdict>> {
        match operation.kind {
            OperationKind::Connect
            | OperationKind::Close
            | OperationKind::FetchCursor
            | OperationKind::CloseCursor
            | OperationKind::Inspect
            | OperationKind::Replication
            | OperationKind::Prepared => {}
            _ => self.add(operation),
        }
        Box::pin(std::future::ready(Ok(Verdict::Forward)))
    }

    fn rollback_now(&self, number: u64, connection: &mut dyn RawConnection) -> bool {
        let done = connection.rollback_now();
        if done {
            self.add(&Operation::new(OperationKind::Rollback, number));
        }
        done
    }
}

/// Whether a text is as expected: white space counts as one space, and `…` stands for anything.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (pattern, text) = (squeezed(pattern), squeezed(text));
    let mut parts = pattern.split('…').map(str::trim);
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(previous) = last.replace(part) {
            match rest.split_once(previous) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

fn listed(statements: &[String]) -> String {
    let mut out = String::new();
    for (index, statement) in statements.iter().enumerate() {
        let _ = writeln!(out, "  {}. {statement}", index + 1);
    }
    if statements.is_empty() {
        out.push_str("  nothing at all\n");
    }
    out
}

/// What was expected (`-`) and what came (`+`), with what they share in between.
fn difference(expected: &[&str], actual: &[String]) -> String {
    // The longest common subsequence, from the end.
    let width = actual.len() + 1;
    let mut longest = vec![0_usize; (expected.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    for row in (0..expected.len()).rev() {
        for column in (0..actual.len()).rev() {
            longest[at(row, column)] = if matches(expected[row], &actual[column]) {
                longest[at(row + 1, column + 1)] + 1
            } else {
                longest[at(row + 1, column)].max(longest[at(row, column + 1)])
            };
        }
    }
    let (mut row, mut column, mut out) = (0, 0, String::new());
    while row < expected.len() || column < actual.len() {
        let _ = if row < expected.len() && column < actual.len() && matches(expected[row], &actual[column]) {
            row += 1;
            column += 1;
            writeln!(out, "    {}", actual[column - 1])
        } else if row < expected.len()
            && (column == actual.len() || longest[at(row + 1, column)] >= longest[at(row, column + 1)])
        {
            row += 1;
            writeln!(out, "  - {}", expected[row - 1])
        } else {
            column += 1;
            writeln!(out, "  + {}", actual[column - 1])
        };
    }
    out
}
