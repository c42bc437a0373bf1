//! The server's answer to an offer (RFC 8829), judged before anything of it is applied, by the rules
//! of the browser (`web/src/media/answer.ts`): a line that is not exactly as an honest server writes it
//! makes the whole answer be refused, and the fault is named.
//!
//! str0m would not follow most of them: it knows four header extensions and two codecs here, and
//! our encoder takes nothing from an answer. But a server that tries is not one to go on with.

use std::{collections::BTreeSet, net::IpAddr};

use protocol::limits::SDP_BYTES_MAX;

mod line;

pub use line::told;
use line::{FEEDBACK, Kind, Line, extensions, name_of, sections, value_of};

/// What an answer was refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Something was to stand beside a sealed frame.
    #[error("header extensions")]
    Extension,
    /// Other codecs, or other settings of them.
    #[error("codecs and their settings")]
    Codec,
    /// m-lines, directions, layers, streams that were not offered so.
    #[error("lines and streams")]
    Lines,
    /// ICE and DTLS.
    #[error("addresses and keys")]
    Transport,
    /// A line that belongs into no answer.
    #[error("something unknown")]
    Unknown,
}

impl Fault {
    /// A stable word for reports: as the browser's codes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Extension => "answer_extension",
            Self::Codec => "answer_codec",
            Self::Lines => "answer_lines",
            Self::Transport => "answer_transport",
            Self::Unknown => "answer_unknown",
        }
    }
}

/// What an answer may say of Opus, and of what it must.
const OPUS_SAID: [(&str, &[&str]); 7] = [
    ("minptime", &["10"]),
    ("useinbandfec", &["0", "1"]),
    ("usedtx", &["0"]),
    ("cbr", &["1"]),
    ("maxaveragebitrate", &["32000"]),
    ("stereo", &["0"]),
    ("sprop-stereo", &["0"]),
];
const OPUS_NEEDED: [&str; 3] = ["usedtx", "cbr", "maxaveragebitrate"];
/// An address for each interface of a server, by UDP and on a few TCP ports.
const CANDIDATES_MAX: usize = 64;

/// Whether this is an honest server's answer to that offer of ours.
pub fn judge(offer: &str, answer: &str) -> Result<(), Fault> {
    must(answer.len() <= SDP_BYTES_MAX, Fault::Lines)?;
    must(answer.ends_with('\n') || answer.is_empty(), Fault::Unknown)?;
    let ours = line::read(offer);
    let (session, media) = sections(answer);
    judge_session(&session, &ours)?;
    must(!ours.is_empty() && media.len() == ours.len(), Fault::Lines)?;
    let (mut transport, mut ssrcs) = (None, BTreeSet::new());
    for (at, (lines, ours)) in media.iter().zip(&ours).enumerate() {
        let mut theirs = Theirs::new(ours, at == 0);
        for text in lines {
            theirs.read(text)?;
        }
        theirs.end()?;
        must(
            theirs.ssrcs.iter().all(|ssrc| ssrcs.insert(*ssrc)),
            Fault::Lines,
        )?;
        let same = transport.get_or_insert_with(|| theirs.transport.clone());
        must(*same == theirs.transport, Fault::Transport)?;
    }
    Ok(())
}

fn judge_session(lines: &[&str], ours: &[Line]) -> Result<(), Fault> {
    let mids: Vec<_> = ours.iter().map(|line| line.mid.as_str()).collect();
    let bundle = format!("a=group:BUNDLE {}", mids.join(" "));
    let mut seen = BTreeSet::new();
    for text in lines {
        let name = name_of(text);
        must(seen.insert(name), Fault::Unknown)?;
        match name {
            "v" => must(*text == "v=0", Fault::Unknown)?,
            "o" => must(text.split(' ').count() == 6, Fault::Unknown)?,
            "s" => must(*text == "s=-", Fault::Unknown)?,
            "t" => must(*text == "t=0 0", Fault::Unknown)?,
            "group" => must(*text == bundle, Fault::Lines)?,
            "ice-lite" => must(*text == "a=ice-lite", Fault::Transport)?,
            "extmap-allow-mixed" => must(*text == "a=extmap-allow-mixed", Fault::Extension)?,
            "msid-semantic" => must(
                text.starts_with("a=msid-semantic: WMS") || text.starts_with("a=msid-semantic:WMS"),
                Fault::Lines,
            )?,
            other => return Err(fault_of(other)),
        }
    }
    must(
        ["v", "o", "s", "t", "group"]
            .iter()
            .all(|name| seen.contains(name)),
        Fault::Lines,
    )?;
    must(seen.contains("ice-lite"), Fault::Transport)
}

