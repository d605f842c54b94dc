//! TLS by rustls.

use std::error::Error as StdError;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use ::rustls::client::{WebPkiServerVerifier, verify_server_name};
use ::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use ::rustls::pki_types::pem::PemObject;
use ::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use ::rustls::server::ParsedCertificate;
use ::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};
use aludel_engine::error::{Error, ErrorKind, Result};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::encryption::{Encryption, Mode, Roots};

pub(crate) type Connector = MakeRustlsConnect;

/// What a URL asks for. Files are read anew for each connection, so that certificates may be renewed under a program
/// that runs.
///
/// # Errors
/// Where a file can't be read or does not hold what it should.
pub(crate) async fn connector(encryption: &Encryption) -> Result<Connector> {
    let encryption = encryption.clone();
    // Reading files takes its time, and other connections wait for this thread.
    tokio::task::spawn_blocking(move || build(&encryption))
        .await
        .map_err(|panicked| Error::new(ErrorKind::Operational, "TLS can't be set up").with_source(panicked))?
}

fn build(encryption: &Encryption) -> Result<Connector> {
    // The one that the program has chosen for all that it does, else ours.
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
    let verifier = Verifier::new(encryption, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS can't be set up", error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match (&encryption.certificate, &encryption.key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates("sslcert", certificate)?;
            let private = PrivateKeyDer::from_pem_file(key)
                .map_err(|error| unreadable("sslkey", key, "private key in PEM", error))?;
            config.with_client_auth_cert(chain, private).map_err(|error| {
                let what = format!(
                    "`sslcert` ({}) and `sslkey` ({}) don't fit",
                    certificate.display(),
                    key.display()
                );
                unusable(&what, error)
            })?
        }
        _ => config.with_no_client_auth(),
    };
    // Demanded by servers that are greeted without PostgreSQL's own words first.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// How a server's certificate is judged.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// `None` takes any certificate.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Those of a file, which may be the server's own one.
    own: Vec<CertificateDer<'static>>,
    name: bool,
}

impl Verifier {
    fn new(encryption: &Encryption, provider: &Arc<CryptoProvider>) -> Result<Self> {
        let mode = encryption.mode();
        let mut verifier = Verifier {
            provider: Arc::clone(provider),
            chain: None,
            own: Vec::new(),
            name: mode == Mode::VerifyFull,
        };
        if !matches!(mode, Mode::VerifyCa | Mode::VerifyFull) {
            return Ok(verifier);
        }
        let roots = match &encryption.roots {
            None | Some(Roots::System) => system_roots()?,
            Some(Roots::File(path)) => {
                verifier.own = certificates("sslrootcert", path)?;
                let mut roots = RootCertStore::empty();
                for root in &verifier.own {
                    roots.add(root.clone()).map_err(|error| {
                        unusable(&format!("`sslrootcert` ({}) can't be used", path.display()), error)
                    })?;
                }
                Arc::new(roots)
            }
        };
        let chain = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
            .build()
            .map_err(|error| unusable("the root certificates can't be used", error))?;
        verifier.chain = Some(chain);
        Ok(verifier)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(certificate, intermediates, name, ocsp, now) {
            // The name is looked at last, when the chain has been found to be good.
            Err(TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            // A certificate that signs itself is its own authority. The library refuses that, after it has looked at the
            // dates; whoever names this very certificate as a root means it.
            Err(TlsError::InvalidCertificate(CertificateError::Other(other)))
                if format!("{other:?}").contains("CaUsedAsEndEntity") && self.own.contains(certificate) =>
            {
                if self.name {
                    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The roots that the system trusts. Read once: there are many.
fn system_roots() -> Result<Arc<RootCertStore>> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(Arc::clone(roots));
    }
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        return Err(Error::configuration(format!(
            "the system has no root certificates{reason}: install them, or name a file by `sslrootcert`"
        )));
    }
    Ok(Arc::clone(ROOTS.get_or_init(|| Arc::new(roots))))
}

fn certificates(option: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
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

fn unusable(what: &str, error: impl StdError + Send + Sync + 'static) -> Error {
    Error::configuration(format!("{what}: {error}")).with_source(error)
}

/// What rustls has against a connection, somewhere behind the error.
pub(super) fn failure(error: &tokio_postgres::Error) -> Option<Error> {
    let mut cause = error.source();
    let found = loop {
        let current = cause?;
        // An input error holds its reason without naming it as its source.
        let inner = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn StdError + 'static));
        if let Some(found) = inner.or(Some(current)).and_then(|cause| cause.downcast_ref::<TlsError>()) {
            break found;
        }
        cause = current.source();
    };
    let advice = match found {
        TlsError::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => {
                ". Whoever has signed it has to be in the file `sslrootcert`, or known to the system"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ". Name the server as its certificate does, or use `sslmode=verify-ca` with a file `sslrootcert` of your own"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ". The server needs a new one, or this machine's clock is wrong"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ". Look at this machine's clock"
            }
            _ => "",
        },
        TlsError::AlertReceived(_) => {
            ". The server may want a certificate from us, or another one (`sslcert` and `sslkey`)"
        }
        TlsError::InvalidMessage(_) => ". What listens there does not speak TLS",
        _ => "",
    };
    let message = format!("no encrypted connection could be made: {found}{advice}");
    Some(Error::configuration(message).with_source(found.clone()))
}
