//! Encoded frames between codecs and packets: the one seam every frame passes, whole, and what each
//! side of it is called.
//!
//! ```text
//! publisher ─PlainFrame─> sealing ─SealedFrame───> media ─> packets
//! audience <─OpenedFrame─ sealing <─UnverifiedFrame─ media <─ packets
//! ```
//! Only [`crate::sealing`] makes a [`SealedFrame`](crate::sealing::SealedFrame) or an
//! [`OpenedFrame`](crate::sealing::OpenedFrame), and only of what the call's group sealed or opened:
//! a plain frame cannot be sent, and one that does not open cannot be shown.

use std::{fmt, sync::Arc};

pub use sealed::media::envelope::Kind;
use sealed::media::kid;

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
    /// The shared screen: VP8, a 90 kHz clock, one layer.
    Screen,
}

impl Stream {
    /// What key ids call it.
    pub(crate) const fn kid(self) -> (kid::Stream, u8) {
        match self {
            Self::Microphone => (kid::Stream::Microphone, 0),
            Self::Camera(Layer::Quarter) => (kid::Stream::Camera, 0),
            Self::Camera(Layer::Half) => (kid::Stream::Camera, 1),
            Self::Screen => (kid::Stream::Screen, 0),
        }
    }
}

/// A frame as its encoder made it.
pub struct PlainFrame {
    /// Where it belongs.
    pub stream: Stream,
    /// RTP timestamp in the stream's clock, not yet wrapped to 32 bits.
    pub time: u64,
    /// It can be decoded by itself; a voice says no.
    pub key: bool,
    /// The encoded frame.
    pub data: Vec<u8>,
}

/// A frame received, put together from its packets. Nothing about it is known to be true.
pub struct UnverifiedFrame {
    /// `mid` of the transceiver it came on; what `slots` says of it is the server's word only.
    pub mid: String,
    /// What it is.
    pub kind: Kind,
    /// RTP timestamp in the stream's clock, extended.
    pub time: u64,
    /// No frame was lost between the last one on this transceiver and this.
    pub contiguous: bool,
    /// As it came: sealed, if it is anything.
    pub data: Arc<[u8]>,
}

/// Sizes only: what is said and shown is not for logs.
impl fmt::Debug for UnverifiedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes, mid) = (self.kind, self.data.len(), &self.mid);
        write!(f, "{kind:?} frame of {bytes} bytes on {mid}")
    }
}
