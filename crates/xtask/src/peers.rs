//! The servers that `cargo xtask bench` sets beside ours, installed by their packages' names.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::sh;

/// Newer ones replace modules in their `go.mod`, which `go install` refuses.
const LIVEKIT: &str = "github.com/livekit/livekit-server/cmd/server@v1.13.5";

/// Installs those of `wanted` that are missing. The error says what to do by hand.
pub(crate) fn install(root: &Path, wanted: &[&str]) -> Result<()> {
    if wanted.contains(&"janus") && sh::find("janus").is_none() {
        janus()?;
    }
    let folder = folder(root);
    let is_here =
        || sh::find("livekit-server").is_some() || folder.join("livekit-server").is_file();
    if wanted.contains(&"livekit") && !is_here() {
        livekit(&folder)?;
    }
    Ok(())
}

/// `PATH`, with those that [`install`] put into the target folder.
pub(crate) fn path(root: &Path) -> Result<OsString> {
    let given = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&given).chain([folder(root)]);
    Ok(env::join_paths(folders)?)
}

fn folder(root: &Path) -> PathBuf {
    sh::target_folder(root).join("peers")
}

fn janus() -> Result<()> {
    if sh::find("apt-get").is_none() {
        bail!("this is no Debian: install Janus by hand, so that `janus` is in PATH");
    }
    let words = [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "janus",
    ];
    sh::run(&mut sh::privileged(&words))
}

fn livekit(folder: &Path) -> Result<()> {
    if sh::find("go").is_none() {
        bail!("LiveKit is built with Go 1.26 or newer: install it, or leave --install out");
    }
    fs::create_dir_all(folder)?;
    let mut build = Command::new("go");
    build.args(["install", LIVEKIT]).env("GOBIN", folder);
    sh::run(&mut build)?;
    // Go names a program after its folder.
    fs::rename(folder.join("server"), folder.join("livekit-server"))
        .context("go did not build LiveKit's server")
}
