//! Everything a PeerConnection receives: counted in clear, one packet in fifty opened, and answered as
//! a browser answers.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use srtp::Unprotect;

use crate::{
    inbound::{Count, Inbound, Kind},
    packet::{self, Header, extend},
    rtcp::{self, Block},
    sdp::Numbers,
    twcc::Arrivals,
};

/// One in so many packets is opened.
const SAMPLE: u32 = 50;
/// A picture that has not begun is asked for this often.
const KEY_FRAME_AGAIN: Duration = Duration::from_millis(500);
/// Streams in one receiver report (RFC 3550, 6.4.2).
const BLOCKS_MAX: usize = 31;

/// What was received on one PeerConnection.
pub(crate) struct Receiver {
    pub(crate) since: Instant,
    pub(crate) streams: Vec<Inbound>,
    last: usize,
    resends: HashMap<u32, u64>,
    arrivals: Arrivals,
    /// From the join's beginning to the first packet of media.
    pub(crate) first_after: Option<Duration>,
    /// Server to receiver, of the packets that were opened, in microseconds.
    pub(crate) delays: Vec<u32>,
    /// Packets that did not open or were not what was sent.
    pub(crate) damaged: u64,
    /// Padding, and what was resent without need: what a server probes the network with.
    pub(crate) probes: u64,
}

impl Receiver {
    pub(crate) fn new(since: Instant) -> Self {
        Self {
            since,
            streams: Vec::new(),
            last: 0,
            resends: HashMap::new(),
            arrivals: Arrivals::default(),
            first_after: None,
            delays: Vec::new(),
            damaged: 0,
            probes: 0,
        }
    }

    /// A protected RTP packet.
    pub(crate) fn handle(
        &mut self,
        now: Instant,
        at_ns: u64,
        data: &mut [u8],
        unprotect: &Unprotect,
        numbers: &Numbers,
    ) {
        let Some(header) = Header::read(data, numbers.transport_id) else {
            self.damaged += 1;
            return;
        };
        if let Some(seq) = header.transport_seq {
            self.arrivals.note(seq, (at_ns / 1000) as i64);
        }
        let payload_type = Some(header.payload_type);
        let kind = if payload_type == numbers.vp8 {
            Kind::Picture
        } else if payload_type == numbers.opus {
            Kind::Voice
        } else {
            if payload_type == numbers.resend {
                self.handle_resent(data, header, unprotect, numbers);
            }
            return;
        };
        // str0m's first probes have SSRC 0; padding is on a stream's own number elsewhere.
        if header.ssrc == 0 || header.padded {
            self.probes += 1;
            return;
        }
        self.handle_media(now, at_ns, data, header, kind, unprotect);
    }

    fn handle_media(
        &mut self,
        now: Instant,
        at_ns: u64,
        data: &mut [u8],
        header: Header,
        kind: Kind,
        unprotect: &Unprotect,
    ) {
        let known = self
            .streams
            .get(self.last)
            .is_some_and(|s| s.ssrc == header.ssrc);
        if !known {
            let found = self.streams.iter().position(|s| s.ssrc == header.ssrc);
            self.last = found.unwrap_or_else(|| {
                self.streams
                    .push(Inbound::new(header.ssrc, kind, header.seq));
                self.streams.len() - 1
            });
        }
        self.first_after.get_or_insert_with(|| self.since.elapsed());
        let stream = &mut self.streams[self.last];
        let seq = stream.arrived(now, header.seq);
        let sample = stream.until_sample == 0;
        stream.until_sample = if sample {
            SAMPLE - 1
        } else {
            stream.until_sample - 1
        };
        if !sample && stream.has_picture {
            return;
        }
        let Some(end) = unprotect.rtp(header.ssrc, seq, data, header.len) else {
            self.damaged += 1;
            return;
        };
        let payload = &data[header.len..end];
        stream.has_picture |= packet::starts_key_frame(payload);
        match packet::read_stamp(payload) {
            Some(stamp) => self
                .delays
                .push((at_ns.saturating_sub(stamp) / 1000) as u32),
            None => self.damaged += 1,
        }
    }

    /// RFC 4588: the original number comes before the payload.
    fn handle_resent(
        &mut self,
        data: &mut [u8],
        header: Header,
        unprotect: &Unprotect,
        numbers: &Numbers,
    ) {
        let highest = self
            .resends
            .entry(header.ssrc)
            .or_insert(u64::from(header.seq));
        let seq = extend(*highest, header.seq);
        *highest = seq.max(*highest);
        let Some(end) = unprotect.rtp(header.ssrc, seq, data, header.len) else {
            self.damaged += 1;
            return;
        };
        let original = data[header.len..end]
            .first_chunk()
            .map(|&b| u16::from_be_bytes(b));
        let of = numbers.resends.get(&header.ssrc);
        let stream = self
            .streams
            .iter_mut()
            .find(|stream| Some(&stream.ssrc) == of);
        let filled = original
            .zip(stream)
            .is_some_and(|(seq, stream)| stream.came_again(seq));
        self.probes += u64::from(!filled);
    }

    /// Transport-wide feedback, and requests for what is missing.
    pub(crate) fn feedback(&mut self, now: Instant, me: u32, out: &mut Vec<Vec<u8>>) {
        let media = self.streams.first().map_or(0, |stream| stream.ssrc);
        while let Some(message) = self.arrivals.message(me, media) {
            out.push(message);
        }
        for stream in &mut self.streams {
            let missing = stream.due_requests(now);
            if !missing.is_empty() {
                out.push(rtcp::nack(me, stream.ssrc, &missing));
            }
            let waits = stream
                .asked_key_at
                .is_none_or(|at| now >= at + KEY_FRAME_AGAIN);
            if !stream.has_picture && waits {
                stream.asked_key_at = Some(now);
                out.push(rtcp::picture_loss(me, stream.ssrc));
            }
        }
    }

    /// Receiver reports of all streams.
    pub(crate) fn reports(&self, me: u32, out: &mut Vec<Vec<u8>>) {
        for streams in self.streams.chunks(BLOCKS_MAX) {
            let blocks: Vec<_> = streams
                .iter()
                .map(|stream| Block {
                    ssrc: stream.ssrc,
                    lost: stream.lost_now(),
                    highest: stream.highest as u32,
                })
                .collect();
            out.push(rtcp::receiver_report(me, &blocks));
        }
    }

    /// Counting begins.
    pub(crate) fn begin_window(&mut self) {
        self.streams.iter_mut().for_each(Inbound::begin_window);
        self.delays.clear();
        (self.damaged, self.probes) = (0, 0);
    }

    /// What came since then.
    pub(crate) fn count(&self) -> Count {
        self.streams
            .iter()
            .map(Inbound::count)
            .fold(Count::default(), |sum, one| Count {
                received: sum.received + one.received,
                recovered: sum.recovered + one.recovered,
                lost: sum.lost + one.lost,
            })
    }
}
