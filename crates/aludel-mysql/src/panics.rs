//! What mysql_async panics at becomes an error: a server must not end the program of whoever talks to it.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use aludel_engine::error::{Error, ErrorKind, Result};

/// The future's result, or the error that stands for its panic. What the future worked on is to be given up then.
pub(crate) async fn caught<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(explain(panic.as_ref()))))
    })
    .await
}

fn explain(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    let text = text.unwrap_or("for a reason that it does not tell");
    for method in ["ed25519", "parsec"] {
        if text.contains(&format!("`{method}` authentication plugin")) {
            return Error::configuration(format!(
                "the server asks for a login by `{method}`, which this driver can't do: give the user one by \
                 `mysql_native_password` or `caching_sha2_password`"
            ));
        }
    }
    let message = format!("what the server said made mysql_async panic: {text}");
    Error::new(ErrorKind::Operational, message)
}
