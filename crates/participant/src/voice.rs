//! Opus (RFC 6716) in and out at a constant bitrate, a seat's tones as its voice.
//!
//! Constant bitrate and no discontinuous transmission, so that the size and the rhythm of packets
//! say nothing about speech. A seat that does not speak sends silence in packets of the same size. There
//! are two such voices: one for good lines, one for bad ones; which is sent depends on the lines of those
//! who hear it, never on what is said.

use opus::{Application, Bitrate, Channels};

use crate::tones;

/// Samples of 20 ms at [`SEND_RATE`], in which voices are counted.
pub const FRAME_SAMPLES: usize = 960;
/// Sample rate of what is sent, and RTP clock rate (RFC 7587).
pub const SEND_RATE: u32 = 48_000;
/// Voices are decoded at this rate: enough for every tone, at a sixth of the work.
pub const HEAR_RATE: u32 = 8_000;
/// Longest Opus packet that is decoded (RFC 6716, 3.4: 1275 bytes a frame).
const PACKET_BYTES_MAX: usize = 1275 * 6;
/// Samples of the longest packet (120 ms).
const HEAR_SAMPLES_MAX: usize = HEAR_RATE as usize * 120 / 1000;
/// Loudness of each of the two tones: audible beside speech, not over it.
const AMPLITUDE: f32 = 0.04;
/// Samples over which a voice swells and fades, so that it does not click.
const RAMP_SAMPLES: f32 = 2400.0;

/// Which of the two voices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// 32 kbit/s in packets of 20 ms, 80 bytes each.
    Full,
    /// 10 kbit/s in packets of 120 ms, 150 bytes each: with all that is around a packet a third of the other.
    Narrow,
}

impl Rate {
    const fn bits_per_second(self) -> i32 {
        match self {
            Self::Full => 32_000,
            Self::Narrow => 10_000,
        }
    }

    /// Stretches of 20 ms in a packet.
    pub const fn frames(self) -> u32 {
        match self {
            Self::Full => 1,
            Self::Narrow => 6,
        }
    }

    fn encoder(self) -> Result<opus::Encoder, opus::Error> {
        // The mode for music (CELT): tones come through it whole. A person's encoder takes the one for
        // speech at the lower rate; sizes are the same.
        let application = Application::LowDelay;
        let mut encoder = opus::Encoder::new(SEND_RATE, Channels::Mono, application)?;
        encoder.set_bitrate(Bitrate::Bits(self.bits_per_second()))?;
        encoder.set_vbr(false)?;
        encoder.set_dtx(false)?;
        encoder.set_inband_fec(false)?;
        encoder.set_complexity(1)?;
        Ok(encoder)
    }
}

/// A seat's voice: its pair of tones, encoded.
pub struct Voice {
    rate: Rate,
    full: opus::Encoder,
    narrow: opus::Encoder,
    phases: [f32; 2],
    steps: [f32; 2],
    level: f32,
    samples: [f32; FRAME_SAMPLES * Rate::Narrow.frames() as usize],
}

impl Voice {
    /// The voice of the seat with this number.
    pub fn new(seat: u16) -> Result<Self, opus::Error> {
        let (low, high) = tones::pair(seat);
        let steps = [low, high].map(|hz| std::f32::consts::TAU * hz / SEND_RATE as f32);
        Ok(Self {
            rate: Rate::Full,
            full: Rate::Full.encoder()?,
            narrow: Rate::Narrow.encoder()?,
            phases: [0.0; 2],
            steps,
            level: 0.0,
            samples: [0.0; FRAME_SAMPLES * Rate::Narrow.frames() as usize],
        })
    }

    /// How the next packet will be.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// From the next packet on.
    pub fn set_rate(&mut self, rate: Rate) {
        self.rate = rate;
    }

