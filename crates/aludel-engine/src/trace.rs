//! Spans and events by the feature `tracing`, with the field names that OpenTelemetry's stable conventions give to databases.
//! What these leave out, or say to leave out where it would have to be read from the text, has a name of our own or is left out.
//!
//! Without the feature, all of this is empty and costs nothing.

use std::time::Duration;

use aludel_sql::Dialect;

use crate::driver::Address;
use crate::error::Error;
use crate::events::{Outcome, StatementEvent};

/// What an engine tells with each span.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    /// Used with the feature only.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code))]
    pub(crate) address: Address,
    #[cfg_attr(not(feature = "tracing"), allow(dead_code))]
    pub(crate) slow: Option<Duration>,
    #[cfg_attr(not(feature = "tracing"), allow(dead_code))]
    pub(crate) hide_parameters: bool,
}

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use tracing::field::Empty;
    use tracing::{Instrument, Level};

    use super::*;

    /// A statement's span.
    pub(crate) struct Span(tracing::Span);

    impl Telemetry {
        /// Whether anybody would see a statement's span or be told that it was slow.
        pub(crate) fn wanted(&self) -> bool {
            tracing::enabled!(target: "aludel", Level::DEBUG)
                || (self.slow.is_some() && tracing::enabled!(target: "aludel", Level::WARN))
        }

        /// Begins a statement's span.
        pub(crate) fn statement(&self, dialect: &dyn Dialect, event: &StatementEvent<'_>) -> Span {
            let about = About::of(event);
            let address = &self.address;
            let name = about.summary.as_deref().or(address.namespace.as_deref()).or(address.host.as_deref());
            let span = tracing::debug_span!(
                target: "aludel",
                "statement",
                otel.name = name.unwrap_or_else(|| system(dialect)),
                otel.kind = "client",
                otel.status_code = Empty,
                db.system.name = system(dialect),
                db.namespace = address.namespace,
                db.collection.name = about.collection,
                db.operation.name = about.operation,
                db.operation.batch.size = Empty,
                db.query.summary = about.summary,
                db.query.text = event.sql(),
                server.address = address.host,
                server.port = address.port,
                db.response.returned_rows = Empty,
                db.response.status_code = Empty,
                error.type = Empty,
                aludel.affected_rows = Empty,
                aludel.tag = event.tag(),
            );
            if event.runs() > 1 {
                span.record("db.operation.batch.size", event.runs());
            }
            if !self.hide_parameters
                && !event.hides_parameters()
                && tracing::enabled!(target: "aludel", Level::TRACE)
            {
                let _entered = span.enter();
                let parameters = event.parameters();
                if !parameters.is_empty() {
                    let shown = crate::error::shown(&parameters);
                    tracing::trace!(target: "aludel", parameters = shown, "a statement's parameters");
                }
            }
            Span(span)
        }

        /// Tells how a statement ended.
        pub(crate) fn ended(
            &self,
            span: &Span,
            event: &StatementEvent<'_>,
            outcome: &Outcome,
            error: Option<&Error>,
        ) {
            match error {
                None => {
                    span.0.record("db.response.returned_rows", outcome.rows_returned);
                    span.0.record("aludel.affected_rows", outcome.rows_affected);
                }
                Some(error) => {
                    span.0.record("otel.status_code", "ERROR");
                    span.0.record("error.type", tracing::field::debug(error.kind()));
                    // The first word is the most specific code; behind it may stand another way to say it.
                    if let Some(code) = error.code().and_then(|code| code.split(' ').next()) {
                        span.0.record("db.response.status_code", code);
                    }
                }
            }
            let _entered = span.0.enter();
            if self.slow.is_some_and(|limit| outcome.elapsed >= limit) {
                let elapsed = outcome.elapsed.as_secs_f64();
                let statement = event.sql();
                tracing::warn!(target: "aludel", elapsed, statement, "a slow statement");
            }
        }
    }

    impl Span {
        /// Runs a future inside of the span.
        pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
            future.instrument(self.0.clone()).await
        }
    }

    /// What is known of a statement without its text being read.
    struct About {
        summary: Option<String>,
        operation: Option<String>,
        collection: Option<String>,
    }

    impl About {
        fn of(event: &StatementEvent<'_>) -> Self {
            // The conventions' word for one statement that runs with many rows of parameters.
            let batch = if event.runs() > 1 { "BATCH " } else { "" };
            let said = |what: &str| format!("{batch}{what}");
            match event.statement().map(|statement| statement.summary()) {
                Some(Some(summary)) => About {
                    summary: Some(said(summary.text())),
                    operation: summary.operation().map(said),
                    collection: summary.table().map(str::to_owned),
                },
                // In the user's own words: what it begins with is all that is looked at.
                Some(None) => {
                    let word = event.operation();
                    let summary = (1..=WORD).contains(&word.len()).then(|| said(&word));
                    About { summary, operation: None, collection: None }
                }
                // Of a script, not even that says much.
                None => About { summary: None, operation: None, collection: None },
            }
        }
    }

    /// No word that begins a statement is longer.
    const WORD: usize = 12;

    /// OpenTelemetry's name for the database.
    fn system(dialect: &dyn Dialect) -> &'static str {
        match dialect.name() {
            "postgres" => "postgresql",
            "mssql" => "microsoft.sql_server",
            "oracle" => "oracle.db",
            "standard" => "other_sql",
            name => name,
        }
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::Span;
#[cfg(feature = "tracing")]
pub(crate) use on::Span;

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use super::*;

    /// Nothing.
    pub(crate) struct Span;

    impl Telemetry {
        pub(crate) fn wanted(&self) -> bool {
            false
        }

        pub(crate) fn statement(&self, _: &dyn Dialect, _: &StatementEvent<'_>) -> Span {
            Span
        }

        pub(crate) fn ended(&self, _: &Span, _: &StatementEvent<'_>, _: &Outcome, _: Option<&Error>) {}
    }

    impl Span {
        pub(crate) async fn within<F: Future>(&self, future: F) -> F::Output {
            future.await
        }
    }
}
