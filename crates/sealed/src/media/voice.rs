//! How long an Opus packet lasts (RFC 6716, 3.1), by its first byte.

/// Milliseconds; of what is no packet, those of a usual one.
pub(crate) fn packet_ms(packet: &[u8]) -> u64 {
    const USUAL: u64 = 20;
    let [toc, count, _, ..] = packet else {
        return USUAL;
    };
    let config = toc >> 3;
    // In tenths: two modes have frames of 10 to 60 ms or of 10 and 20, the third of 2.5 to 20 ms.
    let frame = match config {
        0..=11 => [100, 200, 400, 600][usize::from(config % 4)],
        12..=15 => [100, 200][usize::from(config % 2)],
        _ => [25, 50, 100, 200][usize::from(config % 4)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(count & 0x3f),
    };
    match frame * frames / 10 {
        0 => USUAL,
        ms => ms.min(120),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_tells_how_long_it_lasts() {
        // SILK 60 ms; CELT 20 ms; CELT 20 ms three times; hybrid 20 ms twice; CELT 2.5 ms.
        let packets: [(&[u8], u64); 5] = [
            (&[11 << 3, 0, 0], 60),
            (&[31 << 3, 0, 0], 20),
            (&[(31 << 3) | 3, 3, 0], 60),
            (&[(15 << 3) | 1, 0, 0], 40),
            (&[16 << 3, 0, 0], 2),
        ];
        for (packet, ms) in packets {
            assert_eq!(packet_ms(packet), ms, "{packet:?}");
        }
        assert_eq!(packet_ms(&[]), 20);
        assert_eq!(packet_ms(&[11 << 3]), 20, "too short to be one");
        assert_eq!(packet_ms(&[(31 << 3) | 3, 0, 0]), 20);
    }
}
