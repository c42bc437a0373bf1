//! What a participant has sent, received, seen and heard so far: figures and seat numbers, no names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its seat, once the server said which.
    pub seat: u16,
    /// Where it is.
    pub stage: Stage,
    /// It was at the table at least once.
    pub admitted: bool,
    /// From sitting down to the first picture of another seat decoded, in milliseconds.
    pub first_frame_ms: Option<u64>,
    /// Frames sent, voice and all layers of the camera.
    pub frames_sent: u64,
    /// Pictures received whole, all seats together.
    pub frames_received: u64,
    /// Pictures decoded.
    pub frames_decoded: u64,
    /// Pictures that the decoder refused, or whose barcode was missing or named another seat.
    pub frames_wrong: u64,
    /// Voice packets decoded.
    pub voices_decoded: u64,
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
    /// PeerConnections made anew, and signalling connections that broke.
    pub reconnects: u32,
    /// By remote seat.
    pub remotes: BTreeMap<u16, RemoteReport>,
    /// Why it ended, if it did: a stable word such as `left`, `adjourned`, `removed`, or a code.
    pub ended: Option<String>,
}

/// The figures about one remote seat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RemoteReport {
    /// Pictures received whole.
    pub frames_received: u64,
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
}
