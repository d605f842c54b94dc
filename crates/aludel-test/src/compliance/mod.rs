//! The compliance suite: tests that are written once and run on every driver.
//!
//! A driver's crate says how an empty database is made and thrown away, and gets one `#[test]` for each case by one line:
//!
//! ```
//! use std::sync::Arc;
//!
//! use aludel::{DatabaseUrl, Driver, Result};
//! use aludel_test::compliance::Setup;
//!
//! #[derive(Default)]
//! struct Memory;
//!
//! impl Setup for Memory {
//!     async fn create(&mut self) -> Result<Arc<dyn Driver>> {
//!         aludel::driver(&DatabaseUrl::parse("sqlite://")?)
//!     }
//!
//!     async fn destroy(&mut self) -> Result<()> {
//!         Ok(())
//!     }
//! }
//!
//! aludel_test::compliance!(Memory);
//! # fn main() {}
//! ```
//!
//! What a database can't do is asked of its [`Capabilities`] and
//! [`DriverFeatures`]; a case that needs more than there is ends at once and writes which one is missing.
//! Mirrors SQLAlchemy's `sqlalchemy.testing.suite`.

pub mod batches;
pub mod errors;
pub mod faults;
pub mod pool;
pub mod schema;
pub mod statements;
pub mod stopping;
pub mod streams;
pub mod transactions;
pub mod values;

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use aludel::dialect::{Capabilities, Placeholder};
use aludel::engine::driver::DriverFeatures;
use aludel::engine::pool::PoolKind;
use aludel::prelude::*;
use aludel::{Driver, EngineOptions, Result, Table};

/// How a driver's databases are made for tests: the two things that the suite can't know.
pub trait Setup: Default {
    /// A driver whose connections go to a database with nothing in it, which nobody else uses. The pool options that it
    /// suggests tell whether several connections see the same database.
    fn create(&mut self) -> impl Future<Output = Result<Arc<dyn Driver>>>;

    /// Throws the database away. Called after each case, also where it panicked.
    fn destroy(&mut self) -> impl Future<Output = Result<()>>;
}

/// Why a case did not run: the capability that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped(pub String);

/// How a case ends that does not panic.
pub type Outcome = std::result::Result<(), Skipped>;

/// Runs one case on a database of its own; [`compliance!`](crate::compliance!) calls it.
///
/// # Panics
/// Where the case fails, or the database can't be made or thrown away.
pub fn run<S: Setup>(case: fn(&Bench) -> Outcome) {
    let mut setup = S::default();
    let driver = setup.create().wait().expect("a database for the case");
    let bench = Bench { driver, engines: RefCell::default() };
    let outcome = catch_unwind(AssertUnwindSafe(|| case(&bench)));
    for engine in bench.engines.take() {
        engine.close().wait();
    }
    let destroyed = setup.destroy().wait();
    match outcome {
        Ok(Ok(())) => {}
        // libtest knows no test that skips itself.
        Ok(Err(Skipped(missing))) => println!("skipped: {missing}"),
        Err(panic) => resume_unwind(panic),
    }
    destroyed.expect("the case's database is thrown away");
}

/// What a case works with.
pub struct Bench {
    driver: Arc<dyn Driver>,
    engines: RefCell<Vec<Engine>>,
}

impl Bench {
    /// The driver under test.
    pub fn driver(&self) -> Arc<dyn Driver> {
        Arc::clone(&self.driver)
    }

    /// An engine with the pool that suits the driver.
    pub fn engine(&self) -> Engine {
        self.engine_with(EngineOptions::new())
    }

    /// An engine with options.
    pub fn engine_with(&self, options: EngineOptions) -> Engine {
        self.engine_on(self.driver(), options)
    }

    /// An engine on a driver around the one under test.
    pub fn engine_on(&self, driver: Arc<dyn Driver>, options: EngineOptions) -> Engine {
        let engine = Engine::with_options(driver, options);
        self.engines.borrow_mut().push(engine.clone());
        engine
    }

    /// What the database can do, as a connection tells it.
    pub fn capabilities(&self) -> Capabilities {
        connect(&self.engine()).dialect().capabilities().clone()
    }

    /// What the driver can do, as a connection tells it.
    pub fn features(&self) -> DriverFeatures {
        connect(&self.engine()).raw().expect("open").features()
    }

    /// Makes tables, and an engine on them.
    ///
    /// # Panics
    /// Where the database refuses.
    pub fn with_tables(&self, tables: impl IntoIterator<Item = Table>) -> Engine {
        let engine = self.engine();
        engine.create_all(&tables.into_iter().collect()).wait().expect("tables");
        engine
    }

