//! Database URLs: `scheme://user:password@host:port/database?option=value`.

mod hosts;
mod parse;
mod write;

pub use self::hosts::HostPort;
use crate::error::{Error, Result};

/// A parsed database URL. Its `Display` and `Debug` forms hide the password. Mirrors SQLAlchemy's `URL`.
///
/// It is edited by methods that give back another one; what is given to them is raw, never percent-encoded. What is
/// written by [`reveal`](Self::reveal) reads back as the same URL.
///
/// ```
/// use aludel_engine::DatabaseUrl;
///
/// let url = DatabaseUrl::new("postgres")?
///     .with_user("shop").with_password("p@ss/word").with_host("db.example.org").with_database("orders");
/// assert_eq!(url.to_string(), "postgres://shop:***@db.example.org/orders");
/// assert_eq!(url.reveal(), "postgres://shop:p%40ss%2Fword@db.example.org/orders");
/// assert_eq!(DatabaseUrl::parse(&url.reveal())?, url);
/// # Ok::<(), aludel_engine::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    scheme: String,
    user: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    /// The servers behind the first one.
    more: Vec<HostPort>,
    database: Option<String>,
    /// In their order; a name may be there more than once.
    options: Vec<(String, String)>,
}

impl DatabaseUrl {
    /// A URL with nothing but a scheme, to be filled. Mirrors `URL.create`.
    ///
    /// # Errors
    /// Where it is none: schemes are made of letters, digits, `+`, `-`, `.` and `_`.
    pub fn new(scheme: &str) -> Result<Self> {
        if !parse::is_scheme(scheme) {
            return Err(Error::configuration(format!(
                "`{scheme}` is no scheme of a URL: those are made of letters, digits, `+`, `-`, `.` and `_`"
            )));
        }
        Ok(DatabaseUrl {
            scheme: scheme.to_ascii_lowercase(),
            user: None,
            password: None,
            host: None,
            port: None,
            more: Vec::new(),
            database: None,
            options: Vec::new(),
        })
    }

    /// Reads a URL. User, password, host, database and options are percent-decoded.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) where it is malformed; the message shows no
    /// password.
    pub fn parse(url: &str) -> Result<Self> {
        parse::parse(url)
    }

    /// The URL with its password: for files and programs, not for people and logs. Mirrors
    /// `render_as_string(hide_password=False)`.
    pub fn reveal(&self) -> String {
        self.written(true)
    }

    /// The scheme, in lower case, without a driver's name behind a `+`.
    pub fn scheme(&self) -> &str {
        self.scheme.split('+').next().unwrap_or(&self.scheme)
    }

    /// The user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The host; the first one where the URL names several [servers](Self::hosts).
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The port; that of the first host where the URL names several [servers](Self::hosts).
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The database: everything behind the `/` that follows the host.
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// The options behind the `?`, in their order. A name that is there more than once comes more than once.
    pub fn options(&self) -> impl Iterator<Item = (&str, &str)> {
        self.options.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of an option; the last one where it is there more than once.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options().filter(|(known, _)| *known == name).last().map(|(_, value)| value)
    }

    /// All values of an option, in their order.
    pub fn option_values(&self, name: &str) -> Vec<&str> {
        self.options().filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
    }

    /// The same URL with another user; an empty one is none.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = some(user.into());
        self
    }

    /// The same URL with another password.
    #[must_use]
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The same URL without a password.
    #[must_use]
    pub fn without_password(mut self) -> Self {
        self.password = None;
        self
    }

    /// The same URL with another host, and that one alone; an empty one is none.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = some(host.into());
        self.more.clear();
        self
    }

    /// The same URL with another port; that of the first host where it names several.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The same URL with another database; an empty one is none.
    #[must_use]
    pub fn with_database(mut self, database: impl Into<String>) -> Self {
        self.database = some(database.into());
        self
    }

    /// The same URL with an option more; those of the same name stay. Mirrors `update_query_pairs(append=True)`.
    #[must_use]
    pub fn with_option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.push((name.into(), value.into()));
        self
    }

    /// The same URL with this value for an option and no other. Mirrors `update_query_dict`.
    #[must_use]
    pub fn replace_option(self, name: &str, value: impl Into<String>) -> Self {
        self.without_option(name).with_option(name, value)
    }

    /// The same URL without an option. Mirrors `difference_update_query`.
    #[must_use]
    pub fn without_option(mut self, name: &str) -> Self {
        self.options.retain(|(known, _)| known != name);
        self
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl std::str::FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        DatabaseUrl::parse(url)
    }
}
