//! One adapter for each server: how its process is started and how a seat joins a call there.

mod incamera;
mod janus;
mod livekit;
mod plain;
mod websocket;

use std::{net::IpAddr, path::PathBuf};

use anyhow::Result;

use crate::{generator::Pcs, process::Server, shape::Shape};

/// A running server and its signalling.
pub(crate) trait Driver: Send {
    /// Its process.
    fn server(&self) -> &Server;
    /// Makes the call; nobody is in it yet, as far as media goes.
    fn prepare(&mut self, shape: &Shape) -> Result<()>;
    /// Brings a seat's media in and waits until it is connected.
    fn join(&mut self, shape: &Shape, seat: usize, pcs: &Pcs) -> Result<()>;
    /// What can only be done when all seats have joined, for each of them.
    fn complete(&mut self, _shape: &Shape, _seat: usize, _pcs: &Pcs) -> Result<()> {
        Ok(())
    }
}

/// The servers there are drivers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Incamera,
    Plain,
    Janus,
    LiveKit,
}

/// What this machine has of them.
pub(crate) struct Installed {
    /// A release build.
    pub(crate) incamera: PathBuf,
    pub(crate) janus: Option<PathBuf>,
    pub(crate) livekit: Option<PathBuf>,
    /// There is a network of our own, with an address Janus takes.
    pub(crate) own_network: bool,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Incamera, Self::Plain, Self::Janus, Self::LiveKit];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Incamera => "incamera",
            Self::Plain => "plain",
            Self::Janus => "janus",
            Self::LiveKit => "livekit",
        }
    }

    /// Where its media is, and the load.
    pub(crate) fn address(self) -> IpAddr {
        match self {
            // Janus takes no loopback interface; see `network`.
            Self::Janus => [127, 0, 0, 2].into(),
            _ => [127, 0, 0, 1].into(),
        }
    }

    /// Why it cannot be measured here.
    pub(crate) fn absent(self, installed: &Installed) -> Option<String> {
        match self {
            Self::Janus if installed.janus.is_none() => {
                Some("no `janus` in PATH; docs/performance.md says how to install it".to_owned())
            }
            Self::Janus if !installed.own_network => {
                Some("no network namespace of its own can be made here".to_owned())
            }
            Self::LiveKit if installed.livekit.is_none() => Some(
                "no `livekit-server` in PATH; docs/performance.md says how to build it".to_owned(),
            ),
            _ => None,
        }
    }

    /// Starts it.
    pub(crate) fn start(self, installed: &Installed) -> Result<Box<dyn Driver>> {
        Ok(match self {
            Self::Incamera => Box::new(incamera::Incamera::start(&installed.incamera)?),
            Self::Plain => Box::new(plain::Plain::start()?),
            Self::Janus => {
                let program = installed.janus.as_deref();
                Box::new(janus::Janus::start(program.unwrap_or("janus".as_ref()))?)
            }
            Self::LiveKit => {
                let program = installed.livekit.as_deref();
                let program = program.unwrap_or("livekit-server".as_ref());
                Box::new(livekit::LiveKit::start(program)?)
            }
        })
    }
}
