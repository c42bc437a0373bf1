//! The loop of one participant: signalling, sockets, codecs and the clock, tied together.
//!
//! The only module that reads the clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use protocol::ClientMessage;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time,
};

use crate::{
    Options,
    audience::Audience,
    connection::{Connection, Happening},
    conversation::{Act, Conversation},
    delay,
    frames::{Kind, Stream},
    io::Datagram,
    media::{Media, MediaError, Shape},
    publisher::{CodecError, Publisher},
    report::{Report, Stage},
    signal::{Ending, SignalEvent},
};

/// A report is published this often, and at each change of stage.
const REPORT_PERIOD: Duration = Duration::from_millis(500);
/// After a refused or broken PeerConnection the next one waits for this long.
const REMAKE_DELAY: Duration = Duration::from_secs(1);
/// Datagrams handled before looking at the other things to do.
const BATCH: usize = 64;
/// A leaving participant waits for its connection this long.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

/// One participant at work.
pub(crate) struct Run {
    options: Options,
    authority: String,
    commands: mpsc::Sender<ClientMessage>,
    events: mpsc::Receiver<SignalEvent>,
    reports: watch::Sender<Report>,
    conversation: Conversation,
    audience: Audience,
    publisher: Option<Publisher>,
    connection: Option<Connection>,
    generation: u32,
    shape: Option<Shape>,
    remake_at: Option<Instant>,
    seated_at: Option<Instant>,
    next_report: Instant,
    report: Report,
}

/// What woke the loop up.
enum Wake {
    Signal(Option<SignalEvent>),
    Datagram(Option<Datagram>),
    Time,
    Leave,
}

impl Run {
    pub(crate) fn new(
        options: Options,
        authority: String,
        commands: mpsc::Sender<ClientMessage>,
        events: mpsc::Receiver<SignalEvent>,
        reports: watch::Sender<Report>,
    ) -> Self {
        let conversation = Conversation::new(options.behaviour());
        Self {
            options,
            authority,
            commands,
            events,
            reports,
            conversation,
            audience: Audience::default(),
            publisher: None,
            connection: None,
            generation: 0,
            shape: None,
            remake_at: None,
            seated_at: None,
            next_report: Instant::now(),
            report: Report::default(),
        }
    }

    /// Runs until the call is over for this participant, or `leave` resolves.
    pub(crate) async fn run(mut self, mut leave: oneshot::Receiver<()>) {
        let ended = loop {
            match self.wait(&mut leave).await {
                Wake::Leave => break self.leave().await,
                Wake::Signal(None) => break "left".to_owned(),
                Wake::Signal(Some(SignalEvent::Ended(ending))) => break word(ending),
                Wake::Signal(Some(event)) => self.handle_signal(event).await,
                Wake::Datagram(datagram) => self.handle_datagrams(datagram),
                Wake::Time => {}
            }
            if let Err(error) = self.handle_time().await {
                tracing::error!(participant = self.options.label, %error, "a codec failed");
                break "codec".to_owned();
            }
        };
        self.report.ended = Some(ended);
        self.publish_report(Stage::Gone);
    }

