//! Keys out of a DTLS handshake that str0m does.

use std::{
    cell::RefCell,
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};

use str0m::crypto::{
    CryptoError, CryptoProvider,
    dtls::{
        DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion,
        ProtocolVersion,
    },
    from_feature_flags,
};

use crate::derive::{Keys, Profile};

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

/// str0m's cryptography with a DTLS that leaves a copy of its keys with [`tap`].
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
        let inner = from_feature_flags()
            .dtls_provider
            .new_dtls(cert, now, version, mtu)?;
        let slot = BEING_MADE.with_borrow_mut(Option::take);
        Ok(Box::new(Instance { inner, slot }))
    }
}

struct Instance {
    inner: Box<dyn DtlsInstance>,
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
