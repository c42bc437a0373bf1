//! LiveKit over its WebSocket: one PeerConnection for both directions (`/rtc/v1`), as its clients have
//! it by default. A seat first publishes; when all do, it subscribes to what it hears and sees.

mod signal;
mod token;
mod wire;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    time::{Duration, Instant, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use data_encoding::{BASE64URL, HEXLOWER};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Driver, websocket};
use crate::{
    generator::Pcs,
    pc::Spec,
    process::{Server, free_port},
    shape::{Picture, Seat, Shape},
};
use signal::Connection;
use token::Key;
use wire::{Heard, Media};

const ROOM: &str = "bench";

pub(super) struct LiveKit {
    server: Server,
    runtime: Runtime,
    origin: String,
    key: Key,
    /// Seats that publish, and their PeerConnections.
    publishers: HashMap<usize, (Connection, usize)>,
    /// Of each of them: what the server calls its voice and its picture.
    tracks: HashMap<(usize, Kind), String>,
    /// Seats that only receive, which stay in the room.
    audience: Vec<Connection>,
    _folder: TempDir,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Voice,
    Picture,
}

impl LiveKit {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)
            .ok()
            .context("no random numbers")?;
        let key = Key {
            name: "bench",
            secret: HEXLOWER.encode(&secret),
        };
        let web = free_port()?;
        let file = folder.path().join("livekit.yaml");
        fs::write(&file, settings(&key, web, free_port()?, free_port()?))?;
        let file = file.to_str().context("an odd temporary folder")?;
        let server = Server::start(program, &["--config", file], folder.path())?;
        let origin = format!("127.0.0.1:{web}");
        let page = format!("http://{origin}/");
        server.wait_until(Duration::from_secs(10), || ureq::get(&page).call().is_ok())?;
        Ok(Self {
            server,
            runtime: websocket::runtime()?,
            origin,
            key,
            publishers: HashMap::new(),
            tracks: HashMap::new(),
            audience: Vec::new(),
            _folder: folder,
        })
    }

    fn enter(&self, seat: usize) -> Result<Connection> {
        let token = self.key.token(
            ROOM,
            &format!("seat-{seat}"),
            UNIX_EPOCH + Duration::from_millis(clock::wall_ms()),
        );
        let join = BASE64URL.encode(&wire::join_request());
        let url = format!(
            "ws://{}/rtc/v1?access_token={token}&join_request={join}",
            self.origin
        );
        Connection::open(&self.runtime, &url)
    }

    /// What a seat is to receive; lines for it are made when the server asks for them.
    fn subscribe(&self, seat: &Seat, connection: &Connection) -> Result<()> {
        let voices = seat.hears.iter().map(|&of| (of, Kind::Voice));
        let pictures = seat.sees.iter().map(|&of| (of, Kind::Picture));
        let tracks: Option<Vec<_>> = voices
            .chain(pictures)
            .map(|track| self.tracks.get(&track).map(String::as_str))
            .collect();
        let tracks = tracks.context("nobody publishes there")?;
        connection.say(wire::subscribe(tracks.into_iter()))?;
        let (mut audio, mut video) = (0, 0);
        connection.wait(|heard| {
            if let Heard::Lines { audio: a, video: v } = heard {
                audio += a;
                video += v;
            }
            (audio >= seat.hears.len() as u64 && video >= seat.sees.len() as u64).then_some(())
        })
    }
}

impl Driver for LiveKit {
    fn server(&self) -> &Server {
        &self.server
    }

    fn prepare(&mut self, _: &Shape) -> Result<()> {
        Ok(())
    }

