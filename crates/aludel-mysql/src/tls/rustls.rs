//! TLS by rustls, through mysql_async.

use std::path::Path;
use std::sync::OnceLock;

use ::rustls::crypto::{CryptoProvider, ring};
use ::rustls::pki_types::pem::PemObject;
use ::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use ::rustls::{CertificateError, Error as TlsError, RootCertStore};
use aludel_engine::error::{Error, ErrorKind, Result};
use mysql_async::{ClientIdentity, Conn, DriverError, IoError, Opts, OptsBuilder, SslOpts};

use crate::encryption::{Encryption, Mode, Roots};
use crate::error;

/// Opens a connection, encrypted as the URL asks for it. Files are read anew for each connection, so that certificates may
/// be renewed under a program that runs.
///
/// # Errors
/// Where a file can't be read, or the server can't be reached in this way.
pub(crate) async fn connect(opts: &Opts, encryption: &Encryption, address: &str) -> Result<Conn> {
    let mode = encryption.mode();
    // Nothing is encrypted on a Unix socket.
    if mode == Mode::Disabled || opts.socket().is_some() {
        return Conn::new(opts.clone()).await.map_err(|failed| error::cannot_connect(failed, address));
    }
    // mysql_async takes the one that the process has chosen, and panics where there are several to choose from.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    let asked = encryption.clone();
    let ssl = tokio::task::spawn_blocking(move || build(&asked)).await.map_err(|panicked| {
        Error::new(ErrorKind::Operational, "TLS can't be set up").with_source(panicked)
    })??;
    let encrypted = |ssl: SslOpts| OptsBuilder::from_opts(opts.clone()).ssl_opts(ssl);

    let mut connected = Conn::new(encrypted(ssl.clone())).await;
    if let (Mode::VerifyCa, Err(failed)) = (mode, &connected)
        && let Some(name) = a_name_of_the_server(failed)
    {
        // The authority was right, and the name does not matter: the server is taken at its own word. (mysql_async means
        // to do the same, but does not know the error by which today's rustls tells of names.)
        connected = Conn::new(encrypted(ssl.with_danger_tls_hostname_override(Some(name)))).await;
    }
    match connected {
        Err(mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer))
            if mode == Mode::Preferred =>
        {
            Conn::new(opts.clone()).await.map_err(|failed| error::cannot_connect(failed, address))
        }
        connected => connected.map_err(|failed| error::cannot_connect(failed, address)),
    }
}

fn build(encryption: &Encryption) -> Result<SslOpts> {
    let mut ssl = SslOpts::default();
    match (encryption.mode(), &encryption.roots) {
        (Mode::VerifyCa | Mode::VerifyIdentity, None | Some(Roots::System)) => {
            let roots = system_roots()?.iter().map(|root| root.to_vec().into()).collect();
            ssl = ssl.with_disable_built_in_roots(true).with_root_certs(roots);
        }
        (Mode::VerifyCa | Mode::VerifyIdentity, Some(Roots::File(path))) => {
            let roots = certificates("ssl_ca", path)?;
            for root in &roots {
                let usable = RootCertStore::empty().add(root.clone());
                usable.map_err(|error| unreadable("ssl_ca", path, "authority's certificate", error))?;
            }
            let roots = roots.iter().map(|root| root.to_vec().into()).collect();
            ssl = ssl.with_disable_built_in_roots(true).with_root_certs(roots);
        }
        // Whoever it is.
        _ => ssl = ssl.with_danger_accept_invalid_certs(true),
    }
    if let (Some(certificate), Some(key)) = (&encryption.certificate, &encryption.key) {
        certificates("ssl_cert", certificate)?;
        PrivateKeyDer::from_pem_file(key)
            .map_err(|error| unreadable("ssl_key", key, "private key in PEM", error))?;
        let identity = ClientIdentity::new(certificate.clone().into(), key.clone().into());
        ssl = ssl.with_client_identity(Some(identity));
    }
    Ok(ssl)
}

/// The certificates that the system trusts. Read once: there are many.
fn system_roots() -> Result<&'static [CertificateDer<'static>]> {
    static ROOTS: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(roots);
    }
    let found = rustls_native_certs::load_native_certs();
    let mut roots = found.certs;
    // One that can't be used would be an error later on.
    roots.retain(|root| RootCertStore::empty().add(root.clone()).is_ok());
    if roots.is_empty() {
        let reason = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(Error::configuration(format!(
            "the system has no root certificates{reason}: install them, or name a file by `ssl_ca`"
        )));
    }
    Ok(ROOTS.get_or_init(|| roots))
}

fn certificates(option: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found: std::result::Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unreadable(option, path, "certificate in PEM", "there is none in it")),
        Err(error) => Err(unreadable(option, path, "certificate in PEM", error)),
    }
}

fn unreadable(option: &str, path: &Path, what: &str, reason: impl ToString) -> Error {
    let path = path.display();
    let reason = reason.to_string();
    Error::configuration(format!("`{option}` names `{path}`, where no {what} can be read: {reason}"))
}

/// What rustls has against a connection, somewhere behind the error.
fn cause(error: &mysql_async::Error) -> Option<&TlsError> {
    match error {
        mysql_async::Error::Io(IoError::Tls(mysql_async::TlsError::Tls(error))) => Some(error),
        mysql_async::Error::Io(IoError::Io(error)) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// One of the names in a certificate whose authority is right, but that is made out to others than the URL's host.
fn a_name_of_the_server(error: &mysql_async::Error) -> Option<String> {
    let Some(TlsError::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. })) =
        cause(error)
    else {
        return None;
    };
    // They are shown as `DnsName("db.example.org")` and `IpAddress(10.0.0.1)`.
    presented.iter().find_map(|shown| {
        let (kind, rest) = shown.split_once('(')?;
        let name = rest.strip_suffix(')')?.trim_matches('"');
        ["DnsName", "IpAddress"].contains(&kind).then(|| name.replace('*', "any"))
    })
}

/// The error of an attempt that came to its end over encryption, with what to look at.
#[cold]
pub(crate) fn failure(error: &mysql_async::Error) -> Option<Error> {
    if matches!(error, mysql_async::Error::Driver(DriverError::NoClientSslFlagFromServer)) {
        return Some(Error::configuration(
            "the server does not encrypt connections, but `ssl_mode` in the URL insists on it. Give the server a \
             certificate (`ssl_cert` and `ssl_key` among its options), or use `ssl_mode=disabled` where the network is \
             trusted",
        ));
    }
    let found = cause(error)?;
    let advice = match found {
        TlsError::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => {
                ". Whoever has signed it has to be in the file `ssl_ca`, or known to the system"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ". Name the server as its certificate does, or use `ssl_mode=verify_ca` with a file `ssl_ca` of your own"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ". The server needs a new one, or this machine's clock is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ". Look at this machine's clock"
            }
            CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
                ". The server's certificate is an authority's: have it signed by one of your own, and name that by `ssl_ca`"
            }
            _ => "",
        },
        TlsError::InconsistentKeys(_) => ". `ssl_cert` and `ssl_key` don't fit",
        TlsError::AlertReceived(_) => {
            ". The server may want a certificate from us, or another one (`ssl_cert` and `ssl_key`)"
        }
        TlsError::InvalidMessage(_) => ". What listens there does not speak TLS",
        _ => "",
    };
    let message = format!("no encrypted connection could be made: {found}{advice}");
    Some(Error::configuration(message).with_source(found.clone()))
}
