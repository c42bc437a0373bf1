//! What a dishonest server says in its answers to offers (`answers.json`). The tests of both clients'
//! judges play all of it (`web/src/media/answer.test.ts`, `participant::answer`); some of it is played
//! here, in calls.

use std::sync::LazyLock;

use protocol::ServerMessage;
use serde::Deserialize;

use crate::{proxy::Frame, table::Table};

/// One change of an answer.
#[derive(Deserialize)]
pub struct Tampering {
    /// Of its case.
    pub name: String,
    /// What the server then says.
    pub says: String,
    /// What a client calls it.
    pub fault: String,
    /// Against whom it is played: `native`, `browser`, `both`, or in unit tests alone.
    #[serde(default)]
    pub played: String,
    /// It is about pictures.
    #[serde(default)]
    pub pictures: bool,
    /// It is an answer to a mirror's offers, before the call.
    #[serde(default)]
    pub mirror: bool,
    edits: Vec<[String; 2]>,
    append: Option<String>,
}

static ALL: LazyLock<Vec<Tampering>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("answers.json")).expect("the table is well formed")
});

/// Those that are played against natives, or against the page.
pub fn played(by: &'static str) -> impl Iterator<Item = &'static Tampering> {
    ALL.iter()
        .filter(move |tampering| tampering.played == by || tampering.played == "both")
}

/// The one of this name.
pub fn named(name: &str) -> Option<&'static Tampering> {
    ALL.iter().find(|tampering| tampering.name == name)
}

impl Tampering {
    /// What the attack is.
    pub fn attack(&self) -> &'static str {
        let Self { says, .. } = self;
        format!("the server's answer says {says}").leak()
    }

    fn apply(&self, sdp: &str) -> String {
        let mut changed = sdp.to_owned();
        for [find, put] in &self.edits {
            changed = changed.replacen(find, put, 1);
        }
        changed + self.append.as_deref().unwrap_or_default()
    }
}

/// Every answer this seat gets is tampered with, from now on.
pub fn tamper(table: &Table, seat: u16, tampering: &'static Tampering) {
    table.script(move |_, conn, frame| match frame {
        Frame::Down(ServerMessage::Answer { generation, sdp })
            if conn.seat == seat && !tampering.mirror =>
        {
            let sdp = tampering.apply(&sdp);
            vec![Frame::Down(ServerMessage::Answer { generation, sdp })]
        }
        Frame::Down(ServerMessage::Mirrored { up, down })
            if conn.seat == seat && tampering.mirror =>
        {
            let up = tampering.apply(&up);
            vec![Frame::Down(ServerMessage::Mirrored { up, down })]
        }
        other => vec![other],
    });
}