    async fn wait(&mut self, leave: &mut oneshot::Receiver<()>) -> Wake {
        let connection = self.connection.as_ref().map(Connection::wait);
        let sends = self.connection.as_ref().is_some_and(|c| c.is_connected());
        let publisher = self
            .publisher
            .as_ref()
            .filter(|_| sends)
            .map(Publisher::next_at);
        let times = [
            connection,
            publisher,
            self.remake_at,
            self.conversation.next_at(),
        ];
        let next = times
            .into_iter()
            .flatten()
            .fold(self.next_report, Instant::min);
        let datagram = async {
            match &mut self.connection {
                Some(connection) => connection.receive().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = leave => Wake::Leave,
            event = self.events.recv() => Wake::Signal(event),
            datagram = datagram => Wake::Datagram(datagram),
            () = time::sleep_until(next.into()) => Wake::Time,
        }
    }

    async fn leave(&mut self) -> String {
        // If the queue is full the connection is broken, and dropping the queue leaves as well.
        let _ = self.commands.try_send(ClientMessage::Leave {});
        let ended = async {
            while let Some(event) = self.events.recv().await {
                if let SignalEvent::Ended(ending) = event {
                    return word(ending);
                }
            }
            "left".to_owned()
        };
        time::timeout(LEAVE_TIMEOUT, ended)
            .await
            .unwrap_or_else(|_| "left".to_owned())
    }

    async fn handle_signal(&mut self, event: SignalEvent) {
        let now = Instant::now();
        match event {
            SignalEvent::Message(message) => {
                let acts = self.conversation.handle_message(now, *message);
                if self.conversation.stage() == Stage::Seated && !self.report.admitted {
                    self.report.admitted = true;
                    self.seated_at = Some(now);
                }
                self.act(acts).await;
            }
            SignalEvent::Broken => {
                if self.conversation.stage() != Stage::Connecting {
                    self.report.reconnects += 1;
                }
                self.conversation.handle_break();
                // Generations count the PeerConnections of one signalling connection.
                self.generation = 0;
                self.remake_at = None;
            }
            SignalEvent::Ended(_) => {}
        }
        if self.conversation.stage() != self.report.stage {
            self.publish_report(self.conversation.stage());
        }
    }

    async fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(message) => self.say(message),
                Act::Negotiate(shape) => {
                    self.shape = Some(shape);
                    self.connect().await;
                }
                Act::Answer { generation, sdp } => self.accept(generation, &sdp).await,
                Act::Slots(audio, video) => {
                    let paused = video.iter().filter(|slot| slot.paused).count();
                    let (voices, pictures, label) = (audio.len(), video.len(), &self.options.label);
                    tracing::debug!(participant = label, voices, pictures, paused, "slots");
                    self.audience.set_slots(&audio, &video);
                }
                Act::Focus(seat) => self.audience.set_focus(seat.map(|s| s.0)),
                Act::OfferRefused => self.remake_at = Some(Instant::now() + REMAKE_DELAY),
            }
        }
    }

    fn say(&self, message: ClientMessage) {
        // A full queue means a broken connection; all is said again on the next one.
        let _ = self.commands.try_send(message);
    }

    /// Makes a new PeerConnection and offers it.
    async fn connect(&mut self) {
        let Some(shape) = self.shape else { return };
        self.remake_at = None;
        self.audience.reset();
        self.generation += 1;
        let (generation, tcp_only) = (self.generation, self.options.tcp_only);
        match Connection::offer(&self.authority, shape, generation, tcp_only).await {
            Ok((connection, sdp)) => {
                self.connection = Some(connection);
                self.say(ClientMessage::Offer { generation, sdp });
            }
            Err(error) => self.lose(&error),
        }
    }

    async fn accept(&mut self, generation: u32, sdp: &str) {
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        if let Err(error) = connection.accept(generation, sdp).await {
            self.lose(&error);
            return;
        }
        self.start_publishing();
        self.drive(|_, _| Ok(()));
    }

    /// The PeerConnection is of no use; the next one is made after a while.
    fn lose(&mut self, why: &dyn std::fmt::Display) {
        tracing::info!(participant = self.options.label, %why, "no media connection");
        self.connection = None;
        self.report.reconnects += 1;
        self.remake_at = Some(Instant::now() + REMAKE_DELAY);
    }

    fn start_publishing(&mut self) {
        let Some(me) = self.conversation.me().filter(|_| self.publisher.is_none()) else {
            return;
        };
        if !self.options.publish {
            return;
        }
        let (seat, plate) = (me.seat.id.0, me.plate());
        self.report.seat = seat;
        match Publisher::new(Instant::now(), seat, &plate, self.options.speech) {
            Ok(publisher) => self.publisher = Some(publisher),
            Err(error) => {
                tracing::error!(participant = self.options.label, %error, "no codecs");
            }
        }
    }

    fn handle_datagrams(&mut self, first: Option<Datagram>) {
        let mut next = first;
        let mut room = BATCH;
        while let Some(d) = next {
            self.drive(|media, now| {
                media.handle_datagram(now, (d.proto, d.source, d.destination), &d.data)
            });
            room -= 1;
            let more = self.connection.as_mut().filter(|_| room > 0);
            next = more.and_then(|c| c.try_receive());
        }
    }

    /// Everything that is due by the clock.
    async fn handle_time(&mut self) -> Result<(), CodecError> {
        let now = Instant::now();
        let acts = self.conversation.handle_timeout(now);
        self.act(acts).await;
        if self.connection.as_ref().is_some_and(|c| c.wait() <= now) {
            self.drive(|media, now| media.handle_timeout(now));
        }
        self.send_frames(now)?;
        if self.remake_at.is_some_and(|at| at <= now) {
            self.remake_at = None;
            if self.conversation.stage() == Stage::Seated {
                self.connect().await;
            }
        }
        if self.next_report <= now {
            if let Some(mid) = self.audience.key_frame_wanted(now) {
                self.drive(|media, _| {
                    media.request_key_frame(&mid);
                    Ok(())
                });
            }
            self.publish_report(self.conversation.stage());
        }
        Ok(())
    }

    fn send_frames(&mut self, now: Instant) -> Result<(), CodecError> {
        if !self.connection.as_ref().is_some_and(|c| c.is_connected()) {
            return Ok(());
        }
        let (microphone, camera) = self.conversation.publishes();
        let Some(publisher) = self.publisher.as_mut().filter(|p| p.next_at() <= now) else {
            return Ok(());
        };
        let frames = publisher.poll(now, unix_ms(), microphone, camera)?;
        for mut frame in frames {
            self.report.frames_sent += 1;
            if self.options.measure_delay && matches!(frame.stream, Stream::Camera(_)) {
                delay::stamp(Instant::now(), &mut frame.data);
            }
            self.drive(|media, now| media.send(now, frame));
        }
        Ok(())
    }

    /// Does one thing to the PeerConnection, then everything that follows from it.
    fn drive(&mut self, thing: impl FnOnce(&mut Media, Instant) -> Result<(), MediaError>) {
        let now = Instant::now();
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        let (audience, publisher) = (&mut self.audience, &mut self.publisher);
        let (label, measure) = (&self.options.label, self.options.measure_delay);
        let delays = &mut self.report.picture_delays_us;
        let alive = connection.drive(
            now,
            |media| thing(media, now),
            |happening| match happening {
                Happening::Frame(frame) => {
                    if measure && frame.kind == Kind::Picture {
                        delay::note(delays, now, &frame.data);
                    }
                    audience.handle_frame(now, &frame);
                }
                Happening::KeyFrameWanted(layer) => {
                    if let Some(publisher) = publisher {
                        publisher.request_key_frame(layer);
                    }
                }
                Happening::Connected => tracing::debug!(participant = label, "media connected"),
            },
        );
        if self.report.first_frame_ms.is_none() && self.audience.has_seen_anyone() {
            let since = self.seated_at.map(|at| now.duration_since(at));
            self.report.first_frame_ms = since.map(|time| time.as_millis() as u64);
        }
        if !alive {
            self.lose(&"the path to the server is lost");
        }
    }

    fn publish_report(&mut self, stage: Stage) {
        let now = Instant::now();
        self.next_report = now + REPORT_PERIOD;
        self.report.stage = stage;
        if let Some(me) = self.conversation.me() {
            self.report.seat = me.seat.id.0;
        }
        self.audience.fill(now, &mut self.report);
        self.reports.send_replace(self.report.clone());
    }
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| time.as_millis() as u64)
}

/// A stable word for a report.
fn word(ending: Ending) -> String {
    match ending {
        Ending::Left => "left".to_owned(),
        Ending::Removed => "removed".to_owned(),
        Ending::Adjourned => "adjourned".to_owned(),
        Ending::Refused(code) => serde_json::to_value(code)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_else(|| "refused".to_owned()),
    }
}
