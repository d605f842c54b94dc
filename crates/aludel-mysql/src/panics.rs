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
    for (method, way_out) in [
        ("ed25519", "which this build can't do: turn the cargo feature `ed25519` on, or give"),
        ("parsec", "which this driver can't do: give"),
    ] {
        if text.contains(&format!("`{method}` authentication plugin")) {
            return Error::configuration(format!(
                "the server asks for a login by `{method}`, {way_out} the user one by `mysql_native_password` or \
                 `caching_sha2_password`"
            ));
        }
    }
    let message = format!("what the server said made mysql_async panic: {text}");
    Error::new(ErrorKind::Operational, message)
}

#[cfg(test)]
mod tests {
    use aludel_engine::Wait;

    use super::*;

    fn error_of(text: &'static str) -> Error {
        caught::<()>(async move { panic!("{text}") }).wait().expect_err("it panics")
    }

    #[test]
    fn logins_that_this_build_can_not_do_have_a_way_out() {
        // In mysql_common's words.
        let ed25519 = error_of(
            "Can't create response for `ed25519` authentication plugin — `mysql_common/client_ed25519` feature is disabled.",
        );
        assert_eq!(ed25519.kind(), ErrorKind::Configuration);
        assert!(ed25519.message().contains("a login by `ed25519`"), "{ed25519}");
        assert!(ed25519.message().contains("the cargo feature `ed25519`"), "{ed25519}");
        let parsec = error_of(
            "Can't create response for `parsec` authentication plugin — `mysql_common/client_parsec` feature is disabled.",
        );
        assert_eq!(parsec.kind(), ErrorKind::Configuration);
        assert!(!parsec.message().contains("cargo feature"), "{parsec}");
        let other = error_of("index out of bounds");
        assert_eq!(other.kind(), ErrorKind::Operational);
        assert!(other.message().ends_with("index out of bounds"), "{other}");
    }
}
