//! The signalling connection: one WebSocket after another, the same holder on each.
//!
//! Owns connecting, `hello`, the watch on `clock`, and coming back after a break with backoff and
//! jitter. Leaves what messages mean to [`crate::conversation`]. Errors that no retry can cure
//! (a closed link, an ended call) end it.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use protocol::{
    AccessToken, Blame, ClientMessage, ErrorCode, Holder, ServerMessage,
    limits::{CLOCK_INTERVAL_MS, MESSAGE_BURST, MESSAGES_PER_SECOND, SERVER_MESSAGE_BYTES_MAX},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::lookup_host,
    sync::mpsc,
    time,
};
use tokio_tungstenite::{
    Connector, WebSocketStream, client_async_tls_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::{
    io::Traffic,
    network::{Network, Stream},
    tls, websocket,
};

/// First wait after a break; it doubles with each failure. Shorter loads a restarting server more.
const BACKOFF_MIN_MS: u64 = 250;
/// Longest wait between attempts. Longer leaves a seat away longer after a long outage.
const BACKOFF_MAX_MS: u64 = 5_000;
/// Connecting and `welcome` together may take this long.
const WELCOME_TIMEOUT: Duration = Duration::from_secs(10);
/// Silence for six clocks means that the connection is dead: natives are rehearsed on lines that lose a third.
const SILENCE_MAX: Duration = Duration::from_millis(6 * CLOCK_INTERVAL_MS);

/// Part of the server's limits that is used: over them it ends the connection.
const PACE_USED: f64 = 0.8;

/// How to reach the server and as whom.
pub struct Signal {
    /// URL of the WebSocket.
    pub url: String,
    /// Of the seat's link.
    pub token: AccessToken,
    /// This participant's secret for the seat, the same on every connection.
    pub holder: Holder,
    /// Host and port of the server.
    pub authority: String,
    /// Where what passes is counted.
    pub traffic: Arc<Traffic>,
    /// What lies between.
    pub network: Network,
    /// Whose certificates are accepted.
    pub trust: tls::Trust,
}

/// What the connection tells the participant.
pub enum SignalEvent {
    /// The server said something; the first of each connection is `welcome`.
    Message(Box<ServerMessage>),
    /// The connection broke and will be tried again.
    Broken,
    /// It is over; nothing follows.
    Ended(Ending),
}

/// Why a participant is no longer in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It left.
    Left,
    /// A host removed it.
    Removed,
    /// The call was ended.
    Adjourned,
    /// The server will not have it, by this code.
    Refused(ErrorCode),
}

/// How one connection ended.
enum Break {
    Retry {
        after: Option<Duration>,
        worked: bool,
    },
    Over(Ending),
}

impl Signal {
    /// Connects and reconnects until it is over. Dropping `commands` leaves.
    pub async fn run(
        self,
        events: mpsc::Sender<SignalEvent>,
        mut commands: mpsc::Receiver<ClientMessage>,
    ) {
        let mut failures = 0;
        loop {
            match self.converse(&events, &mut commands).await {
                Break::Over(ending) => {
                    // Nobody listens any more: that is how leaving ends.
                    let _ = events.send(SignalEvent::Ended(ending)).await;
                    return;
                }
                Break::Retry { after, worked } => {
                    failures = if worked { 0 } else { failures + 1 };
                    if events.send(SignalEvent::Broken).await.is_err() {
                        return;
                    }
                    let wait = after.unwrap_or_else(|| backoff(failures, jitter()));
                    if !wait_for(wait, &mut commands).await {
                        let _ = events.send(SignalEvent::Ended(Ending::Left)).await;
                        return;
                    }
                }
            }
        }
    }

    /// One connection from opening to its end.
    async fn converse(
        &self,
        events: &mpsc::Sender<SignalEvent>,
        commands: &mut mpsc::Receiver<ClientMessage>,
    ) -> Break {
        match time::timeout(WELCOME_TIMEOUT, self.open()).await {
            Ok(Ok(socket)) => self.exchange(socket, events, commands).await,
            Ok(Err(_)) | Err(_) => Break::Retry {
                after: None,
                worked: false,
            },
        }
    }

