//! The browser client's own tools, run in `web/`: npm, Vite, Vitest.

use std::{fs, path::Path, process::Command};

use anyhow::Result;

use crate::{sh, stamp::Stamp};

/// Installs what `package-lock.json` names, unless it is there.
pub(crate) fn install(root: &Path) -> Result<()> {
    let web = root.join("web");
    let modules = web.join("node_modules");
    let stamp = Stamp::new(root, "npm").path(&web.join("package-lock.json"))?;
    if stamp.is_current(&modules) {
        return Ok(());
    }
    // Somebody may have run npm by hand; npm dates what it installed.
    let changed = |file: &Path| fs::metadata(file).and_then(|m| m.modified()).ok();
    let installed = changed(&modules.join(".package-lock.json"));
    if installed.is_none() || installed < changed(&web.join("package-lock.json")) {
        println!("installing the browser client's build tools (npm ci)");
        sh::run(npm(root, &["ci", "--no-audit", "--no-fund"]).env("CI", "1"))?;
    }
    stamp.remember()
}

/// Builds `web/dist`, unless nothing it is made of has changed.
pub(crate) fn build(root: &Path) -> Result<()> {
    let web = root.join("web");
    let mut inputs: Vec<_> = fs::read_dir(&web)?.flatten().map(|e| e.path()).collect();
    inputs.retain(|path| path.is_file() || path.ends_with("src") || path.ends_with("public"));
    inputs.sort();
    let mut stamp = Stamp::new(root, "web");
    for input in inputs {
        stamp = stamp.path(&input)?;
    }
    if stamp.is_current(&web.join("dist/index.html")) {
        return Ok(());
    }
    script(root, "build")?;
    stamp.remember()
}

/// Runs a script of `web/package.json`.
pub(crate) fn script(root: &Path, name: &str) -> Result<()> {
    sh::run(&mut npm(root, &["run", "--silent", name]))
}

fn npm(root: &Path, arguments: &[&str]) -> Command {
    let mut command = sh::command(&root.join("web"), &["npm"]);
    command.args(arguments);
    command
}
