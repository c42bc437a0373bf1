//! Whatever happens before the server, a receiver's numbers go on: sequence number, timestamp,
//! picture id and TL0PICIDX over any order of switches, losses and disorder.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use sfu::{Incoming, Outgoing, PictureId, Rewriter};

/// A source between two switches.
#[derive(Debug, Clone)]
struct Stretch {
    first_seq: u64,
    first_timestamp: u32,
    first_picture: u16,
    wide: bool,
    first_tl0: u8,
    /// Packets of each frame.
    frames: Vec<u8>,
    /// Fate of each packet: lost, or late by so many places.
    fates: Vec<Option<u8>>,
    /// Since the stretch before.
    pause_ms: u64,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let numbers = (
        0_u64..1 << 40,
        any::<u32>(),
        0_u16..0x8000,
        any::<bool>(),
        any::<u8>(),
    );
    let frames = proptest::collection::vec(1_u8..5, 1..60);
    let fate = prop_oneof![6 => Just(Some(0)), 1 => Just(None), 1 => (1_u8..12).prop_map(Some)];
    let fates = proptest::collection::vec(fate, 240);
    (numbers, frames, fates, 0_u64..5000).prop_map(|(n, frames, fates, pause_ms)| Stretch {
        first_seq: n.0,
        first_timestamp: n.1,
        first_picture: if n.3 { n.2 } else { n.2 & 0x7f },
        wide: n.3,
        first_tl0: n.4,
        frames,
        fates,
        pause_ms,
    })
}

impl Stretch {
    /// Packets in the order they arrive; the first packet comes first.
    fn packets(&self, start: Instant) -> Vec<Incoming> {
        let mut packets = Vec::new();
        let mask = if self.wide { 0x7fff } else { 0x7f };
        let mut seq = self.first_seq;
        for (frame, &count) in self.frames.iter().enumerate() {
            for _ in 0..count {
                packets.push(Incoming {
                    seq,
                    timestamp: self.first_timestamp.wrapping_add(frame as u32 * 3000),
                    arrival: start + Duration::from_millis(frame as u64 * 33),
                    picture_id: Some(PictureId {
                        value: self.first_picture.wrapping_add(frame as u16) & mask,
                        wide: self.wide,
                    }),
                    tl0_pic_idx: Some(self.first_tl0.wrapping_add(frame as u8)),
                });
                seq += 1;
            }
        }
        let mut order: Vec<_> = packets
            .into_iter()
            .enumerate()
            .filter_map(|(i, packet)| match (i, self.fates[i % self.fates.len()]) {
                (0, _) => Some((0, packet)),
                (_, None) => None,
                (i, Some(late)) => Some((i + usize::from(late), packet)),
            })
            .collect();
        order.sort_by_key(|(place, _)| *place);
        order.into_iter().map(|(_, packet)| packet).collect()
    }
}

/// Newest numbers so far.
#[derive(Default)]
struct Newest {
    seq: Option<u64>,
    timestamp: Option<u32>,
    picture: Option<i64>,
    tl0: Option<i64>,
}

proptest! {
    #[test]
    fn numbers_go_on_over_any_switch_loss_and_disorder(
        stretches in proptest::collection::vec(stretch(), 1..6),
        clock in Just(90_000_u32),
    ) {
        let mut rewriter = Rewriter::new(clock, 32_000);
        let (mut now, mut newest, mut used) = (testkit::World::new().start, Newest::default(), HashSet::new());
        for stretch in &stretches {
            now += Duration::from_millis(stretch.pause_ms);
            let packets = stretch.packets(now);
            let first = packets[0];
            rewriter.switch(&first);
            let begin = rewriter.rewrite(&first).expect("the first is part of it");
            check_switch(&newest, &begin, stretch)?;
            // A straggler of the same source from before the switch is not let through.
            if first.seq > 0 {
                prop_assert_eq!(rewriter.rewrite(&Incoming { seq: first.seq - 1, ..first }), None);
            }
            prop_assert!(used.insert(begin.seq));
            let bits = if stretch.wide { 15 } else { 7 };
            let (base_picture, base_tl0) = bases(&newest, &begin);
            note(&mut newest, &begin, base_picture, base_tl0);
            for packet in &packets[1..] {
                let out = rewriter.rewrite(packet).expect("it came after the first");
                prop_assert!(used.insert(out.seq), "a number twice");
                prop_assert_eq!(out.seq - begin.seq, packet.seq - first.seq);
                let ticks = packet.timestamp.wrapping_sub(first.timestamp);
                prop_assert_eq!(out.timestamp.wrapping_sub(begin.timestamp), ticks);
                let frames = i64::from(ticks / 3000);
                let picture = base_picture + frames;
                prop_assert_eq!(i64::from(out.picture_id.unwrap()), picture & ((1 << bits) - 1));
                prop_assert_eq!(i64::from(out.tl0_pic_idx.unwrap()), (base_tl0 + frames) & 0xff);
                note(&mut newest, &out, picture, base_tl0 + frames);
            }
            now += Duration::from_millis(stretch.frames.len() as u64 * 33);
        }
    }
}

fn check_switch(newest: &Newest, begin: &Outgoing, stretch: &Stretch) -> Result<(), TestCaseError> {
    if let Some(seq) = newest.seq {
        prop_assert_eq!(begin.seq, seq + 1);
    }
    if let Some(timestamp) = newest.timestamp {
        let ticks = begin.timestamp.wrapping_sub(timestamp);
        prop_assert!((1..90_000 * 8).contains(&ticks), "{}", ticks);
    }
    if let Some(picture) = newest.picture {
        let mask = if stretch.wide { 0x7fff } else { 0x7f };
        prop_assert_eq!(i64::from(begin.picture_id.unwrap()), (picture + 1) & mask);
    }
    if let Some(tl0) = newest.tl0 {
        prop_assert_eq!(i64::from(begin.tl0_pic_idx.unwrap()), (tl0 + 1) & 0xff);
    }
    Ok(())
}

/// Extended picture id and TL0PICIDX of a stretch's first packet.
fn bases(newest: &Newest, begin: &Outgoing) -> (i64, i64) {
    let picture = newest
        .picture
        .map_or(i64::from(begin.picture_id.unwrap()), |p| p + 1);
    let tl0 = newest
        .tl0
        .map_or(i64::from(begin.tl0_pic_idx.unwrap()), |t| t + 1);
    (picture, tl0)
}

fn note(newest: &mut Newest, out: &Outgoing, picture: i64, tl0: i64) {
    newest.seq = newest.seq.max(Some(out.seq));
    newest.picture = newest.picture.max(Some(picture));
    newest.tl0 = newest.tl0.max(Some(tl0));
    let is_newer = |last: u32| out.timestamp.wrapping_sub(last) < 1 << 31;
    if newest.timestamp.is_none_or(is_newer) {
        newest.timestamp = Some(out.timestamp);
    }
}
