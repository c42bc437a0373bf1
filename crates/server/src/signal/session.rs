//! The conversation on one WebSocket, in order: [`Session::open`] until the link is found good,
//! [`Session::converse`] until one side ends it, [`Session::end`] to close with a reason.

use std::{
    net::IpAddr,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use call::SessionId;
use clock::Clock;
use futures_util::FutureExt as _;
use protocol::{
    AccessToken, CallId, ClientMessage, ErrorCode, ErrorMessage, Holder, ServerMessage, limits,
    packed::is_packed,
};
use tokio::time::{MissedTickBehavior, interval, sleep_until, timeout};

use super::{
    backlog::{self, Backlog},
    budget::Budget,
    link,
};
use crate::{
    app::App,
    calls::{Form, Handle, Input, Outgoing, Queue, outbox},
    listen::{Ration, UsedUp},
    metrics as figures, secrets,
};

/// Silence after which the peer is taken for gone. It answers pings every [`limits::CLOCK_INTERVAL_MS`]; longer than
/// a client waits, which knows better whether its own line is only slow.
const SILENCE_MAX: Duration = Duration::from_secs(12);
/// How long one message may take to leave, and one more second for so many bytes of it. A peer that
/// reads slower is closed.
const WRITE_MAX: Duration = Duration::from_secs(10);
const WRITE_BYTES_PER_SECOND: usize = 32 * 1024;
/// How long the peer has to answer our close.
const CLOSE_MAX: Duration = Duration::from_secs(2);
/// Messages that pass wait this long for others to go with: each frame by itself costs its receiver some
/// 80 bytes of headers.
const GATHER: Duration = Duration::from_millis(100);
/// Bytes that go together at most.
const GATHERED_MAX: usize = 16 * 1024;
/// RFC 6455, 7.4.1.
const NORMAL_CLOSURE: u16 = 1000;

/// One connection.
pub(super) struct Session {
    socket: WebSocket,
    ration: Ration,
    heard: Instant,
    budget: Budget,
    backlog: Backlog,
}

/// A session whose link was found good.
pub(super) struct Opened {
    handle: Handle,
    session: SessionId,
    queue: Queue,
    clock: Clock,
}

/// Why a session ends.
pub(super) enum End {
    /// Something the peer is told.
    Told(ErrorMessage),
    /// The call sent its last word; close with this code.
    Closed(u16),
    /// The peer closed, or is gone: nobody to tell.
    Gone,
}

impl From<ErrorMessage> for End {
    fn from(error: ErrorMessage) -> Self {
        Self::Told(error)
    }
}

impl Session {
    /// `ration`: of the stream under the socket, limited until now.
    pub(super) fn new(socket: WebSocket, ration: Ration) -> Self {
        let heard = Instant::now();
        Self {
            socket,
            ration,
            heard,
            budget: Budget::full(heard),
            backlog: Backlog::default(),
        }
    }

    /// The server stops; it takes no new sessions.
    pub(super) async fn refuse_stopping(self) {
        self.end(restarting().into()).await;
    }

    /// No room for another session.
    pub(super) async fn refuse_full(self) {
        let text = "The server has as many connections as it can take; try again in a minute.";
        self.end(fatal(ErrorCode::ServerFull, text).into()).await;
    }

    /// Waits for `hello`, checks it, and joins the call.
    pub(super) async fn open(
        &mut self,
        app: &App,
        id: Option<CallId>,
        from: IpAddr,
    ) -> Result<Opened, End> {
        let patience = Duration::from_millis(limits::HELLO_TIMEOUT_MS);
        let (token, holder, reads_packed) =
            timeout(patience, self.hello()).await.unwrap_or_else(|_| {
                let text = "No `hello` came in time; connect again and send it at once.";
                Err(fatal(ErrorCode::OutOfOrder, text).into())
            })?;
        let (handle, link) = link::check(app, id, from, &token).await?;
        self.ration.lift();
        // After the check, which may have started the call's task: a stop that began before it has
        // missed that task, one that begins now finds it.
        if app.is_stopping() {
            return Err(restarting().into());
        }
        let session = app.calls.next_session();
        let (outbox, queue) = outbox(reads_packed);
        let holder = secrets::hash(holder.as_bytes());
        handle
            .send(Input::Connect {
                session,
                link,
                holder,
                outbox,
            })
            .await;
        Ok(Opened {
            handle,
            session,
            queue,
            clock: app.calls.clock().clone(),
        })
    }

    /// The first message, and whether its sender reads packed ones. It comes as it is: nothing of a stranger
    /// is unpacked.
    async fn hello(&mut self) -> Result<(AccessToken, Holder, bool), End> {
        loop {
            let Some(said) = self.receive().await? else {
                continue;
            };
            return match said.parse() {
                Ok(ClientMessage::Hello { protocol, .. }) if protocol != protocol::VERSION => {
                    let text =
                        "This server speaks another version of the protocol; load the page again.";
                    Err(fatal(ErrorCode::UnsupportedVersion, text)
                        .answering("hello")
                        .into())
                }
                Ok(ClientMessage::Hello {
                    token,
                    holder,
                    packed,
                    ..
                }) => Ok((token, holder, packed)),
                Ok(other) => {
                    let error = fatal(ErrorCode::OutOfOrder, "The first message must be `hello`.");
                    Err(error.answering(other.kind()).into())
                }
                Err(error) => Err(ErrorMessage {
                    fatal: true,
                    ..error
                }
                .into()),
            };
        }
    }

    /// Carries messages both ways until the end, then closes. The call hears of the end.
    pub(super) async fn converse(mut self, opened: Opened) {
        let Opened {
            handle,
            session,
            mut queue,
            clock,
        } = opened;
        let exchange = self.exchange(&handle, session, &mut queue, &clock);
        let exchange = AssertUnwindSafe(exchange).catch_unwind();
        let end = match exchange.await {
            Ok(Ok(never)) => match never {},
            Ok(Err(end)) => end,
            // The call must hear of this end as well, or the seat stays taken by nobody.
            Err(_) => {
                figures::panicked();
                fatal(
                    ErrorCode::Internal,
                    "A mistake in the server; connect again.",
                )
                .into()
            }
        };
        handle.send(Input::Disconnect { session }).await;
        self.end(end).await;
    }

    async fn exchange(
        &mut self,
        handle: &Handle,
        session: SessionId,
        queue: &mut Queue,
        clock: &Clock,
    ) -> Result<std::convert::Infallible, End> {
        let mut beat = interval(Duration::from_millis(limits::CLOCK_INTERVAL_MS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await; // The first is at once, and `welcome` has the time.
        let cut = queue.cut();
        tokio::pin!(cut);
        let mut close_code = NORMAL_CLOSURE;
        let mut gathered = Gathered::default();
        loop {
            self.tell_backlog((handle, session)).await;
            let due = gathered.due.unwrap_or_else(|| Instant::now() + GATHER);
            let late = self.backlog.due();
            tokio::select! {
                () = &mut cut => {
                    figures::cut_off();
                    return Err(End::Gone);
                }
                () = sleep_until(due.into()), if gathered.due.is_some() => {
                    self.write(gathered.take()).await?;
                }
                () = sleep_until(late.unwrap_or(due).into()), if late.is_some() => {}
                outgoing = queue.next() => {
                    if let Some(Outgoing::Passing(bytes)) = &outgoing
                        && gathered.add(bytes, Instant::now())
                    {
                        continue;
                    }
                    // The order stays as it is.
                    if gathered.due.is_some() {
                        self.write(gathered.take()).await?;
                    }
                    match outgoing {
                        Some(Outgoing::Message { form, close_code: code }) => {
                            close_code = code.unwrap_or(close_code);
                            let behind = self.announce((handle, session), form.len()).await;
                            self.write(match form {
                                Form::Text(text) => Message::Text(text.as_ref().into()),
                                Form::Packed(bytes) => Message::Binary(Bytes::from_owner(bytes)),
                            }).await?;
                            if let Some(ping) = behind {
                                self.write(ping).await?;
                            }
                        }
                        Some(Outgoing::Passing(bytes)) => {
                            gathered.add(&bytes, Instant::now());
                        }
                        Some(Outgoing::Close) => return Err(End::Closed(close_code)),
                        None => return Err(restarting().into()),
                    }
                }
                _ = beat.tick() => {
                    if self.heard.elapsed() > SILENCE_MAX {
                        return Err(End::Gone);
                    }
                    self.write_message(&ServerMessage::Clock { now_ms: clock.wall_ms() }).await?;
                    if let Some(ping) = self.backlog.ping(Instant::now(), false) {
                        self.write(Message::Ping(Bytes::copy_from_slice(&ping))).await?;
                    }
                }
                frame = self.receive() => if let Some(said) = frame?
                    && let Some(message) = self.read(said, clock).await?
                {
                    handle.send(Input::Message { session, message }).await;
                },
            }
        }
    }

    /// Parses what came after `hello`. What is wrong with it is answered here.
    async fn read(&mut self, said: Said, clock: &Clock) -> Result<Option<ClientMessage>, End> {
        let said = match said.unpacked() {
            Ok(said) => said,
            Err(error) => return self.refuse(error).await,
        };
        let error = match said.parse() {
            Ok(ClientMessage::Hello { .. }) => {
                ErrorMessage::new(ErrorCode::OutOfOrder, "`hello` was said already.")
                    .answering("hello")
            }
            Ok(ClientMessage::Ping {}) => {
                self.write_message(&ServerMessage::Clock {
                    now_ms: clock.wall_ms(),
                })
                .await?;
                return Ok(None);
            }
            Ok(message) => match self.budget.take(&message, said.len(), Instant::now()) {
                Ok(()) => return Ok(Some(message)),
                Err(what) => ErrorMessage::new(ErrorCode::TooFast, what).answering_to(&message),
            },
            Err(error) => error,
        };
        self.refuse(error).await
    }

    async fn refuse(&mut self, error: ErrorMessage) -> Result<Option<ClientMessage>, End> {
        if error.fatal {
            return Err(error.into());
        }
        figures::refused(error.code);
        self.write_message(&ServerMessage::Error(error)).await?;
        Ok(None)
    }

    /// The next message, counted against the rate. `None`: something without content, e.g. a pong.
    /// Cancel safe: what it took from the socket it has returned.
    async fn receive(&mut self) -> Result<Option<Said>, End> {
        let frame = match self.socket.recv().await {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Err(unreadable(&error)),
            None => return Err(End::Gone),
        };
        let now = Instant::now();
        self.heard = now;
        // What was asked for costs nothing.
        let asked = matches!(&frame, Message::Pong(pong) if self.backlog.answered(pong));
        if !asked && !self.budget.take_message(now) {
            let text = "More messages than the limit allows; connect again and send fewer.";
            return Err(fatal(ErrorCode::TooFast, text).into());
        }
        match frame {
            Message::Text(text) => Ok(Some(Said::Text(text))),
            Message::Binary(bytes) => Ok(Some(Said::Binary(bytes))),
            Message::Ping(_) | Message::Pong(_) => Ok(None),
            Message::Close(_) => Err(End::Gone),
        }
    }

    async fn write_message(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message)
            .expect("messages are structs and enums with string keys");
        self.write(Message::Text(text.into())).await
    }

    /// A message of so many bytes is about to go out: what is to go behind it. The call hears of it before, as
    /// writing may take long.
    async fn announce(
        &mut self,
        (handle, session): (&Handle, SessionId),
        bytes: usize,
    ) -> Option<Message> {
        if bytes < backlog::LARGE {
            return None;
        }
        let ping = self.backlog.ping(Instant::now(), true)?;
        self.tell_backlog((handle, session)).await;
        Some(Message::Ping(Bytes::copy_from_slice(&ping)))
    }

    async fn tell_backlog(&mut self, (handle, session): (&Handle, SessionId)) {
        if let Some(backlog) = self.backlog.news(Instant::now()) {
            handle.send(Input::Backlog { session, backlog }).await;
        }
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        let length = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) => bytes.len(),
            _ => 0,
        };
        let patience = WRITE_MAX + Duration::from_secs((length / WRITE_BYTES_PER_SECOND) as u64);
        let began = Instant::now();
        match timeout(patience, self.socket.send(message)).await {
            Ok(Ok(())) => {
                // Nothing was read meanwhile, and no ping sent: that was not the peer's silence.
                self.heard += began.elapsed();
                Ok(())
            }
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Says why, closes, and gives the peer a moment to answer the close.
    pub(super) async fn end(mut self, end: End) {
        let code = match end {
            End::Told(error) => {
                figures::refused(error.code);
                let code = error.code.close_code();
                let error = ErrorMessage {
                    fatal: true,
                    ..error
                };
                if self
                    .write_message(&ServerMessage::Error(error))
                    .await
                    .is_err()
                {
                    return;
                }
                code
            }
            End::Closed(code) => code,
            End::Gone => return,
        };
        let frame = CloseFrame {
            code,
            reason: Default::default(),
        };
        if self.write(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        let answered = async {
            while let Some(Ok(frame)) = self.socket.recv().await {
                if matches!(frame, Message::Close(_)) {
                    break;
                }
            }
        };
        // A peer that does not answer is dropped: RFC 6455, 7.1.1.
        let _ = timeout(CLOSE_MAX, answered).await;
    }
}

/// What a peer sent.
enum Said {
    Text(Utf8Bytes),
    Binary(Bytes),
}

impl Said {
    /// What was in it if it was packed: a message counts for as long as it is.
    fn unpacked(self) -> Result<Self, ErrorMessage> {
        match self {
            Self::Binary(bytes) if is_packed(&bytes) => {
                Ok(Self::Text(ClientMessage::unpack(&bytes)?.into()))
            }
            other => Ok(other),
        }
    }

    fn parse(&self) -> Result<ClientMessage, ErrorMessage> {
        match self {
            Self::Text(text) => ClientMessage::parse(text),
            Self::Binary(bytes) if is_packed(bytes) => Err(ErrorMessage::fatal(
                ErrorCode::OutOfOrder,
                "The first message must be `hello`, as text.",
            )),
            Self::Binary(bytes) => ClientMessage::parse_binary(bytes),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// Messages that pass and wait for more to go with them.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    /// When the first of them has waited long enough.
    due: Option<Instant>,
}

impl Gathered {
    /// False if there is no room.
    fn add(&mut self, bytes: &[u8], now: Instant) -> bool {
        if !self.bytes.is_empty() && self.bytes.len() + bytes.len() > GATHERED_MAX {
            return false;
        }
        self.bytes.extend_from_slice(bytes);
        self.due.get_or_insert(now + GATHER);
        true
    }

    fn take(&mut self) -> Message {
        self.due = None;
        Message::Binary(std::mem::take(&mut self.bytes).into())
    }
}

fn restarting() -> ErrorMessage {
    let text = "The server is restarting; connect again in a few seconds.";
    fatal(ErrorCode::GoingAway, text)
}

fn fatal(code: ErrorCode, text: &str) -> ErrorMessage {
    ErrorMessage::fatal(code, text)
}

/// The WebSocket layer gave up on what came.
fn unreadable(error: &axum::Error) -> End {
    let told = error.to_string();
    if told.contains(&UsedUp.to_string()) {
        let text = "More came before `hello` than it takes: send it first, and wait for `welcome`.";
        return End::Told(fatal(ErrorCode::TooLarge, text));
    }
    if told.contains("too long") || told.contains("too big") {
        let text = format!(
            "The message is longer than {} bytes.",
            limits::MESSAGE_BYTES_MAX
        );
        return End::Told(ErrorMessage::fatal(ErrorCode::TooLarge, text));
    }
    if told.contains("UTF-8") {
        return End::Told(fatal(ErrorCode::BadMessage, "Messages are UTF-8 text."));
    }
    End::Gone
}
