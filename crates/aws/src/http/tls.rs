//! Which certificates are trusted.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::Options;

/// What `options` say.
pub(super) fn config(options: &Options) -> Result<ClientConfig, String> {
    let roots = match &options.authority {
        Some(pem) => of_authority(pem)?,
        None => public(options.ca_bundle.as_deref())?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The machine's own certificates (and `SSL_CERT_FILE`), Mozilla's where the machine has none, and
/// those of `bundle` (`AWS_CA_BUNDLE`) besides.
fn public(bundle: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = bundle {
        let unreadable = |error| format!("CA bundle {}: {error}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let certificate = certificate.map_err(unreadable)?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
    }
    Ok(roots)
}

/// The certificates of one authority, alone.
fn of_authority(pem: &[u8]) -> Result<RootCertStore, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("Certificate authority: {error}");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| unreadable(&error))?;
        roots.add(certificate).map_err(|error| unreadable(&error))?;
    }
    if roots.is_empty() {
        return Err(unreadable(&"no certificate in it"));
    }
    Ok(roots)
}
