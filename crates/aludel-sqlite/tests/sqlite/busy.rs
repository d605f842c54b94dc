//! Two connections to one file: who waits, how, and for how long.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

use aludel_engine::driver::RawConnection;
use aludel_engine::{ErrorKind, Result, TransactionOptions, Wait};
use aludel_sql::ValueRef;
use aludel_sql::encode::ParameterRows;

use crate::scratch::{Scratch, number, open};

fn pair(scratch: &Scratch, options: &str) -> (Box<dyn RawConnection>, Box<dyn RawConnection>) {
    let url = format!("{}?{options}", scratch.url("shop.db"));
    let mut first = open(&url).expect("a database");
    first.execute_script("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (0)").wait().expect("a table");
    let second = open(&url).expect("the same database");
    (first, second)
}

/// Runs two futures in turns on this thread.
async fn both<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    std::future::poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(output) = a.as_mut().poll(context)
        {
            first = Some(output);
        }
        if second.is_none()
            && let Poll::Ready(output) = b.as_mut().poll(context)
        {
            second = Some(output);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (waiting, other) => {
                (first, second) = (waiting, other);
                Poll::Pending
            }
        }
    })
    .await
}

async fn pass_a_while() {
    futures_timer::Delay::new(Duration::from_millis(60)).await;
}

#[test]
fn two_tasks_on_one_thread_take_turns() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let (mut first, mut second) = pair(&scratch, &format!("journal_mode={mode}"));
        let holder = async {
            first.begin(TransactionOptions::immediate()).await?;
            first.execute("UPDATE t SET n = n + 1", &[]).await?;
            pass_a_while().await;
            first.commit().await
        };
        let waiter = async {
            let began = Instant::now();
            second.execute("UPDATE t SET n = n * 10", &[]).await?;
            Ok(began.elapsed())
        };
        let (held, waited): (Result<()>, Result<Duration>) = both(holder, waiter).wait();
        held.expect("the first transaction");
        let waited = waited.expect("the second write");
        assert!(waited >= Duration::from_millis(30), "{waited:?}");
        assert_eq!(number(first.as_mut(), "SELECT n FROM t"), 10, "{mode}");
    }
}

#[test]
fn begin_waits_and_so_does_a_transaction_that_has_only_begun() {
    let scratch = Scratch::new();
    let (mut first, mut second) = pair(&scratch, "");
    for immediate in [true, false] {
        let holder = async {
            first.begin(TransactionOptions::immediate()).await?;
            pass_a_while().await;
            first.commit().await
        };
        let waiter = async {
            let mut options = TransactionOptions::default();
            options.immediate = immediate;
            second.begin(options).await?;
            // A savepoint reads nothing, so there still is no lock to lose.
            second.execute("SAVEPOINT s", &[]).await?;
            second.execute("UPDATE t SET n = n + 1", &[]).await?;
            second.commit().await
        };
        let (held, waited): (Result<()>, Result<()>) = both(holder, waiter).wait();
        held.expect("the first transaction");
        waited.expect("the second transaction");
    }
    assert_eq!(number(first.as_mut(), "SELECT n FROM t"), 2);
}

#[test]
fn time_runs_out_with_an_error_that_says_how_long() {
    let scratch = Scratch::new();
    let (mut first, mut second) = pair(&scratch, "busy_timeout=40");
    first.begin(TransactionOptions::immediate()).wait().expect("a transaction");
    let began = Instant::now();
    let error = second.execute("UPDATE t SET n = 1", &[]).wait().expect_err("locked");
    let waited = began.elapsed();
    assert!(waited >= Duration::from_millis(40) && waited < Duration::from_secs(3), "{waited:?}");
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert_eq!(error.code(), Some("SQLITE_BUSY (5)"));
    assert!(
        error.message().contains("database is locked: another connection kept its lock for the 0.0"),
        "{error}"
    );
    assert!(error.message().contains("`busy_timeout`"), "{error}");
    assert_eq!(error.statement(), Some("UPDATE t SET n = 1"));
    // Readers are not in the way of a writer.
    assert_eq!(number(second.as_mut(), "SELECT n FROM t"), 0);
    first.rollback().wait().expect("a rollback");
    second.execute("UPDATE t SET n = 1", &[]).wait().expect("a write");
}

