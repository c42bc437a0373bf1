//! A participant without a screen: real signalling, real media, really sealed.
//!
//! [`Participant::start`] takes a link and joins the call it leads to, as a person's browser would:
//! it waits in the antechamber, sits down, becomes a member of the call's group, sends Opus and
//! simulcast VP8, sealed, and counts and decodes what of the others' opens. Its picture carries a
//! barcode and its voice a pair of tones, so that every receiver can tell whose they are and which
//! frame it sees. Rehearsals, tests and figures are made of these.
//!
//! ```text
//!  signal ── messages ──> sealing, conversation ── acts ──> run <── datagrams ── io
//!                                                            │ ╲
//!            publisher ──plain──> sealing ──sealed──> media ─╯  ╰─ media ──unverified──> sealing
//!            (picture, video, voice)                              ──opened──> audience ──> report
//! ```
//! Without IO and clock: `conversation`, `sealing`, `media`, `publisher`, `audience` and all below
//! them. With: `signal`, `io`, `run`. Every encoded frame passes the seam in [`frames`].

pub mod answer;
pub mod audience;
pub mod barcode;
mod connection;
pub mod conversation;
pub mod frames;
pub mod io;
pub mod link;
pub mod media;
pub mod network;
mod outlet;
pub mod picture;
pub mod publisher;
pub mod reel;
pub mod report;
mod run;
pub mod sealing;
pub mod signal;
pub mod tls;
pub mod tones;
mod trailer;
pub mod video;
pub mod voice;
pub mod websocket;

use std::{collections::VecDeque, sync::Arc, time::Instant};

use protocol::{
    CircleId, Holder,
    limits::{SECRET_BYTES, TILES_MAX},
};
use thiserror::Error;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{AbortHandle, JoinHandle},
};

pub use conversation::Control;
pub use publisher::Speech;
pub use report::{Break, Delays, GroupReport, RemoteReport, Report, Stage};
pub use sealed::{
    keys::Device,
    link::LinkError,
    session::{Act, ActError, CircleView, Memory, Sending, TextMessage, View},
};
pub use sealing::ActRefused;

use network::Network;
use outlet::{Command, Handles, Outlet};
use sealing::{Habits, Machine, Sealing};

/// How a participant behaves. Has no `Debug`: it holds a link.
#[derive(Clone)]
pub struct Options {
    /// The seat's link, as people pass it on.
    pub link: String,
    /// What logs call this participant; not a person's name.
    pub label: String,
    /// Send voice and pictures.
    pub publish: bool,
    /// As a host, admit everybody whose invitation is good; likewise as the head of a circle.
    pub auto_host: bool,
    /// Take part in the own delegation's circle.
    pub own_circle: bool,
    /// Its answer when the words are checked; `None`: none but by [`Participant::act`].
    pub verdict: Option<bool>,
    /// Open the microphone at the table.
    pub open_microphone: bool,
    /// Turn the camera on at the table.
    pub camera: bool,
    /// When the tones sound.
    pub speech: Speech,
    /// Media over ICE-TCP only.
    pub tcp_only: bool,
    /// Accept any certificate of the server.
    pub insecure_tls: bool,
    /// Accept these certificates (DER) besides those of the system.
    pub certificates: Vec<Vec<u8>>,
    /// What lies between it and the server.
    pub network: Network,
    /// Look at so many cameras at most.
    pub visible: usize,
    /// Send recorded pictures and decode only a sample: for many seats on one machine.
    pub light: bool,
    /// Number pictures, and measure how long they take between the participants of this process.
    pub measure_delay: bool,
    /// The machine it runs on, if it is not a new one: to come back as after a reload.
    pub machine: Option<Kept>,
}

/// What a machine keeps for its seat when its client ends. Has no `Debug`: it holds keys.
#[derive(Clone)]
pub struct Kept {
    /// Its key.
    pub device: Device,
    /// Tells the server that it is the same machine.
    pub holder: Holder,
    /// What it remembers of the group.
    pub memory: Memory,
}

impl Kept {
    /// A machine that was never on this seat.
    pub fn fresh() -> Result<Self, StartError> {
        let mut holder = [0; SECRET_BYTES];
        getrandom::fill(&mut holder).map_err(|_| StartError::NoRandomness)?;
        Ok(Self {
            device: Device::generate().map_err(|_| StartError::NoRandomness)?,
            holder: Holder::from_bytes(holder),
            memory: Memory::default(),
        })
    }
}

