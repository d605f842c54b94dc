//! The words around transactions, and whether one is open.

use aludel_engine::driver::{TransactionOptions, TwoPhase};
use aludel_engine::error::{Error, ErrorKind, Result};
use tokio_postgres::SimpleQueryMessage;

use crate::connection::PostgresConnection;
use crate::error;
use crate::execute::check_nul;
use crate::pipeline::Failure;
use crate::statements::begins_with;

impl PostgresConnection {
    pub(crate) async fn begin_now(&mut self, options: TransactionOptions) -> Result<()> {
        if self.in_transaction {
            return Err(Error::usage("a transaction is already open on this connection"));
        }
        if (options.immediate || options.exclusive) && options.read_only {
            return Err(Error::usage("a read-only transaction can't take the write lock as it begins"));
        }
        let mut words = String::from("BEGIN");
        if let Some(level) = options.isolation {
            words.push_str(" ISOLATION LEVEL ");
            words.push_str(level.sql());
        }
        if options.read_only {
            words.push_str(" READ ONLY");
        }
        if options.deferrable {
            words.push_str(" DEFERRABLE");
        }
        self.command(&words).await?;
        self.in_transaction = true;
        self.failed = false;
        self.only_reads = options.read_only;
        Ok(())
    }

    pub(crate) async fn commit_now(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Err(Error::usage("there is no transaction to commit"));
        }
        if self.failed {
            // The server would take it back on COMMIT as well, and call that a success.
            self.roll_back().await?;
            let message =
                "the transaction could not be committed, and was rolled back: one of its statements failed";
            return Err(Error::new(ErrorKind::Usage, message).with_code(error::FAILED_TRANSACTION));
        }
        // Whatever comes of it, the transaction is over.
        let result = self.command("COMMIT").await;
        self.cursor = None;
        self.in_transaction = false;
        self.failed = false;
        result
    }

    pub(crate) fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Whether the server will do nothing but roll back.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed
    }

    pub(crate) fn send_rollback(&mut self) -> bool {
        // With it end those that the server keeps, and what is left of an answer goes to nobody.
        self.cursor = None;
        let sent = self.send_word("ROLLBACK");
        if sent {
            self.in_transaction = false;
            self.failed = false;
        }
        sent
    }

    /// Asks the server whether a transaction is open, after a text that may have begun or ended one.
    pub(crate) async fn look_for_transaction(&mut self) -> Result<()> {
        self.only_reads = false;
        self.start().await?;
        let result = self.time_stands_still().await.map_err(|failure| self.failure(failure));
        match &result {
            Err(error) if error.code() == Some(error::FAILED_TRANSACTION) => {
                self.end(Ok(()))?;
                self.in_transaction = true;
                self.failed = true;
                Ok(())
            }
            _ => {
                self.in_transaction = self.end(result)?;
                Ok(())
            }
        }
    }

    /// Whether the clock of transactions is behind that of statements. Asked in one message: with several, the two differ
    /// outside of a transaction as well.
    async fn time_stands_still(&mut self) -> Result<bool, Failure> {
        let (client, wire) = self.ends()?;
        let answers = wire.drive(client.simple_query("SELECT now() = statement_timestamp()")).await?;
        Ok(answers.iter().any(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("f"),
            _ => false,
        }))
    }

    pub(crate) async fn two_phase_step(&mut self, step: TwoPhase<'_>) -> Result<()> {
        match step {
            TwoPhase::Begin(_) => self.begin_now(TransactionOptions::default()).await,
            TwoPhase::Prepare(_) if self.failed => self.commit_now().await,
            TwoPhase::Prepare(xid) => {
                let result = self.command(&format!("PREPARE TRANSACTION {}", literal(xid)?)).await;
                // Where the server refuses, it has taken the transaction back.
                self.in_transaction = false;
                self.failed = false;
                result
            }
            TwoPhase::Abandon(_) => self.roll_back().await,
            TwoPhase::Commit(xid) => self.command(&format!("COMMIT PREPARED {}", literal(xid)?)).await,
            TwoPhase::Rollback(xid) => self.command(&format!("ROLLBACK PREPARED {}", literal(xid)?)).await,
            _ => Err(Error::new(ErrorKind::NotSupported, "this step is not known to the driver")),
        }
    }

    pub(crate) async fn roll_back(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.cursor = None;
        let result = self.command("ROLLBACK").await;
        self.in_transaction = false;
        self.failed = false;
        result
    }
}

/// Whether a statement is one of those that begin and end transactions, but for going back to a savepoint.
pub(crate) fn begins_or_ends(sql: &str) -> bool {
    let is = |word: &str| begins_with(sql, word);
    match sql.trim_start().as_bytes().first().map(u8::to_ascii_uppercase) {
        Some(b'B') => is("BEGIN"),
        Some(b'S') => is("START"),
        Some(b'C') => is("COMMIT"),
        Some(b'E') => is("END"),
        Some(b'A') => is("ABORT"),
        Some(b'P') => is("PREPARE"),
        Some(b'R') => {
            let second = sql.split_ascii_whitespace().find(|word| {
                !["rollback", "transaction", "work"].iter().any(|known| known.eq_ignore_ascii_case(word))
            });
            is("ROLLBACK") && !second.is_some_and(|word| word.eq_ignore_ascii_case("to"))
        }
        _ => false,
    }
}

/// Whether a script may begin or end a transaction. Bodies of functions and comments may look so, too.
pub(crate) fn mentions_transactions(sql: &str) -> bool {
    let mut words = sql.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
    words.any(|word| {
        ["begin", "start", "commit", "end", "rollback", "abort", "prepare"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// A name as a text of SQL: statements about prepared transactions take no parameters.
fn literal(text: &str) -> Result<String> {
    check_nul(text)?;
    let escaped = text.replace('\'', "''");
    Ok(if text.contains('\\') {
        format!("E'{}'", escaped.replace('\\', "\\\\"))
    } else {
        format!("'{escaped}'")
    })
}
