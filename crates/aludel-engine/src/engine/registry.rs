//! Drivers from outside of the workspace, by the scheme of their URLs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::url::DatabaseUrl;

/// Makes a driver of a URL.
pub type DriverFactory = fn(&DatabaseUrl) -> Result<Arc<dyn Driver>>;

fn registry() -> &'static Mutex<BTreeMap<&'static str, DriverFactory>> {
    static REGISTRY: Mutex<BTreeMap<&'static str, DriverFactory>> = Mutex::new(BTreeMap::new());
    &REGISTRY
}

/// Lets URLs with this scheme open engines with a driver from outside of the workspace.
pub fn register_driver(scheme: &'static str, factory: DriverFactory) {
    registry().lock().unwrap_or_else(PoisonError::into_inner).insert(scheme, factory);
}

/// The driver that was registered for a URL's scheme.
///
/// # Errors
/// Where none was; the message lists `known` schemes and the registered ones.
pub fn registered_driver(url: &DatabaseUrl, known: &[&str]) -> Result<Arc<dyn Driver>> {
    let registry = registry().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(factory) = registry.get(url.scheme()) {
        let factory = *factory;
        drop(registry);
        return factory(url);
    }
    let schemes: Vec<&str> = known.iter().copied().chain(registry.keys().copied()).collect();
    Err(Error::configuration(format!(
        "no driver for `{}` in `{url}`: this build knows {}. Other databases are features of the `aludel` crate, or come \
         from a driver's own crate",
        url.scheme(),
        if schemes.is_empty() { "no database at all".to_owned() } else { schemes.join(", ") },
    )))
}
