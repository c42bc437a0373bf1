//! Incamera over its own signalling (`docs/protocol.md`). Nothing is sealed, since the server cannot
//! tell: grants, plan and payloads are bytes to it.

mod seat;

use std::{
    fs,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use protocol::{
    AccessToken, CallId, CircleId, ClientMessage, DelegationId, Sealed, SeatId, SecretHash,
    ServerMessage,
    http::{NewCall, SeatToken},
    limits::{DELEGATIONS_MAX, MESSAGE_BURST, MESSAGES_PER_SECOND, SEATS_MAX},
    shape::{SeatShape, UnverifiedShape},
    types::{Format, SeatKind, Source, Tile},
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Driver, websocket};
use crate::{
    generator::Pcs,
    pc::Spec,
    process::{Server, free_port},
    shape::{Seat, Shape},
};
use seat::Connection;

/// Seats of one delegation, so that the greatest call has not too many.
const DELEGATION: usize = SEATS_MAX.div_ceil(DELEGATIONS_MAX);
/// Tile height for a picture in one layer, and for the counted one of two (`docs/protocol.md`).
const LARGE: u16 = 720;
const MIDDLE: u16 = 360;

pub(super) struct Incamera {
    server: Server,
    runtime: Runtime,
    origin: String,
    key: String,
    seats: Vec<Connection>,
    _folder: TempDir,
}

impl Incamera {
    pub(super) fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (web, media) = (free_port()?, free_port()?);
        let origin = format!("127.0.0.1:{web}");
        let file = folder.path().join("incamera.toml");
        let data = folder.path().join("data");
        let settings = format!(
            "listen = [\"{origin}\"]\nurl = \"http://{origin}\"\ndata = \"{}\"\nmetrics = \"off\"\n\
             [tls]\nmode = \"localhost\"\n[media]\nlisten = [\"127.0.0.1:{media}\"]\n\
             [log]\nfilter = \"warn\"\n",
            data.display()
        );
        fs::write(&file, settings)?;
        let file = file
            .to_str()
            .context("the temporary folder has an odd name")?;
        let key = convener_key(program, file)?;
        let server = Server::start(program, &["serve", "--config", file], folder.path())?;
        let page = format!("http://{origin}/readyz");
        server.wait_until(Duration::from_secs(5), || ureq::get(&page).call().is_ok())?;
        Ok(Self {
            server,
            runtime: websocket::runtime()?,
            origin,
            key,
            seats: Vec::new(),
            _folder: folder,
        })
    }

    fn convene(&self, shape: &Shape) -> Result<(CallId, Vec<AccessToken>)> {
        let id = CallId::from_bytes(random()?);
        let (mut tokens, mut links) = (Vec::new(), Vec::new());
        for number in 1..=shape.seats.len() as u16 {
            let token = AccessToken::from_bytes(random()?);
            links.push(SeatToken {
                seat: SeatId(number),
                link: 1,
                hash: SecretHash::from_bytes(Sha256::digest(token.as_bytes()).into()),
                grant: Sealed::from_bytes(&[0; 300]),
            });
            tokens.push(token);
        }
        let seats = shape.seats.iter().zip(1..);
        let call = NewCall {
            id,
            shape: UnverifiedShape {
                format: format_of(shape),
                rehearsal: true,
                starts_at_ms: None,
                minutes: None,
                seats: seats.map(|(seat, number)| place(seat, number)).collect(),
            },
            plan: Sealed::from_bytes(&vec![0; 200 * shape.seats.len()]),
            tokens: links,
        };
        ureq::post(format!("http://{}/api/calls", self.origin))
            .header("Authorization", format!("Bearer {}", self.key))
            .send_json(&call)
            .context("the call was not convened")?;
        Ok((id, tokens))
    }
}

impl Driver for Incamera {
    fn server(&self) -> &Server {
        &self.server
    }

    fn prepare(&mut self, shape: &Shape) -> Result<()> {
        let (call, tokens) = self.convene(shape)?;
        let url = format!("ws://{}/api/calls/{call}/signal", self.origin);
        for (index, token) in tokens.into_iter().enumerate() {
            let mut connection = Connection::open(&self.runtime, &url, token, random()?)?;
            connection.say(ClientMessage::Enter { knock: None })?;
            if index > 0 {
                connection.wait(|m| matches!(m, ServerMessage::Waiting { .. }).then_some(()))?;
                let seat = SeatId(index as u16 + 1);
                self.seats[0].say(ClientMessage::Admit { seat })?;
                // The host has a limit as everybody; its burst is nearly spent here.
                if index + 12 > MESSAGE_BURST as usize {
                    sleep(Duration::from_secs(1) / (MESSAGES_PER_SECOND * 3 / 4));
                }
            }
            connection.wait(|m| matches!(m, ServerMessage::Seated { .. }).then_some(()))?;
            let seat = &shape.seats[index];
            if seat.voice {
                connection.say(ClientMessage::Microphone {
                    open: true,
                    circle: CircleId::TABLE,
                })?;
            }
            if seat.picture.is_some() {
                connection.say(ClientMessage::Camera { on: true })?;
            }
            if !seat.sees.is_empty() {
                connection.say(ClientMessage::View {
                    tiles: tiles(shape, seat),
                })?;
            }
            self.seats.push(connection);
        }
        Ok(())
    }

    fn join(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let (seat, connection) = (&shape.seats[index], &mut self.seats[index]);
        let (audio, video) = connection.lines()?;
        let pictures = !seat.observer && format_of(shape) == Format::Video;
        let spec = Spec {
            microphone: !seat.observer,
            camera: pictures,
            screen: pictures,
            audio,
            video,
            voice: seat.voice,
            picture: seat.picture,
            highest_first: false,
        };
        let (pc, sdp) = pcs.offer(spec, Instant::now())?;
        connection.say(ClientMessage::Offer { generation: 1, sdp })?;
        let answer = connection.wait(|message| match message {
            ServerMessage::Answer { sdp, .. } => Some(sdp),
            _ => None,
        })?;
        pcs.accept(pc, answer)?;
        pcs.connected(pc)
    }
}

fn format_of(shape: &Shape) -> Format {
    let pictures = shape.seats.iter().any(|seat| seat.picture.is_some());
    if pictures {
        Format::Video
    } else {
        Format::Voice
    }
}

fn place(seat: &Seat, number: u16) -> SeatShape {
    let delegation = (usize::from(number) - 1) / DELEGATION + 1;
    SeatShape {
        id: SeatId(number),
        delegation: DelegationId(delegation as u16),
        kind: if seat.observer {
            SeatKind::Observer
        } else {
            SeatKind::Principal
        },
        host: number == 1,
    }
}

fn tiles(shape: &Shape, seat: &Seat) -> Vec<Tile> {
    let tile = |&of: &usize| {
        let two = shape.seats[of]
            .picture
            .is_some_and(|picture| picture.simulcast);
        Tile {
            seat: SeatId(of as u16 + 1),
            source: Source::Camera,
            height: if two { MIDDLE } else { LARGE },
        }
    };
    seat.sees.iter().map(tile).collect()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .ok()
        .context("no random numbers")?;
    Ok(bytes)
}

fn convener_key(program: &Path, file: &str) -> Result<String> {
    let arguments = ["convener", "add", "bench", "--json", "--config", file];
    let output = Command::new(program).args(arguments).output()?;
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let key = said["key"].as_str().context("no convener key")?;
    Ok(key.to_owned())
}
