//! `cargo xtask evil`: builds and runs the dishonest server against native clients (`crates/evil`).

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::sh;

/// Runs the named cases, or all.
pub(crate) fn run(root: &Path, as_json: bool, cases: &[String]) -> Result<()> {
    // A build of its own: what only this suite may do must be in no other binary.
    let arguments = [
        "build",
        "-p",
        "evil",
        "--bin",
        "evil",
        "--features",
        "suite",
    ];
    let mut build = sh::cargo(root, &arguments);
    build.arg("--locked");
    if sh::needs_vpx_bindings() {
        build.args(["--features", "participant/vpx-bindings"]);
    }
    sh::run(&mut build)?;
    let mut suite = Command::new(sh::target_folder(root).join("debug/evil"));
    suite.args(as_json.then_some("--json")).args(cases);
    sh::run(suite.current_dir(root))
}
