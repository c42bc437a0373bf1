//! The own offer: what each of its m-lines is, as far as an answer depends on it, and what of it the
//! server is told.

/// Of an m-line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Audio,
    Video,
}

/// One m-line of the own offer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) mid: String,
    pub(super) sends: bool,
    /// The payload type of Opus or VP8.
    pub(super) codec: u8,
    /// Of what is sent again (RFC 4588).
    pub(super) resend: Option<u8>,
    /// URI and id.
    pub(super) extensions: Vec<(String, String)>,
    pub(super) rids: Vec<String>,
}

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const TRANSPORT_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/// Of pictures (RFC 4585, 5104); voices are not counted in the estimate of a network.
pub(super) const FEEDBACK: [&str; 4] = ["transport-cc", "ccm fir", "nack", "nack pli"];

/// All that may stand beside a sealed frame in a packet.
pub(super) fn extensions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Audio => &[MID],
        Kind::Video => &[MID, TRANSPORT_CC, RID, REPAIRED_RID],
    }
}

/// The part before the first m-line, and each m-line with what belongs to it.
pub(super) fn sections(sdp: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let (mut session, mut media) = (Vec::new(), Vec::<Vec<&str>>::new());
    for line in sdp.lines() {
        if line.starts_with("m=") {
            media.push(vec![line]);
        } else {
            media.last_mut().unwrap_or(&mut session).push(line);
        }
    }
    (session, media)
}

/// What `a=name:…` or `a=name` is about; of other lines their letter.
pub(super) fn name_of(line: &str) -> &str {
    match line.strip_prefix("a=") {
        Some(attribute) => attribute.split(':').next().unwrap_or_default(),
        None => line.split('=').next().unwrap_or_default(),
    }
}

/// What comes after it.
pub(super) fn value_of(line: &str) -> &str {
    let between = if line.starts_with("a=") { ':' } else { '=' };
    line.split_once(between).map_or("", |(_, value)| value)
}

/// The m-lines of the own offer that have a codec of a call: all of them.
pub(super) fn read(offer: &str) -> Vec<Line> {
    let (_, media) = sections(offer);
    media.iter().filter_map(|lines| line_of(lines)).collect()
}

fn line_of(lines: &[&str]) -> Option<Line> {
    let (kind, name, resend) = match lines.first()?.starts_with("m=audio") {
        true => (Kind::Audio, "opus/48000/2", "rtx/48000"),
        false => (Kind::Video, "VP8/90000", "rtx/90000"),
    };
    let values = |wanted: &'static str| {
        let of = lines.iter().filter(move |line| name_of(line) == wanted);
        of.map(|line| value_of(line))
    };
    let number_of = |wanted: &str| {
        let mut maps = values("rtpmap").filter_map(|value| value.split_once(' '));
        let found = maps.find(|(_, name)| name.eq_ignore_ascii_case(wanted));
        found.and_then(|(number, _)| number.parse::<u8>().ok())
    };
    Some(Line {
        kind,
        mid: values("mid").next()?.to_owned(),
        sends: lines.contains(&"a=sendonly"),
        codec: number_of(name)?,
        resend: number_of(resend),
        extensions: values("extmap")
            .filter_map(|value| value.split_once(' '))
            .map(|(id, uri)| (uri.to_owned(), id.to_owned()))
            .collect(),
        rids: values("rid")
            .filter_map(|value| value.split_once(' '))
            .filter(|(_, way)| way.starts_with("send"))
            .map(|(rid, _)| rid.to_owned())
            .collect(),
    })
}

/// The offer as the server is told it: without addresses of this machine, which an ICE-lite server
/// never sends to (RFC 8445, 2.5), and without what a call does not use.
pub fn told(offer: &str) -> String {
    let mut kind = None;
    let mut out = String::with_capacity(offer.len());
    for line in offer.lines() {
        if line.starts_with("m=") {
            let audio = line.starts_with("m=audio");
            kind = Some(if audio { Kind::Audio } else { Kind::Video });
        }
        let extension = (name_of(line) == "extmap").then(|| value_of(line).split(' ').nth(1));
        let beside = kind.zip(extension.flatten());
        let unused = beside.is_some_and(|(kind, uri)| !extensions(kind).contains(&uri));
        let what = value_of(line).split_once(' ').map(|(_, what)| what);
        let used = kind == Some(Kind::Video) && what.is_some_and(|what| FEEDBACK.contains(&what));
        let unheard = name_of(line) == "rtcp-fb" && !used;
        if unused || unheard || name_of(line) == "candidate" {
            continue;
        }
        out.push_str(line);
        out.push_str("\r\n");
    }
    out
}
