//! The loop of one participant: signalling, sockets, codecs, the group and the clock, tied together.
//!
//! With [`media`], the only module that reads the clock.

mod media;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{CircleId, ClientMessage, ServerMessage};
use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use self::media::REMAKE_DELAY;
use crate::{
    Options,
    answer::Fault,
    audience::Audience,
    connection::{Connection, Route},
    conversation::{Act, Control, Conversation},
    io::{Datagram, Traffic},
    media::Shape,
    outlet::{Command, Outlet},
    publisher::{CodecError, Publisher, Speech},
    report::Stage,
    sealing::{Output, Sealing, SealingError},
    signal::{Ending, SignalEvent},
};

/// A report is published this often, and when something happened that others wait for.
const REPORT_PERIOD: Duration = Duration::from_millis(500);
/// Less is the difference of two readings.
const SLEEP_MIN: Duration = Duration::from_millis(100);
/// Missing key frames are looked for this often.
const LOOK_PERIOD: Duration = Duration::from_millis(100);
/// A leaving participant waits for its connection this long.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(2);

/// One participant at work.
pub(crate) struct Run {
    options: Options,
    route: Route,
    /// Counts what passes on the signalling connection.
    signalled: Arc<Traffic>,
    commands: mpsc::Sender<ClientMessage>,
    events: mpsc::Receiver<SignalEvent>,
    outlet: Outlet,
    conversation: Conversation,
    sealing: Sealing,
    audience: Audience,
    publisher: Option<Publisher>,
    connection: Option<Connection>,
    generation: u32,
    shape: Option<Shape>,
    remake_at: Option<Instant>,
    /// Somebody who hears this seat has a bad line.
    narrow_voice: bool,
    /// The server gave an answer no honest server gives.
    refused: Option<Fault>,
    seated_at: Option<Instant>,
    next_report: Instant,
    next_look: Instant,
    /// How long the machine had slept when that was last looked at.
    asleep: Duration,
}

/// What woke the loop up.
enum Wake {
    Signal(Option<SignalEvent>),
    Datagram(Option<Datagram>),
    Command(Command),
    Time,
    Leave,
}

impl Run {
    pub(crate) fn new(
        options: Options,
        (authority, signalled): (String, Arc<Traffic>),
        (commands, events): (mpsc::Sender<ClientMessage>, mpsc::Receiver<SignalEvent>),
        sealing: Sealing,
        outlet: Outlet,
    ) -> Self {
        let (conversation, now) = (Conversation::new(options.behaviour()), Instant::now());
        let route = Route {
            authority,
            network: options.network.clone(),
            tcp_only: options.tcp_only,
            traffic: Arc::default(),
        };
        let audience = if options.light {
            Audience::light()
        } else {
            Audience::default()
        };
        Self {
            options,
            route,
            signalled,
            commands,
            events,
            outlet,
            conversation,
            sealing,
            audience,
            publisher: None,
            connection: None,
            generation: 0,
            shape: None,
            remake_at: None,
            narrow_voice: true,
            refused: None,
            seated_at: None,
            next_report: now,
            next_look: now,
            asleep: clock::asleep(),
        }
    }

    /// Runs until the call is over for this participant, or `leave` resolves.
    pub(crate) async fn run(mut self, mut leave: oneshot::Receiver<()>) {
        let ended = loop {
            let woken = self.wait(&mut leave).await;
            self.count_sleep();
            match woken {
                Wake::Leave => break self.leave().await,
                Wake::Signal(None) => break "left".to_owned(),
                Wake::Signal(Some(SignalEvent::Ended(ending))) => break word(ending),
                Wake::Signal(Some(SignalEvent::Broken)) => self.handle_break(),
                Wake::Signal(Some(SignalEvent::Message(message))) => {
                    if let Err(error) = self.handle_message(*message).await {
                        tracing::error!(participant = self.options.label, %error, "no way in");
                        break "grant".to_owned();
                    }
                }
                Wake::Datagram(datagram) => self.handle_datagrams(datagram),
                Wake::Command(Command::Act(circle, act, answer)) => {
                    let now = Instant::now();
                    // Who asked may not want to know.
                    let _ = answer.send(self.sealing.act_in(now, circle, act));
                    self.settle(now);
                }
                Wake::Command(Command::Control(what)) => self.control(what).await,
                Wake::Time => {}
            }
            if let Some(fault) = self.refused {
                break fault.word().to_owned();
            }
            if let Err(error) = self.handle_time().await {
                tracing::error!(participant = self.options.label, %error, "a codec failed");
                break "codec".to_owned();
            }
        };
        self.outlet.report.ended = Some(ended);
        self.publish_report(Stage::Gone);
    }

