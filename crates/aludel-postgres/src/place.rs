//! Where a server is: the one socket among those that a host's name may stand for, so that a second connection comes to the
//! same server as the first.

use std::fmt;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;

use aludel_engine::error::{Error, ErrorKind, Result};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// The port of a server whose URL names none.
const PORT: u16 = 5432;

/// The port of the one host of a configuration.
pub(crate) fn port(config: &Config) -> u16 {
    config.get_ports().first().copied().unwrap_or(PORT)
}

/// A server's socket, and the name by which it has to prove itself.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) socket: Socket,
}

#[derive(Clone, Debug)]
pub(crate) enum Socket {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Place {
    /// The places that the one host of a configuration stands for.
    ///
    /// # Errors
    /// Where nobody knows the host.
    pub(crate) async fn all(config: &Config) -> Result<Vec<Place>> {
        let port = port(config);
        match config.get_hosts().first() {
            Some(Host::Tcp(host)) => {
                let found = tokio::net::lookup_host((host.as_str(), port)).await.map_err(|error| {
                    let message =
                        format!("the host `{host}` can't be found: {error}. Look at the host in the URL");
                    Error::new(ErrorKind::Disconnect, message).with_source(error)
                })?;
                Ok(found.map(|address| Place { host: host.clone(), socket: Socket::Tcp(address) }).collect())
            }
            #[cfg(unix)]
            Some(Host::Unix(folder)) => {
                let path = folder.join(format!(".s.PGSQL.{port}"));
                Ok(vec![Place { host: String::new(), socket: Socket::Unix(path) }])
            }
            #[cfg(not(unix))]
            Some(_) => Ok(Vec::new()),
            None => Ok(Vec::new()),
        }
    }

    /// The configuration for this place alone.
    pub(crate) fn configure(&self, config: &Config) -> Config {
        let mut config = config.clone();
        match self.socket {
            Socket::Tcp(address) => config.hostaddr(address.ip()),
            #[cfg(unix)]
            Socket::Unix(_) => &mut config,
        };
        config
    }
}

/// For messages.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.socket {
            Socket::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Socket::Unix(path) => path.display().fmt(f),
        }
    }
}
