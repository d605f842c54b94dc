//! What a URL says about encryption, in libpq's words.

use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslMode, SslNegotiation};

/// The option `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// The certificates that a server's one is judged by: the option `sslrootcert`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Roots {
    System,
    File(PathBuf),
}

/// What is asked for. Whether it can be had depends on the build.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encryption {
    mode: Option<Mode>,
    pub(crate) roots: Option<Roots>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    direct: bool,
    binding: Option<ChannelBinding>,
}

impl Encryption {
    pub(crate) const OPTIONS: [&str; 6] =
        ["channel_binding", "sslcert", "sslkey", "sslmode", "sslnegotiation", "sslrootcert"];

    /// Takes one of the options.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let words = |words: &str| Err(format!("the option `{name}` can't be `{value}`, only {words}"));
        match (name, value) {
            ("sslrootcert" | "sslcert" | "sslkey", "") => {
                return Err(format!("the option `{name}` is empty: it is the path of a file"));
            }
            ("sslrootcert", "system") => self.roots = Some(Roots::System),
            ("sslrootcert", path) => self.roots = Some(Roots::File(path.into())),
            ("sslcert", path) => self.certificate = Some(path.into()),
            ("sslkey", path) => self.key = Some(path.into()),
            ("sslnegotiation", "postgres") => self.direct = false,
            ("sslnegotiation", "direct") => self.direct = true,
            ("sslnegotiation", _) => return words("`postgres` or `direct`"),
            ("channel_binding", "disable") => self.binding = Some(ChannelBinding::Disable),
            ("channel_binding", "prefer") => self.binding = Some(ChannelBinding::Prefer),
            ("channel_binding", "require") => self.binding = Some(ChannelBinding::Require),
            ("channel_binding", _) => return words("`disable`, `prefer` or `require`"),
            (_, "disable") => self.mode = Some(Mode::Disable),
            (_, "allow") => self.mode = Some(Mode::Allow),
            (_, "prefer") => self.mode = Some(Mode::Prefer),
            (_, "require") => self.mode = Some(Mode::Require),
            (_, "verify-ca") => self.mode = Some(Mode::VerifyCa),
            (_, "verify-full") => self.mode = Some(Mode::VerifyFull),
            _ => return words("`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`"),
        }
        Ok(())
    }

    /// How the server's certificate is judged, as libpq derives it: a file of roots makes `require` look at the
    /// certificate, the system's roots are of use with `verify-full` only.
    pub(crate) fn mode(&self) -> Mode {
        match (self.mode, &self.roots) {
            (None, Some(Roots::System)) => Mode::VerifyFull,
            (None, _) => Mode::Prefer,
            (Some(Mode::Require), Some(Roots::File(_))) => Mode::VerifyCa,
            (Some(mode), _) => mode,
        }
    }

    /// Looks for what would not hold together, so that nobody believes in a protection that is not there.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mode = self.mode();
        let insists = matches!(mode, Mode::Require | Mode::VerifyCa | Mode::VerifyFull);
        if !cfg!(feature = "tls") {
            let binding = self.binding == Some(ChannelBinding::Require);
            let files = self.roots.is_some() || self.certificate.is_some() || self.key.is_some();
            if insists || binding || files || self.direct {
                return Err("encrypted connections need the cargo feature `tls` of `aludel`, which this build does not \
                            have: add it, or connect through a tunnel, or with `sslmode=disable` where the network is \
                            trusted"
                    .into());
            }
        }
        if self.roots.is_some() && !insists {
            return Err(
                "`sslrootcert` would not be looked at: add `sslmode=verify-full` (or `verify-ca`)".into()
            );
        }
        if mode == Mode::VerifyCa && !matches!(self.roots, Some(Roots::File(_))) {
            return Err("`sslmode=verify-ca` needs a file `sslrootcert`: among those whom the whole system trusts, anybody \
                        can get a certificate for another host; use `verify-full`"
                .into());
        }
        if self.roots == Some(Roots::System) && mode != Mode::VerifyFull {
            return Err("`sslrootcert=system` needs `sslmode=verify-full`".into());
        }
        if self.certificate.is_some() != self.key.is_some() {
            return Err(
                "`sslcert` and `sslkey` go together: one names the certificate, the other its key".into()
            );
        }
        if self.direct && !insists {
            return Err("`sslnegotiation=direct` needs `sslmode=require`, or a stricter one".into());
        }
        if self.binding == Some(ChannelBinding::Require) && matches!(mode, Mode::Disable | Mode::Allow) {
            return Err(
                "`channel_binding=require` needs TLS: use `sslmode=require`, or a stricter one".into()
            );
        }
        Ok(())
    }

    /// Tells the configuration of a server, which may stand for a Unix socket: those are never encrypted.
    pub(crate) fn apply(&self, config: &mut Config) {
        if self.direct {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
        if let Some(binding) = self.binding {
            config.channel_binding(binding);
        }
    }

    /// In which ways to connect, in this order: the next one where the server does not take the one before.
    pub(crate) fn attempts(&self, config: &Config) -> &'static [SslMode] {
        let host = config.get_hosts().first();
        if !cfg!(feature = "tls") || !matches!(host, Some(tokio_postgres::config::Host::Tcp(_))) {
            return &[SslMode::Disable];
        }
        match self.mode() {
            Mode::Disable => &[SslMode::Disable],
            Mode::Allow => &[SslMode::Disable, SslMode::Require],
            Mode::Prefer => &[SslMode::Prefer, SslMode::Disable],
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => &[SslMode::Require],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(options: &[(&str, &str)]) -> Result<Encryption, String> {
        let mut encryption = Encryption::default();
        for (name, value) in options {
            encryption.set(name, value)?;
        }
        encryption.check().map(|()| encryption)
    }

    #[test]
    #[cfg(feature = "tls")]
    fn the_mode_follows_from_the_roots_as_in_libpq() {
        for (options, mode) in [
            (&[][..], Mode::Prefer),
            (&[("sslmode", "allow")], Mode::Allow),
            (&[("sslmode", "require")], Mode::Require),
            (&[("sslmode", "require"), ("sslrootcert", "ca.pem")], Mode::VerifyCa),
            (&[("sslmode", "verify-full")], Mode::VerifyFull),
            (&[("sslrootcert", "system")], Mode::VerifyFull),
        ] {
            assert_eq!(of(options).map(|encryption| encryption.mode()), Ok(mode), "{options:?}");
        }
    }

    #[test]
    #[cfg(feature = "tls")]
    fn what_would_not_protect_is_refused() {
        for (options, part) in [
            (&[("sslrootcert", "ca.pem")][..], "would not be looked at"),
            (&[("sslrootcert", "ca.pem"), ("sslmode", "prefer")], "would not be looked at"),
            (&[("sslmode", "verify-ca")], "needs a file `sslrootcert`"),
            (&[("sslmode", "verify-ca"), ("sslrootcert", "system")], "needs a file `sslrootcert`"),
            (&[("sslmode", "require"), ("sslrootcert", "system")], "needs `sslmode=verify-full`"),
            (&[("sslcert", "me.pem")], "go together"),
            (&[("sslkey", "")], "`sslkey` is empty"),
            (&[("sslnegotiation", "direct")], "needs `sslmode=require`"),
            (&[("channel_binding", "require"), ("sslmode", "disable")], "needs TLS"),
            (&[("channel_binding", "yes")], "only `disable`, `prefer` or `require`"),
        ] {
            let problem = of(options).err().unwrap_or_default();
            assert!(problem.contains(part), "{options:?}: {problem}");
        }
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn without_the_feature_what_insists_on_tls_is_refused() {
        for options in [
            &[("sslmode", "require")][..],
            &[("sslmode", "verify-ca"), ("sslrootcert", "ca.pem")],
            &[("sslmode", "verify-full")],
            &[("channel_binding", "require")],
            &[("sslcert", "me.pem"), ("sslkey", "me.key")],
            &[("sslrootcert", "system")],
        ] {
            assert!(of(options).err().unwrap_or_default().contains("feature `tls`"), "{options:?}");
        }
        for mode in ["disable", "allow", "prefer"] {
            assert!(of(&[("sslmode", mode)]).is_ok(), "{mode}");
        }
    }
}
