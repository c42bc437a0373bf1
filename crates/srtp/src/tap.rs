//! The DTLS that str0m uses, with its keys taken out and a shorter patience.

use std::{
    cell::RefCell,
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use dimpl::Dtls;
use str0m::crypto::{
    CryptoError, CryptoProvider,
    dtls::{
        DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion,
        ProtocolVersion,
    },
    from_feature_flags,
};

use crate::derive::{Keys, Profile};

/// A flight that is not answered is sent again after this long, then twice as long, and so on. RFC 6347, 4.2.4.1
/// lets real-time protocols wait for less than its second, and browsers do: with a second, half of all
/// handshakes took more than three on a line that loses three in ten; with this, less than one. A far line
/// sees each flight two or three times.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// How often: for longer than a handshake may take.
const TRIES: usize = 10;

/// Where the keys of one connection appear when its handshake is done.
#[derive(Clone, Default)]
pub struct KeySlot(Arc<OnceLock<Keys>>);

impl KeySlot {
    /// The keys, once there.
    pub fn get(&self) -> Option<&Keys> {
        self.0.get()
    }
}

thread_local! {
    /// The slot of the connection that is being made. str0m's providers are process-wide, and it makes
    /// the DTLS instance while it builds the connection, so this is how the two find each other.
    static BEING_MADE: RefCell<Option<KeySlot>> = const { RefCell::new(None) };
}

/// Builds a connection of which the keys are wanted. `build` must use [`provider`] and make one `Rtc`.
pub fn tap<T>(build: impl FnOnce() -> T) -> (T, KeySlot) {
    let slot = KeySlot::default();
    BEING_MADE.with_borrow_mut(|being_made| *being_made = Some(slot.clone()));
    let built = build();
    BEING_MADE.with_borrow_mut(|being_made| *being_made = None);
    (built, slot)
}

/// str0m's cryptography with a DTLS that is made for lossy lines, and leaves a copy of its keys with [`tap`].
pub fn provider() -> CryptoProvider {
    static DTLS: Tapped = Tapped;
    CryptoProvider {
        dtls_provider: &DTLS,
        ..from_feature_flags()
    }
}

#[derive(Debug)]
struct Tapped;

impl DtlsProvider for Tapped {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        // ICE has verified the way before, so there is nothing left for a cookie.
        let mut config = dimpl::Config::builder()
            .use_server_cookie(false)
            .flight_start_rto(FIRST_WAIT)
            .flight_retries(TRIES);
        if let Some(mtu) = mtu {
            config = config.mtu(mtu);
        }
        let config = config
            .build()
            .map_err(|error| CryptoError::Other(error.to_string()))?;
        let cert = dimpl::DtlsCertificate {
            certificate: cert.certificate.clone(),
            private_key: cert.private_key.clone(),
        };
        let new = match version {
            DtlsVersion::Dtls12 => Dtls::new_12,
            DtlsVersion::Dtls13 => Dtls::new_13,
            _ => Dtls::new_auto,
        };
        let inner = new(Arc::new(config), cert, now);
        let slot = BEING_MADE.with_borrow_mut(Option::take);
        Ok(Box::new(Instance { inner, slot }))
    }
}

struct Instance {
    inner: Dtls,
    slot: Option<KeySlot>,
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instance")
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        // Asked before, as the output borrows the instance.
        let client = self.inner.is_active();
        let output = self.inner.poll_output(buf);
        if let (DtlsOutput::KeyingMaterial(material, profile), Some(slot)) = (&output, &self.slot)
            && let Some(profile) = Profile::of(*profile)
            && let Some(keys) = Keys::new(profile, material, client)
        {
            // A second handshake on one connection does not happen; the first keys stay.
            let _ = slot.0.set(keys);
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}
