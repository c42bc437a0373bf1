//! What a participant has sent, received, seen and heard so far: figures and seat numbers, no names.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::Arc,
    time::Duration,
};

use protocol::types::Format;
use sealed::session::{Sending, View};
use serde::Serialize;

/// Where a participant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No connection yet, or it broke.
    #[default]
    Connecting,
    /// Connected, has not asked in or was sent back.
    GreenRoom,
    /// In the antechamber.
    Waiting,
    /// At the table.
    Seated,
    /// It is over for this participant.
    Gone,
}

/// The figures of one participant.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Its seat, once the server said which.
    pub seat: u16,
    /// The call's, once the server said so.
    #[serde(skip)]
    pub format: Option<Format>,
    /// Where it is.
    pub stage: Stage,
    /// It was at the table at least once.
    pub admitted: bool,
    /// From sitting down to the first picture of another seat decoded, in milliseconds.
    pub first_frame_ms: Option<u64>,
    /// What is known of the call's group.
    pub group: GroupReport,
    /// Frames sealed and sent, voice and all layers of the camera.
    pub frames_sent: u64,
    /// Frames that were not sent because the group did not allow it.
    pub frames_unsent: u64,
    /// Frames that opened.
    pub frames_opened: u64,
    /// Frames of before this participant was in the group.
    pub frames_early: u64,
    /// Frames that should have opened and did not: changed, forged, repeated, of nobody here.
    pub frames_refused: u64,
    /// The same by the reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub refused: BTreeMap<String, u64>,
    /// Frames dropped because they, or their keys, came too late.
    pub frames_late: u64,
    /// Texts received.
    pub texts: u64,
    /// Pictures received whole, all seats together.
    pub frames_received: u64,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Pictures that the decoder refused, or whose barcode was missing or named another seat.
    pub frames_wrong: u64,
    /// Voice packets decoded.
    pub voices_decoded: u64,
    /// Pictures that the server pauses now because it thinks that the network cannot carry them.
    pub pictures_paused: u64,
    /// How long pictures took from seam to seam, if that is measured.
    pub delays: Delays,
    /// Seats whose barcode was read from a decoded shared screen.
    pub screens_seen: BTreeSet<u16>,
    /// Bytes of media sent, all connections together, as UDP or TCP carries them.
    pub media_bytes_up: u64,
    /// Likewise received.
    pub media_bytes_down: u64,
    /// Bytes of signalling messages sent.
    pub signal_bytes_up: u64,
    /// Likewise received.
    pub signal_bytes_down: u64,
    /// Media goes over TCP.
    pub by_tcp: bool,
    /// Longest time between two pictures of one seat while they should have flowed.
    pub longest_freeze_ms: u64,
    /// Times that a voice was missing for a moment: packets lost for good, or late by over 0.3 s.
    pub audio_gaps: u64,
    /// Microseconds that recent pictures took from seam to seam, if that is measured.
    #[serde(skip_serializing_if = "VecDeque::is_empty")]
    pub picture_delays_us: VecDeque<u32>,
    /// Seats whose barcode was read from a decoded picture.
    pub saw: BTreeSet<u16>,
    /// Seats whose tones were recognised in a decoded voice.
    pub heard: BTreeSet<u16>,
    /// When it first sat down, in milliseconds since 1970.
    pub seated_ms: Option<u64>,
    /// PeerConnections made anew, and signalling connections that broke.
    pub reconnects: u32,
    /// By remote seat.
    pub remotes: BTreeMap<u16, RemoteReport>,
    /// Why it ended, if it did: a stable word such as `left`, `adjourned`, `removed`, or a code.
    pub ended: Option<String>,
}

/// The group as one participant verified it.
#[derive(Clone, Default, Serialize)]
pub struct GroupReport {
    /// Its number; 0 outside.
    pub number: u32,
    /// Its epoch.
    pub epoch: u64,
    /// Seats that are there by their grants and give signs of life, the own one too.
    pub verified: BTreeSet<u16>,
    /// Whether the group lets this participant send.
    pub sending: Option<Sending>,
    /// The words of the last check.
    pub words: Vec<String>,
    /// The same as digits.
    pub digits: String,
    /// All that is known. Has names in it, so it is not printed.
    #[serde(skip)]
    pub view: Option<Arc<View>>,
}

/// Numbers only.
impl fmt::Debug for GroupReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            epoch,
            verified,
            ..
        } = self;
        write!(f, "group {number}, epoch {epoch}, verified {verified:?}")
    }
}

/// The figures about one remote seat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RemoteReport {
    /// When its first frame opened, in milliseconds since 1970.
    pub first_opened_ms: Option<u64>,
    /// When its latest frame opened, likewise.
    pub last_opened_ms: Option<u64>,
    /// Pictures received whole, of camera and screen.
    pub frames_received: u64,
    /// Pictures that never came, or could not be shown because one before them never came.
    pub pictures_missed: u64,
    /// Its pictures that the decoder refused, or whose barcode was missing or named another seat.
    pub frames_wrong: u64,
    /// Pictures that came, but over 0.3 s later than the fastest.
    pub pictures_late: u64,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Height of the last picture decoded.
    pub height: u16,
    /// Pictures of another height than the one before: layer switches seen.
    pub layer_switches: u64,
    /// Longest time between two pictures.
    pub longest_freeze_ms: u64,
    /// Voice packets decoded.
    pub voices_decoded: u64,
    /// Moments of missing voice.
    pub audio_gaps: u64,
    /// Voice packets received; all are counted, even where only a sample is decoded.
    pub voices_received: u64,
    /// Of these, those that were for a circle beside the table.
    pub voices_in_circle: u64,
    /// Voice packets that never came.
    pub voices_lost: u64,
    /// Times of 0.4 s or more without any frame of it, the latest ones.
    #[serde(skip)]
    pub breaks: VecDeque<Break>,
    /// Likewise without a picture that should have flowed.
    #[serde(skip)]
    pub freezes: VecDeque<Break>,
}

/// A time in which nothing came, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The last frame before.
    pub from_ms: u64,
    /// The first after.
    pub to_ms: u64,
}

/// How many pictures took how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Delays {
    /// Pictures counted.
    pub count: u64,
    /// All their delays together, microseconds.
    pub sum_us: u64,
    /// Pictures by delay: below 1, 2, 4 … 2^14 ms, and the rest.
    pub below_ms: [u32; 16],
}

impl Delays {
    pub(crate) fn note(&mut self, delay: Duration) {
        self.count += 1;
        self.sum_us += u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        let ms = delay.as_millis();
        let at = (0..15).find(|at| ms < 1 << at).unwrap_or(15);
        self.below_ms[at] += 1;
    }
}
