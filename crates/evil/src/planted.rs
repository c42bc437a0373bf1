//! What the participants of a call plant: the bytes of everything that no server may ever hold.

use hkdf::Hkdf;
use participant::{GroupReport, voice::Voice};
use protocol::{CallId, SeatId};
use sealed::{
    link,
    media::sframe::{BaseKey, FrameKey, Header},
};
use sha2::Sha256;

use crate::{
    hall::{self, Convened},
    memory::Memory,
    puppet::Puppet,
    search::Needles,
};

/// A text somebody writes.
pub const TEXT: &str = "A planted sentence, for the communiqué";
/// How findings of plain frames begin.
pub const VOICE: &str = "a plain frame of a voice";
/// As [`VOICE`].
pub const PICTURE: &str = "the header of a plain picture";
/// How what a server has to hold is called: a search that does not find it is blind.
pub const HAS_TO_BE_THERE: [&str; 2] = ["the call's id", "the hash of an access token"];

/// 80 s of a voice. It is made of its seat's tones and of nothing else, so the frames are known.
const VOICE_FRAMES: usize = 4_000;
/// Of a frame of 80 bytes, from the fourth on: what comes first is alike in many.
const OF_VOICE: std::ops::Range<usize> = 4..36;
/// VP8's start code and the size of the smaller layer (RFC 6386, 9.1), which is in every key frame of
/// it. What goes in clear before a sealed picture says 640 × 360, always.
const PICTURE_HEADER: [u8; 7] = [0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00];

/// All but the media keys. `sending`: seats with a voice.
pub fn needles(call: &Convened, group: &GroupReport, sending: &[u16]) -> Result<Needles, String> {
    let mut needles = Needles::default();
    for (what, text) in [
        ("the title", hall::TITLE),
        ("a name", "Plantagenet"),
        ("a title", "Planted Minister"),
        ("a delegation", "Plantland"),
        ("the text", TEXT),
    ] {
        needles.secret(what, text.as_bytes());
    }
    if group.words.len() != 6 || group.digits.len() != 20 {
        return Err("there are no words to look for".to_owned());
    }
    needles.secret("the digits", group.digits.as_bytes());
    needles.secret("the words", group.words.join(" ").as_bytes());
    let list = serde_json::to_string(&group.words).map_err(|e| e.to_string())?;
    needles.secret("the words as a list", list.as_bytes());
    secrets(call, &mut needles)?;
    for seat in sending {
        let mut voice = Voice::new(*seat).map_err(|e| e.to_string())?;
        for _ in 0..VOICE_FRAMES {
            let frame = voice.next_frame(true).map_err(|e| e.to_string())?;
            let what = format!("{VOICE} of seat {seat}");
            needles.bytes(&what, frame.get(OF_VOICE).ok_or("a short frame")?);
        }
    }
    needles.bytes(PICTURE, &PICTURE_HEADER);
    Ok(needles)
}

/// The secrets of all links, and the keys that follow from them (docs/sealed.md, "Keys"), derived here
/// by themselves.
fn secrets(call: &Convened, needles: &mut Needles) -> Result<(), String> {
    let of_call = decoded(&call.secret.expose())?;
    needles.secret("the call's secret", &of_call);
    let root = derive(call.id, &of_call, "incamera root key v1")?;
    needles.secret("the root key", &root);
    let knock = &derive(call.id, &of_call, "incamera knock key v1")?[..16];
    needles.secret("the knock key", knock);
    let plan = derive(call.id, knock, "incamera plan key v1")?;
    needles.secret("the plan key", &plan[..16]);
    for seat in 1..=call.new.tokens.len() as u16 {
        let secret = call
            .secret
            .seat(call.id, SeatId(seat), link::HOST_LINK_NUMBER);
        let secret = decoded(&secret.expose())?;
        needles.secret("a link's secret", &secret);
        let key = derive(call.id, &secret, "incamera seat key v1")?;
        needles.secret("a seat key", &key);
        let key = derive(call.id, &secret, "incamera grant key v1")?;
        needles.secret("a grant key", &key[..16]);
    }
    Ok(())
}

