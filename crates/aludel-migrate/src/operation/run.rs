//! Steps that are the user's own async code.

use std::future::Future;
use std::sync::Arc;

use aludel_engine::{Connection, Result};

use super::Run;

/// An async function over a connection whose future may move between threads.
///
/// Every `async |conn: &mut Connection| { … }` and `async fn(conn: &mut Connection)` is one, as long as what it
/// holds across an `.await` is `Send`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an async function over a connection",
    note = "write `async |conn| {{ conn.execute(..).await?; Ok(()) }}`; what it holds across an `.await` must be `Send`"
)]
pub trait RunFn<'c> {
    /// Calls the function.
    fn call(&self, connection: &'c mut Connection) -> impl Future<Output = Result<()>> + Send + 'c;
}

impl<'c, F, R> RunFn<'c> for F
where
    F: Fn(&'c mut Connection) -> R,
    R: Future<Output = Result<()>> + Send + 'c,
{
    fn call(&self, connection: &'c mut Connection) -> impl Future<Output = Result<()>> + Send + 'c {
        self(connection)
    }
}

impl Run {
    /// A step of the user's own code, under a name for messages.
    pub fn new<F>(name: impl Into<String>, action: F) -> Self
    where
        F: AsyncFn(&mut Connection) -> Result<()> + for<'c> RunFn<'c> + Send + Sync + 'static,
    {
        Run {
            name: name.into(),
            action: Arc::new(move |connection| Box::pin(RunFn::call(&action, connection))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        async fn plain(conn: &mut Connection) -> Result<()> {
            conn.execute_script("SELECT 1").await
        }
        let run = Run::new("plain", plain);
        let again = Run::new("closure", async |conn| {
            conn.execute_script("SELECT 1").await?;
            let mut n = 0;
            for x in conn.all(aludel_sql::statement::sql("SELECT 1").rows::<i64>()).await? {
                n += x;
            }
            if n > 1 {
                conn.execute_script("SELECT 1").await?;
            }
            Ok(())
        });
        assert_ne!(run, again);
    }
}
