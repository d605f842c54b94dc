//! A statement on its way to the database, as listeners see it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use aludel_sql::ast::Statement;
use aludel_sql::encode::ParameterRows;
use aludel_sql::value::{Value, ValueRef};

use crate::error::{Error, Result};
use crate::execution::ExecutionOptions;

/// A statement with its parameters. Mirrors what SQLAlchemy's `before_cursor_execute` is given.
pub struct StatementEvent<'a> {
    sql: Cow<'a, str>,
    statement: Option<&'a Statement>,
    given: Given<'a>,
    replaced: Option<Vec<Value>>,
    in_transaction: bool,
    options: &'a ExecutionOptions,
}

/// A text, and the statement that it says.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) sql: &'a str,
    pub(crate) statement: Option<&'a Statement>,
}

impl<'a> Said<'a> {
    pub(crate) fn new(sql: &'a str, statement: &'a Statement) -> Self {
        Said { sql, statement: Some(statement) }
    }
}

/// The parameters of a statement.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Given<'a> {
    /// One value for each placeholder.
    One(&'a [ValueRef<'a>]),
    /// Many rows of them: the statement runs once for each.
    Many(&'a dyn ParameterRows),
    /// The text is a script, which takes none.
    Script,
}

impl<'a> StatementEvent<'a> {
    pub(crate) fn new(
        said: Said<'a>,
        given: Given<'a>,
        in_transaction: bool,
        options: &'a ExecutionOptions,
    ) -> Self {
        let Said { sql, statement } = said;
        StatementEvent { sql: Cow::Borrowed(sql), statement, given, replaced: None, in_transaction, options }
    }

    /// The statement as the program built it, whatever text stands in its place by now; `None` of a script. Its
    /// [`summary`](Statement::summary) is the short form for logs. Mirrors the `clauseelement` of SQLAlchemy's
    /// `before_execute`.
    pub fn statement(&self) -> Option<&'a Statement> {
        self.statement
    }

    /// The [word for logs](ExecutionOptions::tag) that whoever sent it has given.
    pub fn tag(&self) -> Option<&str> {
        self.options.tagged()
    }

    /// Whether whoever sent it wants its parameters [hidden](ExecutionOptions::hide_parameters).
    pub fn hides_parameters(&self) -> bool {
        self.options.hides_parameters()
    }

    /// The text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Sends another text instead. Its placeholders have to be the same, or
    /// [`set_parameters`](Self::set_parameters) has to follow.
    pub fn set_sql(&mut self, sql: impl Into<String>) {
        self.sql = Cow::Owned(sql.into());
    }

    /// The parameters as they were given.
    pub fn given(&self) -> Given<'a> {
        self.given
    }

    /// The parameters that will be sent, in the order of their placeholders; none where there are many rows of them.
    pub fn parameters(&self) -> Vec<ValueRef<'_>> {
        match (&self.replaced, self.given) {
            (Some(replaced), _) => replaced.iter().map(Value::as_ref).collect(),
            (None, Given::One(parameters)) => parameters.to_vec(),
            (None, _) => Vec::new(),
        }
    }

    /// Sends other parameters instead.
    ///
    /// # Errors
    /// Where there are many rows of parameters, or the text is a script.
    pub fn set_parameters(&mut self, parameters: Vec<Value>) -> Result<()> {
        match self.given {
            Given::One(_) => {
                self.replaced = Some(parameters);
                Ok(())
            }
            Given::Many(_) | Given::Script => Err(Error::usage(
                "a listener can replace the parameters of a single statement only, not those of a script or of many rows",
            )),
        }
    }

    /// How often the statement runs.
    pub fn runs(&self) -> usize {
        match self.given {
            Given::Many(rows) => rows.rows(),
            Given::One(_) | Given::Script => 1,
        }
    }

    /// Whether a transaction is open around it.
    pub fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// The text's first word in upper case, such as `SELECT`.
    pub fn operation(&self) -> String {
        let text =
            self.sql.trim_start_matches(|character: char| character.is_whitespace() || character == '(');
        let end = text.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(text.len());
        text.get(..end).unwrap_or_default().to_ascii_uppercase()
    }
}

impl fmt::Debug for StatementEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementEvent")
            .field("sql", &self.sql)
            .field("runs", &self.runs())
            .finish_non_exhaustive()
    }
}

/// What became of a statement that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How long it took, from being sent to the last row's being read. Of a stream, the time that was spent waiting for
    /// the database: not what the program did with each row in between.
    pub elapsed: Duration,
    /// How many rows it returned.
    pub rows_returned: u64,
    /// How many rows it changed, where the database tells.
    pub rows_affected: u64,
}
