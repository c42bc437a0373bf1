//! A line to a PostgreSQL that is cut at the statement it is told to: before that arrives, or after it was
//! carried out and before anybody hears of it.
//!
//! It stands between client and server on a socket of its own and knows of the protocol only where a
//! statement ends (PostgreSQL documentation, "Frontend/Backend Protocol"): at `Sync`, or with a `Query`;
//! and where its answer does, at `ReadyForQuery`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
    time::sleep,
};

use crate::cluster;

const SOCKET: &str = ".s.PGSQL.5432";

/// What happens to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It never arrives.
    Before,
    /// It is carried out, and its answer never arrives.
    After,
    /// The client is cut off, and the server gets it a second later: it was on its way.
    Late,
    /// Neither it nor anything after it arrives, and neither end hears that the other is gone.
    Silent,
}

/// See the module.
pub struct Wire {
    folder: TempDir,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    plan: Option<Plan>,
    statements: u64,
    cut: bool,
    /// Nobody gets through.
    down: bool,
}

#[derive(Clone, Copy)]
struct Plan {
    at: u64,
    cut: Cut,
    stays: bool,
}

impl Wire {
    /// A line to the socket in this folder.
    ///
    /// # Panics
    ///
    /// If it cannot listen.
    pub fn to(socket: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("wire-").tempdir();
        let folder = folder.expect("a temporary folder can be made");
        let listener = UnixListener::bind(folder.path().join(SOCKET)).expect("it can listen");
        let state = Arc::<Mutex<State>>::default();
        let task = tokio::spawn(serve(listener, socket.join(SOCKET), state.clone()));
        Self {
            folder,
            state,
            task,
        }
    }

    /// The URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        cluster::url(self.folder.path(), database)
    }

    /// Cuts it at the `at`-th statement from now on, counted from 1; with `stays` nobody gets through then,
    /// until it is mended.
    pub fn plan(&self, at: u64, cut: Cut, stays: bool) {
        *lock(&self.state) = State {
            plan: Some(Plan { at, cut, stays }),
            ..State::default()
        };
    }

    /// Whether it was cut since the plan.
    pub fn was_cut(&self) -> bool {
        lock(&self.state).cut
    }

    /// Forgets the plan; who connects gets through.
    pub fn mend(&self) {
        let mut state = lock(&self.state);
        (state.plan, state.down) = (None, false);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// What becomes of the next statement.
    fn statement(&mut self) -> Option<Cut> {
        if self.down {
            return Some(Cut::Before);
        }
        self.statements += 1;
        let plan = self.plan.filter(|plan| plan.at == self.statements)?;
        self.cut = true;
        self.down = plan.stays;
        Some(plan.cut)
    }
}

async fn serve(listener: UnixListener, server: PathBuf, state: Arc<Mutex<State>>) {
    while let Ok((client, _)) = listener.accept().await {
        let is_down = lock(&state).down;
        if is_down {
            continue;
        }
        let (server, state) = (server.clone(), state.clone());
        tokio::spawn(async move {
            // An end that goes away ends it, as a cut does.
            if let Ok(server) = UnixStream::connect(server).await {
                let _ = connection(client, server, &state).await;
            }
        });
    }
}

async fn connection(
    client: UnixStream,
    server: UnixStream,
    state: &Mutex<State>,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let startup = message(&mut from_client, 0).await?;
    to_server.write_all(&startup).await?;
    let answers = copy(&mut from_server, &mut to_client);
    let (cut, statement) = tokio::select! {
        ended = answers => return ended,
        cut = statements(&mut from_client, &mut to_server, state) => cut?,
    };
    match cut {
        Cut::Before => return Ok(()),
        // Both ends stay open for longer than anybody waits.
        Cut::Silent => {
            sleep(Duration::from_secs(60)).await;
            return Ok(());
        }
        Cut::After => {}
        Cut::Late => {
            drop((from_client, to_client));
            sleep(Duration::from_secs(1)).await;
        }
    }
    to_server.write_all(&statement).await?;
    while message(&mut from_server, 1).await?[0] != b'Z' {}
    Ok(())
}

async fn copy(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf) -> io::Result<()> {
    tokio::io::copy(from, to).await.map(drop)
}

/// Passes on whole statements until one is to be cut; that one is returned.
async fn statements(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    state: &Mutex<State>,
) -> io::Result<(Cut, Vec<u8>)> {
    let mut statement = Vec::new();
    loop {
        let message = message(from, 1).await?;
        let kind = message[0];
        statement.extend(message);
        // Answers while logging in, and goodbyes, are no statements.
        if !matches!(kind, b'S' | b'Q' | b'p' | b'X') {
            continue;
        }
        let cut = matches!(kind, b'S' | b'Q').then(|| lock(state).statement());
        match cut.flatten() {
            None => to.write_all(&statement).await?,
            Some(cut) => return Ok((cut, statement)),
        }
        statement.clear();
    }
}

/// One message: a kind of so many bytes, and a length that counts itself.
async fn message(from: &mut OwnedReadHalf, kind: usize) -> io::Result<Vec<u8>> {
    let mut message = vec![0; kind + 4];
    from.read_exact(&mut message).await?;
    let length = message[kind..].try_into().map(u32::from_be_bytes);
    let length = length.map_err(io::Error::other)? as usize;
    message.resize(kind + length.max(4), 0);
    from.read_exact(&mut message[kind + 4..]).await?;
    Ok(message)
}
