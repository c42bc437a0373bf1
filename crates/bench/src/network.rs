//! A network of the bench's own: nothing on it but what is measured, and an address on an interface
//! that is not loopback, as Janus's ICE library wants one.

use std::{
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

/// Set in the process that runs inside.
const INSIDE: &str = "INCAMERA_BENCH_NETWORK";

/// Starts this program again inside such a network. Returns, with false, where none can be made; with
/// true inside.
pub(crate) fn enter() -> Result<bool> {
    if std::env::var_os(INSIDE).is_some() {
        set_up()?;
        return Ok(true);
    }
    let words: &[&str] = if Uid::effective().is_root() {
        &["--net"]
    } else {
        &["--net", "--map-root-user"]
    };
    let mut probe = Command::new("unshare");
    let can = probe.args(words).arg("true").stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        return Ok(false);
    }
    let error = Command::new("unshare")
        .args(words)
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .exec();
    Err(error).context("unshare does not start")
}

fn set_up() -> Result<()> {
    for words in [
        "link set lo up",
        "link add bench0 type veth peer name bench1",
        "addr add 127.0.0.2/32 dev bench0",
        "link set bench0 up",
        "link set bench1 up",
    ] {
        let status = Command::new("ip").args(words.split(' ')).status();
        if !status
            .context("the program `ip` (iproute2) is needed")?
            .success()
        {
            bail!("`ip {words}` failed");
        }
    }
    Ok(())
}
