//! One run: a server, a call, a load, and the difference between two samples.

use std::{
    fmt, fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{at_percent, sample};
use crate::{binary, sh};

/// What one run measured.
pub(super) struct Run {
    /// CPU time of the whole server process for each packet it forwarded.
    pub(super) cpu_us_per_packet: f64,
    /// CPU time of its media thread for each packet.
    pub(super) media_us_per_packet: f64,
    /// Packets forwarded a second.
    pub(super) packets_per_second: f64,
    /// Resident memory gained since before the call, for each seat.
    pub(super) memory_kib_per_seat: f64,
    /// Median over seats: from sitting down to the first picture decoded.
    pub(super) first_frame_ms: f64,
    /// Pictures from seam to seam, in microseconds: the middle one, and 99 of 100 are faster.
    pub(super) delay_us: [f64; 2],
    /// Cores the load used: near one core it was late itself.
    pub(super) load_cores: f64,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1} us/packet, {:.0} packets/s, {:.0} KiB/seat, first frame {:.0} ms, load {:.2} cores",
            self.cpu_us_per_packet,
            self.packets_per_second,
            self.memory_kib_per_seat,
            self.first_frame_ms,
            self.load_cores
        )
    }
}

/// Ends its process when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Samples of both processes at one moment.
struct Moment {
    at: Instant,
    server_cpu: f64,
    load_cpu: f64,
    media_cpu: f64,
    forwarded: f64,
}

/// Plays a call of `seats` for `seconds`.
pub(super) fn play(root: &Path, seats: usize, seconds: u64) -> Result<Run> {
    let folder = sh::target_folder(root).join("figures");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let [web, media, metrics] = free_ports()?;
    let config = folder.join("incamera.toml");
    fs::write(&config, configuration(&folder, web, media, metrics))?;
    fs::write(folder.join("plan.toml"), plan(seats))?;

    let server = Running(serve(root, &config).spawn()?);
    wait_for(metrics)?;
    let memory_before = sample::resident_kib(server.0.id())?;
    let links = convene(root, &config, &folder.join("plan.toml"))?;
    let mut load = start_load(root, &links, seconds + 4)?;
    let mut output = BufReader::new(load.0.stdout.take().context("no output")?).lines();
    match output.next() {
        Some(Ok(line)) if line == "seated" => {}
        _ => bail!("the participants did not all sit down"),
    }
    sleep(Duration::from_secs(2)); // the bandwidth estimates settle
    let before = moment(&server, &load, metrics)?;
    sleep(Duration::from_secs(seconds));
    let after = moment(&server, &load, metrics)?;
    let memory = sample::resident_kib(server.0.id())? - memory_before;
    let reports: Value = serde_json::from_str(&output.next().context("no reports")??)?;

    let packets = after.forwarded - before.forwarded;
    if packets <= 0.0 {
        bail!("the server forwarded nothing");
    }
    let elapsed = (after.at - before.at).as_secs_f64();
    #[allow(clippy::cast_precision_loss)] // a few dozen
    let seats_f = seats as f64;
    Ok(Run {
        cpu_us_per_packet: (after.server_cpu - before.server_cpu) * 1e6 / packets,
        media_us_per_packet: (after.media_cpu - before.media_cpu) * 1e6 / packets,
        packets_per_second: packets / elapsed,
        memory_kib_per_seat: memory / seats_f,
        first_frame_ms: median_first_frame(&reports)?,
        delay_us: delays(&reports)?,
        load_cores: (after.load_cpu - before.load_cpu) / elapsed,
    })
}

fn moment(server: &Running, load: &Running, metrics: SocketAddr) -> Result<Moment> {
    let page = sample::metrics(metrics)?;
    Ok(Moment {
        at: Instant::now(),
        server_cpu: sample::cpu_seconds(server.0.id())?,
        load_cpu: sample::cpu_seconds(load.0.id())?,
        media_cpu: sample::value(&page, "incamera_media_cpu_seconds")?,
        forwarded: sample::value(&page, "incamera_media_packets_forwarded_total")?,
    })
}

fn serve(root: &Path, config: &Path) -> Command {
    let mut command = Command::new(binary::path(root));
    command
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Links of every seat, the host's first.
fn convene(root: &Path, config: &Path, plan: &Path) -> Result<Vec<String>> {
    let mut new = Command::new(binary::path(root));
    new.args(["call", "new", "--json", "--config"])
        .arg(config)
        .arg(plan);
    let convened: Value = serde_json::from_str(&sh::read(&mut new)?)?;
    let links = convened["links"].as_array().context("no links")?;
    let mut links: Vec<&Value> = links.iter().collect();
    links.sort_by_key(|l| !l["host"].as_bool().unwrap_or(false));
    let url = |l: &Value| l["link"].as_str().map(str::to_owned);
    links
        .into_iter()
        .map(|l| url(l).context("a link without its text"))
        .collect()
}

fn start_load(root: &Path, links: &[String], seconds: u64) -> Result<Running> {
    let program: PathBuf = sh::target_folder(root).join("debug/examples/seats");
    let mut load = Command::new(program);
    load.arg(seconds.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut load = Running(load.spawn().context("the load could not be started")?);
    let mut input = load.0.stdin.take().context("no input")?;
    input.write_all(links.join("\n").as_bytes())?;
    Ok(load)
}

fn median_first_frame(reports: &Value) -> Result<f64> {
    let reports = reports.as_array().context("no reports")?;
    let times = reports.iter().filter_map(|r| r["first_frame_ms"].as_f64());
    let [median] = at_percent(times.collect(), [50]);
    median.context("nobody saw a picture")
}

fn delays(reports: &Value) -> Result<[f64; 2]> {
    let seats = reports.as_array().context("no reports")?.iter();
    let all = seats
        .filter_map(|r| r["picture_delays_us"].as_array())
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    Ok(at_percent(all, [50, 99]).map(|delay| delay.unwrap_or(f64::NAN)))
}

fn free_ports() -> Result<[SocketAddr; 3]> {
    let hold = || TcpListener::bind("127.0.0.1:0");
    let held = [hold()?, hold()?, hold()?];
    Ok([
        held[0].local_addr()?,
        held[1].local_addr()?,
        held[2].local_addr()?,
    ])
}

fn wait_for(address: SocketAddr) -> Result<()> {
    for _ in 0..100 {
        if sample::metrics(address).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(100));
    }
    bail!("the server did not start")
}

fn configuration(folder: &Path, web: SocketAddr, media: SocketAddr, metrics: SocketAddr) -> String {
    format!(
        "listen = [\"{web}\"]\nurl = \"http://{web}\"\ndata = \"{}\"\nmetrics = \"{metrics}\"\n\
         [tls]\nmode = \"localhost\"\n[media]\nlisten = [\"{media}\"]\n",
        folder.join("data").display()
    )
}

/// A call of so many delegations of one seat each.
fn plan(seats: usize) -> String {
    let mut plan = "title = \"Figures\"\nrehearsal = true\n".to_owned();
    for number in 1..=seats {
        let host = if number == 1 { ", host = true" } else { "" };
        plan += &format!(
            "[[delegations]]\nname = \"Delegation {number}\"\nseats = [{{ name = \"Seat {number}\"{host} }}]\n"
        );
    }
    plan
}
