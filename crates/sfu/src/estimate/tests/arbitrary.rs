//! Receivers that say anything.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{
    super::{ESTIMATE_MAX, ESTIMATE_MIN, Estimator, Feedback},
    encode::encode,
};

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused_and_walked_through_in_bounded_time(
        body in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        if let Some(feedback) = Feedback::parse(&body) {
            let packets: Vec<_> = feedback.packets().collect();
            let arrived = packets.iter().filter(|(_, arrival)| arrival.is_some()).count();
            prop_assert!((1..=16_384).contains(&packets.len()) && arrived <= body.len());
        }
    }

    #[test]
    fn what_is_written_is_read_again(
        base in any::<u16>(),
        start in 0_i64..1 << 32,
        steps in proptest::collection::vec((0_u8..8, -3000_i64..3000), 1..300),
    ) {
        let mut at = start;
        let arrivals: Vec<_> = steps.iter().map(|&(kind, step)| {
            at += if kind < 5 { step.abs() % 200 } else { step };
            (kind != 7).then_some(at)
        }).collect();
        let body = encode(base, &arrivals).unwrap();
        let feedback = Feedback::parse(&body).unwrap();
        let reference = arrivals.iter().flatten().next().map_or(0, |first| first.div_euclid(256));
        prop_assert_eq!(i64::from(feedback.reference()), reference.rem_euclid(1 << 24));
        for (i, (seq, arrival)) in feedback.packets().enumerate() {
            prop_assert_eq!(seq, base.wrapping_add(i as u16));
            prop_assert_eq!(arrival, arrivals[i].map(|at| (at - reference * 256) * 250));
        }
        prop_assert_eq!(feedback.packets().count(), arrivals.len());
        prop_assert!(Feedback::parse(&body[..7]).is_none(), "cut short");
    }

    #[test]
    fn whatever_is_told_the_estimate_stays_within_its_range(
        start in any::<u64>(),
        desired in any::<u64>(),
        events in proptest::collection::vec(
            (0_u8..5, any::<u16>(), 0_u64..3_000, proptest::collection::vec(any::<u8>(), 0..60)),
            1..200,
        ),
    ) {
        let mut now = Instant::now();
        let mut estimator = Estimator::new(now, start);
        estimator.set_desired(desired);
        for (kind, number, ms, bytes) in events {
            now += Duration::from_millis(ms);
            match kind {
                0 => (0..number % 600).for_each(|_| { estimator.sent(now, usize::from(number), None); }),
                1 => estimator.tick(now),
                2 => if let Some(probe) = estimator.probe(now) {
                    estimator.sent(now, probe.bytes, Some(probe.id));
                },
                3 => if let Some(feedback) = Feedback::parse(&bytes) {
                    estimator.feedback(now, &feedback);
                },
                // Plausible numbers, any times.
                _ => {
                    let arrivals: Vec<_> = bytes.iter().map(|b| (b % 5 != 0).then_some(i64::from(number) * i64::from(*b))).collect();
                    let base = estimator.history.next().wrapping_sub(bytes.len() as u16 + number % 7);
                    if let Some(body) = encode(base, &arrivals) && let Some(feedback) = Feedback::parse(&body) {
                        estimator.feedback(now, &feedback);
                    }
                }
            }
            prop_assert!((ESTIMATE_MIN..=ESTIMATE_MAX).contains(&estimator.estimate()));
            prop_assert!((0.0..=1.0).contains(&estimator.loss()));
        }
    }
}

#[test]
fn a_reserved_status_an_empty_run_and_too_many_packets_are_refused() {
    let header = |count: u16| [&[0, 1][..], &count.to_be_bytes(), &[0, 0, 1, 0]].concat();
    let with =
        |count, chunk: u16| [header(count), chunk.to_be_bytes().to_vec(), vec![0; 30]].concat();
    assert!(Feedback::parse(&with(3, 0x2003)).is_some());
    assert!(Feedback::parse(&with(3, 0x6003)).is_none(), "reserved");
    assert!(
        Feedback::parse(&with(3, 0xc003)).is_some(),
        "reserved, but of no packet"
    );
    assert!(
        Feedback::parse(&with(7, 0xc003)).is_none(),
        "reserved, the last of seven"
    );
    assert!(Feedback::parse(&with(3, 0x2000)).is_none(), "an empty run");
    assert!(Feedback::parse(&with(0, 0x2003)).is_none(), "no packets");
    assert!(
        Feedback::parse(&[header(16_385), vec![0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff]].concat())
            .is_none()
    );
    assert!(
        Feedback::parse(&with(40, 0x2028)).is_none(),
        "deltas are missing"
    );
}
