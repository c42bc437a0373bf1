//! Between the clients of one call and the server: every message, either way, goes through the case's
//! script, which may pass, change, withhold, delay, repeat, reorder, or add to any connection. What else
//! a browser asks for is handed on.

use std::{
    collections::{BTreeMap, HashMap},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{SinkExt, Stream, StreamExt};
use participant::websocket;
use protocol::{AccessToken, ClientMessage, ServerMessage, Wire, limits::SERVER_MESSAGE_BYTES_MAX};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::{AbortHandle, JoinSet},
    time::sleep,
};
use tokio_tungstenite::{
    accept_hdr_async_with_config, connect_async_with_config,
    tungstenite::{
        self, Message,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::WebSocketConfig,
    },
};

/// A message, and which way it goes.
#[derive(Clone, PartialEq)]
pub enum Frame {
    /// From a client.
    Up(ClientMessage),
    /// From the server.
    Down(ServerMessage),
}

/// A connection, numbered as they came, and the seat whose link it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conn {
    /// From 0.
    pub id: u32,
    /// The seat.
    pub seat: u16,
}

/// What is to travel in place of a message, in its direction; nothing withholds it.
pub type Script = Box<dyn FnMut(&mut Post, Conn, Frame) -> Vec<Frame> + Send>;

/// All connections of a call.
#[derive(Default)]
pub struct Post {
    wires: BTreeMap<u32, Line>,
    /// Every text that passed, as the server and the network see it.
    pub record: Vec<String>,
}

struct Line {
    seat: u16,
    up: UnboundedSender<Wire>,
    down: UnboundedSender<Wire>,
}

struct Inner {
    post: Post,
    script: Option<Script>,
    connections: u32,
    hits: u64,
}

/// The proxy of one call.
#[derive(Clone)]
pub struct Proxy {
    address: SocketAddr,
    server: SocketAddr,
    seats: Arc<HashMap<AccessToken, u16>>,
    inner: Arc<Mutex<Inner>>,
    task: Arc<Mutex<Option<AbortHandle>>>,
}

impl Proxy {
    /// Listens; `seats` tells whose a token is.
    pub async fn open(
        server: SocketAddr,
        seats: HashMap<AccessToken, u16>,
    ) -> Result<Self, String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|e| e.to_string())?;
        let inner = Inner {
            post: Post::default(),
            script: None,
            connections: 0,
            hits: 0,
        };
        let proxy = Self {
            address: listener.local_addr().map_err(|e| e.to_string())?,
            server,
            seats: Arc::new(seats),
            inner: Arc::new(Mutex::new(inner)),
            task: Arc::default(),
        };
        let serving = proxy.clone();
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                connections.spawn(async move { serving.carry(stream).await });
            }
        });
        *proxy.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
        Ok(proxy)
    }

    /// Where clients find it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this happens to every message.
    pub fn script(
        &self,
        script: impl FnMut(&mut Post, Conn, Frame) -> Vec<Frame> + Send + 'static,
    ) {
        self.lock().script = Some(Box::new(script));
    }

    /// From now on every message passes.
    pub fn honest(&self) {
        self.lock().script = None;
    }

    /// How many messages a script did not let pass as they were.
    pub fn hits(&self) -> u64 {
        self.lock().hits
    }

    /// Does something with all connections.
    pub fn with<T>(&self, work: impl FnOnce(&mut Post) -> T) -> T {
        work(&mut self.lock().post)
    }

    /// Ends every connection.
    pub fn close(&self) {
        if let Some(task) = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        self.lock().script = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One connection from its beginning to its end.
    async fn carry(&self, mut stream: TcpStream) -> Option<()> {
        if !is_signalling(&stream).await? {
            // A browser asks for the page first. It is handed on as it is.
            let mut server = TcpStream::connect(self.server).await.ok()?;
            copy_bidirectional(&mut stream, &mut server).await.ok()?;
            return None;
        }
        let mut path = String::new();
        #[allow(clippy::result_large_err)] // tungstenite's callback has this type
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            path = request.uri().path().to_owned();
            Ok(response)
        };
        let client = accept_hdr_async_with_config(stream, note, Some(bounds()))
            .await
            .ok()?;
        let url = format!("ws://{}{path}", self.server);
        let (server, _) = connect_async_with_config(url, Some(bounds()), true)
            .await
            .ok()?;
        let (to_client, mut from_client) = client.split();
        let (to_server, mut from_server) = server.split();
        let hello = next(&mut from_client).await?;
        let message = upward(&hello)?.pop()?;
        let ClientMessage::Hello { token, .. } = &message else {
            return None;
        };
        let seat = self.seats.get(token).copied().unwrap_or(0);
        let (up, upwards) = mpsc::unbounded_channel();
        let (down, downwards) = mpsc::unbounded_channel();
        let conn = {
            let mut inner = self.lock();
            inner.connections += 1;
            let conn = Conn {
                id: inner.connections - 1,
                seat,
            };
            inner.post.wires.insert(conn.id, Line { seat, up, down });
            conn
        };
        let (up, down) = (
            tokio::spawn(write(upwards, to_server)),
            tokio::spawn(write(downwards, to_client)),
        );
        self.handle(conn, Frame::Up(message));
        loop {
            let alive = tokio::select! {
                said = next(&mut from_client) => self.read(conn, said.as_ref().and_then(upward), Frame::Up),
                said = next(&mut from_server) => self.read(conn, said.as_ref().and_then(websocket::said_by_server), Frame::Down),
            };
            if alive.is_none() {
                break;
            }
        }
        // Ends the queues; what was said before the end still arrives.
        self.lock().post.wires.remove(&conn.id);
        let _ =
            tokio::time::timeout(Duration::from_secs(1), async { (up.await, down.await) }).await;
        None
    }

    fn read<T>(&self, conn: Conn, messages: Option<Vec<T>>, frame: fn(T) -> Frame) -> Option<()> {
        for message in messages? {
            self.handle(conn, frame(message));
        }
        Some(())
    }

    fn handle(&self, conn: Conn, frame: Frame) {
        let inner = &mut *self.lock();
        let frames = match inner.script.as_mut() {
            Some(script) => {
                let frames = script(&mut inner.post, conn, frame.clone());
                inner.hits += u64::from(frames != [frame]);
                frames
            }
            None => vec![frame],
        };
        for frame in frames {
            inner.post.send(conn, frame);
        }
    }
}