    /// A laptop's sleep: the clocks that wake this loop stood still meanwhile.
    fn count_sleep(&mut self) {
        let asleep = clock::asleep();
        let slept = asleep.saturating_sub(self.asleep);
        if slept >= SLEEP_MIN {
            self.asleep = asleep;
            let now = Instant::now();
            self.sealing.handle_sleep(now, slept);
            self.settle(now);
        }
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
            self.connection.as_ref().and_then(Connection::fallback_at),
            publisher,
            self.remake_at,
            self.conversation.next_at(),
            self.sealing.next_at(),
            Some(self.next_look).filter(|_| sends),
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
            // Messages first: they prove the frames, and the server bounds how many there are.
            biased;
            _ = leave => Wake::Leave,
            event = self.events.recv() => Wake::Signal(event),
            Some(command) = self.outlet.command() => Wake::Command(command),
            datagram = datagram => Wake::Datagram(datagram),
            () = time::sleep_until(next.into()) => Wake::Time,
        }
    }

    async fn control(&mut self, what: Control) {
        if let Control::Speak(speaks) = what {
            let speech = if speaks {
                Speech::Always
            } else {
                Speech::Never
            };
            self.options.speech = speech;
            if let Some(publisher) = &mut self.publisher {
                publisher.set_speech(speech);
            }
        }
        if let Control::SpeakTo(circle) = what {
            // Before the server hears of it: it may send the voice where it likes.
            self.sealing.speak_to(circle);
        }
        let acts = self.conversation.control(what);
        self.act(acts).await;
    }

    async fn leave(&mut self) -> String {
        let now = Instant::now();
        // Outside the group there is nobody to tell.
        let leave = sealed::session::Act::Leave {};
        let _ = self.sealing.act_in(now, CircleId::TABLE, leave);
        self.settle(now);
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

    async fn handle_message(&mut self, message: ServerMessage) -> Result<(), SealingError> {
        let (label, now) = (&self.options.label, Instant::now());
        tracing::trace!(participant = label, kind = message.kind(), "message");
        self.sealing.handle_message(now, &message)?;
        self.settle(now);
        let acts = self.conversation.handle_message(now, message);
        if self.conversation.stage() == Stage::Seated && !self.outlet.report.admitted {
            self.outlet.report.admitted = true;
            self.outlet.report.seated_ms = Some(clock::now_ms());
            self.seated_at = Some(now);
        }
        self.act(acts).await;
        self.tell_stage();
        Ok(())
    }

    fn handle_break(&mut self) {
        if self.conversation.stage() != Stage::Connecting {
            self.outlet.report.reconnects += 1;
        }
        self.conversation.handle_break();
        let now = Instant::now();
        self.sealing.handle_broken(now);
        self.settle(now);
        // Generations count the PeerConnections of one signalling connection.
        self.generation = 0;
        self.remake_at = None;
        self.tell_stage();
    }

    fn tell_stage(&mut self) {
        if self.conversation.stage() != self.outlet.report.stage {
            self.publish_report(self.conversation.stage());
        }
    }

    async fn act(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Enter => {
                    let now = Instant::now();
                    if let Some(enter) = self.sealing.enter(now) {
                        self.say(enter);
                    }
                    self.settle(now);
                }
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
                Act::Voice(narrow) => {
                    tracing::debug!(participant = self.options.label, narrow, "voice");
                    self.set_narrow_voice(narrow);
                }
                Act::Focus(seat) => self.audience.set_focus(seat.map(|s| s.0)),
                Act::OfferRefused => self.remake_at = Some(Instant::now() + REMAKE_DELAY),
            }
        }
    }

    /// Does what the group wants done.
    fn settle(&mut self, now: Instant) {
        while let Some(output) = self.sealing.poll_output() {
            match output {
                Output::Send(message) => self.say(message),
                Output::Frame(frame) => {
                    if self.audience.handle_frame(now, clock::now_ms(), &frame) {
                        self.next_report = now;
                    }
                }
                Output::Text(text) => {
                    self.outlet.text(text);
                    self.next_report = now;
                }
                Output::View => {
                    if self.outlet.note_group(&self.sealing) {
                        self.next_report = now;
                    }
                }
                Output::Memory => self.outlet.memory(self.sealing.memory()),
            }
        }
    }

    fn say(&mut self, message: ClientMessage) {
        let bytes = match &message {
            ClientMessage::Commit { commit, .. } => commit.text_len(),
            ClientMessage::GroupWelcome { welcome, .. } => welcome.text_len(),
            _ => 0,
        };
        if bytes > 0 {
            let (participant, name) = (&self.options.label, message.kind());
            tracing::debug!(participant, name, bytes, "says what is long");
            if let Some(publisher) = &mut self.publisher {
                publisher.make_room(Instant::now(), bytes);
            }
        }
        // A full queue means a broken connection; all is said again on the next one.
        let _ = self.commands.try_send(message);
    }

    /// Everything that is due by the clock.
    async fn handle_time(&mut self) -> Result<(), CodecError> {
        let now = Instant::now();
        let acts = self.conversation.handle_timeout(now);
        self.act(acts).await;
        if self.sealing.next_at().is_some_and(|at| at <= now) {
            self.sealing.handle_timeout(now);
            self.settle(now);
        }
        self.fall_back(now).await;
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
        if self.next_look <= now {
            self.next_look = now + LOOK_PERIOD;
            for mid in self.audience.key_frames_wanted(now) {
                self.drive(|media, _| {
                    media.request_key_frame(&mid);
                    Ok(())
                });
            }
        }
        if self.next_report <= now {
            self.publish_report(self.conversation.stage());
        }
        Ok(())
    }

    fn publish_report(&mut self, stage: Stage) {
        let now = Instant::now();
        self.next_report = now + REPORT_PERIOD;
        if let Some(me) = self.conversation.me() {
            self.outlet.report.seat = me.seat.id.0;
            self.outlet.report.format = Some(me.call.format);
        }
        let report = &mut self.outlet.report;
        (report.media_bytes_up, report.media_bytes_down) = self.route.traffic.bytes();
        (report.signal_bytes_up, report.signal_bytes_down) = self.signalled.bytes();
        if let Some(connection) = &self.connection {
            report.by_tcp = connection.is_by_tcp();
        }
        let from = (&self.audience, &self.sealing);
        self.outlet.publish(now, stage, from);
    }
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
