//! The header of an SFrame ciphertext (RFC 9605, 4.3): one byte of lengths, key id, counter.
//!
//! ```text
//!  0 1 2 3 4 5 6 7
//! |X|  K  |Y|  C  |  KID in K+1 bytes if X, else K itself;  CTR in C+1 bytes if Y, else C itself
//! ```
//!
//! There is one way to write each number, the shortest, and no other is read: so the bytes that are
//! authenticated are known from the numbers.

/// Largest number that stands in the first byte itself.
const INLINE_MAX: u64 = 7;

/// Key id and counter of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Which key the frame is sealed under.
    pub kid: u64,
    /// The frame's number under that key.
    pub ctr: u64,
}

impl Header {
    /// Longest header.
    pub const BYTES_MAX: usize = 17;

    /// Reads the header at the beginning of `bytes`, and gives what follows it; `None` if it is cut
    /// short or a number is not written in the shortest way.
    pub fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (&config, rest) = bytes.split_first()?;
        let (kid, rest) = read(config >> 4, rest)?;
        let (ctr, rest) = read(config & 0x0f, rest)?;
        Some((Self { kid, ctr }, rest))
    }

    /// Writes it at the end of `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        out.push(code(self.kid) << 4 | code(self.ctr));
        for number in [self.kid, self.ctr] {
            if number > INLINE_MAX {
                out.extend_from_slice(&number.to_be_bytes()[8 - bytes_of(number)..]);
            }
        }
    }
}

/// The flag and the three bits of a number.
fn code(number: u64) -> u8 {
    if number <= INLINE_MAX {
        number as u8
    } else {
        8 | (bytes_of(number) - 1) as u8
    }
}

/// Fewest bytes that hold a number, at least one.
fn bytes_of(number: u64) -> usize {
    8 - (number | 1).leading_zeros() as usize / 8
}

fn read(code: u8, bytes: &[u8]) -> Option<(u64, &[u8])> {
    if code & 8 == 0 {
        return Some((code.into(), bytes));
    }
    let (digits, rest) = bytes.split_at_checked(usize::from(code & 7) + 1)?;
    let number = digits
        .iter()
        .fold(0, |number, &digit| number << 8 | u64::from(digit));
    let shortest = number > INLINE_MAX && bytes_of(number) == digits.len();
    shortest.then_some((number, rest))
}
