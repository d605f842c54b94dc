//! `axum-notes`: serves notes at `LISTEN` (127.0.0.1:3000), kept at `DATABASE_URL` (sqlite:///notes.db).

use std::env;
use std::error::Error;
use std::io::Write;

use aludel::EngineOptions;
use aludel::prelude::*;
use axum_notes::service;
use tokio::net::TcpListener;
use tokio::signal;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///notes.db".to_owned());
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    // What is behind the `?` of the URL goes before this.
    let options = EngineOptions::new().slow_statement(std::time::Duration::from_millis(200));
    let engine = Engine::new_with(&url, options)?;
    service::migrate(&engine).await?;

    let listener = TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    service::serve(listener, engine, stop()).await?;
    Ok(())
}

/// Over when somebody asks the process to end.
async fn stop() {
    let interrupted = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        () = interrupted => {}
        _ = terminated => {}
    }
}
