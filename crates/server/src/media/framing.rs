//! Datagrams on a TCP stream: two bytes of length, then the datagram (RFC 4571).

/// Longest frame taken. Nothing WebRTC sends is longer than a datagram.
pub(super) const FRAME_BYTES_MAX: usize = 2048;

/// A frame was empty or too long: not a peer of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadFrame;

/// Bytes of a stream until they are whole frames.
#[derive(Default)]
pub(super) struct Deframer {
    buffer: Vec<u8>,
    start: usize,
    /// Where the frame taken last began.
    last: usize,
}

impl Deframer {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        // Whatever was taken out makes room first, so the buffer stays within one read and a frame.
        self.buffer.drain(..self.start);
        (self.start, self.last) = (0, 0);
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, if there is one.
    pub(super) fn next_frame(&mut self) -> Result<Option<&[u8]>, BadFrame> {
        let rest = &self.buffer[self.start..];
        let [high, low, ..] = rest else {
            return Ok(None);
        };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        if len == 0 || len > FRAME_BYTES_MAX {
            return Err(BadFrame);
        }
        if rest.len() < 2 + len {
            return Ok(None);
        }
        self.last = self.start;
        let from = self.start + 2;
        self.start = from + len;
        Ok(Some(&self.buffer[from..from + len]))
    }

    /// The frame taken last was not taken.
    pub(super) fn put_back(&mut self) {
        self.start = self.last;
    }

    /// What was not taken out yet.
    pub(super) fn into_rest(mut self) -> Vec<u8> {
        self.buffer.drain(..self.start);
        self.buffer
    }
}

/// Appends a frame.
pub(super) fn push_frame(queue: &mut Vec<u8>, datagram: &[u8]) {
    let len = u16::try_from(datagram.len()).expect("datagrams are shorter than 64 kB");
    queue.extend_from_slice(&len.to_be_bytes());
    queue.extend_from_slice(datagram);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn empty_and_long_frames_are_refused_before_they_are_read() {
        for bytes in [[0, 0], [0x16, 0x03], [0xff, 0xff]] {
            let mut deframer = Deframer::default();
            deframer.push(&bytes);
            assert_eq!(deframer.next_frame(), Err(BadFrame));
        }
    }

    proptest! {
        #[test]
        fn frames_come_out_whole_however_the_stream_is_cut(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 1..20),
            cut in 1_usize..100,
        ) {
            let mut stream = Vec::new();
            frames.iter().for_each(|frame| push_frame(&mut stream, frame));
            let (mut deframer, mut seen) = (Deframer::default(), Vec::new());
            for piece in stream.chunks(cut) {
                deframer.push(piece);
                while let Some(frame) = deframer.next_frame().unwrap() { seen.push(frame.to_vec()); }
            }
            prop_assert_eq!(seen, frames);
        }
    }
}
