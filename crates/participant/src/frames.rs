//! Encoded frames between codecs and packets: the one seam every frame passes, whole.
//!
//! Out: [`crate::publisher`] makes an [`OutgoingFrame`], [`crate::media::Media::send`] cuts it into
//! RTP packets. In: `Media` gives an [`IncomingFrame`] put together again, [`crate::audience`]
//! decodes it. Nothing else sees frames, so what seals frames end to end sits between these two and
//! sees neither packets nor pictures.

use std::fmt;

/// A layer of the camera's simulcast, by its RID (RFC 8852) on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// 320 × 180, `q`.
    Quarter,
    /// 640 × 360, `h`.
    Half,
}

impl Layer {
    /// Both layers, smallest first.
    pub const ALL: [Self; 2] = [Self::Quarter, Self::Half];

    /// Its RID.
    pub const fn rid(self) -> &'static str {
        match self {
            Self::Quarter => "q",
            Self::Half => "h",
        }
    }
}

/// Which of the own streams a frame belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The microphone: Opus, a 48 kHz clock.
    Microphone,
    /// A layer of the camera: VP8, a 90 kHz clock.
    Camera(Layer),
}

/// A frame to send, before it is cut into packets.
pub struct OutgoingFrame {
    /// Where it belongs.
    pub stream: Stream,
    /// RTP timestamp in the stream's clock, not yet wrapped to 32 bits.
    pub time: u64,
    /// The encoded frame.
    pub data: Vec<u8>,
}

/// Voice or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Opus.
    Voice,
    /// VP8.
    Picture,
}

/// A frame received, put together from its packets.
pub struct IncomingFrame {
    /// `mid` of the transceiver it came on; `slots` says whose that is.
    pub mid: String,
    /// What it is.
    pub kind: Kind,
    /// RTP timestamp in the stream's clock, extended.
    pub time: u64,
    /// No frame was lost between the last one on this transceiver and this.
    pub contiguous: bool,
    /// The encoded frame.
    pub data: std::sync::Arc<[u8]>,
}

/// Sizes only: what is said and shown is not for logs.
impl fmt::Debug for IncomingFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} frame of {} bytes on {}",
            self.kind,
            self.data.len(),
            self.mid
        )
    }
}
