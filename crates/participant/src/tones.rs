//! A pair of tones per seat, and telling from decoded sound whose pair it holds.
//!
//! Owns the table of frequencies and the detector (Goertzel's algorithm); leaves making frames of
//! sound to [`crate::voice`]. Within one call of up to 18 seats no two pairs share a tone, so a
//! listener that hears a mix of them (a browser) can still name each one.

/// Tones in each of the two groups; their pairs are enough for more than 300 seats.
const GROUP: usize = 18;
const LOW_HZ: f32 = 300.0;
const LOW_STEP_HZ: f32 = 40.0;
const HIGH_HZ: f32 = 1100.0;
const HIGH_STEP_HZ: f32 = 60.0;
/// A tone counts if it holds at least this share of the sound's power, half that of a clean pair.
const SHARE_MIN: f32 = 0.22;
/// Quieter than this (root mean square of samples in -1..1) is silence.
const LEVEL_MIN: f32 = 0.002;

/// The two frequencies, in hertz, of the seat with this number (from 1).
pub fn pair(seat: u16) -> (f32, f32) {
    let n = usize::from(seat.saturating_sub(1)) % (GROUP * GROUP);
    let (low, high) = (n % GROUP, (n % GROUP + n / GROUP) % GROUP);
    (
        LOW_HZ + LOW_STEP_HZ * low as f32,
        HIGH_HZ + HIGH_STEP_HZ * high as f32,
    )
}

/// The seat whose pair is in `samples` of one voice; 200 ms are enough to tell neighbours apart.
/// `None` for silence, for another sound, and for a mix of voices.
pub fn seat_heard(samples: &[f32], sample_rate: f32) -> Option<u16> {
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32;
    if power.sqrt() < LEVEL_MIN {
        return None;
    }
    let strongest = |base: f32, step: f32| {
        (0..GROUP)
            .map(|i| {
                (
                    i,
                    tone_power(samples, base + step * i as f32, sample_rate) / power,
                )
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|&(_, share)| share >= SHARE_MIN)
            .map(|(i, _)| i)
    };
    let (low, high) = (
        strongest(LOW_HZ, LOW_STEP_HZ)?,
        strongest(HIGH_HZ, HIGH_STEP_HZ)?,
    );
    let lap = (high + GROUP - low) % GROUP;
    u16::try_from(lap * GROUP + low + 1).ok()
}

/// Mean power of the tone `hz` in `samples`: half the square of its amplitude.
fn tone_power(samples: &[f32], hz: f32, sample_rate: f32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * hz / sample_rate).cos();
    let (mut s1, mut s2) = (0.0f32, 0.0f32);
    for &sample in samples {
        (s1, s2) = (sample + coefficient * s1 - s2, s1);
    }
    let n = samples.len() as f32;
    2.0 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / (n * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(seat: u16, rate: f32, n: usize, amplitude: f32) -> Vec<f32> {
        let (low, high) = pair(seat);
        let at = |hz: f32, t: f32| (std::f32::consts::TAU * hz * t).sin() * amplitude;
        (0..n)
            .map(|i| i as f32 / rate)
            .map(|t| at(low, t) + at(high, t))
            .collect()
    }

    #[test]
    fn each_of_300_seats_is_told_by_its_pair() {
        for seat in 1..=300 {
            assert_eq!(
                seat_heard(&sound(seat, 8000.0, 1600, 0.05), 8000.0),
                Some(seat)
            );
        }
    }

    #[test]
    fn eighteen_seats_share_no_tone() {
        for a in 1..=18 {
            for b in a + 1..=18 {
                assert!(pair(a).0 != pair(b).0 && pair(a).1 != pair(b).1);
            }
        }
    }

    #[test]
    fn silence_noise_and_other_tones_are_nobody() {
        assert_eq!(seat_heard(&[0.0; 1600], 8000.0), None);
        assert_eq!(seat_heard(&[], 8000.0), None);
        let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0 - 0.5;
        let noise: Vec<f32> = (0..1600).map(noise).collect();
        assert_eq!(seat_heard(&noise, 8000.0), None);
    }
}
