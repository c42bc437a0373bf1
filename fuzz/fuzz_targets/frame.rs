//! A frame from the network, as voice and as picture, to somebody who has the key.
#![no_main]

use protocol::CallId;
use sealed::media::{envelope::Kind, open, open::Opener, sframe::BaseKey};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let base = BaseKey::from_bytes(&[0; 32]).unwrap();
    let mut opener = Opener::new(CallId::from_bytes([0; 16]), base, 1);
    for kind in [Kind::Voice, Kind::Picture] {
        if opener.open(kind, bytes).is_ok() {
            assert!(open::peek(kind, bytes).is_ok() && opener.open(kind, bytes).is_err());
        }
    }
});
