//! What of an offer is taken: codecs, header extensions, and which m-line is what.
//!
//! str0m negotiates (RFC 8829, 8843, 8853); this module looks at the order and direction of m-lines
//! first, which carry meaning here (microphone, camera, screen, then what is received), and sets in
//! the answer what str0m cannot express.

use std::{fmt::Write as _, sync::Arc, time::Instant};

use protocol::limits;
use srtp::KeySlot;
use str0m::{
    Rtc, RtcConfig,
    config::DtlsVersion,
    format::{Codec, FormatParams},
    ice::IceCreds,
    media::{Frequency, MediaKind, Mid},
    rtp::{Extension, ExtensionMap},
};

/// What the receiver's network is taken for until it was measured: a line that carries no more is not
/// drowned before anything is known of it. One that does has shown it, by the first probe, after a round trip.
pub(crate) const FIRST_ESTIMATE: u64 = 300_000;
/// Opus at a constant rate leaks neither words nor pauses by packet size; 32 kbit/s is transparent
/// for one voice.
const OPUS_BITS_PER_SECOND: u32 = 32_000;
/// Payload types of Opus and of what is sent again of it, if the offer does not say others.
const OPUS: u8 = 111;
const OPUS_RESEND: u8 = 112;

/// Direction of an m-line as its offerer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Sends,
    Receives,
    Inactive,
}

/// One m-line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: MediaKind,
    pub(crate) mid: Mid,
    pub(crate) direction: Direction,
    /// Simulcast rids it sends, in order.
    pub(crate) rids: Vec<String>,
}

/// What an offer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) microphone: Option<Line>,
    pub(crate) camera: Option<Line>,
    pub(crate) screen: Option<Line>,
    /// Audio transceivers to fill.
    pub(crate) audio: Vec<Mid>,
    /// Video transceivers to fill.
    pub(crate) video: Vec<Mid>,
    pub(crate) remote_ufrag: String,
}

impl Layout {
    /// Reads the m-lines; the error says what is wrong, without echoing the offer.
    pub(crate) fn read(sdp: &str, can_publish: bool) -> Result<Self, &'static str> {
        if sdp.len() > limits::SDP_BYTES_MAX {
            return Err("The offer is too long.");
        }
        let (lines, ufrag) = read_lines(sdp)?;
        let mut layout = Self {
            microphone: None,
            camera: None,
            screen: None,
            audio: Vec::new(),
            video: Vec::new(),
            remote_ufrag: ufrag.ok_or("The offer has no ice-ufrag.")?,
        };
        for line in lines {
            layout.place(line, can_publish)?;
        }
        Ok(layout)
    }

    fn place(&mut self, line: Line, can_publish: bool) -> Result<(), &'static str> {
        let audio = line.kind == MediaKind::Audio;
        match line.direction {
            Direction::Inactive => {}
            Direction::Sends if !can_publish => return Err("This seat may not publish."),
            Direction::Sends => {
                let place = match (audio, &self.camera) {
                    (true, _) => &mut self.microphone,
                    (false, None) => &mut self.camera,
                    (false, Some(_)) => &mut self.screen,
                };
                if place.is_some() {
                    return Err("One microphone, one camera and one screen can be sent.");
                }
                *place = Some(line);
            }
            Direction::Receives => {
                let (mids, max) = match audio {
                    true => (&mut self.audio, limits::OPEN_MICROPHONES_MAX),
                    false => (&mut self.video, limits::TILES_MAX),
                };
                if mids.len() >= max {
                    return Err("More transceivers than the server can fill.");
                }
                mids.push(line.mid);
            }
        }
        Ok(())
    }

    /// Lines in the order of [`protocol::TrackKind`].
    pub(crate) fn published(&self) -> [Option<&Line>; 3] {
        [
            self.microphone.as_ref(),
            self.camera.as_ref(),
            self.screen.as_ref(),
        ]
    }
}

/// Layers a picture may be sent in.
const LAYERS_MAX: usize = 3;
const TOO_MANY_LAYERS: &str = "At most three simulcast layers with short rids are taken.";
/// m-lines of an offer: what is sent, what is received, and some that were stopped.
const LINES_MAX: usize = 64;