/// One m-line of the answer, as it is read.
struct Theirs<'a> {
    ours: &'a Line,
    first: bool,
    /// Names of lines that come once; `rtpmap 111` and the like for those that come once for each.
    seen: BTreeSet<String>,
    types: Vec<u8>,
    rids: BTreeSet<String>,
    ssrcs: Vec<u32>,
    pair: Option<String>,
    candidates: usize,
    /// ufrag, password, fingerprint.
    transport: [String; 3],
}

impl<'a> Theirs<'a> {
    fn new(ours: &'a Line, first: bool) -> Self {
        Self {
            ours,
            first,
            seen: BTreeSet::new(),
            types: Vec::new(),
            rids: BTreeSet::new(),
            ssrcs: Vec::new(),
            pair: None,
            candidates: 0,
            transport: Default::default(),
        }
    }

    fn once(&mut self, name: impl Into<String>, fault: Fault) -> Result<(), Fault> {
        must(self.seen.insert(name.into()), fault)
    }

    fn read(&mut self, text: &str) -> Result<(), Fault> {
        let (name, value) = (name_of(text), value_of(text));
        match name {
            "candidate" => return self.candidate(value),
            "extmap" => return self.extension(value),
            "rtpmap" => return self.codec(value),
            "fmtp" => return self.settings(value),
            "rtcp-fb" => return self.feedback(value),
            "rid" => return self.layer(value),
            "ssrc" | "ssrc-group" => return self.stream(name, value),
            "sendonly" | "recvonly" => self.once("direction", Fault::Lines)?,
            _ => self.once(name, fault_of(name))?,
        }
        let exact = |wanted: &str, fault| must(text == wanted, fault);
        match name {
            "m" => self.media(value),
            "c" => must(text.starts_with("c=IN IP"), Fault::Transport),
            "mid" => must(value == self.ours.mid, Fault::Lines),
            "msid" => must(!value.is_empty(), Fault::Lines),
            "sendonly" => must(!self.ours.sends && text == "a=sendonly", Fault::Lines),
            "recvonly" => must(self.ours.sends && text == "a=recvonly", Fault::Lines),
            "rtcp-mux" | "rtcp-rsize" | "end-of-candidates" => {
                exact(&format!("a={name}"), Fault::Transport)
            }
            "ice-ufrag" => self.keep(0, value, 4..=256),
            "ice-pwd" => self.keep(1, value, 22..=256),
            "ice-options" => exact("a=ice-options:trickle", Fault::Transport),
            "fingerprint" => {
                let digits = value
                    .strip_prefix("sha-256 ")
                    .map(|hex| hex.split(':').collect::<Vec<_>>());
                let whole = digits.is_some_and(|d| {
                    d.len() == 32
                        && d.iter()
                            .all(|b| b.len() == 2 && b.bytes().all(|c| c.is_ascii_hexdigit()))
                });
                must(whole, Fault::Transport)?;
                value.clone_into(&mut self.transport[2]);
                Ok(())
            }
            "setup" => exact("a=setup:passive", Fault::Transport),
            "simulcast" => {
                let layers = format!("recv {}", self.ours.rids.join(";"));
                must(!self.ours.rids.is_empty() && value == layers, Fault::Lines)
            }
            other => Err(fault_of(other)),
        }
    }