    /// The next packet, sounding if it `speaks`, else fading to silence.
    pub fn next_frame(&mut self, speaks: bool) -> Result<Vec<u8>, opus::Error> {
        let (target, step) = (if speaks { 1.0 } else { 0.0 }, 1.0 / RAMP_SAMPLES);
        let length = FRAME_SAMPLES * self.rate.frames() as usize;
        let samples = &mut self.samples[..length];
        for sample in samples.iter_mut() {
            self.level += (target - self.level).clamp(-step, step);
            let tones: f32 = self.phases.iter().map(|p| p.sin()).sum();
            *sample = tones * AMPLITUDE * self.level;
            for (phase, step) in self.phases.iter_mut().zip(self.steps) {
                *phase = (*phase + step) % std::f32::consts::TAU;
            }
        }
        let encoder = match self.rate {
            Rate::Full => &mut self.full,
            Rate::Narrow => &mut self.narrow,
        };
        encoder.encode_vec_float(samples, PACKET_BYTES_MAX)
    }
}

/// Stretches of 20 ms in a packet; of one that is none, 1.
pub fn frames_of(packet: &[u8]) -> u64 {
    let samples = opus::packet::get_nb_samples(packet, SEND_RATE).unwrap_or(FRAME_SAMPLES);
    (samples / FRAME_SAMPLES).max(1) as u64
}

/// Decodes one remote voice and tells whose tones are in it.
pub struct Ear {
    decoder: opus::Decoder,
    samples: Vec<f32>,
    block: Vec<f32>,
}

/// Samples the detector looks at: 200 ms.
const BLOCK_SAMPLES: usize = HEAR_RATE as usize / 5;

impl Ear {
    /// An ear for one voice.
    pub fn new() -> Result<Self, opus::Error> {
        let decoder = opus::Decoder::new(HEAR_RATE, Channels::Mono)?;
        let (samples, block) = (
            vec![0.0; HEAR_SAMPLES_MAX],
            Vec::with_capacity(BLOCK_SAMPLES),
        );
        Ok(Self {
            decoder,
            samples,
            block,
        })
    }

    /// Decodes a packet. Once in 200 ms of sound it says which seat's tones it heard.
    pub fn hear(&mut self, packet: &[u8]) -> Result<Option<u16>, opus::Error> {
        let packet = &packet[..packet.len().min(PACKET_BYTES_MAX)];
        let n = self
            .decoder
            .decode_float(packet, &mut self.samples, false)?;
        self.block.extend_from_slice(&self.samples[..n]);
        if self.block.len() < BLOCK_SAMPLES {
            return Ok(None);
        }
        let heard = tones::seat_heard(&self.block, HEAR_RATE as f32);
        self.block.clear();
        Ok(heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(seat: u16, rate: Rate, bytes: usize) {
        let (mut voice, mut ear) = (Voice::new(seat).unwrap(), Ear::new().unwrap());
        voice.set_rate(rate);
        let mut heard = Vec::new();
        let packets = 120 / rate.frames();
        for packet in 0..packets {
            let packet = voice.next_frame(packet < packets / 2).unwrap();
            assert_eq!(packet.len(), bytes);
            assert_eq!(frames_of(&packet), u64::from(rate.frames()));
            heard.extend(ear.hear(&packet).unwrap());
        }
        assert!((4..=7).contains(&heard.len()), "{seat} {rate:?} {heard:?}");
        assert!(heard.iter().all(|&h| h == seat), "{rate:?} {heard:?}");
    }

    #[test]
    fn a_voice_through_opus_is_recognised_and_its_packets_are_of_one_size() {
        for seat in [1, 2, 9, 18, 19, 57, 300] {
            heard(seat, Rate::Full, 80);
        }
    }

    #[test]
    fn so_is_the_one_for_bad_lines() {
        for seat in [1, 2, 9, 18, 19, 57, 300] {
            heard(seat, Rate::Narrow, 150);
        }
    }

    #[test]
    fn broken_packets_are_errors_not_panics() {
        let mut ear = Ear::new().unwrap();
        for packet in [&[0xff; 3][..], &[0xff; 9000], &[0x03]] {
            let _ = ear.hear(packet);
        }
    }
}
