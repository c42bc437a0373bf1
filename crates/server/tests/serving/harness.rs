//! A server with a runtime of its own, so that it can be stopped or killed; a client in JSON.

use std::{collections::VecDeque, net::SocketAddr, path::Path, time::Duration};

use clock::Clock;
use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{
    AccessToken, CallId, ClientMessage, ErrorCode, ErrorMessage, Holder, Sealed, SeatId,
    SecretHash, ServerMessage, Wire,
};
use serde_json::{Value, json};
use server::{
    Config, Running, StartError,
    config::{Metrics, Tls},
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Runtime,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

/// Longest a test waits for one message.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Host {
    pub(crate) folder: TempDir,
    pub(crate) config: Config,
    pub(crate) key: String,
    running: Option<(Runtime, Running)>,
    /// The server's; a test may set it.
    pub(crate) clock: Clock,
    pub(crate) address: SocketAddr,
}

/// A call with the tokens of its seats, as the convener's machine would hold them.
pub(crate) struct Convened {
    pub(crate) id: CallId,
    pub(crate) tokens: Vec<AccessToken>,
}

pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Came together with what was read last.
    passed: VecDeque<ServerMessage>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) fn local_config(data: &Path) -> Config {
    let mut config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        data: data.to_owned(),
        tls: Tls::Localhost,
        metrics: Metrics::Off,
        ..Config::default()
    };
    config.media.listen = vec!["127.0.0.1:0".parse().unwrap()];
    config
}

/// Starts a server on a runtime of its own.
pub(crate) async fn launch(config: Config) -> Result<(Runtime, Running), StartError> {
    launch_at(config, Clock::system()).await
}

async fn launch_at(config: Config, clock: Clock) -> Result<(Runtime, Running), StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match runtime
        .spawn(server::start_at(config, clock))
        .await
        .unwrap()
    {
        Ok(running) => Ok((runtime, running)),
        Err(error) => {
            runtime.shutdown_background();
            Err(error)
        }
    }
}