    fn end(&self) -> Result<(), Fault> {
        let has = |name: &str| self.seen.contains(name);
        let ours = self.ours;
        must(
            ["m", "c", "mid", "direction"].into_iter().all(has),
            Fault::Lines,
        )?;
        let needed = ["rtcp-mux", "ice-ufrag", "ice-pwd", "fingerprint", "setup"];
        must(needed.into_iter().all(has), Fault::Transport)?;
        let mapped = |what: &str, codec: u8| has(&format!("{what} {codec}"));
        must(mapped("rtpmap", ours.codec), Fault::Codec)?;
        must(
            ours.kind == Kind::Video || mapped("fmtp", ours.codec),
            Fault::Codec,
        )?;
        let resend = ours.resend.filter(|resend| mapped("rtpmap", *resend));
        let wanted: BTreeSet<_> = resend.into_iter().chain([ours.codec]).collect();
        let said: BTreeSet<_> = self.types.iter().copied().collect();
        must(
            said == wanted && said.len() == self.types.len(),
            Fault::Codec,
        )?;
        must(
            resend.is_none_or(|resend| mapped("fmtp", resend)),
            Fault::Codec,
        )?;
        must(
            self.rids
                .iter()
                .eq(ours.rids.iter().collect::<BTreeSet<_>>()),
            Fault::Lines,
        )?;
        must(has("simulcast") != ours.rids.is_empty(), Fault::Lines)?;
        let pair = self.ssrcs.iter().map(u32::to_string).collect::<Vec<_>>();
        must(
            self.ssrcs.len() < 2 || self.pair == Some(pair.join(" ")),
            Fault::Lines,
        )?;
        must(!self.first || self.candidates > 0, Fault::Transport)
    }

    fn media(&mut self, value: &str) -> Result<(), Fault> {
        let kind = match self.ours.kind {
            Kind::Audio => "audio",
            Kind::Video => "video",
        };
        let types = value.strip_prefix(&format!("{kind} 9 UDP/TLS/RTP/SAVPF "));
        for text in types.ok_or(Fault::Lines)?.split(' ') {
            self.types.push(text.parse().map_err(|_| Fault::Lines)?);
        }
        Ok(())
    }

    fn keep(
        &mut self,
        at: usize,
        value: &str,
        length: std::ops::RangeInclusive<usize>,
    ) -> Result<(), Fault> {
        let ice = |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/';
        must(
            length.contains(&value.len()) && value.bytes().all(ice),
            Fault::Transport,
        )?;
        value.clone_into(&mut self.transport[at]);
        Ok(())
    }

    /// Host candidates by number; a name would be asked for on the network.
    fn candidate(&mut self, value: &str) -> Result<(), Fault> {
        self.candidates += 1;
        must(
            self.first && self.candidates <= CANDIDATES_MAX,
            Fault::Transport,
        )?;
        let words: Vec<_> = value.split(' ').collect();
        let good = match words[..] {
            [
                _,
                "1",
                "udp",
                priority,
                address,
                port,
                "typ",
                "host",
                ref rest @ ..,
            ]
            | [
                _,
                "1",
                "tcp",
                priority,
                address,
                port,
                "typ",
                "host",
                "tcptype",
                "passive",
                ref rest @ ..,
            ] => {
                priority.parse::<u32>().is_ok()
                    && address.parse::<IpAddr>().is_ok()
                    && port.parse::<u16>().is_ok_and(|port| port > 0)
                    && matches!(rest, [] | ["ufrag", _])
            }
            _ => false,
        };
        must(good, Fault::Transport)
    }

    fn extension(&mut self, value: &str) -> Result<(), Fault> {
        let (id, uri) = value.split_once(' ').ok_or(Fault::Extension)?;
        let offered = self
            .ours
            .extensions
            .iter()
            .any(|(u, i)| u == uri && i == id);
        must(
            offered && extensions(self.ours.kind).contains(&uri),
            Fault::Extension,
        )?;
        self.once(format!("extmap {uri}"), Fault::Extension)
    }

    fn codec(&mut self, value: &str) -> Result<(), Fault> {
        let (codec, name) = numbered(value, Fault::Codec)?;
        let known = match self.ours.kind {
            Kind::Audio if codec == self.ours.codec => "opus/48000/2",
            Kind::Video if codec == self.ours.codec => "vp8/90000",
            Kind::Video if Some(codec) == self.ours.resend => "rtx/90000",
            Kind::Audio if Some(codec) == self.ours.resend => "rtx/48000",
            _ => return Err(Fault::Codec),
        };
        must(name.eq_ignore_ascii_case(known), Fault::Codec)?;
        self.once(format!("rtpmap {codec}"), Fault::Codec)
    }

