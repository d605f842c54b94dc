//! What the tests of this package share.

pub mod cancel;
pub mod places;
#[cfg(unix)]
pub mod private;
pub mod proxy;
pub mod slow;
pub mod traces;

use aludel::{DatabaseUrl, Engine, PoolOptions};
use aludel_test::{Recorder, RecordingDriver};

/// An engine for a URL, and what is sent through it.
///
/// # Panics
/// Where the URL is wrong.
pub fn recorded(url: &str) -> (Engine, Recorder) {
    let url = DatabaseUrl::parse(url).expect("the test's URL is well-formed");
    let driver = aludel::driver(&url).expect("the test's database is built in");
    let (driver, recorder) = RecordingDriver::new(driver);
    let options: PoolOptions = driver.pool_options();
    (Engine::with_pool(driver, options), recorder)
}
