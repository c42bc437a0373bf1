//! RTCP (RFC 3550, 4585) as a browser sends it, and the little that is read of what it gets.

/// What a server asks of a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A key frame of this stream.
    KeyFrame(u32),
    /// So many packets again.
    Again(u32),
}

/// Goes through a compound packet.
pub(crate) fn read(mut packet: &[u8], mut asked: impl FnMut(Asked)) {
    while let Some(head) = packet.get(..4) {
        let len = 4 * (usize::from(u16::from_be_bytes([head[2], head[3]])) + 1);
        let Some(part) = packet.get(..len) else {
            return;
        };
        packet = &packet[len..];
        let number = |at: usize| {
            let bytes = part.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_be_bytes(bytes))
        };
        match (head[1], head[0] & 0x1f) {
            (206, 1) => number(8)
                .into_iter()
                .for_each(|s| asked(Asked::KeyFrame(s))),
            (206, 4) => {
                let entries = (12..len).step_by(8);
                entries
                    .filter_map(number)
                    .for_each(|s| asked(Asked::KeyFrame(s)));
            }
            (205, 1) => {
                let entries = (12..len).step_by(4).filter_map(number);
                let packets = entries.map(|entry| 1 + (entry & 0xffff).count_ones());
                asked(Asked::Again(packets.sum()));
            }
            _ => {}
        }
    }
}

/// What a receiver report says of one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
}

/// Receiver reports of so many streams as one may hold.
pub(crate) fn receiver_report(sender: u32, blocks: &[Block]) -> Vec<u8> {
    let mut out = header(blocks.len() as u8, 201, 2 + 6 * blocks.len());
    out.extend(sender.to_be_bytes());
    for block in blocks {
        out.extend(block.ssrc.to_be_bytes());
        out.extend((block.lost & 0x00ff_ffff).to_be_bytes());
        out.extend(block.highest.to_be_bytes());
        // No jitter to speak of, and round trips are measured by the transport-wide feedback.
        out.extend([0; 12]);
    }
    out
}

/// A sender report. `ntp`: seconds since 1900 in 32.32 bits.
pub(crate) fn sender_report(
    ssrc: u32,
    ntp: u64,
    timestamp: u32,
    packets: u32,
    bytes: u32,
) -> Vec<u8> {
    let mut out = header(0, 200, 7);
    out.extend(ssrc.to_be_bytes());
    out.extend(ntp.to_be_bytes());
    for word in [timestamp, packets, bytes] {
        out.extend(word.to_be_bytes());
    }
    out
}

/// Asks for a key frame.
pub(crate) fn picture_loss(sender: u32, media: u32) -> Vec<u8> {
    let mut out = header(1, 206, 3);
    out.extend(sender.to_be_bytes());
    out.extend(media.to_be_bytes());
    out
}

/// Asks for lost packets. The numbers are in order.
pub(crate) fn nack(sender: u32, media: u32, missing: &[u16]) -> Vec<u8> {
    let mut entries: Vec<(u16, u16)> = Vec::new();
    for &seq in missing {
        match entries.last_mut() {
            Some((first, bits)) if (1..=16).contains(&seq.wrapping_sub(*first)) => {
                *bits |= 1 << (seq.wrapping_sub(*first) - 1);
            }
            _ => entries.push((seq, 0)),
        }
    }
    let mut out = header(1, 205, 3 + entries.len());
    out.extend(sender.to_be_bytes());
    out.extend(media.to_be_bytes());
    for (first, bits) in entries {
        out.extend(first.to_be_bytes());
        out.extend(bits.to_be_bytes());
    }
    out
}

fn header(count: u8, kind: u8, words: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 * words);
    out.extend([0x80 | count, kind]);
    out.extend(((words - 1) as u16).to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut compound = receiver_report(
            1,
            &[Block {
                ssrc: 2,
                lost: 3,
                highest: 4,
            }],
        );
        compound.extend(picture_loss(1, 77));
        compound.extend(nack(1, 77, &[5, 6, 21, 22]));
        let mut asked = Vec::new();
        read(&compound, |a| asked.push(a));
        assert_eq!(asked, [Asked::KeyFrame(77), Asked::Again(4)]);
        assert_eq!(compound.len() % 4, 0);
    }

    #[test]
    fn damage_ends_reading() {
        read(&[0x81, 206, 0, 9, 0], |_| panic!("nothing is whole"));
    }
}