fn read_lines(sdp: &str) -> Result<(Vec<Line>, Option<String>), &'static str> {
    let (mut lines, mut mids, mut ufrag) = (Vec::<Line>::new(), 0, None);
    let mut rids = 0;
    for text in sdp.lines() {
        if let Some(media) = text.strip_prefix("m=") {
            let kind = match media.split(' ').next() {
                Some("audio") => MediaKind::Audio,
                Some("video") => MediaKind::Video,
                _ => return Err("Only audio and video are taken."),
            };
            if lines.len() >= LINES_MAX {
                return Err("The offer has too many m-lines.");
            }
            rids = 0;
            lines.push(Line {
                kind,
                mid: Mid::from(""),
                direction: Direction::Inactive,
                rids: Vec::new(),
            });
            continue;
        }
        if let Some(value) = text.strip_prefix("a=ice-ufrag:") {
            ufrag.get_or_insert_with(|| value.trim().to_owned());
        }
        let Some(line) = lines.last_mut() else {
            continue;
        };
        match text.trim_end() {
            "a=sendonly" | "a=sendrecv" => line.direction = Direction::Sends,
            "a=recvonly" => line.direction = Direction::Receives,
            other => {
                if let Some(mid) = other.strip_prefix("a=mid:") {
                    if mid.is_empty() || mid.len() > 16 || !mid.is_ascii() {
                        return Err("A mid is 1 to 16 ASCII characters.");
                    }
                    line.mid = Mid::from(mid);
                    mids += 1;
                } else if let Some(rid) = other.strip_prefix("a=rid:") {
                    rids += 1;
                    if rids > LAYERS_MAX {
                        return Err(TOO_MANY_LAYERS);
                    }
                    let mut parts = rid.split(' ');
                    if let (Some(rid), Some("send")) = (parts.next(), parts.next()) {
                        if rid.is_empty() || rid.len() > 8 || line.rids.len() >= LAYERS_MAX {
                            return Err(TOO_MANY_LAYERS);
                        }
                        line.rids.push(rid.to_owned());
                    }
                }
            }
        }
    }
    if mids != lines.len() {
        return Err("Every m-line needs one mid.");
    }
    Ok((lines, ufrag))
}

/// The offer as str0m shall see it. Without candidates: an ICE-lite agent never sends to them
/// (RFC 8445, 2.5), and an address not kept cannot leak. Without congestion feedback for audio: voices
/// go out whatever the network carries, so they are not counted in the estimate. Without restrictions of
/// layers (RFC 8851): str0m takes none, and says so in the log each time.
pub(crate) fn prepared(sdp: &str) -> String {
    let mut audio = false;
    let mut out = String::with_capacity(sdp.len());
    for line in sdp.lines() {
        if line.starts_with("m=") {
            audio = line.starts_with("m=audio");
        }
        let feedback = line.contains("transport-wide-cc") || line.contains(" transport-cc");
        if line.starts_with("a=candidate:") || (audio && feedback) {
            continue;
        }
        out.push_str(unrestricted(line));
        out.push_str("\r\n");
    }
    out
}

/// Of `a=rid:q send max-width=9` the first two words.
fn unrestricted(line: &str) -> &str {
    match line.match_indices(' ').nth(1) {
        Some((end, _)) if line.starts_with("a=rid:") => &line[..end],
        _ => line,
    }
}

/// Opus parameters the publisher is asked for: constant bitrate, no discontinuous transmission
/// (RFC 7587, 7). str0m has no words for two of them.
pub(crate) fn with_opus_parameters(answer: &str, opus: Option<u8>) -> String {
    let Some(opus) = opus else {
        return answer.to_owned();
    };
    let prefix = format!("a=fmtp:{opus} ");
    let mut out = String::with_capacity(answer.len() + 256);
    for line in answer.lines() {
        out.push_str(line);
        if line.starts_with(&prefix) {
            let _ = write!(
                out,
                ";usedtx=0;cbr=1;maxaveragebitrate={OPUS_BITS_PER_SECOND}"
            );
        }
        out.push_str("\r\n");
    }
    out
}