/// What a server that carries the call has to have in its memory and on its disk.
pub fn what_has_to_be_there(call: &Convened) -> Needles {
    let mut needles = Needles::default();
    let [id, hash] = HAS_TO_BE_THERE;
    needles.bytes(id, call.id.to_string().as_bytes());
    needles.bytes(id, call.id.as_bytes());
    let secret = call.secret.seat(call.id, SeatId(3), link::HOST_LINK_NUMBER);
    let token = secret.access_token(call.id);
    needles.secret(hash, link::hash(token.as_bytes()).as_bytes());
    needles
}

/// The base key of the epoch, and under it the keys of every voice and picture.
///
/// Nothing in `sealed` gives the key away, so it is looked for where it has to be: in the memory of a
/// member, which is this process. That it is found there shows that it would be found in the server's.
pub fn frame_keys(
    member: &Puppet,
    call: &Convened,
    sending: &[u16],
    needles: &mut Needles,
) -> Result<(), String> {
    let voice = |seat: u16| {
        let sealed = member.with(|s, _| s.forge_voice(SeatId(seat), 0, TEXT.as_bytes()));
        sealed.map_err(|e| e.to_string())
    };
    let first = voice(*sending.first().ok_or("nobody sends")?)?;
    let base = base_key(call.id, &first)?;
    needles.secret("the base key of the media", &base);
    for seat in sending {
        let (header, _) = Header::parse(&voice(*seat)?).ok_or("no frame")?;
        // The stream is below the layer, above leaf and epoch: microphone 0, camera 1.
        for (stream, layer) in [(0, 0), (1, 0), (1, 1)] {
            let kid = header.kid | stream << 26 | layer << 31;
            let info = [
                b"SFrame 1.0 Secret key ".as_slice(),
                &kid.to_be_bytes(),
                &[0, 4],
            ];
            let mut key = [0; 16];
            Hkdf::<Sha256>::new(None, &base)
                .expand_multi_info(&info, &mut key)
                .map_err(|e| e.to_string())?;
            needles.secret("a key of frames", &key);
        }
    }
    Ok(())
}

/// An `Opener` has the call's id beside its base key, which is a vector of 16 bytes: capacity, address
/// and length in some order, within a few words of the id. It is the one that opens this frame.
fn base_key(call: CallId, frame: &[u8]) -> Result<[u8; 16], String> {
    let memory = Memory::of(std::process::id())?;
    let (header, body) = Header::parse(frame).ok_or("no frame")?;
    let metadata = [b"incamera media v2".as_slice(), call.as_bytes()].concat();
    let opens = |candidate: &[u8; 16]| {
        let key = BaseKey::from_bytes(candidate).map(|base| FrameKey::derive(&base, header.kid));
        key.is_some_and(|key| key.open(header, &metadata, body).is_ok())
    };
    for place in memory.places(call.as_bytes())? {
        for word in -16_i64..16 {
            let Some(bytes) = memory.at::<8>(place.wrapping_add_signed(word * 8)) else {
                continue;
            };
            let candidate = memory.at::<16>(u64::from_le_bytes(bytes));
            if let Some(candidate) = candidate.filter(opens) {
                return Ok(candidate);
            }
        }
    }
    Err("the media's base key is not found even in a member's memory: the search is blind".into())
}

fn decoded(secret: &str) -> Result<Vec<u8>, String> {
    data_encoding::BASE64URL_NOPAD
        .decode(secret.as_bytes())
        .map_err(|e| e.to_string())
}

fn derive(call: CallId, secret: &[u8], label: &str) -> Result<[u8; 32], String> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(call.as_bytes()), secret)
        .expand(label.as_bytes(), &mut key)
        .map_err(|e| e.to_string())?;
    Ok(key)
}
