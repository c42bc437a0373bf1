//! `cargo xtask soak`: nine clean seats for some minutes, at a server in a process of its own. Nothing may
//! be lost that was not planned, counted by sequence and frame number, and the server's memory must stay
//! where it was. What the kernel drops because a process did not get to read its socket in time is the
//! machine's doing: it is counted too, and taken off.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{binary, figures::sample, sh};

/// Seats of the soak.
const SEATS: usize = 9;
/// Memory and the kernel's counts are looked at this often.
const SAMPLE_PERIOD: Duration = Duration::from_secs(1);
/// Memory of the first part is the measure for the rest: sessions and buffers grow to their size.
const WARM_UP: Duration = Duration::from_secs(30);
/// The server may have grown by so much at the end: an allocator's pages come and go.
const GROWTH_KIB_MAX: f64 = 8.0 * 1024.0;

/// Ends its process when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Plays it.
pub(crate) fn run(root: &Path, minutes: f64) -> Result<()> {
    binary::build(root)?;
    let folder = sh::target_folder(root).join("soak");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let config = folder.join("incamera.toml");
    fs::write(&config, configuration(&folder)?)?;
    fs::write(folder.join("nine.toml"), nine())?;
    let mut server = Command::new(binary::path(root));
    server.args(["serve", "--config"]).arg(&config);
    let log = fs::File::create(folder.join("server.log"))?;
    server.stdout(Stdio::null()).stderr(log);
    let server = Running(server.spawn().context("the server could not be started")?);
    thread::sleep(Duration::from_secs(1));
    let (samples, result) = watched(&server, || rehearse(root, &folder, minutes))?;
    let server_log = fs::read_to_string(folder.join("server.log"))?;
    if server_log.contains("panicked") {
        bail!(
            "the server panicked: {}",
            folder.join("server.log").display()
        );
    }
    judge(&result, &samples)
}

/// What was seen from outside while it played.
#[derive(Default)]
struct Samples {
    /// KiB of the server after the warm-up.
    memory: Vec<f64>,
    /// Datagrams the kernel had no room for, by socket.
    dropped: BTreeMap<String, u64>,
}

/// Does `work`, and looks at the server's memory and the kernel's counts meanwhile.
fn watched(server: &Running, work: impl FnOnce() -> Result<Value>) -> Result<(Samples, Value)> {
    let over = Arc::new(AtomicBool::new(false));
    let (pid, stop, start) = (server.0.id(), over.clone(), Instant::now());
    let watch = thread::spawn(move || {
        let mut samples = Samples::default();
        while !stop.load(Ordering::Relaxed) {
            if start.elapsed() >= WARM_UP {
                samples.memory.extend(sample::resident_kib(pid));
            }
            samples.dropped.extend(dropped());
            thread::park_timeout(SAMPLE_PERIOD);
        }
        samples
    });
    let done = work();
    over.store(true, Ordering::Relaxed);
    watch.thread().unpark();
    let samples = watch
        .join()
        .ok()
        .context("the server could not be watched")?;
    Ok((samples, done?))
}

/// Datagrams each UDP socket of this machine lost for want of room: the last column of /proc/net/udp, by
/// the first (slot, address and port).
fn dropped() -> BTreeMap<String, u64> {
    let tables = ["/proc/net/udp", "/proc/net/udp6"].map(fs::read_to_string);
    let lines = tables
        .iter()
        .flatten()
        .flat_map(|table| table.lines().skip(1));
    lines
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let socket = format!("{} {}", words.next()?, words.next()?);
            Some((socket, words.next_back()?.parse().ok()?))
        })
        .collect()
}

/// Plays `folder/nine.toml` at the server of `folder/incamera.toml`; leaves its result there.
fn rehearse(root: &Path, folder: &Path, minutes: f64) -> Result<Value> {
    let mut rehearse = Command::new(binary::path(root));
    rehearse
        .arg("rehearse")
        .arg(folder.join("nine.toml"))
        .arg("--config")
        .arg(folder.join("incamera.toml"))
        .args(["--json", "--minutes", &minutes.to_string()])
        .stdout(Stdio::piped());
    let mut rehearse = Running(rehearse.spawn().context("no participants")?);
    let output = BufReader::new(rehearse.0.stdout.take().context("no output")?);
    let mut last = String::new();
    for line in output.lines() {
        last = line?;
    }
    fs::write(folder.join("result.json"), &last)?;
    serde_json::from_str(&last).context("the rehearsal gave no result")
}

fn judge(result: &Value, samples: &Samples) -> Result<()> {
    let memory = &samples.memory;
    let seats = result["seats"].as_array().context("no seats")?;
    let sum = |of: &str, what: &str| -> u64 {
        let figures = seats.iter().filter_map(|seat| seat[of][what].as_u64());
        figures.sum()
    };
    let (voices, pictures) = (sum("voices", "received"), sum("pictures", "received"));
    let (lost, missed) = (sum("voices", "lost"), sum("pictures", "missed"));
    println!("{voices} voice packets and {pictures} pictures received, {lost} and {missed} lost");
    if let (Some(first), Some(last)) = (memory.first(), memory.last()) {
        let most = memory.iter().copied().fold(0.0, f64::max);
        println!(
            "server memory after the warm-up {first:.0} KiB, at the end {last:.0}, at most {most:.0}"
        );
        if last - first > GROWTH_KIB_MAX {
            bail!("the server's memory grew by {:.0} KiB", last - first);
        }
    }
    let by_kernel: u64 = samples.dropped.values().sum();
    if by_kernel > 0 {
        println!(
            "{by_kernel} datagrams dropped by the kernel: this machine was too busy to read them"
        );
    }
    if lost + missed > by_kernel {
        for seat in seats {
            println!(
                "seat {}: {} voice packets and {} pictures lost",
                seat["seat"], seat["voices"]["lost"], seat["pictures"]["missed"]
            );
        }
        bail!("{lost} voice packets and {missed} pictures were lost, and nothing explains them");
    }
    if result["ok"] != Value::Bool(true) || seats.len() != SEATS || voices == 0 || pictures == 0 {
        bail!("it did not pass: {:#}", result["faults"]);
    }
    Ok(())
}

/// Nine seats; nothing may be lost.
fn nine() -> String {
    let mut text = "title = \"Soak\"\nrehearsal = true\nminutes = 30\n".to_owned();
    for number in 1..=SEATS {
        let host = if number == 1 { ", host = true" } else { "" };
        text += &format!(
            "[[delegations]]\nname = \"Delegation {number}\"\n\
             seats = [{{ name = \"Seat {number}\"{host} }}]\n"
        );
    }
    // Lateness is the machine's, which others use too. Loss is judged by number, not by percent.
    text + "[thresholds]\nvoice_lost_percent = 1\npictures_missed_percent = 1\nreconnects = 0\n\
            pictures_late_percent = 10\nlongest_freeze_ms = 5000\nfirst_frame_ms = 5000\n"
}

fn configuration(folder: &Path) -> Result<String> {
    let hold = || TcpListener::bind("127.0.0.1:0");
    let (web, media): (TcpListener, TcpListener) = (hold()?, hold()?);
    let (web, media): (SocketAddr, SocketAddr) = (web.local_addr()?, media.local_addr()?);
    Ok(format!(
        "listen = [\"{web}\"]\nurl = \"http://{web}\"\ndata = \"{}\"\nmetrics = \"off\"\n\
         [tls]\nmode = \"localhost\"\n[media]\nlisten = [\"{media}\"]\n",
        folder.join("data").display()
    ))
}