    /// Messages both ways, until either end ends it.
    async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut socket: WebSocketStream<S>,
        events: &mpsc::Sender<SignalEvent>,
        commands: &mut mpsc::Receiver<ClientMessage>,
    ) -> Break {
        let mut again = Break::Retry {
            after: None,
            worked: false,
        };
        let mut pace = Pace::new(Instant::now());
        // What is said does not count: it goes into a dead connection as well.
        let mut heard = time::Instant::now();
        loop {
            let next = time::Instant::from_std(pace.next_at(Instant::now()));
            let command = async {
                time::sleep_until(next).await;
                commands.recv().await
            };
            let messages = tokio::select! {
                received = time::timeout_at(heard + SILENCE_MAX, socket.next()) => {
                    heard = time::Instant::now();
                    match received {
                        Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return again,
                        Ok(Some(Ok(message))) => {
                            let Some(wire) = websocket::wire(message) else { continue };
                            self.traffic.received(wire.len());
                            websocket::said_by_server(&wire)
                        }
                    }
                },
                command = command => {
                    pace.take(Instant::now());
                    let leaving = matches!(command, None | Some(ClientMessage::Leave {}));
                    let message = command.unwrap_or(ClientMessage::Leave {});
                    if self.send(&mut socket, &message).await.is_err() {
                        return if leaving { Break::Over(Ending::Left) } else { again };
                    }
                    if leaving {
                        // The server has the message; the closing handshake may be cut short.
                        let _ = time::timeout(Duration::from_secs(1), socket.close(None)).await;
                        return Break::Over(Ending::Left);
                    }
                    continue;
                }
            };
            let Some(messages) = messages else {
                // A newer server may say more than this client knows.
                tracing::debug!("a message that this participant does not know");
                continue;
            };
            for message in messages {
                if let Some(ending) = ending(&message) {
                    return Break::Over(ending);
                }
                again = after(&message).unwrap_or(again);
                let event = SignalEvent::Message(Box::new(message));
                if events.send(event).await.is_err() {
                    return Break::Over(Ending::Left);
                }
            }
        }
    }

    async fn open(&self) -> Result<Socket, tungstenite::Error> {
        let request = self.url.as_str().into_client_request()?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(SERVER_MESSAGE_BYTES_MAX))
            .max_frame_size(Some(SERVER_MESSAGE_BYTES_MAX));
        let connector = if self.url.starts_with("wss:") {
            Connector::Rustls(Arc::new(tls::client_config(&self.trust)))
        } else {
            Connector::Plain
        };
        let stream = self.connect().await?;
        let (mut socket, _) =
            client_async_tls_with_config(request, stream, Some(config), Some(connector)).await?;
        let (token, holder) = (self.token.clone(), self.holder.clone());
        let hello = ClientMessage::Hello {
            protocol: protocol::VERSION,
            token,
            holder,
            packed: true,
        };
        self.send(&mut socket, &hello).await?;
        Ok(socket)
    }

    async fn send<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        socket: &mut WebSocketStream<S>,
        message: &ClientMessage,
    ) -> Result<(), tungstenite::Error> {
        let wire = message.to_wire();
        self.traffic.sent(wire.len());
        socket.send(websocket::message(wire)).await
    }

    async fn connect(&self) -> io::Result<Stream> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for server in lookup_host(&self.authority).await? {
            match self.network.connect(server).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

type Socket = WebSocketStream<tokio_tungstenite::MaybeTlsStream<Stream>>;

/// Whether `message` says that there is nothing to come back to.
fn ending(message: &ServerMessage) -> Option<Ending> {
    match message {
        ServerMessage::Removed {} => Some(Ending::Removed),
        ServerMessage::Adjourned {} => Some(Ending::Adjourned),
        ServerMessage::Error(error) if error.fatal && error.blame != Blame::Server => {
            // Too fast or out of order is cured by starting again; a refusal is not.
            let curable = matches!(error.code, ErrorCode::TooFast | ErrorCode::OutOfOrder);
            (!curable).then_some(Ending::Refused(error.code))
        }
        _ => None,
    }
}

/// How a connection on which this came is begun anew, if it says so.
fn after(message: &ServerMessage) -> Option<Break> {
    let after = match message {
        ServerMessage::Welcome { .. } => None,
        ServerMessage::GoingAway { retry_after_ms } => {
            let after = Duration::from_millis(u64::from(*retry_after_ms));
            Some(after.mul_f64(jitter()))
        }
        _ => return None,
    };
    Some(Break::Retry {
        after,
        worked: true,
    })
}

/// Waits, throwing away commands meant for the broken connection. `false` if told to leave.
async fn wait_for(time: Duration, commands: &mut mpsc::Receiver<ClientMessage>) -> bool {
    let end = time::Instant::now() + time;
    loop {
        match time::timeout_at(end, commands.recv()).await {
            Err(_) => return true,
            Ok(None | Some(ClientMessage::Leave {})) => return false,
            Ok(Some(_)) => {}
        }
    }
}

/// Keeps this client below the server's limit on messages.
struct Pace {
    /// Messages that may go at once.
    level: f64,
    at: Instant,
}

impl Pace {
    const BURST: f64 = MESSAGE_BURST as f64 * PACE_USED;
    const RATE: f64 = MESSAGES_PER_SECOND as f64 * PACE_USED;

    fn new(now: Instant) -> Self {
        Self {
            level: Self::BURST,
            at: now,
        }
    }

    /// When the next message may go.
    fn next_at(&self, now: Instant) -> Instant {
        let lacking = 1.0 - self.level_at(now);
        now + Duration::from_secs_f64(lacking.max(0.0) / Self::RATE)
    }

    fn take(&mut self, now: Instant) {
        (self.level, self.at) = (self.level_at(now) - 1.0, now);
    }

    fn level_at(&self, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level + seconds * Self::RATE).min(Self::BURST)
    }
}

