//! The path of a packet, to be counted in instructions: `cargo xtask path`.
//!
//! `path forward RECEIVERS SECONDS`: one seat speaks and is seen by others for so long, on virtual time.
//! `path limit RECEIVERS SECONDS`: AES-GCM alone, for the same packets.
//! Both print how many packets went out, and of what size on average.

use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use testkit::{ClientOptions, World};

/// Bytes of an RTP header with the extension we send.
const HEADER: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| {
        arguments
            .get(place)
            .and_then(|text| text.parse::<u16>().ok())
    };
    let (receivers, seconds) = (number(1).unwrap_or(8), number(2).unwrap_or(10));
    let (packets, bytes) = forward(receivers, seconds.into());
    if arguments.first().is_some_and(|what| what == "limit") {
        protect(packets, bytes / packets.max(1));
    }
    println!("{packets} {}", bytes / packets.max(1));
}

/// Gives packets forwarded and the bytes of their payloads.
fn forward(receivers: u16, seconds: u32) -> (u64, u64) {
    let mut world = World::new();
    world.join(1);
    for seat in 2..=receivers + 1 {
        let options = ClientOptions {
            microphone: false,
            camera: None,
            screen: None,
            ..World::options(seat)
        };
        world.join_with(options, false);
        world.view(seat, &[(1, 720)]);
    }
    world.run(Duration::from_secs(1) * seconds);
    let figures = world.sfu.figures();
    (figures.forwarded, figures.forwarded_bytes)
}

/// Protects so many packets, and does nothing else.
fn protect(packets: u64, payload: u64) {
    let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("a key of 32 bytes");
    let key = LessSafeKey::new(key);
    let (header, mut body) = ([0x90; HEADER], vec![0; payload as usize]);
    for number in 0..packets {
        seal(&key, number, &header, &mut body);
    }
}

#[inline(never)]
fn seal(key: &LessSafeKey, number: u64, header: &[u8], body: &mut [u8]) {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header), body);
    let _ = std::hint::black_box(tag.expect("packets are short"));
}
