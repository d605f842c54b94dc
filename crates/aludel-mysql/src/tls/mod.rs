//! Encrypted connections, where the build has them.

#[cfg(feature = "tls")]
mod rustls;
#[cfg(feature = "tls")]
pub(crate) use self::rustls::{connect, failure};

#[cfg(not(feature = "tls"))]
mod none;
#[cfg(not(feature = "tls"))]
pub(crate) use self::none::{connect, failure};
