//! The part of the loop that has to do with media: PeerConnections, frames out, frames in.

use std::{
    iter,
    time::{Duration, Instant},
};

use protocol::ClientMessage;

use super::Run;
use crate::{
    connection::{Connection, Happening},
    io::Datagram,
    media::{Media, MediaError},
    publisher::{CodecError, On, Publisher, Style},
};

/// After a refused or broken PeerConnection the next one waits for this long.
pub(super) const REMAKE_DELAY: Duration = Duration::from_secs(1);
/// Datagrams handled before looking at the other things to do.
const BATCH: usize = 32;

impl Run {
    /// Makes a new PeerConnection and offers it.
    pub(super) async fn connect(&mut self) {
        let Some(shape) = self.shape else { return };
        self.remake_at = None;
        self.audience.reset();
        self.set_narrow_voice(true);
        self.generation += 1;
        let generation = self.generation;
        match Connection::offer(&self.route, shape, generation).await {
            Ok((connection, sdp)) => {
                self.connection = Some(connection);
                self.say(ClientMessage::Offer { generation, sdp });
            }
            Err(error) => self.lose(&error),
        }
    }

    pub(super) fn set_narrow_voice(&mut self, narrow: bool) {
        self.narrow_voice = narrow;
        if let Some(publisher) = &mut self.publisher {
            publisher.set_narrow_voice(narrow);
        }
    }

    pub(super) async fn accept(&mut self, generation: u32, sdp: &str) {
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        match connection.accept(generation, sdp).await {
            Ok(()) => {}
            // A server that tries this once is not tried again.
            Err(MediaError::Refused(fault)) => {
                tracing::error!(participant = self.options.label, %fault, "the server's answer is not honest");
                self.connection = None;
                self.refused = Some(fault);
                return;
            }
            Err(error) => {
                self.lose(&error);
                return;
            }
        }
        self.start_publishing();
        self.drive(|_, _| Ok(()));
    }

    /// Tries TCP if UDP has not found a path in time.
    pub(super) async fn fall_back(&mut self, now: Instant) {
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        if connection.fallback_at().is_none_or(|at| now < at) {
            return;
        }
        match connection.fall_back(now).await {
            Ok(()) => self.drive(|_, _| Ok(())),
            Err(error) => self.lose(&error),
        }
    }

    /// The PeerConnection is of no use; the next one is made after a while.
    fn lose(&mut self, why: &dyn std::fmt::Display) {
        tracing::info!(participant = self.options.label, %why, "no media connection");
        self.connection = None;
        self.outlet.report.reconnects += 1;
        self.remake_at = Some(Instant::now() + REMAKE_DELAY);
    }

    fn start_publishing(&mut self) {
        let me = self.conversation.me().filter(|_| self.publisher.is_none());
        let Some((me, plate)) = me.zip(self.sealing.plate()) else {
            return;
        };
        if !self.options.publish {
            return;
        }
        let seat = me.seat.id.0;
        let style = Style {
            light: self.options.light,
            numbered: self.options.measure_delay,
        };
        match Publisher::new(Instant::now(), seat, &plate, self.options.speech, style) {
            Ok(mut publisher) => {
                publisher.set_narrow_voice(self.narrow_voice);
                self.publisher = Some(publisher);
            }
            Err(error) => {
                tracing::error!(participant = self.options.label, %error, "no codecs");
            }
        }
    }

    /// What waits goes in at once: looking for what came of it costs more than a datagram.
    pub(super) fn handle_datagrams(&mut self, first: Option<Datagram>) {
        let more = iter::from_fn(|| self.connection.as_mut()?.try_receive());
        let batch: Vec<_> = first.into_iter().chain(more.take(BATCH - 1)).collect();
        self.drive(|media, now| {
            batch.iter().try_for_each(|d| {
                media.handle_datagram(now, (d.proto, d.source, d.destination), &d.data)
            })
        });
    }

    /// Makes, seals and sends the frames that are due. What the group does not let out is not made.
    pub(super) fn send_frames(&mut self, now: Instant) -> Result<(), CodecError> {
        if !self.connection.as_ref().is_some_and(|c| c.is_connected()) {
            return Ok(());
        }
        let on = if self.sealing.may_send() {
            self.conversation.publishes()
        } else {
            On::default()
        };
        let Some(publisher) = self.publisher.as_mut().filter(|p| p.next_at() <= now) else {
            return Ok(());
        };
        let frames = publisher.poll(now, clock::now_ms(), on)?;
        for frame in frames {
            let stream = frame.stream;
            let sent = self.sealing.seal(now, frame);
            let lacking = sent.as_ref().is_none_or(|sent| sent.key_frame_wanted);
            if lacking && let Some(publisher) = &mut self.publisher {
                publisher.request_key_frame(stream);
            }
            if let Some(sent) = sent {
                self.outlet.report.frames_sent += 1;
                self.drive(|media, now| media.send(now, sent.frame));
            }
        }
        self.settle(now);
        Ok(())
    }

    /// Does one thing to the PeerConnection, then everything that follows from it.
    pub(super) fn drive(
        &mut self,
        thing: impl FnOnce(&mut Media, Instant) -> Result<(), MediaError>,
    ) {
        let now = Instant::now();
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        let (audience, sealing) = (&mut self.audience, &mut self.sealing);
        let (publisher, next_report) = (&mut self.publisher, &mut self.next_report);
        let label = &self.options.label;
        let alive = connection.drive(
            now,
            |media| thing(media, now),
            |happening| match happening {
                Happening::Frame(frame) => {
                    for frame in sealing.open(now, frame) {
                        if audience.handle_frame(now, clock::now_ms(), &frame) {
                            *next_report = now;
                        }
                    }
                }
                Happening::KeyFrameWanted(stream) => {
                    if let Some(publisher) = publisher {
                        publisher.request_key_frame(stream);
                    }
                }
                Happening::Estimate(bits) => {
                    tracing::debug!(participant = label, bits, "what the network carries");
                    if let Some(publisher) = publisher {
                        publisher.set_budget(bits);
                    }
                }
                Happening::Connected => tracing::debug!(participant = label, "media connected"),
            },
        );
        self.settle(now);
        let report = &mut self.outlet.report;
        if report.first_frame_ms.is_none() && self.audience.has_seen_anyone() {
            let since = self.seated_at.map(|at| now.duration_since(at));
            report.first_frame_ms = since.map(|time| time.as_millis() as u64);
        }
        if !alive {
            self.lose(&"the path to the server is lost");
        }
    }
}