#[test]
fn a_read_that_wants_to_write_too_late_is_told_so_at_once() {
    for mode in ["wal", "delete"] {
        let scratch = Scratch::new();
        let (mut first, mut second) = pair(&scratch, &format!("journal_mode={mode}"));
        second.begin(TransactionOptions::default()).wait().expect("a transaction");
        assert_eq!(number(second.as_mut(), "SELECT n FROM t"), 0);
        first.begin(TransactionOptions::immediate()).wait().expect("a transaction");
        first.execute("UPDATE t SET n = 1", &[]).wait().expect("a write");
        if mode == "wal" {
            first.commit().wait().expect("a commit");
        }
        let began = Instant::now();
        let error = second.execute("UPDATE t SET n = 2", &[]).wait().expect_err("too late");
        assert!(began.elapsed() < Duration::from_secs(2), "it waited for nothing");
        assert_eq!(error.kind(), ErrorKind::Serialization, "{error}");
        assert!(error.message().contains("TransactionOptions::immediate()"), "{error}");
        let code = if mode == "wal" { "SQLITE_BUSY_SNAPSHOT (517)" } else { "SQLITE_BUSY (5)" };
        assert_eq!(error.code(), Some(code));
        second.rollback().wait().expect("a rollback");
        if mode == "delete" {
            first.commit().wait().expect("a commit");
        }
        assert_eq!(number(second.as_mut(), "SELECT n FROM t"), 1);
    }
}

#[test]
fn a_commit_waits_for_readers_where_there_is_no_write_ahead_log() {
    let scratch = Scratch::new();
    let (mut first, mut second) = pair(&scratch, "journal_mode=delete");
    second.begin(TransactionOptions::default()).wait().expect("a transaction");
    assert_eq!(number(second.as_mut(), "SELECT n FROM t"), 0);
    let writer = async {
        first.begin(TransactionOptions::immediate()).await?;
        first.execute("UPDATE t SET n = 7", &[]).await?;
        first.commit().await
    };
    let reader = async {
        pass_a_while().await;
        second.commit().await
    };
    let (written, read): (Result<()>, Result<()>) = both(writer, reader).wait();
    written.expect("the write");
    read.expect("the read");
    assert_eq!(number(second.as_mut(), "SELECT n FROM t"), 7);
}

#[test]
fn a_wait_that_is_given_up_leaves_a_clean_connection() {
    let scratch = Scratch::new();
    let (mut first, mut second) = pair(&scratch, "");
    first.begin(TransactionOptions::immediate()).wait().expect("a transaction");
    for sql in ["UPDATE t SET n = 1", "BEGIN IMMEDIATE"] {
        let mut waiting: Pin<Box<dyn Future<Output = _> + '_>> = second.execute(sql, &[]);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
    }
    assert!(second.is_usable() && !second.in_transaction());
    first.commit().wait().expect("a commit");
    second.execute("UPDATE t SET n = n + 5", &[]).wait().expect("a write");
    assert_eq!(number(first.as_mut(), "SELECT n FROM t"), 5);
}

#[test]
fn many_rows_that_are_given_up_at_their_commit_are_taken_back() {
    struct Two;

    impl ParameterRows for Two {
        fn rows(&self) -> usize {
            2
        }

        fn width(&self) -> usize {
            1
        }

        fn value(&self, row: usize, _: usize) -> ValueRef<'_> {
            ValueRef::I64(row as i64)
        }
    }

    let scratch = Scratch::new();
    let (mut first, mut second) = pair(&scratch, "journal_mode=delete");
    second.begin(TransactionOptions::default()).wait().expect("a transaction");
    assert_eq!(number(second.as_mut(), "SELECT count(*) FROM t"), 1);
    {
        let mut sink = ();
        let mut writing = first.execute_many("INSERT INTO t VALUES (?)", &Two, &mut sink);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(writing.as_mut().poll(&mut context).is_pending());
    }
    assert!(first.in_transaction());
    assert_eq!(number(first.as_mut(), "SELECT count(*) FROM t"), 1);
    assert!(!first.in_transaction() && first.is_usable());
}

#[test]
fn many_threads_lose_no_write() {
    let scratch = Scratch::new();
    let (mut first, _) = pair(&scratch, "");
    let url = format!("{}?busy_timeout=30000", scratch.url("shop.db"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut own = open(&url).expect("the same database");
                for _ in 0..25 {
                    own.execute("UPDATE t SET n = n + 1", &[]).wait().expect("a write");
                }
            });
        }
    });
    assert_eq!(number(first.as_mut(), "SELECT n FROM t"), 100);
}
