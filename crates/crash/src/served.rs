//! The server as a process: started, killed, started again on the same data and ports.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Longest a start or a command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// `incamera convener …` on the server's data, whether the server runs or not.
#[derive(Clone)]
pub(crate) struct Beside {
    incamera: PathBuf,
    data: PathBuf,
    store: String,
}

pub(crate) struct Served {
    incamera: PathBuf,
    folder: TempDir,
    pub(crate) address: SocketAddr,
    media: SocketAddr,
    /// What INCAMERA_STORE says.
    store: String,
    running: Option<Child>,
}

impl Served {
    pub(crate) fn new(incamera: &Path, store: String) -> Result<Self> {
        let incamera = incamera
            .canonicalize()
            .with_context(|| format!("there is no {}", incamera.display()))?;
        // Both are free now; nobody else on this machine takes ports by number as a rule.
        let (web, media) = (
            TcpListener::bind("127.0.0.1:0")?,
            UdpSocket::bind("127.0.0.1:0")?,
        );
        Ok(Self {
            incamera,
            folder: tempfile::tempdir()?,
            address: web.local_addr()?,
            media: media.local_addr()?,
            store,
            running: None,
        })
    }

    /// Starts it; it may not listen yet.
    pub(crate) fn start(&mut self) -> Result<()> {
        let log = File::create(self.log())?;
        let mut serve = Command::new(&self.incamera);
        serve
            .args(["serve", "--http-localhost", "--metrics", "off", "--data"])
            .arg(self.folder.path().join("data"))
            .args([
                "--listen",
                &self.address.to_string(),
                "--media",
                &self.media.to_string(),
            ])
            .env_remove("INCAMERA_DATA")
            .env("INCAMERA_STORE", &self.store)
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        self.running = Some(serve.spawn().context("the server could not be started")?);
        Ok(())
    }

    /// Waits until it takes connections.
    pub(crate) async fn listens(&mut self) -> Result<()> {
        let began = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            let ended = self
                .running
                .as_mut()
                .map(Child::try_wait)
                .transpose()?
                .flatten();
            if let Some(status) = ended {
                bail!("the server ended by itself ({status}): {}", self.said());
            }
            if began.elapsed() > PATIENCE {
                bail!("the server does not listen: {}", self.said());
            }
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// SIGKILL, and waits until it is gone.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        match self.running.take() {
            Some(mut running) => Ok(running.kill().await?),
            None => Ok(()),
        }
    }

    /// What runs beside it on its data.
    pub(crate) fn beside(&self) -> Beside {
        Beside {
            incamera: self.incamera.clone(),
            data: self.folder.path().join("data"),
            store: self.store.clone(),
        }
    }

    /// What it wrote into its log since it was started.
    fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Beside {
    /// What it printed.
    pub(crate) async fn convener(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.incamera);
        command
            .arg("convener")
            .args(arguments)
            .env("INCAMERA_STORE", &self.store)
            .arg("--data")
            .arg(&self.data);
        let output = timeout(PATIENCE, command.kill_on_drop(true).output()).await;
        let output = output.context("the command hangs")??;
        if !output.status.success() {
            bail!(
                "{arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
