//! A bribed member: speaks the protocol over its own WebSocket, is in the group by its own good grant,
//! and does what a case tells it to. It sends no media.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use participant::websocket;
use protocol::{ClientMessage, Holder, Sealed, ServerMessage};
use sealed::{
    grant::open_grant,
    keys::Device,
    link::Link,
    session::{Act, Candidate, Memory, Output, Session, View, forge::NotForged},
};
use tokio::{
    net::TcpStream,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::AbortHandle,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::hall::now_ms;

const TICK: Duration = Duration::from_millis(50);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A client for a link, with a fresh device, that is nowhere yet: by itself the puppet's core, or a
/// ghost's.
pub fn session(link: &Link, grant: &Sealed) -> Result<Session, String> {
    let device = Device::generate().map_err(|e| e.to_string())?;
    let opened = open_grant(link, grant).map_err(|e| e.to_string())?;
    let candidate = Candidate::new(link, opened, device.public()).map_err(|e| e.to_string())?;
    let signature = device.sign(&candidate.to_sign());
    candidate
        .into_session(now_ms(), signature, Memory::default())
        .map_err(|e| e.to_string())
}

/// A bribed member at work, until it is dropped.
pub struct Puppet {
    session: Arc<Mutex<Session>>,
    up: UnboundedSender<ClientMessage>,
    task: AbortHandle,
}

impl Puppet {
    /// Connects and asks in.
    pub async fn start(proxy: SocketAddr, link: &Link) -> Result<Self, String> {
        let url = format!("ws://{proxy}/api/calls/{}/signal", link.call);
        let (mut socket, _) = connect_async(url).await.map_err(|e| e.to_string())?;
        let mut holder = [0; 32];
        getrandom::fill(&mut holder).map_err(|e| e.to_string())?;
        let hello = ClientMessage::Hello {
            protocol: protocol::VERSION,
            token: link.access_token(),
            holder: Holder::from_bytes(holder),
            packed: false,
        };
        write(&mut socket, &hello).await?;
        let told = read(&mut socket).await.unwrap_or_default();
        let welcome = told.first().ok_or("the puppet is not welcome")?;
        let ServerMessage::Welcome { grant, .. } = welcome else {
            return Err(format!("the puppet is told {}", welcome.kind()));
        };
        let mut session = session(link, grant)?;
        session.handle_message(now_ms(), welcome);
        let enter = session.enter(now_ms());
        write(&mut socket, &enter).await?;
        let session = Arc::new(Mutex::new(session));
        let (up, queue) = mpsc::unbounded_channel();
        let task = tokio::spawn(run(session.clone(), socket, queue, up.clone())).abort_handle();
        Ok(Self { session, up, task })
    }

    /// Does something with its session, and sends what follows.
    pub fn with<T>(&self, work: impl FnOnce(&mut Session, u64) -> T) -> T {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work(&mut session, now_ms());
        drain(&mut session, &self.up);
        done
    }

    /// Sends what it was told to forge.
    pub fn send(
        &self,
        forged: impl FnOnce(&mut Session, u64) -> Result<Vec<ClientMessage>, NotForged>,
    ) -> Result<(), String> {
        for message in self.with(forged).map_err(|e| e.to_string())? {
            let sent = self.up.send(message);
            sent.map_err(|_| "the puppet is gone".to_owned())?;
        }
        Ok(())
    }

    /// Does what its person could do.
    pub fn act(&self, act: Act) -> Result<(), String> {
        self.with(|session, now| session.act(now, act))
            .map_err(|e| e.to_string())
    }

    /// Waits until it knows this.
    pub async fn until(&self, what: &str, is: impl Fn(&View) -> bool) -> Result<(), String> {
        for _ in 0..200 {
            if is(&self.view()) {
                return Ok(());
            }
            tokio::time::sleep(TICK).await;
        }
        Err(format!("the bribed member never knew: {what}"))
    }

    /// What it knows.
    pub fn view(&self) -> View {
        self.with(|session, _| session.view())
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    session: Arc<Mutex<Session>>,
    mut socket: Socket,
    mut queue: UnboundedReceiver<ClientMessage>,
    up: UnboundedSender<ClientMessage>,
) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        let said = tokio::select! {
            messages = read(&mut socket) => match messages {
                Some(messages) => messages,
                None => return,
            },
            message = queue.recv() => {
                let Some(message) = message else { return };
                if write(&mut socket, &message).await.is_err() {
                    return;
                }
                continue;
            }
            _ = tick.tick() => Vec::new(),
        };
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        for message in &said {
            session.handle_message(now_ms(), message);
        }
        if said.is_empty() {
            session.handle_timeout(now_ms());
        }
        drain(&mut session, &up);
    }
}

fn drain(session: &mut Session, up: &UnboundedSender<ClientMessage>) {
    while let Some(output) = session.poll_output() {
        if let Output::Send(message) = output {
            // Its task has ended: there is nobody to send to.
            let _ = up.send(message);
        }
    }
}

async fn read(socket: &mut Socket) -> Option<Vec<ServerMessage>> {
    loop {
        match socket.next().await?.ok()? {
            Message::Close(_) => return None,
            message => {
                if let Some(wire) = websocket::wire(message) {
                    return websocket::said_by_server(&wire);
                }
            }
        }
    }
}

async fn write(socket: &mut Socket, message: &ClientMessage) -> Result<(), String> {
    let message = websocket::message(message.to_wire());
    socket.send(message).await.map_err(|e| e.to_string())
}
