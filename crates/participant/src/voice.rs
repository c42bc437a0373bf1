//! Opus (RFC 6716) in and out: 20 ms frames at a constant bitrate, a seat's tones as its voice.
//!
//! Constant bitrate and no discontinuous transmission, so that the size and the rhythm of packets
//! say nothing about speech. A seat that does not speak sends silence in packets of the same size.

use opus::{Application, Bitrate, Channels};

use crate::tones;

/// Samples of 20 ms at [`SEND_RATE`].
pub const FRAME_SAMPLES: usize = 960;
/// Sample rate of what is sent, and RTP clock rate (RFC 7587).
pub const SEND_RATE: u32 = 48_000;
/// Voices are decoded at this rate: enough for every tone, at a sixth of the work.
pub const HEAR_RATE: u32 = 8_000;
/// Bits per second of a voice; every packet has the same 80 bytes.
pub const BITRATE: i32 = 32_000;
/// Longest Opus packet that is decoded (RFC 6716, 3.4: 1275 bytes a frame).
const PACKET_BYTES_MAX: usize = 1275 * 6;
/// Samples of the longest packet (120 ms).
const HEAR_SAMPLES_MAX: usize = HEAR_RATE as usize * 120 / 1000;
/// Loudness of each of the two tones: audible beside speech, not over it.
const AMPLITUDE: f32 = 0.04;
/// Samples over which a voice swells and fades, so that it does not click.
const RAMP_SAMPLES: f32 = 2400.0;

/// A seat's voice: its pair of tones, encoded.
pub struct Voice {
    encoder: opus::Encoder,
    phases: [f32; 2],
    steps: [f32; 2],
    level: f32,
    samples: [f32; FRAME_SAMPLES],
}

impl Voice {
    /// The voice of the seat with this number.
    pub fn new(seat: u16) -> Result<Self, opus::Error> {
        let mut encoder = opus::Encoder::new(SEND_RATE, Channels::Mono, Application::LowDelay)?;
        encoder.set_bitrate(Bitrate::Bits(BITRATE))?;
        encoder.set_vbr(false)?;
        encoder.set_dtx(false)?;
        encoder.set_inband_fec(false)?;
        encoder.set_complexity(1)?;
        let (low, high) = tones::pair(seat);
        let steps = [low, high].map(|hz| std::f32::consts::TAU * hz / SEND_RATE as f32);
        let samples = [0.0; FRAME_SAMPLES];
        Ok(Self {
            encoder,
            phases: [0.0; 2],
            steps,
            level: 0.0,
            samples,
        })
    }

    /// The next 20 ms, sounding if it `speaks`, else fading to silence.
    pub fn next_frame(&mut self, speaks: bool) -> Result<Vec<u8>, opus::Error> {
        let (target, step) = (if speaks { 1.0 } else { 0.0 }, 1.0 / RAMP_SAMPLES);
        for sample in &mut self.samples {
            self.level += (target - self.level).clamp(-step, step);
            let tones: f32 = self.phases.iter().map(|p| p.sin()).sum();
            *sample = tones * AMPLITUDE * self.level;
            for (phase, step) in self.phases.iter_mut().zip(self.steps) {
                *phase = (*phase + step) % std::f32::consts::TAU;
            }
        }
        self.encoder
            .encode_vec_float(&self.samples, PACKET_BYTES_MAX)
    }
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

    #[test]
    fn a_voice_through_opus_is_recognised_and_its_packets_are_of_one_size() {
        for seat in [1, 2, 9, 18, 19, 57, 300] {
            let (mut voice, mut ear) = (Voice::new(seat).unwrap(), Ear::new().unwrap());
            let mut heard = Vec::new();
            for frame in 0..100 {
                let packet = voice.next_frame(frame < 50).unwrap();
                assert_eq!(packet.len(), BITRATE as usize / 8 / 50);
                heard.extend(ear.hear(&packet).unwrap());
            }
            assert!((4..=7).contains(&heard.len()), "{heard:?}");
            assert!(heard.iter().all(|&h| h == seat), "{heard:?}");
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
