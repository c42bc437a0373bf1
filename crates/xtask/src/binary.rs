//! `incamera` itself, as cargo builds it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::sh;

/// Builds it, with the browser client that is in `web/dist`.
pub(crate) fn build(root: &Path) -> Result<()> {
    // With a test among the targets cargo unites the features of the dependencies as it does for the
    // test suite; without, it would build five crates of the binary twice.
    let targets = ["build", "--bin", "incamera", "--test", "dependencies"];
    sh::run(&mut sh::cargo_workspace(root, &targets))
}

/// Where it is then.
pub(crate) fn path(root: &Path) -> PathBuf {
    sh::target_folder(root).join("debug/incamera")
}
