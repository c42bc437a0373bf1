//! One run: a fresh server, a call, a warm-up, a window, and what the window brought.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{
    drivers::{Driver, Installed, Kind},
    generator::{Generator, Pcs},
    process::{self, Memory},
    shape::Shape,
    stats,
    verdict::{Load, invalid},
};

/// Everybody must be in by then.
const ARRIVAL_MAX: Duration = Duration::from_secs(180);
/// A server with bandwidth estimation gets this long until it forwards everything.
const WARM_UP_MAX: Duration = Duration::from_secs(25);
/// One that forwards no more than before for this long has settled on less.
const SETTLED: Duration = Duration::from_secs(4);
/// And every server at least this long, so that caches and queues are filled.
const WARM_UP_MIN: Duration = Duration::from_secs(2);
/// How often it is looked whether everything flows.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Part of what is to be delivered that counts as everything.
const EVERYTHING: f64 = 0.985;

/// What one run measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Run {
    /// CPU time of the server, user and system, for each packet that reached a receiver.
    pub(crate) cpu_us_per_packet: f64,
    /// Packets that reached receivers.
    pub(crate) packets_per_second: f64,
    /// Of them and one core.
    pub(crate) packets_per_second_at_one_core: f64,
    /// Part of what should have reached receivers, in percent.
    pub(crate) delivered_percent: f64,
    /// Missing numbers in what arrived, in percent.
    pub(crate) lost_percent: f64,
    /// Arrived when asked for again.
    pub(crate) recovered: u64,
    /// Packets that were not media: padding and needless repeats.
    pub(crate) probes_per_second: f64,
    /// From the publisher's send call to the receiver's socket.
    pub(crate) delay_us_p50: f64,
    pub(crate) delay_us_p99: f64,
    /// Resident memory gained since before the call.
    pub(crate) memory_kib_per_seat: f64,
    /// Of it, what is no page of the program's files.
    pub(crate) own_memory_kib_per_seat: f64,
    pub(crate) memory_kib_per_stream: f64,
    /// From the first word of signalling for it to a connected PeerConnection, the middle one.
    pub(crate) connected_ms: f64,
    /// To the first packet of media, likewise, of connections that receive.
    pub(crate) first_packet_ms: f64,
    /// Cores the server used.
    pub(crate) server_cores: f64,
    /// Cores the load used.
    pub(crate) load_cores: f64,
    /// How long the server took until it forwarded everything.
    pub(crate) warm_up_s: f64,
    /// The protection that was negotiated.
    pub(crate) srtp: String,
    /// Why this run does not count; empty if it does.
    pub(crate) invalid: Vec<String>,
}

/// Plays `shape` on a new server for `window`.
pub(crate) fn run(
    kind: Kind,
    installed: &Installed,
    shape: &Shape,
    window: Duration,
) -> Result<Run> {
    let driver = kind.start(installed)?;
    let pid = driver.server().pid();
    let memory_before = Memory::of(pid)?;
    let mut load = Generator::new(kind.address())?;
    let driver = arrive(&mut load, driver, shape)?;
    load.thin = false;
    let warm_up = warm_up(&mut load, shape)?;

    load.begin_window();
    let (began, own, server) = (Instant::now(), own_cpu()?, process::cpu(pid)?);
    load.run(began + window, |_| false)?;
    let elapsed = began.elapsed().as_secs_f64();
    let server = (process::cpu(pid)? - server).as_secs_f64();
    let own = (own_cpu()? - own).as_secs_f64();
    let memory = Memory::of(pid)?.since(memory_before);
    let usage = Usage {
        elapsed,
        server,
        own,
        memory,
        warm_up,
    };
    let run = measure(&load, shape, &usage).with_context(|| driver.server().last_words());
    drop(driver);
    run
}

/// What both processes used.
struct Usage {
    elapsed: f64,
    server: f64,
    own: f64,
    memory: Memory,
    warm_up: f64,
}

/// Brings all seats in, one after another, while those who are in send a little.
fn arrive(load: &mut Generator, driver: Box<dyn Driver>, shape: &Shape) -> Result<Box<dyn Driver>> {
    let (done, result) = mpsc::channel();
    let (pcs, call) = (load.handle(), shape.clone());
    thread::spawn(move || {
        let mut driver = driver;
        let joined = join_all(driver.as_mut(), &call, &pcs);
        // The run gave up if nobody listens.
        let _ = done.send(joined.map(|()| driver));
    });
    let mut arrived = None;
    load.run(Instant::now() + ARRIVAL_MAX, |_| {
        arrived = result.try_recv().ok();
        arrived.is_some()
    })?;
    arrived.context("the seats did not all come in")?
}

