//! The RTP header as we write it (RFC 3550, 5.1) with its extensions (RFC 8285, 4.2).

/// Bytes without extensions.
const FIXED: usize = 12;
/// Ids of one-byte extensions go up to this.
const ID_MAX: u8 = 14;

/// What goes into a header.
pub(crate) struct Header<'a> {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) padding: bool,
    pub(crate) seq: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// With its id: of the datagram on the whole connection.
    pub(crate) transport_seq: Option<(u8, u16)>,
    /// With its id: which m-line this is, 1 to 16 bytes.
    pub(crate) mid: Option<(u8, &'a str)>,
}

impl Header<'_> {
    /// Bytes it takes.
    pub(crate) fn len(&self) -> usize {
        match self.extensions() {
            0 => FIXED,
            bytes => FIXED + 4 + bytes.next_multiple_of(4),
        }
    }

    fn extensions(&self) -> usize {
        let seq = self.transport_seq.map_or(0, |_| 3);
        seq + self.mid.map_or(0, |(_, mid)| 1 + mid.len())
    }

    /// Appends it.
    pub(crate) fn write(&self, buffer: &mut Vec<u8>) {
        let extensions = self.extensions();
        let mut fixed = [0; FIXED];
        fixed[0] = 0x80 | (u8::from(self.padding) << 5) | (u8::from(extensions > 0) << 4);
        fixed[1] = (u8::from(self.marker) << 7) | self.payload_type;
        fixed[2..4].copy_from_slice(&self.seq.to_be_bytes());
        fixed[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        fixed[8..].copy_from_slice(&self.ssrc.to_be_bytes());
        buffer.extend_from_slice(&fixed);
        if extensions == 0 {
            return;
        }
        let words = extensions.div_ceil(4) as u8;
        buffer.extend_from_slice(&[0xbe, 0xde, 0, words]);
        if let Some((id, seq)) = self.transport_seq {
            let [high, low] = seq.to_be_bytes();
            buffer.extend_from_slice(&[(id << 4) | 1, high, low]);
        }
        if let Some((id, mid)) = self.mid {
            buffer.push((id << 4) | (mid.len() as u8 - 1));
            buffer.extend_from_slice(mid.as_bytes());
        }
        let padding = usize::from(words) * 4 - extensions;
        buffer.extend_from_slice(&[0; 3][..padding]);
    }
}

/// An extension's id, if it is one that fits our headers.
pub(crate) fn usable_id(id: Option<u8>) -> Option<u8> {
    id.filter(|id| (1..=ID_MAX).contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_the_length_it_says_and_the_fields_where_the_rfcs_put_them() {
        let mut header = Header {
            payload_type: 96,
            marker: true,
            padding: false,
            seq: 0x0102,
            timestamp: 0x0304_0506,
            ssrc: 0x0708_090a,
            transport_seq: None,
            mid: None,
        };
        let written = |header: &Header<'_>| {
            let mut bytes = Vec::new();
            header.write(&mut bytes);
            assert_eq!(bytes.len(), header.len());
            bytes
        };
        let fixed = [0x80, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        assert_eq!(written(&header), fixed);
        header.transport_seq = Some((3, 0x1122));
        let bytes = written(&header);
        assert_eq!(bytes[0], 0x90);
        assert_eq!(bytes[12..], [0xbe, 0xde, 0, 1, 0x31, 0x11, 0x22, 0]);
        header.mid = Some((1, "12"));
        header.padding = true;
        let bytes = written(&header);
        assert_eq!(bytes[0], 0xb0);
        assert_eq!(
            bytes[12..],
            [0xbe, 0xde, 0, 2, 0x31, 0x11, 0x22, 0x11, b'1', b'2', 0, 0]
        );
    }
}