/// An ICE-lite answerer that knows Opus and VP8 and nothing else, and where its keys will be. It only
/// receives media: what goes out is ours (`egress`), so it has nothing to pace, keep or estimate.
/// `mark`: what its ICE ufrag begins with.
pub(crate) fn new_rtc(now: Instant, mark: char) -> (Rtc, KeySlot) {
    let mut credentials = IceCreds::new();
    credentials.ufrag.insert(0, mark);
    let mut extensions = ExtensionMap::empty();
    // Never the audio level (RFC 6464): it would tell the server and the path who speaks how loud.
    extensions.set(1, Extension::RtpMid);
    extensions.set(2, Extension::TransportSequenceNumber);
    extensions.set(3, Extension::RtpStreamId);
    extensions.set(4, Extension::RepairedRtpStreamId);
    let mut config = RtcConfig::new()
        .set_crypto_provider(Arc::new(srtp::provider()))
        .set_local_ice_credentials(credentials)
        .set_ice_lite(true)
        .set_rtp_mode(true)
        // Not 1.3: there dimpl 0.9 takes the first SRTP profile the client names, which is AES-CM with
        // HMAC-SHA1 in Chromium; in 1.2 it prefers AEAD AES-GCM. The web tests watch this.
        .set_dtls_version(DtlsVersion::Dtls12)
        .clear_codecs()
        .enable_vp8(true)
        .set_extension_map(extensions);
    config.codec_config().add_config(
        OPUS.into(),
        // For clients that offer it: voices they lose are sent again, and theirs asked for (RFC 4588).
        // Never on the stream's own number: a second packet under one nonce gives GCM's key away.
        Some(OPUS_RESEND.into()),
        Codec::Opus,
        Frequency::FORTY_EIGHT_KHZ,
        Some(2),
        FormatParams {
            min_p_time: Some(10),
            use_inband_fec: Some(true),
            ..FormatParams::default()
        },
    );
    srtp::tap(|| config.build(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "v=0\r\na=ice-ufrag:abcd\r\n";

    fn line(kind: &str, mid: &str, direction: &str) -> String {
        format!("m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\na={direction}\r\n")
    }

    #[test]
    fn the_first_sending_lines_are_microphone_camera_and_screen() {
        let sdp = [
            HEAD.to_owned(),
            line("audio", "0", "sendonly"),
            line("video", "1", "sendonly") + "a=rid:q send\r\na=rid:h send\r\n",
            line("video", "2", "sendonly"),
            line("audio", "3", "recvonly"),
            line("video", "4", "recvonly"),
        ]
        .concat();
        let layout = Layout::read(&sdp, true).unwrap();
        assert_eq!(layout.microphone.unwrap().mid, Mid::from("0"));
        assert_eq!(layout.camera.unwrap().rids, ["q", "h"]);
        assert_eq!(layout.screen.unwrap().mid, Mid::from("2"));
        assert_eq!(layout.audio, [Mid::from("3")]);
        assert_eq!(layout.video, [Mid::from("4")]);
    }

    #[test]
    fn what_cannot_be_taken_is_refused_with_a_reason() {
        let sending = HEAD.to_owned() + &line("audio", "0", "sendonly");
        let cases = [
            (sending.clone(), false, "may not publish"),
            (
                sending + &line("audio", "1", "sendonly"),
                true,
                "One microphone",
            ),
            (
                HEAD.to_owned() + &line("application", "0", "sendrecv"),
                true,
                "Only audio",
            ),
            (line("audio", "0", "recvonly"), true, "ice-ufrag"),
            (
                HEAD.to_owned() + &line("video", "", "recvonly"),
                true,
                "mid",
            ),
            (
                HEAD.to_owned() + &line("video", "1", "recvonly").repeat(27),
                true,
                "More trans",
            ),
            (
                HEAD.to_owned() + &line("video", "1", "recvonly") + &"a=rid:q recv\r\n".repeat(4),
                true,
                "three simulcast layers",
            ),
            ("x".repeat(limits::SDP_BYTES_MAX + 1), true, "too long"),
        ];
        for (sdp, can_publish, expected) in cases {
            let why = Layout::read(&sdp, can_publish).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }

    #[test]
    fn str0m_sees_no_restriction_of_a_layer() {
        let sdp =
            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rid:q send pt=96;max-width=9\r\na=rid:h send\r\n";
        let seen = prepared(sdp);
        assert!(seen.contains("a=rid:q send\r\na=rid:h send\r\n"), "{seen}");
    }

    #[test]
    fn opus_is_asked_for_at_a_constant_rate() {
        let answer =
            with_opus_parameters("a=fmtp:111 minptime=10\r\na=fmtp:97 apt=96\r\n", Some(111));
        assert!(
            answer.contains("a=fmtp:111 minptime=10;usedtx=0;cbr=1;maxaveragebitrate=32000\r\n")
        );
        assert!(answer.contains("a=fmtp:97 apt=96\r\n"));
    }
}
