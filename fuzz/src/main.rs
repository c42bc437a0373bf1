//! One program for all targets: `FUZZ_TARGET` names one; the arguments are libFuzzer's.
#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = fuzz::TARGETS.iter().find(|target| target.name == wanted);
    found.expect("FUZZ_TARGET names a target").run
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
