//! `cargo xtask path`: instructions that one forwarded packet costs, which repeat to a few per thousand
//! whatever else the machine does (callgrind), beside those of AES-GCM alone for the same bytes.
//!
//! Counted is all the forwarding unit does while a call runs on virtual time: receiving, feedback,
//! estimates, reports, sending; sockets are not in it. Setting up is taken off as the difference of a
//! long and a short run.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::sh;

/// Entries of the forwarding unit: what is counted.
const COUNTED: [&str; 3] = [
    "sfu::sfu::Sfu::handle_datagram",
    "sfu::sfu::Sfu::handle_timeout",
    "sfu::sfu::Sfu::poll_output",
];
const SHORT: u16 = 4;
const LONG: u16 = 10;

struct Run {
    packets: u64,
    payload: u64,
    instructions: u64,
}

/// Prints a line for each number of receivers.
pub(crate) fn run(root: &Path) -> Result<()> {
    if sh::find("valgrind").is_none() {
        bail!("counting instructions needs valgrind (apt-get install valgrind)");
    }
    let build = ["build", "-p", "sfu", "--example", "path", "--locked"];
    sh::run(&mut sh::cargo(root, &build))?;
    println!("receivers  packets  payload B  instructions a packet  of these AES-GCM  ratio");
    for receivers in [1, 8, 40] {
        let short = count(root, "forward", receivers, SHORT, &COUNTED)?;
        let long = count(root, "forward", receivers, LONG, &COUNTED)?;
        let limit = count(root, "limit", receivers, LONG, &["path::seal"])?;
        let packets = long.packets - short.packets;
        let each = (long.instructions - short.instructions) as f64 / packets.max(1) as f64;
        let sealing = limit.instructions as f64 / limit.packets.max(1) as f64;
        println!(
            "{receivers:9}  {packets:7}  {:9}  {each:21.0}  {sealing:16.0}  {:5.2}",
            long.payload,
            each / sealing
        );
    }
    Ok(())
}

fn count(root: &Path, what: &str, receivers: u16, seconds: u16, counted: &[&str]) -> Result<Run> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    for function in counted {
        valgrind.arg(format!("--toggle-collect={function}"));
    }
    valgrind
        .arg(sh::target_folder(root).join("debug/examples/path"))
        .args([what, &receivers.to_string(), &seconds.to_string()]);
    let output = valgrind.output().context("valgrind could not be started")?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    let mut collected = complaints
        .lines()
        .filter_map(|line| line.split("Collected : ").nth(1)?.trim().parse().ok());
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut printed = printed.split_whitespace().map(str::parse);
    match (printed.next(), printed.next(), collected.next()) {
        (Some(Ok(packets)), Some(Ok(payload)), Some(instructions)) if instructions > 0 => Ok(Run {
            packets,
            payload,
            instructions,
        }),
        _ => bail!("callgrind counted nothing: {}", complaints.trim()),
    }
}
