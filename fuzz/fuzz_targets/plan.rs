//! A call plan as a person wrote it.
#![no_main]

use protocol::{CallId, plan::UnverifiedPlan};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(plan) = toml::from_str::<UnverifiedPlan>(text) {
        let _ = plan.verify(CallId::from_bytes([0; 16]));
    }
});