    fn join(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let seat = &shape.seats[index];
        if !seat.voice && seat.picture.is_none() {
            return Ok(());
        }
        let since = Instant::now();
        let connection = self.enter(index)?;
        let spec = Spec {
            microphone: seat.voice,
            camera: seat.picture.is_some(),
            voice: seat.voice,
            picture: seat.picture,
            ..Spec::default()
        };
        let (pc, sdp) = pcs.offer(spec, since)?;
        let voice = seat.voice.then_some((Kind::Voice, Media::Voice));
        let picture = seat.picture.map(|Picture { simulcast, .. }| {
            let media = Media::Picture { simulcast };
            (Kind::Picture, media)
        });
        let mut kinds = HashMap::new();
        for (id, (kind, media)) in track_ids(&sdp).zip(voice.into_iter().chain(picture)) {
            connection.say(wire::add_track(id, media))?;
            kinds.insert(id.to_owned(), kind);
        }
        let tracks = &mut self.tracks;
        let answer = first_answer(&connection, &sdp, |id, track| {
            if let Some(&kind) = kinds.get(&id) {
                tracks.insert((index, kind), track);
            }
        })?;
        pcs.accept(pc, answer)?;
        self.publishers.insert(index, (connection, pc));
        pcs.connected(pc)
    }

    fn complete(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let seat = &shape.seats[index];
        let (audio, video) = (seat.hears.len() as u16, seat.sees.len() as u16);
        if audio + video == 0 {
            return Ok(());
        }
        let since = Instant::now();
        if let Some((connection, pc)) = self.publishers.get(&index) {
            self.subscribe(seat, connection)?;
            let sdp = pcs.offer_more(*pc, audio, video, since)?;
            connection.say(wire::offer(&sdp))?;
            let answer = connection.wait(|heard| match heard {
                Heard::Answer(sdp) => Some(sdp),
                _ => None,
            })?;
            return pcs.accept(*pc, answer);
        }
        let connection = self.enter(index)?;
        self.subscribe(seat, &connection)?;
        let spec = Spec {
            audio,
            video,
            ..Spec::default()
        };
        let (pc, sdp) = pcs.offer(spec, since)?;
        let answer = first_answer(&connection, &sdp, |_, _| {})?;
        pcs.accept(pc, answer)?;
        self.audience.push(connection);
        pcs.connected(pc)
    }
}

/// Says the first offer of a PeerConnection; gives the answer, with the server's candidate in it, which
/// comes apart. `published`: gets a track's id, and what the server calls it.
fn first_answer(
    connection: &Connection,
    sdp: &str,
    mut published: impl FnMut(String, String),
) -> Result<String> {
    connection.say(wire::offer(sdp))?;
    let (mut answer, mut candidate) = (None, None);
    connection.wait(|heard| {
        match heard {
            Heard::Answer(sdp) => answer = Some(sdp),
            Heard::Candidate(line) if line.contains(" udp ") => candidate = Some(line),
            Heard::Published { id, track } => published(id, track),
            _ => {}
        }
        let (answer, candidate) = answer.as_ref().zip(candidate.as_ref())?;
        Some(answer.replacen("\r\na=mid:", &format!("\r\na={candidate}\r\na=mid:"), 1))
    })
}

/// Of the lines that send, in their order (RFC 8830).
fn track_ids(sdp: &str) -> impl Iterator<Item = &str> {
    let msids = sdp.lines().filter_map(|line| line.strip_prefix("a=msid:"));
    msids.filter_map(|msid| msid.split_whitespace().nth(1))
}

/// As its sample recommends for the greatest performance, a port for each core it may use; ICE lite, as
/// it is on a known address; otherwise its defaults.
fn settings(key: &Key, web: u16, udp: u16, tcp: u16) -> String {
    let Key { name, secret } = key;
    format!(
        "port: {web}\nbind_addresses: [127.0.0.1]\n\
         rtc:\n  udp_port: {udp}\n  tcp_port: {tcp}\n  node_ip: 127.0.0.1\n  \
         use_external_ip: false\n  use_ice_lite: true\n  enable_loopback_candidate: true\n  \
         ips: {{ includes: [127.0.0.1/32] }}\n\
         keys: {{ {name}: {secret} }}\n\
         logging: {{ level: error, pion_level: error }}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_are_named_by_the_lines_that_send() {
        let sdp = "m=audio 9 X 111\r\na=msid:s one\r\nm=video 9 X 96\r\na=msid:s two\r\n\
            m=video 9 X 96\r\na=recvonly\r\n";
        assert_eq!(track_ids(sdp).collect::<Vec<_>>(), ["one", "two"]);
    }
}
