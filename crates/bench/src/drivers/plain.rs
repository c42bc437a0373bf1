//! The plain SFU of [`crate::plain`]: offers and answers are lines of JSON on its standard streams.

use std::{
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, ChildStdout},
    time::Instant,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Driver;
use crate::{
    generator::Pcs,
    pc::Spec,
    plain,
    process::Server,
    shape::{Picture, Shape},
};

pub(super) struct Plain {
    server: Server,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Plain {
    pub(super) fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = std::env::current_exe()?;
        let mut server = Server::start(&program, &[plain::COMMAND], folder.path())?;
        let input = server.child.stdin.take().context("no input")?;
        let output = BufReader::new(server.child.stdout.take().context("no output")?);
        Ok(Self {
            server,
            input,
            output,
            _folder: folder,
        })
    }
}

impl Driver for Plain {
    fn server(&self) -> &Server {
        &self.server
    }

    fn prepare(&mut self, _: &Shape) -> Result<()> {
        Ok(())
    }

    fn join(&mut self, shape: &Shape, index: usize, pcs: &Pcs) -> Result<()> {
        let seat = &shape.seats[index];
        // It chooses no layers, so it is sent the one that is counted.
        let picture = seat.picture.map(|picture| Picture {
            simulcast: false,
            ..picture
        });
        let spec = Spec {
            microphone: seat.voice,
            camera: picture.is_some(),
            voice: seat.voice,
            picture,
            audio: seat.hears.len() as u16,
            video: seat.sees.len() as u16,
            ..Spec::default()
        };
        let (pc, sdp) = pcs.offer(spec, Instant::now())?;
        let request = json!({ "sdp": sdp, "hears": seat.hears, "sees": seat.sees });
        writeln!(self.input, "{request}")?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line)?;
        let sdp = answer["sdp"]
            .as_str()
            .context("the plain SFU gave no answer")?;
        pcs.accept(pc, sdp.to_owned())?;
        pcs.connected(pc)
    }
}
