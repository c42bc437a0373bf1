//! A target without seeds finds nothing in a few seconds.
//!
//! `cargo xtask fuzz` builds this beside the targets: with a test among them cargo unites the features
//! of dependencies as it does for the test suite.

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_target_has_seeds_and_every_seed_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let named = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("target(\"")?.split('"').next())
        .map(str::to_owned);
    let targets: BTreeSet<String> = named.collect();
    let folders: BTreeSet<String> = fs::read_dir(root.join("corpus"))
        .unwrap()
        .map(|folder| folder.unwrap().path())
        .filter(|folder| fs::read_dir(folder).unwrap().next().is_some())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(targets.len() >= 14);
    assert_eq!(targets, folders);
}