impl Host {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = local_config(folder.path());
        Self::start_with(folder, config).await
    }

    pub(crate) async fn start_with(folder: TempDir, mut config: Config) -> Self {
        let clock = Clock::system();
        let (runtime, running) = launch_at(config.clone(), clock.clone())
            .await
            .map_err(|e| e.to_string())
            .unwrap();
        let address = running.addresses()[0];
        // The same port after a restart, as in life.
        config.listen = vec![address];
        let key = running.store().add_convener("test", 0).await.unwrap();
        Self {
            folder,
            config,
            key,
            running: Some((runtime, running)),
            clock,
            address,
        }
    }

    pub(crate) async fn add_convener(&self, name: &str) -> String {
        let (_, running) = self.running.as_ref().unwrap();
        running.store().add_convener(name, 0).await.unwrap()
    }

    /// Told to stop, as by SIGTERM.
    pub(crate) async fn stop(&mut self) {
        let (runtime, running) = self.running.take().unwrap();
        runtime.spawn(running.stop()).await.unwrap();
        runtime.shutdown_background();
    }

    /// Gone in the middle of whatever it did, as by SIGKILL.
    pub(crate) fn kill(&mut self) {
        let (runtime, running) = self.running.take().unwrap();
        runtime.shutdown_background();
        drop(running);
    }

    /// Starts again on the same data folder and port.
    pub(crate) async fn restart(&mut self) {
        for _ in 0..50 {
            match launch_at(self.config.clone(), self.clock.clone()).await {
                Ok(running) => return self.running = Some(running),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("the port or the database was not given back");
    }

    pub(crate) async fn convene(&self) -> Convened {
        let (convened, answer) = self.try_convene(shape()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        convened
    }

    pub(crate) async fn try_convene(&self, shape: Value) -> (Convened, Answer) {
        let id = random_id();
        let count = shape["seats"].as_array().map_or(9, Vec::len);
        let tokens: Vec<_> = (0..count)
            .map(|_| AccessToken::from_bytes(random()))
            .collect();
        let hashes: Vec<Value> = (1u16..)
            .zip(&tokens)
            .map(|(seat, token)| seat_token(seat, 1, token))
            .collect();
        let plan = sealed("plan");
        let body = json!({ "id": id, "shape": shape, "plan": plan, "tokens": hashes }).to_string();
        let answer = self
            .request("POST", "/api/calls", Some(&self.key), &body)
            .await;
        (Convened { id, tokens }, answer)
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Answer {
        let key = key
            .map(|key| format!("authorization: Bearer {key}\r\n"))
            .unwrap_or_default();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n{key}\r\n{body}"
        );
        exchange(self.address, request.as_bytes()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, None, "").await
    }

    pub(crate) async fn connect(&self, id: &str) -> Client {
        let url = format!("ws://{}/api/calls/{id}/signal", self.address);
        let (socket, _) = connect_async(url).await.unwrap();
        Client::on(socket)
    }

    /// Connects and says `hello` for a seat, from a machine of the same number.
    pub(crate) async fn hello(&self, call: &Convened, seat: u16, machine: u8) -> Client {
        let mut client = self.connect(&call.id.to_string()).await;
        client
            .hello(call.tokens[usize::from(seat) - 1].clone(), machine)
            .await;
        client
    }

    /// The host at the table.
    pub(crate) async fn seat_host(&self, call: &Convened) -> Client {
        let mut host = self.hello(call, 1, 1).await;
        host.until("welcome").await;
        host.send(&ClientMessage::Enter { knock: None }).await;
        host.until("negotiate").await;
        host
    }

    /// A seat, admitted by `host`.
    pub(crate) async fn seat(&self, call: &Convened, host: &mut Client, seat: u16) -> Client {
        let machine = u8::try_from(seat).unwrap();
        let mut client = self.hello(call, seat, machine).await;
        client.until("welcome").await;
        client.send(&ClientMessage::Enter { knock: None }).await;
        client.until("waiting").await;
        host.until_waiting(SeatId(seat)).await;
        host.send(&ClientMessage::Admit { seat: SeatId(seat) })
            .await;
        client.until("negotiate").await;
        client
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some((runtime, running)) = self.running.take() {
            runtime.shutdown_background();
            drop(running);
        }
        let figures = server::metrics::render().unwrap();
        assert!(
            figures.contains("incamera_panics_total 0"),
            "something in the server panicked"
        );
    }
}

impl Client {
    pub(crate) fn on(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        let passed = VecDeque::new();
        Self { socket, passed }
    }

    pub(crate) async fn hello(&mut self, token: AccessToken, machine: u8) {
        let holder = Holder::from_bytes([machine; 32]);
        self.send(&ClientMessage::Hello {
            protocol: protocol::VERSION,
            token,
            holder,
            packed: true,
        })
        .await;
    }

    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        let message = match message.to_wire() {
            Wire::Text(text) => Message::text(text),
            Wire::Binary(bytes) => Message::binary(bytes),
        };
        self.socket.send(message).await.unwrap();
    }

    pub(crate) async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.unwrap();
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next message; `Err` with the close frame when the connection ends.
    pub(crate) async fn next(&mut self) -> Result<ServerMessage, Option<CloseFrame>> {
        loop {
            if let Some(message) = self.passed.pop_front() {
                return Ok(message);
            }
            let frame = timeout(PATIENCE, self.socket.next())
                .await
                .expect("nothing came in time");
            match frame {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Binary(bytes))) => {
                    self.passed = ServerMessage::parse_binary(&bytes).unwrap().into();
                }
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Skips to the next message of this type.
    pub(crate) async fn until(&mut self, kind: &str) -> ServerMessage {
        let mut skipped = Vec::new();
        loop {
            match self.next().await {
                Ok(message) if message.kind() == kind => return message,
                Ok(ServerMessage::Error(error)) => panic!("{error:?} while waiting for {kind}"),
                Ok(message) => skipped.push(message.kind()),
                Err(close) => {
                    panic!("closed ({close:?}) while waiting for {kind}, after {skipped:?}")
                }
            }
        }
    }

    /// Skips to the `antechamber` in which this seat waits.
    pub(crate) async fn until_waiting(&mut self, seat: SeatId) -> bool {
        loop {
            let ServerMessage::Antechamber { waiting } = self.until("antechamber").await else {
                continue;
            };
            if let Some(found) = waiting.iter().find(|waiting| waiting.seat == seat) {
                return found.occupied;
            }
        }
    }

    /// Skips to an error and checks its code.
    pub(crate) async fn error(&mut self, code: ErrorCode) -> ErrorMessage {
        loop {
            match self.next().await {
                Ok(ServerMessage::Error(error)) => {
                    assert_eq!(error.code, code, "{}", error.text);
                    assert!(!error.text.is_empty());
                    return error;
                }
                Ok(_) => {}
                Err(close) => panic!("closed ({close:?}) instead of {code:?}"),
            }
        }
    }

    /// A fatal error, then the close with its code.
    pub(crate) async fn ends_with(&mut self, code: ErrorCode) -> ErrorMessage {
        let error = self.error(code).await;
        assert!(error.fatal);
        self.closes(code).await;
        error
    }

    /// Skips to the close and checks its code.
    pub(crate) async fn closes(&mut self, code: ErrorCode) {
        loop {
            if let Err(frame) = self.next().await {
                let found = frame.map(|frame| u16::from(frame.code));
                return assert_eq!(found, Some(code.close_code()), "{code:?}");
            }
        }
    }

    /// Nothing but `clock` for a moment.
    pub(crate) async fn hears_nothing(&mut self) {
        let listen = async {
            loop {
                match self.next().await {
                    Ok(ServerMessage::Clock { .. }) => {}
                    Ok(message) => panic!("{message:?} came"),
                    Err(close) => panic!("closed: {close:?}"),
                }
            }
        };
        let heard: Result<(), _> = timeout(Duration::from_millis(300), listen).await;
        assert!(heard.is_err());
    }

    /// Skips all that the call had to say to this client until now: its answer comes behind that, while
    /// the answer to what is no message at all is the connection's own, and may come before.
    pub(crate) async fn catches_up(&mut self) {
        let nobody = SeatId(999);
        self.send(&ClientMessage::Admit { seat: nobody }).await;
        assert!(!self.error(ErrorCode::BadMessage).await.fatal);
    }

    /// Still at the table: what is sent is answered.
    pub(crate) async fn still_serves(&mut self) {
        self.send_text(r#"{"type":"no such thing"}"#).await;
        assert!(!self.error(ErrorCode::BadMessage).await.fatal);
    }
}

/// Three delegations, four seats: host, observer, two principals.
pub(crate) fn shape() -> Value {
    let seat = |id: u16, delegation: u16, kind: &str, host: bool| json!({ "id": id, "delegation": delegation, "kind": kind, "host": host });
    json!({ "seats": [
        seat(1, 1, "principal", true),
        seat(2, 1, "observer", false),
        seat(3, 2, "principal", false),
        seat(4, 3, "principal", false),
    ] })
}

/// What clients would have sealed: to the server it is text. None of it belongs into a log.
pub(crate) fn sealed(what: &str) -> Sealed {
    Sealed::from_text(&format!("Planted_{}", what.replace(' ', "_"))).unwrap()
}

/// What the convener's machine tells of a link.
pub(crate) fn seat_token(seat: u16, link: u32, token: &AccessToken) -> Value {
    let grant = sealed(&format!("grant {seat} {link}"));
    json!({ "seat": seat, "link": link, "hash": hash(token.as_bytes()), "grant": grant })
}

pub(crate) fn hash(secret: &[u8]) -> SecretHash {
    SecretHash::from_bytes(Sha256::digest(secret).into())
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub(crate) fn random_id() -> CallId {
    CallId::from_bytes(random())
}

/// Sends bytes, reads until the end, and takes the answer apart.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may refuse before it has read everything.
    let _ = stream.write_all(request).await;
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("no end came in time");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default();
    Answer {
        status,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}
