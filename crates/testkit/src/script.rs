//! Media that looks real to anyone who reads only what may be read, and says where it came from.
//!
//! Video: VP8 payload descriptor with 15-bit picture id and TL0PICIDX (RFC 7741, 4.2), then a frame
//! header of 10 bytes (key) or 3 (inter), then a [`Mark`] in every packet. Audio: a mark, padded to
//! one size.

/// Where a packet came from; at the end of the payload, in every packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Publisher.
    pub seat: u16,
    /// 0 microphone, 1 camera, 2 screen.
    pub track: u8,
    /// Index of the layer.
    pub layer: u8,
    /// Number of the frame in its layer.
    pub frame: u32,
    /// Place of the packet in its frame.
    pub packet: u16,
    /// Packets of the frame.
    pub packets: u16,
    /// The frame is a key frame.
    pub key: bool,
}

impl Mark {
    /// Bytes it takes.
    pub const BYTES: usize = 13;

    fn write(self, payload: &mut Vec<u8>) {
        payload.extend(self.seat.to_be_bytes());
        payload.extend([self.track, self.layer]);
        payload.extend(self.frame.to_be_bytes());
        payload.extend(self.packet.to_be_bytes());
        payload.extend(self.packets.to_be_bytes());
        payload.push(u8::from(self.key));
    }

    /// From a payload's end.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let bytes: [u8; Self::BYTES] = payload.last_chunk().copied()?;
        let [s0, s1, track, layer, f0, f1, f2, f3, p0, p1, c0, c1, key] = bytes;
        Some(Self {
            seat: u16::from_be_bytes([s0, s1]),
            track,
            layer,
            frame: u32::from_be_bytes([f0, f1, f2, f3]),
            packet: u16::from_be_bytes([p0, p1]),
            packets: u16::from_be_bytes([c0, c1]),
            key: key == 1,
        })
    }
}

/// One layer of a picture.
#[derive(Debug, Clone)]
pub struct LayerScript {
    /// Simulcast id; none for a single layer.
    pub rid: Option<&'static str>,
    /// In the key frames' headers.
    pub height: u16,
    /// On average.
    pub bits_per_second: u64,
    /// It sends now.
    pub on: bool,
    state: LayerState,
}

#[derive(Debug, Clone)]
struct LayerState {
    frame: u32,
    picture_id: u16,
    tl0: u8,
    key_wanted: bool,
}

impl LayerScript {
    /// A layer that sends.
    pub fn new(rid: Option<&'static str>, height: u16, bits_per_second: u64) -> Self {
        let state = LayerState {
            frame: 0,
            // Near the wrap, where mistakes show; different for each layer.
            picture_id: 0x7ff0 ^ height,
            tl0: 250,
            key_wanted: true,
        };
        Self {
            rid,
            height,
            bits_per_second,
            on: true,
            state,
        }
    }

    /// The next frame shall be a key frame.
    pub fn request_key(&mut self) {
        self.state.key_wanted = true;
    }
}

/// A camera or screen.
#[derive(Debug, Clone)]
pub struct VideoScript {
    /// From low to high.
    pub layers: Vec<LayerScript>,
    /// Of all layers.
    pub frames_per_second: u64,
}

impl VideoScript {
    /// Three layers as a browser sends them.
    pub fn simulcast() -> Self {
        Self {
            layers: vec![
                LayerScript::new(Some("q"), 180, 120_000),
                LayerScript::new(Some("h"), 360, 400_000),
                LayerScript::new(Some("f"), 720, 1_200_000),
            ],
            frames_per_second: 15,
        }
    }

    /// One layer.
    pub fn single(height: u16, bits_per_second: u64) -> Self {
        Self {
            layers: vec![LayerScript::new(None, height, bits_per_second)],
            frames_per_second: 15,
        }
    }

    /// Payloads of the next frame of a layer, and whether it is a key frame.
    pub(crate) fn next_frame(
        &mut self,
        seat: u16,
        track: u8,
        layer: usize,
    ) -> (Vec<Vec<u8>>, bool) {
        let per_frame = self.layers[layer].bits_per_second / 8 / self.frames_per_second;
        let script = &mut self.layers[layer];
        let state = &mut script.state;
        let key = std::mem::take(&mut state.key_wanted);
        let bytes = if key { per_frame * 4 } else { per_frame };
        let packets = bytes.div_ceil(1100).max(1) as u16;
        let (frame, height) = (state.frame, script.height);
        let payloads = (0..packets)
            .map(|packet| {
                let start = if packet == 0 { 0x90 } else { 0x80 };
                let [high, low] = (state.picture_id | 0x8000).to_be_bytes();
                let mut payload = vec![start, 0xE0, high, low, state.tl0, 0x00];
                if packet == 0 && key {
                    payload.extend([0x10, 0, 0, 0x9d, 0x01, 0x2a]);
                    payload.extend((height * 16 / 9).to_le_bytes());
                    payload.extend(height.to_le_bytes());
                } else if packet == 0 {
                    payload.extend([0x11, 0, 0]);
                }
                let size = (bytes as usize / usize::from(packets)).max(40);
                payload.resize(payload.len().max(size), 0xA5);
                let mark = Mark {
                    seat,
                    track,
                    layer: layer as u8,
                    frame,
                    packet,
                    packets,
                    key,
                };
                mark.write(&mut payload);
                payload
            })
            .collect();
        state.frame += 1;
        state.picture_id = (state.picture_id + 1) & 0x7fff;
        state.tl0 = state.tl0.wrapping_add(1);
        (payloads, key)
    }
}

/// One 20 ms packet of a voice, always of one size.
pub(crate) fn voice_packet(seat: u16, number: u32) -> Vec<u8> {
    let mut payload = vec![0x78; 80 - Mark::BYTES];
    let mark = Mark {
        seat,
        track: 0,
        layer: 0,
        frame: number,
        packet: 0,
        packets: 1,
        key: true,
    };
    mark.write(&mut payload);
    payload
}
