//! The limit beside the servers: open each packet once, protect it anew for every receiver, send it.
//! No lookup, no rewriting, no feedback, and never a pause; so no server can reach it.

use std::{
    io::IoSlice,
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::{AsFd, AsRawFd},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use nix::sys::{
    epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
    socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg, setsockopt, sockopt::SndBuf},
};
use serde::{Deserialize, Serialize};
use srtp::{Keys, Profile, Protect, Unprotect};

use crate::{
    packet,
    process::{self, SERVER_CORE},
    shape::{PICTURE_BYTES, Shape},
    socket::{self, Buffers},
};

/// Its name on the command line.
pub(crate) const COMMAND: &str = "limit";
/// RTP header with the extensions that are usual.
const HEADER_BYTES: usize = 24;
/// How long it sends.
const SENDING: Duration = Duration::from_millis(1500);

/// What it costs.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) cpu_us_per_packet: f64,
    pub(crate) packets_per_second_at_one_core: f64,
    /// Of what was sent, what the other core could read.
    pub(crate) delivered_percent: f64,
}

/// Sends to as many receivers as `shape` has and reads on this core. With `bursts` a frame's packets go
/// to a receiver in one call (UDP_SEGMENT), else each in its own.
pub(crate) fn measure(shape: &Shape, bursts: bool) -> Result<Figures> {
    let (receivers, packets) = shape.burst();
    let address = IpAddr::from([127, 0, 0, 1]);
    let sockets: Vec<UdpSocket> = (0..receivers)
        .map(|_| socket::bind(address))
        .collect::<Result<_>>()?;
    let poll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    let mut command = Command::new("taskset");
    command.args(["-c", &SERVER_CORE.to_string()]);
    command.arg(std::env::current_exe()?).arg(COMMAND);
    command.arg(if bursts { packets } else { 1 }.to_string());
    for (socket, index) in sockets.iter().zip(0..) {
        poll.add(socket.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, index))?;
        command.arg(socket.local_addr()?.to_string());
    }
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut read = 0;
    let (mut buffers, mut events) = (Buffers::new(), [EpollEvent::empty(); 64]);
    loop {
        let ready = poll.wait(&mut events, EpollTimeout::from(20_u8))?;
        for event in &events[..ready] {
            while let Some(got) = buffers.read(&sockets[event.data() as usize]) {
                read += got.data.len().div_ceil(got.segment);
            }
        }
        if ready == 0 && child.try_wait()?.is_some() {
            break;
        }
    }
    let output = child.wait_with_output()?;
    let sent: Sent = serde_json::from_slice(&output.stdout).context("the limit failed")?;
    Ok(Figures {
        cpu_us_per_packet: sent.cpu_s * 1e6 / sent.packets as f64,
        packets_per_second_at_one_core: sent.packets as f64 / sent.cpu_s,
        delivered_percent: 100.0 * read as f64 / sent.packets as f64,
    })
}

#[derive(Serialize, Deserialize)]
struct Sent {
    packets: u64,
    cpu_s: f64,
}

/// The sending process.
pub(crate) fn run(burst: usize, receivers: &[SocketAddr]) -> Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    setsockopt(&socket, SndBuf, &(4 << 20))?;
    let (sender, _) = contexts(true)?;
    let (_, open) = contexts(false)?;
    let protects = receivers
        .iter()
        .map(|_| contexts(true).map(|(protect, _)| protect))
        .collect::<Result<Vec<_>>>()?;
    let mut incoming = template();
    sender.rtp(1, 7, &mut incoming, 0, HEADER_BYTES);
    let ways: Vec<_> = receivers
        .iter()
        .map(|&to| SockaddrStorage::from(to))
        .zip(&protects)
        .collect();

    let own = std::process::id();
    let (began, before) = (Instant::now(), process::cpu(own)?);
    let (mut seq, mut packets) = (0, 0);
    let mut opened = vec![Vec::new(); burst];
    let mut out = Vec::with_capacity(1 << 16);
    while began.elapsed() < SENDING {
        for packet in &mut opened {
            packet.clone_from(&incoming);
            let end = open
                .rtp(1, 7, packet, HEADER_BYTES)
                .ok_or_else(|| anyhow!("not opened"))?;
            packet.truncate(end);
        }
        for (to, protect) in &ways {
            send_burst(&socket, to, protect, seq, &opened, &mut out)?;
        }
        seq += burst as u64;
        packets += (burst * ways.len()) as u64;
    }
    let cpu_s = (process::cpu(own)? - before).as_secs_f64();
    println!("{}", serde_json::to_string(&Sent { packets, cpu_s })?);
    Ok(())
}

fn send_burst(
    socket: &UdpSocket,
    to: &SockaddrStorage,
    protect: &Protect,
    seq: u64,
    packets: &[Vec<u8>],
    out: &mut Vec<u8>,
) -> Result<()> {
    out.clear();
    for (packet, seq) in packets.iter().zip(seq..) {
        let start = out.len();
        out.extend_from_slice(packet);
        out[start + 2..start + 4].copy_from_slice(&(seq as u16).to_be_bytes());
        protect.rtp(1, seq, out, start, HEADER_BYTES);
    }
    let segment = (out.len() / packets.len()) as u16;
    let bursts = [ControlMessage::UdpGsoSegments(&segment)];
    let control = if packets.len() > 1 { &bursts[..] } else { &[] };
    let (fd, flags) = (socket.as_raw_fd(), MsgFlags::empty());
    sendmsg(fd, &[IoSlice::new(out)], control, flags, Some(to))?;
    Ok(())
}

/// Keys as a handshake would have made them; the two sides fit each other.
fn contexts(client: bool) -> Result<(Protect, Unprotect)> {
    let keys = Keys::new(Profile::AeadAes256Gcm, &[7; 88], client);
    Ok(keys.context("88 bytes are enough")?.contexts())
}

fn template() -> Vec<u8> {
    let mut packet = vec![0; HEADER_BYTES];
    packet[..2].copy_from_slice(&[0x90, 96]);
    packet[12..16].copy_from_slice(&[0xbe, 0xde, 0, 2]);
    packet.extend(packet::payload(PICTURE_BYTES));
    packet
}