    fn settings(&mut self, value: &str) -> Result<(), Fault> {
        let (codec, said) = numbered(value, Fault::Codec)?;
        self.once(format!("fmtp {codec}"), Fault::Codec)?;
        if self.ours.kind == Kind::Video || Some(codec) == self.ours.resend {
            let apt = format!("apt={}", self.ours.codec);
            return must(Some(codec) == self.ours.resend && said == apt, Fault::Codec);
        }
        must(codec == self.ours.codec, Fault::Codec)?;
        let mut names = BTreeSet::new();
        for setting in said.split(';') {
            let (name, value) = setting.split_once('=').ok_or(Fault::Codec)?;
            let known = OPUS_SAID.iter().find(|(known, _)| *known == name);
            let (_, values) = known.ok_or(Fault::Codec)?;
            must(values.contains(&value) && names.insert(name), Fault::Codec)?;
        }
        must(OPUS_NEEDED.iter().all(|n| names.contains(n)), Fault::Codec)
    }

    fn feedback(&mut self, value: &str) -> Result<(), Fault> {
        let (codec, what) = numbered(value, Fault::Codec)?;
        // str0m says REMB of pictures whatever was offered. It has no effect here.
        let named = FEEDBACK.contains(&what) || what == "goog-remb";
        let known = self.ours.kind == Kind::Video && named;
        must(known && codec == self.ours.codec, Fault::Codec)?;
        self.once(format!("rtcp-fb {what}"), Fault::Codec)
    }

    fn layer(&mut self, value: &str) -> Result<(), Fault> {
        let rid = value.strip_suffix(" recv").ok_or(Fault::Lines)?;
        must(self.rids.insert(rid.to_owned()), Fault::Lines)
    }

    fn stream(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        must(!self.ours.sends, Fault::Lines)?;
        if name == "ssrc-group" {
            let pair = value.strip_prefix("FID ").ok_or(Fault::Lines)?;
            return must(self.pair.replace(pair.to_owned()).is_none(), Fault::Lines);
        }
        let (ssrc, what) = value.split_once(' ').ok_or(Fault::Lines)?;
        let ssrc = ssrc.parse().map_err(|_| Fault::Lines)?;
        must(
            what.starts_with("cname:") || what.starts_with("msid:"),
            Fault::Lines,
        )?;
        if !self.ssrcs.contains(&ssrc) {
            self.ssrcs.push(ssrc);
        }
        must(
            self.ssrcs.len() <= 1 + usize::from(self.ours.resend.is_some()),
            Fault::Lines,
        )
    }
}

fn numbered(value: &str, fault: Fault) -> Result<(u8, &str), Fault> {
    let (number, rest) = value.split_once(' ').ok_or(fault)?;
    Ok((number.parse().map_err(|_| fault)?, rest))
}

/// What a line is about that is out of place.
fn fault_of(name: &str) -> Fault {
    match name {
        "extmap" | "extmap-allow-mixed" => Fault::Extension,
        "rtpmap" | "fmtp" | "rtcp-fb" | "ptime" | "maxptime" | "framerate" | "imageattr" | "b" => {
            Fault::Codec
        }
        "m" | "mid" | "msid" | "group" | "rid" | "simulcast" | "ssrc" | "ssrc-group"
        | "sendonly" | "recvonly" | "inactive" | "sendrecv" => Fault::Lines,
        "c" | "candidate" | "ice-lite" | "ice-ufrag" | "ice-pwd" | "ice-options"
        | "fingerprint" | "setup" | "crypto" | "rtcp" | "rtcp-mux" | "rtcp-rsize" => {
            Fault::Transport
        }
        _ => Fault::Unknown,
    }
}

fn must(holds: bool, fault: Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault) }
}

#[cfg(test)]
mod tests;