/// Doubling with each failure, then spread by `jitter` so that seats do not return all at once.
fn backoff(failures: u32, jitter: f64) -> Duration {
    let doubled = BACKOFF_MIN_MS.saturating_mul(1 << failures.min(10));
    Duration::from_millis(doubled.min(BACKOFF_MAX_MS)).mul_f64(jitter)
}

/// Between a half and one and a half.
fn jitter() -> f64 {
    let mut byte = [0u8];
    // Without random numbers the seats return all at once, which is bearable.
    let _ = getrandom::fill(&mut byte);
    0.5 + f64::from(byte[0]) / 256.0
}

#[cfg(test)]
mod tests {
    use protocol::GroupRef;

    use super::*;
    use protocol::ErrorMessage;
    use tungstenite::protocol::Role;

    #[test]
    fn backoff_doubles_up_to_its_limit() {
        let waits: Vec<_> = (0..8).map(|n| backoff(n, 1.0).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
        assert!((0..100).all(|_| (0.5..1.5).contains(&jitter())));
        assert_eq!(backoff(u32::MAX, 0.5).as_millis(), 2500);
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_below_the_servers_limit() {
        let start = Instant::now();
        let (mut pace, mut now, mut sent) = (Pace::new(start), start, 0);
        while now < start + Duration::from_secs(10) {
            now = pace.next_at(now);
            pace.take(now);
            sent += 1;
        }
        assert!((205..=212).contains(&sent), "{sent}"); // 48, and 16 a second
        let first = Pace::new(start);
        assert_eq!(first.next_at(start), start);
    }

    #[test]
    fn a_refusal_ends_it_and_a_fault_of_the_server_does_not() {
        let error = |code| ServerMessage::Error(ErrorMessage::fatal(code, ""));
        for code in [
            ErrorCode::UnknownLink,
            ErrorCode::LinkClosed,
            ErrorCode::SeatMoved,
        ] {
            assert_eq!(ending(&error(code)), Some(Ending::Refused(code)));
        }
        for code in [
            ErrorCode::Internal,
            ErrorCode::ServerFull,
            ErrorCode::TooFast,
        ] {
            assert_eq!(ending(&error(code)), None);
        }
        assert_eq!(ending(&ServerMessage::Removed {}), Some(Ending::Removed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up_however_much_is_said_to_it() {
        let signal = Signal {
            url: String::new(),
            token: AccessToken::from_bytes([1; 32]),
            holder: Holder::from_bytes([2; 32]),
            authority: String::new(),
            traffic: Arc::default(),
            network: Network::direct(),
            trust: tls::Trust::default(),
        };
        let (near, mut far) = tokio::io::duplex(1024);
        let reads =
            tokio::spawn(async move { tokio::io::copy(&mut far, &mut tokio::io::sink()).await });
        let (say, mut commands) = mpsc::channel(1);
        let says = tokio::spawn(async move {
            while say
                .send(ClientMessage::CatchUp {
                    group: GroupRef::table(1),
                    after: 0,
                })
                .await
                .is_ok()
            {
                time::sleep(Duration::from_millis(500)).await;
            }
        });
        let (events, _events) = mpsc::channel(1);
        let socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
        let start = time::Instant::now();
        let ended = signal.exchange(socket, &events, &mut commands).await;
        assert!(matches!(ended, Break::Retry { worked: false, .. }));
        assert_eq!(start.elapsed(), SILENCE_MAX);
        reads.abort();
        says.abort();
    }
}
