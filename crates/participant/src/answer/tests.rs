use std::time::Instant;

use serde::Deserialize;
use str0m::{Candidate, change::SdpOffer, net::Protocol};

use super::*;
use crate::media::{Media, Own, Shape, configure};

/// What a dishonest server does to an answer; `crates/evil` plays some of them.
#[derive(Deserialize)]
struct Tampering {
    name: String,
    fault: String,
    edits: Vec<[String; 2]>,
    append: Option<String>,
}

fn shape() -> Shape {
    Shape {
        own: Own::All,
        audio: 1,
        video: 1,
    }
}

/// An offer as the server is told it, and what a server like ours says to it.
fn honest() -> (String, String) {
    let now = Instant::now();
    let (_, offer) = Media::offer(now, shape(), &["127.0.0.1:1000".parse().unwrap()]).unwrap();
    let mut peer = configure().set_ice_lite(true).build(now);
    peer.add_local_candidate(
        Candidate::host("127.0.0.1:2000".parse().unwrap(), Protocol::Udp).unwrap(),
    );
    let said = SdpOffer::from_sdp_string(&offer).unwrap();
    let answer = peer.sdp_api().accept_offer(said).unwrap().to_sdp_string();
    let opus = "useinbandfec=1;usedtx=0;cbr=1;maxaveragebitrate=32000";
    (offer, answer.replace("useinbandfec=1", opus))
}

#[test]
fn an_honest_answer_is_taken() {
    let (offer, answer) = honest();
    assert_eq!(judge(&offer, &answer), Ok(()), "{answer}");
}

#[test]
fn a_tampered_answer_is_refused_and_its_fault_is_named() {
    let all: Vec<Tampering> =
        serde_json::from_str(include_str!("../../../evil/src/answers.json")).unwrap();
    assert!(all.len() >= 50);
    for tampering in all {
        let (offer, answer) = honest();
        let mut changed = answer.clone();
        for [find, put] in &tampering.edits {
            changed = changed.replacen(find, put, 1);
        }
        changed.push_str(tampering.append.as_deref().unwrap_or_default());
        assert_ne!(changed, answer, "{}", tampering.name);
        let fault = judge(&offer, &changed).err().map(Fault::word);
        let wanted = format!("answer_{}", tampering.fault);
        assert_eq!(fault, Some(&wanted[..]), "{}", tampering.name);
    }
}

#[test]
fn no_line_is_taken_twice_and_none_from_elsewhere() {
    let (offer, answer) = honest();
    let lines: Vec<_> = answer.lines().collect();
    for at in 0..lines.len() {
        for strange in [lines[at], "a=x", "b=AS:1", "x", "", "A=SENDONLY"] {
            if strange == lines[at]
                && (strange.starts_with("a=ssrc:") || strange.starts_with("a=candidate"))
            {
                continue;
            }
            let mut more = lines.clone();
            more.insert(at, strange);
            let text = more.join("\r\n") + "\r\n";
            assert!(
                judge(&offer, &text).is_err(),
                "{strange} before {}",
                lines[at]
            );
        }
    }
}

#[test]
fn the_server_is_told_no_address_and_of_voices_one_extension() {
    let (offer, _) = honest();
    assert!(!offer.contains("a=candidate"));
    let voice = offer.split("m=").find(|part| part.starts_with("audio"));
    let extensions = voice.unwrap().lines().filter(|l| l.starts_with("a=extmap"));
    assert_eq!(extensions.count(), 1);
    assert!(!offer.contains("goog-remb") && offer.contains("nack pli"));
}