impl Post {
    /// Sends on a connection as if it had come.
    pub fn send(&mut self, conn: Conn, frame: Frame) {
        let Some(wire) = self.wires.get(&conn.id) else {
            return;
        };
        let (text, said, queue) = match frame {
            Frame::Up(message) => (serde_json::to_string(&message), message.to_wire(), &wire.up),
            Frame::Down(message) => (
                serde_json::to_string(&message),
                message.to_wire(),
                &wire.down,
            ),
        };
        self.record
            .push(text.expect("messages have no map with odd keys"));
        // A closed queue is a connection that ended.
        let _ = queue.send(said);
    }

    /// The newest connection of a seat.
    pub fn of(&self, seat: u16) -> Option<Conn> {
        let mut wires = self.wires.iter().rev();
        wires
            .find(|(_, wire)| wire.seat == seat)
            .map(|(id, wire)| Conn {
                id: *id,
                seat: wire.seat,
            })
    }

    /// Tells a seat something the server did not say.
    pub fn tell(&mut self, seat: u16, message: ServerMessage) {
        if let Some(conn) = self.of(seat) {
            self.send(conn, Frame::Down(message));
        }
    }
}

/// Sends later, if the connection is still there.
pub fn later(proxy: &Proxy, after: Duration, conn: Conn, frame: Frame) {
    let proxy = proxy.clone();
    tokio::spawn(async move {
        sleep(after).await;
        proxy.with(|post| post.send(conn, frame));
    });
}

/// Whether the request with which a connection begins wants a WebSocket.
async fn is_signalling(stream: &TcpStream) -> Option<bool> {
    let mut head = [0; 4096];
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        let read = stream.peek(&mut head).await.ok().filter(|read| *read > 0)?;
        let text = String::from_utf8_lossy(&head[..read]).to_ascii_lowercase();
        if text.contains("\r\n\r\n") || read == head.len() {
            return Some(text.contains("upgrade: websocket"));
        }
        sleep(Duration::from_millis(5)).await;
    }
    None
}

fn bounds() -> WebSocketConfig {
    let most = Some(SERVER_MESSAGE_BYTES_MAX);
    WebSocketConfig::default()
        .max_message_size(most)
        .max_frame_size(most)
}

/// What a client says in a WebSocket message.
fn upward(said: &Wire) -> Option<Vec<ClientMessage>> {
    let message = match said {
        Wire::Text(text) => serde_json::from_str(text).ok(),
        Wire::Binary(bytes) => ClientMessage::parse_binary(bytes).ok(),
    };
    message.map(|message| vec![message])
}

/// The next message; `None` at the end.
async fn next(
    from: &mut (impl Stream<Item = Result<Message, tungstenite::Error>> + Unpin),
) -> Option<Wire> {
    loop {
        match from.next().await? {
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(message) => {
                if let Some(wire) = websocket::wire(message) {
                    return Some(wire);
                }
            }
        }
    }
}

/// Writes until the queue ends, then closes.
async fn write<S>(mut queue: UnboundedReceiver<Wire>, mut to: S)
where
    S: SinkExt<Message> + Unpin,
{
    while let Some(said) = queue.recv().await {
        if to.send(websocket::message(said)).await.is_err() {
            return;
        }
    }
    let _ = to.close().await;
}
