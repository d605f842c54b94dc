//! How the service starts, tells how it is, and stops.

use std::future::Future;

use aludel::migrate::run::upgrade;
use aludel::migrate::{self, Environment};
use aludel::prelude::*;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::{api, metadata, versions};

/// The migrations that this program carries with it.
pub fn environment() -> Environment {
    Environment::new(metadata()).versions(versions::VERSIONS).connect(Engine::new)
}

/// Brings the database to the schema that this program knows.
///
/// # Errors
/// Where the database can't be reached, or is at a revision that this program doesn't know.
pub async fn migrate(engine: &Engine) -> migrate::Result<()> {
    let report = upgrade(&environment(), engine, "head", &mut |_| {}).await?;
    for ran in &report.ran {
        tracing::info!(revision = %ran.revision, "the schema was upgraded");
    }
    Ok(())
}

/// The whole service.
pub fn routes(engine: Engine) -> Router {
    Router::new()
        .merge(api::routes())
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .with_state(engine)
}

/// Serves until `stop` is over. Requests that have begun are answered; then the connections to the database are closed.
///
/// # Errors
/// Where the socket fails.
pub async fn serve(
    listener: TcpListener,
    engine: Engine,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let served = axum::serve(listener, routes(engine.clone())).with_graceful_shutdown(stop).await;
    engine.close().await;
    served
}

/// Whether the database answers.
async fn health(State(engine): State<Engine>) -> (StatusCode, &'static str) {
    match ping(&engine).await {
        Ok(()) => (StatusCode::OK, "well\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn ping(engine: &Engine) -> aludel::Result<()> {
    engine.connect().await?.raw()?.ping().await
}

/// The pool's figures, in the text form that Prometheus reads.
async fn metrics(State(engine): State<Engine>) -> impl IntoResponse {
    let status = engine.status();
    let figures = [
        ("idle", "gauge", status.idle as f64),
        ("checked_out", "gauge", status.checked_out as f64),
        ("waiting", "gauge", status.waiting as f64),
        ("checkouts_total", "counter", status.checkouts as f64),
        ("opened_total", "counter", status.opened as f64),
        ("closed_total", "counter", status.closed as f64),
        ("timed_out_total", "counter", status.timed_out as f64),
        ("wait_seconds_total", "counter", status.wait_total.as_secs_f64()),
    ];
    let mut text = String::new();
    for (name, kind, value) in figures {
        text.push_str(&format!("# TYPE notes_pool_{name} {kind}\nnotes_pool_{name} {value}\n"));
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
