//! What a URL says about encryption, in MySQL's words.

use std::path::PathBuf;

/// The option `ssl_mode`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    Disabled,
    Preferred,
    Required,
    VerifyCa,
    VerifyIdentity,
}

/// The certificates that a server's one is judged by: the option `ssl_ca`.
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
}

const MODES: &str = "`disabled`, `preferred`, `required`, `verify_ca` or `verify_identity`";

impl Encryption {
    /// Whether an option is one of these, or what other drivers call them.
    pub(crate) fn knows(name: &str) -> bool {
        ["ssl", "tls", "require_ssl", "verify_"].iter().any(|start| name.starts_with(start))
    }

    /// Takes one of the options. Names and values may be written with `-` as with `_`, as MySQL has them.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name.replace('-', "_").as_str() {
            "ssl_mode" | "sslmode" => {
                self.mode = Some(match value.to_ascii_lowercase().replace('-', "_").as_str() {
                    "disabled" | "disable" => Mode::Disabled,
                    "preferred" | "prefer" => Mode::Preferred,
                    "required" | "require" => Mode::Required,
                    "verify_ca" => Mode::VerifyCa,
                    "verify_identity" => Mode::VerifyIdentity,
                    _ => return Err(format!("the option `{name}` can't be `{value}`, only {MODES}")),
                });
            }
            "ssl_ca" | "ssl_cert" | "ssl_key" if value.is_empty() => {
                return Err(format!("the option `{name}` is empty: it is the path of a file"));
            }
            "ssl_ca" if value == "system" => self.roots = Some(Roots::System),
            "ssl_ca" => self.roots = Some(Roots::File(value.into())),
            "ssl_cert" => self.certificate = Some(value.into()),
            "ssl_key" => self.key = Some(value.into()),
            _ => {
                return Err(format!(
                    "there is no option `{name}`: encryption is chosen by `ssl_mode` ({MODES})"
                ));
            }
        }
        Ok(())
    }

    /// How the server's certificate is judged: as MySQL derives it, a file of authorities alone means that they count.
    pub(crate) fn mode(&self) -> Mode {
        match (self.mode, &self.roots) {
            (Some(mode), _) => mode,
            (None, None) => Mode::Preferred,
            (None, Some(Roots::File(_))) => Mode::VerifyCa,
            (None, Some(Roots::System)) => Mode::VerifyIdentity,
        }
    }

    /// Looks for what would not hold together, so that nobody believes in a protection that is not there.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mode = self.mode();
        let files = self.roots.is_some() || self.certificate.is_some() || self.key.is_some();
        if !cfg!(feature = "tls") && (files || !matches!(mode, Mode::Disabled | Mode::Preferred)) {
            return Err("encrypted connections (TLS) need the cargo feature `tls` of `aludel`, which this build does not \
                        have: add it, or connect through a tunnel or through `unix_socket`, or with `ssl_mode=disabled` \
                        where the network is trusted"
                .into());
        }
        if self.roots.is_some() && !matches!(mode, Mode::VerifyCa | Mode::VerifyIdentity) {
            return Err(
                "`ssl_ca` would not be looked at: use `ssl_mode=verify_identity` (or `verify_ca`)".into()
            );
        }
        if mode == Mode::VerifyCa && !matches!(self.roots, Some(Roots::File(_))) {
            return Err("`ssl_mode=verify_ca` needs a file `ssl_ca`: among those whom the whole system trusts, anybody can \
                        get a certificate for another host; use `verify_identity`"
                .into());
        }
        if self.certificate.is_some() != self.key.is_some() {
            return Err(
                "`ssl_cert` and `ssl_key` go together: one names the certificate, the other its key".into()
            );
        }
        Ok(())
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
    fn the_mode_follows_from_the_authorities() {
        for (options, mode) in [
            (&[][..], Mode::Preferred),
            (&[("ssl-mode", "REQUIRED")], Mode::Required),
            (&[("ssl_ca", "ca.pem")], Mode::VerifyCa),
            (&[("ssl-ca", "ca.pem"), ("sslmode", "VERIFY-IDENTITY")], Mode::VerifyIdentity),
            (&[("ssl_ca", "system")], Mode::VerifyIdentity),
            (&[("ssl_mode", "verify_identity")], Mode::VerifyIdentity),
        ] {
            assert_eq!(of(options).map(|encryption| encryption.mode()), Ok(mode), "{options:?}");
        }
    }

    #[test]
    #[cfg(feature = "tls")]
    fn what_would_not_protect_is_refused() {
        for (options, part) in [
            (&[("ssl_ca", "ca.pem"), ("ssl_mode", "required")][..], "would not be looked at"),
            (&[("ssl_mode", "verify_ca")], "needs a file `ssl_ca`"),
            (&[("ssl_mode", "verify_ca"), ("ssl_ca", "system")], "needs a file `ssl_ca`"),
            (&[("ssl_cert", "me.pem")], "go together"),
            (&[("ssl_ca", "")], "`ssl_ca` is empty"),
            (&[("ssl_mode", "maybe")], "can't be `maybe`, only `disabled`"),
            (&[("require_ssl", "true")], "chosen by `ssl_mode`"),
        ] {
            let problem = of(options).err().unwrap_or_default();
            assert!(problem.contains(part), "{options:?}: {problem}");
        }
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn without_the_feature_what_insists_on_tls_is_refused() {
        for options in [("ssl_mode", "required"), ("ssl-mode", "VERIFY_IDENTITY"), ("ssl_ca", "ca.pem")] {
            assert!(of(&[options]).err().unwrap_or_default().contains("feature `tls`"), "{options:?}");
        }
        for mode in ["disabled", "PREFERRED"] {
            assert!(of(&[("ssl_mode", mode)]).is_ok(), "{mode}");
        }
    }
}
