//! Spans and events by the feature `tracing`, with the field names that OpenTelemetry gives to databases.
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
            // The conventions' word for one statement that runs with many rows of parameters.
            let batch = if event.runs() > 1 { "BATCH " } else { "" };
            let operation = format!("{batch}{}", event.operation());
            let name = match &self.address.namespace {
                Some(namespace) => format!("{operation} {namespace}"),
                None => operation.clone(),
            };
            let span = tracing::debug_span!(
                target: "aludel",
                "statement",
                otel.name = name,
                otel.kind = "client",
                db.system.name = system(dialect),
                db.namespace = self.address.namespace,
                db.operation.name = operation,
                db.operation.batch.size = Empty,
                db.query.text = event.sql(),
                server.address = self.address.host,
                server.port = self.address.port,
                db.response.returned_rows = Empty,
                db.response.affected_rows = Empty,
                db.response.status_code = Empty,
                error.type = Empty,
                aludel.tag = event.tag(),
            );
            if event.runs() > 1 {
                span.record("db.operation.batch.size", event.runs());
            }
            if !self.hide_parameters && !event.hides_parameters() {
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
                    span.0.record("db.response.affected_rows", outcome.rows_affected);
                }
                Some(error) => {
                    span.0.record("error.type", tracing::field::debug(error.kind()));
                    if let Some(code) = error.code() {
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

    /// OpenTelemetry's name for the database.
    fn system(dialect: &dyn Dialect) -> &'static str {
        match dialect.name() {
            "postgres" => "postgresql",
            "mssql" => "microsoft.sql_server",
            "oracle" => "oracle.db",
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
