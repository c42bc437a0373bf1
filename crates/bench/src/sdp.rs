//! What the load needs of a server's SDP (RFC 8866) beside what str0m takes: payload types, header
//! extensions and which stream resends which.

use std::collections::HashMap;

/// URIs end like this; the numbers are each server's.
const TRANSPORT_WIDE: &str = "transport-wide-cc-extensions-01";
const MID: &str = "sdes:mid";
const RID: &str = "sdes:rtp-stream-id";

/// Numbers of one media line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) mid: String,
    pub(crate) opus: Option<u8>,
    pub(crate) vp8: Option<u8>,
    pub(crate) transport_id: Option<u8>,
    pub(crate) mid_id: Option<u8>,
    pub(crate) rid_id: Option<u8>,
}

/// Numbers of a description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) lines: Vec<Line>,
    pub(crate) opus: Option<u8>,
    pub(crate) vp8: Option<u8>,
    pub(crate) resend: Option<u8>,
    pub(crate) transport_id: Option<u8>,
    /// From a resending stream to the one it resends.
    pub(crate) resends: HashMap<u32, u32>,
}

impl Numbers {
    pub(crate) fn read(sdp: &str) -> Self {
        let mut all = Self::default();
        for text in sdp.lines().map(str::trim_end) {
            if text.starts_with("m=") {
                all.lines.push(Line::default());
            }
            let Some(attribute) = text.strip_prefix("a=") else {
                continue;
            };
            let line = all.lines.last_mut();
            let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
            let mut words = value.split_whitespace();
            let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let number = first.split('/').next().and_then(|n| n.parse().ok());
            match (name, line) {
                ("mid", Some(line)) => first.clone_into(&mut line.mid),
                ("rtpmap", Some(line)) => {
                    let codec = second.split('/').next().unwrap_or("");
                    match codec.to_ascii_lowercase().as_str() {
                        "opus" => (line.opus, all.opus) = (number, all.opus.or(number)),
                        "vp8" => (line.vp8, all.vp8) = (number, all.vp8.or(number)),
                        _ => {}
                    }
                }
                ("fmtp", _) => {
                    let of = second.strip_prefix("apt=").and_then(|n| n.parse().ok());
                    if of.is_some() && of == all.vp8 {
                        all.resend = all.resend.or(number);
                    }
                }
                ("extmap", Some(line)) => {
                    if second.ends_with(TRANSPORT_WIDE) {
                        line.transport_id = number;
                        all.transport_id = all.transport_id.or(number);
                    } else if second.ends_with(MID) {
                        line.mid_id = number;
                    } else if second.ends_with(RID) && !second.contains("repaired") {
                        line.rid_id = number;
                    }
                }
                ("ssrc-group", _) if first == "FID" => {
                    let resend = words.next().and_then(|n| n.parse().ok());
                    if let (Ok(media), Some(resend)) = (second.parse(), resend) {
                        all.resends.insert(resend, media);
                    }
                }
                _ => {}
            }
        }
        all
    }

    pub(crate) fn line(&self, mid: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.mid == mid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_line_by_line() {
        let sdp = "v=0\r\nm=audio 9 X 111\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n\
            m=video 9 X 96 97\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n\
            a=fmtp:97 apt=96\r\n\
            a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
            a=extmap:4/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid\r\na=ssrc-group:FID 10 11\r\n";
        let numbers = Numbers::read(sdp);
        assert_eq!(
            (numbers.opus, numbers.vp8, numbers.resend),
            (Some(111), Some(96), Some(97))
        );
        assert_eq!(numbers.resends[&11], 10);
        let line = numbers.line("1").unwrap();
        assert_eq!(
            (line.transport_id, line.mid_id, line.rid_id),
            (Some(3), Some(4), None)
        );
        assert_eq!(numbers.line("0").unwrap().transport_id, None);
    }
}
