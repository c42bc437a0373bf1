//! TLS for the signalling connection: the system's trust store, or, for a server on the own
//! machine whose certificate nobody signed, none.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

/// Whose certificates are accepted.
#[derive(Clone, Default)]
pub struct Trust {
    /// Any certificate: only for servers on the own machine.
    pub anyone: bool,
    /// These (DER) besides those of the system.
    pub besides: Vec<Vec<u8>>,
}

/// A client's configuration.
pub(crate) fn client_config(trust: &Trust) -> ClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .expect("the provider has suites for TLS 1.2 and 1.3");
    if trust.anyone {
        let verifier = Arc::new(Anyone(provider));
        return builder
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
    }
    let mut roots = rustls::RootCertStore::empty();
    // Without a trust store nothing is trusted, and connecting says so.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let besides = trust.besides.iter().cloned().map(CertificateDer::from);
    roots.add_parsable_certificates(besides);
    builder.with_root_certificates(roots).with_no_client_auth()
}

/// Accepts any certificate; still checks that the server has the key of the one it shows.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