fn join_all(driver: &mut dyn Driver, shape: &Shape, pcs: &Pcs) -> Result<()> {
    driver.prepare(shape)?;
    for seat in 0..shape.seats.len() {
        driver.join(shape, seat, pcs)?;
    }
    for seat in 0..shape.seats.len() {
        driver.complete(shape, seat, pcs)?;
    }
    Ok(())
}

/// Until everything flows; gives how long that took.
fn warm_up(load: &mut Generator, shape: &Shape) -> Result<f64> {
    let began = Instant::now();
    let (mut flowed, mut best, mut grown) = (None, 0.0, began);
    while began.elapsed() < WARM_UP_MAX {
        load.begin_window();
        let looked = Instant::now();
        load.run(looked + LOOK_EVERY, |_| false)?;
        let wanted = shape.packets_per_second() * looked.elapsed().as_secs_f64();
        let got = received(load);
        if got > best * 1.03 {
            (best, grown) = (got, Instant::now());
        }
        if got >= wanted * EVERYTHING {
            flowed.get_or_insert(began.elapsed());
        } else {
            flowed = None;
        }
        let warm = flowed.is_some() && began.elapsed() >= WARM_UP_MIN;
        if warm || (flowed.is_none() && grown.elapsed() >= SETTLED) {
            break;
        }
    }
    Ok(flowed.unwrap_or_else(|| began.elapsed()).as_secs_f64())
}

fn received(load: &Generator) -> f64 {
    let counts = load.pcs.iter().map(|pc| pc.receiver.count().received);
    counts.sum::<u64>() as f64
}

fn own_cpu() -> Result<Duration> {
    process::cpu(std::process::id())
}

fn measure(load: &Generator, shape: &Shape, usage: &Usage) -> Result<Run> {
    let counts: Vec<_> = load.pcs.iter().map(|pc| pc.receiver.count()).collect();
    let packets = counts.iter().map(|count| count.received).sum::<u64>() as f64;
    anyhow::ensure!(packets > 0.0, "nothing arrived");
    let lost = counts.iter().map(|count| count.lost).sum::<u64>() as f64;
    let sum = |of: fn(&crate::receiver::Receiver) -> u64| {
        load.pcs.iter().map(|pc| of(&pc.receiver)).sum::<u64>()
    };
    let delivered_percent = 100.0 * packets / (shape.packets_per_second() * usage.elapsed);
    let damaged = sum(|receiver| receiver.damaged);
    let mut delays: Vec<f64> = Vec::new();
    for pc in &load.pcs {
        delays.extend(pc.receiver.delays.iter().map(|&us| f64::from(us)));
    }
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let connected = load.pcs.iter().filter_map(|pc| pc.connected_after.map(ms));
    let first = load
        .pcs
        .iter()
        .filter_map(|pc| pc.receiver.first_after.map(ms));
    let profile = load.pcs.iter().find_map(|pc| pc.profile());
    Ok(Run {
        cpu_us_per_packet: usage.server * 1e6 / packets,
        packets_per_second: packets / usage.elapsed,
        packets_per_second_at_one_core: packets / usage.server,
        delivered_percent,
        lost_percent: 100.0 * lost / (packets + lost),
        recovered: counts.iter().map(|count| count.recovered).sum(),
        probes_per_second: sum(|receiver| receiver.probes) as f64 / usage.elapsed,
        delay_us_p50: stats::quantile(&mut delays, 0.5),
        delay_us_p99: stats::quantile(&mut delays, 0.99),
        memory_kib_per_seat: usage.memory.resident / shape.seats.len() as f64,
        own_memory_kib_per_seat: usage.memory.own / shape.seats.len() as f64,
        memory_kib_per_stream: usage.memory.resident / shape.streams() as f64,
        connected_ms: stats::quantile(&mut connected.collect::<Vec<_>>(), 0.5),
        first_packet_ms: stats::quantile(&mut first.collect::<Vec<_>>(), 0.5),
        server_cores: usage.server / usage.elapsed,
        load_cores: usage.own / usage.elapsed,
        warm_up_s: usage.warm_up,
        srtp: profile.map_or_else(String::new, |profile| format!("{profile:?}")),
        invalid: invalid(&Load {
            cores: usage.own / usage.elapsed,
            lateness: load.lateness,
            damaged,
            delivered_percent,
        }),
    })
}
