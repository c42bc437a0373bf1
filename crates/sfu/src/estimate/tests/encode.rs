//! Writes transport-wide feedback, as a receiver does.

/// The body of a feedback packet from the base sequence number on. `arrivals`: for each packet from
/// `base` on its arrival in units of 250 us on the receiver's clock. The reference time is that of
/// the first arrival, or zero. `None` if two arrivals are further apart than 16 bits.
pub(super) fn encode(base: u16, arrivals: &[Option<i64>]) -> Option<Vec<u8>> {
    let first = arrivals.iter().flatten().next().copied().unwrap_or(0);
    let reference = first.div_euclid(256);
    let (mut last, mut symbols, mut deltas) = (reference * 256, Vec::new(), Vec::new());
    for arrival in arrivals {
        let Some(at) = arrival else {
            symbols.push(0_u16);
            continue;
        };
        let delta = at - last;
        last = *at;
        if let Ok(small) = u8::try_from(delta) {
            symbols.push(1);
            deltas.push(small);
        } else {
            symbols.push(2);
            deltas.extend(i16::try_from(delta).ok()?.to_be_bytes());
        }
    }
    let mut body = Vec::new();
    body.extend(base.to_be_bytes());
    body.extend((arrivals.len() as u16).to_be_bytes());
    body.extend(&(reference.rem_euclid(1 << 24) as u32).to_be_bytes()[1..]);
    body.push(0);
    for chunk in chunks(&symbols) {
        body.extend(chunk.to_be_bytes());
    }
    body.extend(deltas);
    body.resize(body.len().next_multiple_of(4), 0);
    Some(body)
}

/// Runs where they pay, else single bits if they suffice, else pairs of bits.
fn chunks(mut symbols: &[u16]) -> Vec<u16> {
    let mut chunks = Vec::new();
    while let Some(&first) = symbols.first() {
        let run = symbols
            .iter()
            .take(8191)
            .take_while(|s| **s == first)
            .count();
        let bits = symbols.iter().take(14).all(|s| *s < 2);
        let taken = if run > 14 || run == symbols.len() {
            chunks.push(first << 13 | run as u16);
            run
        } else if bits {
            chunks.push(0x8000 | pack(symbols, 14, 1));
            14
        } else {
            chunks.push(0xc000 | pack(symbols, 7, 2));
            7
        };
        symbols = &symbols[taken.min(symbols.len())..];
    }
    chunks
}

fn pack(symbols: &[u16], count: usize, width: u32) -> u16 {
    let padded = symbols.iter().copied().chain(std::iter::repeat(0));
    padded.take(count).fold(0, |bits, s| bits << width | s)
}
