//! Transport-wide feedback: which packets arrived, and when
//! (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1).
//!
//! ```text
//!  base sequence number (16) | packet status count (16)
//!  reference time (24, 64 ms) | feedback packet count (8)
//!  status chunks (16 each) ... | receive deltas (8 or 16 each, 250 us) ... | padding
//! ```

/// Bytes before the chunks, counted from the base sequence number.
const HEADER: usize = 8;
/// Packets one feedback may tell of. More than fifty megabits per second for three seconds; what a
/// stranger may make us walk through for his two bytes per 8191 packets.
const COUNT_MAX: u16 = 16_384;
/// Unit of receive deltas, in microseconds (3.1.5).
const DELTA_US: i64 = 250;
/// Unit of the reference time, in microseconds (3.1).
pub(super) const REFERENCE_US: i64 = 64_000;

/// One feedback packet, checked: iterating over it cannot fail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feedback<'a> {
    base: u16,
    count: u16,
    reference: u32,
    chunks: &'a [u8],
    deltas: &'a [u8],
}

impl<'a> Feedback<'a> {
    /// Reads the body of an RTCP packet (payload type 205, format 15) from the base sequence number
    /// on. `None` if it is cut short, uses a reserved status or tells of more than [`COUNT_MAX`]
    /// packets; what follows the deltas is padding.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        let (header, rest) = body.split_first_chunk::<HEADER>()?;
        let count = u16::from_be_bytes([header[2], header[3]]);
        if count == 0 || count > COUNT_MAX {
            return None;
        }
        let (mut left, mut chunks, mut deltas) = (count, 0, 0);
        while left > 0 {
            let chunk = Chunk::read(rest.get(chunks..)?)?;
            let packets = chunk.packets().min(left);
            deltas += chunk.delta_bytes(packets)?;
            left -= packets;
            chunks += 2;
        }
        let (chunks, rest) = rest.split_at(chunks);
        Some(Self {
            base: u16::from_be_bytes([header[0], header[1]]),
            count,
            reference: u32::from_be_bytes([0, header[4], header[5], header[6]]),
            chunks,
            deltas: rest.get(..deltas)?,
        })
    }

    /// Packets it tells of: 1..=[`COUNT_MAX`].
    pub(crate) fn count(&self) -> u16 {
        self.count
    }

    /// The receiver's clock that arrivals count from, in units of 64 ms, modulo 2^24.
    pub(crate) fn reference(&self) -> u32 {
        self.reference
    }

    /// For each packet, in sequence, its transport-wide number and its arrival in microseconds from
    /// the reference time; `None` if it had not arrived. At most [`COUNT_MAX`].
    pub(crate) fn packets(&self) -> impl Iterator<Item = (u16, Option<i64>)> + use<'a> {
        let (mut seq, mut deltas, mut arrival) = (self.base, self.deltas, 0);
        let chunks = self.chunks.chunks_exact(2).filter_map(Chunk::read);
        let statuses = chunks.flat_map(|chunk| (0..chunk.packets()).map(move |i| chunk.status(i)));
        statuses.take(usize::from(self.count)).map(move |status| {
            let this = seq;
            seq = seq.wrapping_add(1);
            let delta = status.delta(&mut deltas);
            let arrived = delta.map(|delta| {
                arrival += delta * DELTA_US;
                arrival
            });
            (this, arrived)
        })
    }
}

/// What is said of one packet (3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    NotReceived,
    SmallDelta,
    LargeDelta,
    Reserved,
}

impl Status {
    fn from_bits(bits: u16) -> Self {
        match bits & 3 {
            0 => Self::NotReceived,
            1 => Self::SmallDelta,
            2 => Self::LargeDelta,
            _ => Self::Reserved,
        }
    }

    /// Bytes its delta takes; `None` if reserved.
    fn delta_bytes(self) -> Option<usize> {
        match self {
            Self::NotReceived => Some(0),
            Self::SmallDelta => Some(1),
            Self::LargeDelta => Some(2),
            Self::Reserved => None,
        }
    }

    /// Takes its delta, if it has one, in units of 250 us: 0..=255, or signed 16 bits (3.1.5).
    fn delta(self, bytes: &mut &[u8]) -> Option<i64> {
        let (value, rest) = match (self, *bytes) {
            (Self::SmallDelta, [a, rest @ ..]) => (i64::from(*a), rest),
            (Self::LargeDelta, [a, b, rest @ ..]) => {
                (i64::from(i16::from_be_bytes([*a, *b])), rest)
            }
            _ => return None,
        };
        *bytes = rest;
        Some(value)
    }
}

/// Sixteen bits about some packets.
#[derive(Debug, Clone, Copy)]
enum Chunk {
    /// The same for up to 8191 packets (3.1.3).
    Run(Status, u16),
    /// One bit for each of 14 packets (3.1.4).
    Bits(u16),
    /// Two bits for each of 7 packets (3.1.4).
    Pairs(u16),
}

impl Chunk {
    fn read(bytes: &[u8]) -> Option<Self> {
        let bits = u16::from_be_bytes(*bytes.first_chunk()?);
        match bits >> 14 {
            0 | 1 if bits & 0x1fff == 0 => None, // would never end
            0 | 1 => Some(Self::Run(Status::from_bits(bits >> 13), bits & 0x1fff)),
            2 => Some(Self::Bits(bits)),
            _ => Some(Self::Pairs(bits)),
        }
    }

    fn packets(self) -> u16 {
        match self {
            Self::Run(_, length) => length,
            Self::Bits(_) => 14,
            Self::Pairs(_) => 7,
        }
    }

    /// `index` below [`Self::packets`].
    fn status(self, index: u16) -> Status {
        match self {
            Self::Run(status, _) => status,
            Self::Bits(bits) => Status::from_bits(bits >> (13 - index) & 1),
            Self::Pairs(bits) => Status::from_bits(bits >> (12 - 2 * index)),
        }
    }

    /// Of the first `packets`; `None` if a reserved status is among them.
    fn delta_bytes(self, packets: u16) -> Option<usize> {
        match self {
            Self::Run(status, _) => Some(status.delta_bytes()? * usize::from(packets)),
            _ => (0..packets).map(|i| self.status(i).delta_bytes()).sum(),
        }
    }
}