    /// Goes on only where this is so.
    ///
    /// # Errors
    /// [`Skipped`] otherwise.
    pub fn needs(&self, there: bool, what: &str) -> Outcome {
        if there { Ok(()) } else { Err(Skipped(format!("the database has no `{what}`"))) }
    }

    /// Goes on only where several connections see the same database.
    ///
    /// # Errors
    /// [`Skipped`] otherwise.
    pub fn needs_several_connections(&self) -> Outcome {
        let several = self.driver.pool_options().kind != PoolKind::Static;
        self.needs(several, "more than one connection")
    }
}

/// A connection of an engine.
pub(crate) fn connect(engine: &Engine) -> aludel::Connection {
    engine.connect().wait().expect("a connection")
}

/// A number that a query yields.
pub(crate) fn number(connection: &mut aludel::Connection, query: &'static str) -> i64 {
    connection.one(sql(query).rows()).wait().expect(query)
}

/// The n-th placeholder, from 1.
pub(crate) fn placeholder(capabilities: &Capabilities, number: usize) -> String {
    match capabilities.placeholder {
        Placeholder::Question => "?".to_owned(),
        Placeholder::Dollar => format!("${number}"),
        Placeholder::Named => format!(":param_{number}"),
    }
}

/// Makes one `#[test]` for each case of the [suite](mod@crate::compliance) on the databases of a
/// [`Setup`](crate::compliance::Setup), in a module for each subject.
#[macro_export]
macro_rules! compliance {
    ($setup:ty) => {
        $crate::__compliance_tests! { $setup;
            values {
                integers unsigned_integers booleans floats decimals texts bytes identifiers networks documents arrays
                ranges chrono_types time_types jiff_types lengths_of_time nulls
            }
            statements {
                an_execution_tells_its_rows a_script_runs_all_of_it all_first_one_and_none
                many_rows_in_their_order many_rows_stop_at_an_error many_rows_return_theirs
                inserts_return_what_the_database_made updates_and_deletes_return_rows
                the_last_key_is_told_where_it_is_promised every_parameter_up_to_the_limit
                a_row_that_does_not_fit_names_its_column a_nul_is_refused_or_kept
                bytes_that_are_no_text_are_never_text one_statement_is_one_statement
                more_statements_than_anybody_prepares a_prepared_statement_follows_its_table
                a_sink_may_stop_early
            }
            streams {
                every_row_comes_once_and_in_order parts_are_full_but_the_last
                a_stream_that_is_left_early_leaves_a_clean_connection an_error_ends_a_stream_behind_its_rows
                other_statements_run_in_between where_nothing_runs_in_between_it_is_said
                structs_are_read_by_name dynamic_rows_are_asked_by_place_and_by_name what_does_not_fit_is_named
            }
            batches {
                a_statement_runs_for_every_row a_refused_row_takes_all_back keys_come_in_the_order_of_the_rows
                objects_get_their_keys any_number_of_rows a_load_tells_how_far_it_is a_refused_row_takes_a_load_back
                a_pipeline_gives_back_what_each_does_alone an_error_in_the_middle_of_a_pipeline
            }
            stopping {
                another_thread_stops_a_statement a_statement_takes_no_longer_than_it_may
                a_stream_takes_no_longer_than_it_may
            }
            transactions {
                a_commit_lasts_and_a_rollback_does_not statements_outside_of_transactions_last_at_once
                a_transaction_in_a_transaction_is_refused savepoints_nest savepoints_that_are_misused_say_so
                every_level_can_be_asked_for what_is_not_committed_is_not_seen read_only_reads deferrable_is_taken
                schema_changes_are_taken_back two_phases_keep_their_promise nothing_runs_after_a_failed_transaction
                collisions_are_run_again
            }
            errors {
                unique_keys primary_keys foreign_keys not_null checks data wrong_statements
                the_connection_goes_on messages_show_the_statement_and_hide_what_is_secret
            }
            schema {
                what_was_made_is_found what_is_not_there_is_none create_all_makes_what_is_missing
                drop_all_drops_in_order names_that_need_quotes schemas_take_the_place_of_others
            }
            pool {
                connections_come_back_clean a_dropped_transaction_costs_no_connection
                a_ping_answers_and_a_recycled_connection_is_another a_closed_connection_is_gone
                several_at_once_see_the_same listeners_hear_what_happens
            }
            faults {
                dropped_at_every_await disconnected_at_every_operation an_answer_lost_at_every_operation
                cancelled_at_every_operation
            }
        }
    };
}

/// The expansion of [`compliance!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __compliance_tests {
    ($setup:ty; $($group:ident { $($case:ident)* })*) => {$(
        mod $group {
            #[allow(unused_imports)]
            use super::*;

            $(
                #[test]
                fn $case() {
                    $crate::compliance::run::<$setup>($crate::compliance::$group::$case);
                }
            )*
        }
    )*};
}