impl Options {
    /// A seat that sends everything and talks all the time.
    pub fn new(link: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            link: link.into(),
            label: label.into(),
            publish: true,
            auto_host: false,
            own_circle: false,
            verdict: Some(true),
            open_microphone: true,
            camera: true,
            speech: Speech::Always,
            tcp_only: false,
            insecure_tls: false,
            certificates: Vec::new(),
            network: Network::direct(),
            visible: TILES_MAX,
            light: false,
            measure_delay: false,
            machine: None,
        }
    }

    fn behaviour(&self) -> conversation::Behaviour {
        conversation::Behaviour {
            publish: self.publish,
            microphone: self.open_microphone,
            camera: self.camera,
            screen: false,
            visible: self.visible,
        }
    }
}

/// Why a participant could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The link leads nowhere.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No keys could be made.
    #[error("this machine gives no random numbers")]
    NoRandomness,
}

/// A participant at work. Dropping it makes it leave without waiting.
pub struct Participant {
    handles: Handles,
    kept: Kept,
    leave: oneshot::Sender<()>,
    signal: AbortHandle,
    task: JoinHandle<()>,
}

/// Messages queued in each direction between the participant and its connection.
const QUEUE: usize = 256;

impl Participant {
    /// Starts a participant on the current tokio runtime. It keeps trying until the call is over for
    /// it, so a server that is not there yet is no error.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let target = link::Target::parse(&options.link)?;
        let kept = options.machine.clone().map_or_else(Kept::fresh, Ok)?;
        let (commands, command_queue) = mpsc::channel(QUEUE);
        let (event_queue, events) = mpsc::channel(QUEUE);
        let (leave, leaving) = oneshot::channel();
        let signalled = Arc::<io::Traffic>::default();
        let signal = signal::Signal {
            url: target.signal_url,
            token: target.token,
            holder: kept.holder.clone(),
            authority: target.authority.clone(),
            traffic: signalled.clone(),
            network: options.network.clone(),
            trust: tls::Trust {
                anyone: options.insecure_tls,
                besides: options.certificates.clone(),
            },
        };
        let signal = tokio::spawn(signal.run(event_queue, command_queue)).abort_handle();
        let machine = Machine {
            link: target.link,
            device: kept.device.clone(),
            memory: kept.memory.clone(),
        };
        let now = (Instant::now(), clock::wall_ms());
        let habits = Habits::new(options.auto_host, options.verdict, options.own_circle);
        let sealing = Sealing::new(now, machine, habits);
        let (outlet, handles) = Outlet::new(kept.memory.clone());
        let connection = (commands, events);
        let run = run::Run::new(
            options,
            (target.authority, signalled),
            connection,
            sealing,
            outlet,
        );
        let task = tokio::spawn(run.run(leaving));
        Ok(Self {
            handles,
            kept,
            leave,
            signal,
            task,
        })
    }

    /// The figures, as they change.
    pub fn reports(&self) -> watch::Receiver<Report> {
        self.handles.reports.clone()
    }

    /// What the others wrote, as it comes.
    pub fn texts(&self) -> watch::Receiver<VecDeque<TextMessage>> {
        self.handles.texts.clone()
    }

    /// Does something in the table's group: admits, removes, writes, checks the words.
    pub async fn act(&self, act: Act) -> Result<(), ActRefused> {
        self.act_in(CircleId::TABLE, act).await
    }

    /// Does something in the group of a circle.
    pub async fn act_in(&self, circle: CircleId, act: Act) -> Result<(), ActRefused> {
        let (answer, answered) = oneshot::channel();
        let command = Command::Act(circle, act, answer);
        let asked = self.handles.commands.send(command).await;
        asked.map_err(|_| ActRefused::Gone)?;
        answered.await.unwrap_or(Err(ActRefused::Gone))
    }

    /// Does something at the table. Told again if it has to sit down anew.
    pub async fn control(&self, what: Control) {
        // One that has ended has nothing to do any more.
        let _ = self.handles.commands.send(Command::Control(what)).await;
    }

    /// Leaves the call and gives the last figures.
    pub async fn leave(self) -> Report {
        // Already gone if nobody listens.
        let _ = self.leave.send(());
        // A panic in the task was reported by the runtime; the last figures are still there.
        let _ = self.task.await;
        self.handles.reports.borrow().clone()
    }

    /// Ends at once without a word, as a page that is reloaded. With what the machine keeps it can be
    /// started again: [`Options::machine`].
    pub async fn vanish(self) -> Kept {
        self.signal.abort();
        self.task.abort();
        let _ = self.task.await;
        Kept {
            memory: self.handles.memory.borrow().clone(),
            ..self.kept
        }
    }
}
