//! What goes wrong, as the web hears of it.

use aludel::ErrorKind;
use aludel::orm;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A status and a sentence for whoever asked. What the database said goes to the log, not to the web.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    sentence: String,
}

#[derive(Serialize)]
struct Body {
    error: String,
}

impl Problem {
    /// There is no such thing.
    pub fn not_found(what: impl Into<String>) -> Self {
        Problem { status: StatusCode::NOT_FOUND, sentence: what.into() }
    }

    /// The request makes no sense.
    pub fn unprocessable(why: impl Into<String>) -> Self {
        Problem { status: StatusCode::UNPROCESSABLE_ENTITY, sentence: why.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(Body { error: self.sentence })).into_response()
    }
}

/// An error's kind says what the web may do about it.
impl From<aludel::Error> for Problem {
    fn from(error: aludel::Error) -> Self {
        let (status, sentence) = match error.kind() {
            ErrorKind::NoRow => (StatusCode::NOT_FOUND, "there is no such note"),
            ErrorKind::UniqueViolation => (StatusCode::CONFLICT, "that is there already"),
            ErrorKind::Data | ErrorKind::CheckViolation | ErrorKind::NotNullViolation => {
                (StatusCode::UNPROCESSABLE_ENTITY, "the database does not take these values")
            }
            // It may do better in a moment.
            ErrorKind::Timeout
            | ErrorKind::Disconnect
            | ErrorKind::Operational
            | ErrorKind::Serialization => {
                (StatusCode::SERVICE_UNAVAILABLE, "the database can't be reached now: try again")
            }
            // Whoever asked must look before asking again.
            ErrorKind::CommitUnknown => {
                (StatusCode::BAD_GATEWAY, "the connection was lost, and the changes may have been made")
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "something is wrong here; the log knows more"),
        };
        if status.is_server_error() {
            tracing::error!(%error, "a request failed");
        }
        Problem { status, sentence: sentence.to_owned() }
    }
}

/// What a session says is about the database, mostly.
impl From<orm::Error> for Problem {
    fn from(error: orm::Error) -> Self {
        aludel::Error::from(error).into()
    }
}
