//! The byte formats of this crate: big-endian numbers, byte strings with a two-byte length. Reading is
//! bounded by the input and refuses what is left over, so one value has one form.

/// The bytes are not what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed")]
pub struct Malformed;

/// Appends values to bytes.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub(crate) fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(crate) fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    pub(crate) fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_be_bytes());
        self
    }

    /// A number in as few bytes as it needs: seven bits in each, the lowest first, the top bit of all but the
    /// last set.
    pub(crate) fn short(mut self, mut value: u64) -> Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.u8(value as u8)
    }

    /// A list after its short count.
    pub(crate) fn short_list<T>(self, items: &[T], write: impl FnMut(Self, &T) -> Self) -> Self {
        let count = self.short(items.len() as u64);
        items.iter().fold(count, write)
    }

    /// Zeros up to a multiple of so many bytes.
    pub(crate) fn padded(mut self, step: usize) -> Self {
        self.0.resize(self.0.len().next_multiple_of(step), 0);
        self
    }

    /// Bytes of a length both sides know.
    pub(crate) fn fixed(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// Bytes after their two-byte length. Longer ones are cut: callers bound them before.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.u16(length).fixed(&bytes[..usize::from(length)])
    }

    /// A list after its two-byte count.
    pub(crate) fn list<T>(self, items: &[T], mut write: impl FnMut(Self, &T) -> Self) -> Self {
        let count = u16::try_from(items.len()).unwrap_or(u16::MAX);
        items[..usize::from(count)]
            .iter()
            .fold(self.u16(count), &mut write)
    }
}

/// Takes values from bytes.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn fixed(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.fixed(N)?.try_into().map_err(|_| Malformed)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    /// What [`Writer::short`] wrote, and no other form of it.
    pub(crate) fn short(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = u64::from(self.u8()?);
            let bits = byte & 0x7f;
            if shift == 63 && bits > 1 || shift > 0 && byte == 0 {
                return Err(Malformed);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// The same, if it fits.
    pub(crate) fn short_as<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        T::try_from(self.short()?).map_err(|_| Malformed)
    }

    pub(crate) fn short_list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count = self.short()?;
        (0..count).map(|_| read(self)).collect()
    }

    /// The zeros of [`Writer::padded`], and nothing after them.
    pub(crate) fn end_padded(self, step: usize) -> Result<(), Malformed> {
        let zeros = self.0.len() < step && self.0.iter().all(|byte| *byte == 0);
        zeros.then_some(()).ok_or(Malformed)
    }

    /// 0 or 1.
    pub(crate) fn flag(&mut self) -> Result<bool, Malformed> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u16()?;
        self.fixed(usize::from(length))
    }

    pub(crate) fn text(&mut self) -> Result<String, Malformed> {
        let text = std::str::from_utf8(self.bytes()?).map_err(|_| Malformed)?;
        Ok(text.to_owned())
    }

    pub(crate) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count = self.u16()?;
        (0..count).map(|_| read(self)).collect()
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), Malformed> {
        self.0.is_empty().then_some(()).ok_or(Malformed)
    }
}
