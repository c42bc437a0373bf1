//! A participant without a screen: real signalling, real media.
//!
//! [`Participant::start`] takes a link and joins the call it leads to, as a person's browser would:
//! it waits in the antechamber, sits down, sends Opus and simulcast VP8, and counts and decodes what
//! the others send. Its picture carries a barcode and its voice a pair of tones, so that every
//! receiver can tell whose they are and which frame it sees. Rehearsals, tests and figures are made
//! of these.
//!
//! ```text
//!  signal ── messages ──> conversation ── acts ──> run <── datagrams ── io
//!                                                   │ ╲
//!            publisher (picture, video, voice) ──frames──> media ──frames──> audience ──> report
//! ```
//! Without IO and clock: `conversation`, `media`, `publisher`, `audience` and all below them.
//! With: `signal`, `io`, `run`. Every encoded frame passes the seam in [`frames`].

pub mod audience;
pub mod barcode;
mod connection;
pub mod conversation;
mod delay;
pub mod frames;
pub mod io;
pub mod link;
pub mod media;
pub mod picture;
pub mod publisher;
pub mod report;
mod run;
pub mod signal;
mod tls;
pub mod tones;
pub mod video;
pub mod voice;

use protocol::{Holder, limits::SECRET_BYTES};
use thiserror::Error;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

pub use publisher::Speech;
pub use report::{RemoteReport, Report, Stage};
pub use sealed::link::LinkError;

/// How a participant behaves. Has no `Debug`: it holds a link.
#[derive(Clone)]
pub struct Options {
    /// The seat's link, as people pass it on.
    pub link: String,
    /// What logs call this participant; not a person's name.
    pub label: String,
    /// Send voice and pictures.
    pub publish: bool,
    /// As a host, admit everybody who waits.
    pub auto_host: bool,
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
    /// Measure how long pictures take between the participants of this process.
    pub measure_delay: bool,
}

impl Options {
    /// A seat that sends everything and talks all the time.
    pub fn new(link: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            link: link.into(),
            label: label.into(),
            publish: true,
            auto_host: false,
            open_microphone: true,
            camera: true,
            speech: Speech::Always,
            tcp_only: false,
            insecure_tls: false,
            measure_delay: false,
        }
    }

    fn behaviour(&self) -> conversation::Behaviour {
        conversation::Behaviour {
            publish: self.publish,
            microphone: self.open_microphone,
            camera: self.camera,
            admit_all: self.auto_host,
        }
    }
}

/// Why a participant could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The link leads nowhere.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// No holder secret could be made.
    #[error("this machine gives no random numbers")]
    NoRandomness,
}

/// A participant at work. Dropping it makes it leave without waiting.
pub struct Participant {
    reports: watch::Receiver<Report>,
    leave: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Messages queued in each direction between the participant and its connection.
const QUEUE: usize = 64;

impl Participant {
    /// Starts a participant on the current tokio runtime. It keeps trying until the call is over for
    /// it, so a server that is not there yet is no error.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let target = link::Target::parse(&options.link)?;
        let mut holder = [0; SECRET_BYTES];
        getrandom::fill(&mut holder).map_err(|_| StartError::NoRandomness)?;
        let (commands, command_queue) = mpsc::channel(QUEUE);
        let (event_queue, events) = mpsc::channel(QUEUE);
        let (publish, reports) = watch::channel(Report::default());
        let (leave, leaving) = oneshot::channel();
        let signal = signal::Signal {
            url: target.signal_url,
            token: target.token,
            holder: Holder::from_bytes(holder),
            insecure_tls: options.insecure_tls,
        };
        tokio::spawn(signal.run(event_queue, command_queue));
        let run = run::Run::new(options, target.authority, commands, events, publish);
        let task = tokio::spawn(run.run(leaving));
        Ok(Self {
            reports,
            leave,
            task,
        })
    }

    /// The figures, as they change.
    pub fn reports(&self) -> watch::Receiver<Report> {
        self.reports.clone()
    }

    /// Leaves the call and gives the last figures.
    pub async fn leave(self) -> Report {
        // Already gone if nobody listens.
        let _ = self.leave.send(());
        // A panic in the task was reported by the runtime; the last figures are still there.
        let _ = self.task.await;
        self.reports.borrow().clone()
    }
}
