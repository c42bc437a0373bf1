//! A seat's session, for the one worker that has it.

use protocol::{CircleId, Sealed, ServerMessage};
use sealed::{
    grant::{OpenedGrant, open_grant},
    media::{envelope::Kind, kid::Stream},
    session::{self, Act, ActError, FrameRefused, Memory, Output, Session},
};
use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::{Problem, from_json, json, read};

/// A fresh leaf that its device has not signed yet.
#[wasm_bindgen]
pub struct WebCandidate {
    candidate: session::Candidate,
    grant: String,
}

/// The session.
#[wasm_bindgen]
pub struct WebSession(Session);

/// A frame somebody sent, in the clear.
#[wasm_bindgen]
pub struct OpenedFrame(session::OpenedFrame);

#[wasm_bindgen]
impl WebCandidate {
    /// From the link, the grant the server gave, and the device's public key (32 bytes).
    #[wasm_bindgen(constructor)]
    pub fn new(
        call_id: &str,
        fragment: &str,
        grant: &str,
        device_public: &[u8],
    ) -> Result<Self, Problem> {
        let link = read(call_id, fragment)?;
        let sealed = Sealed::from_text(grant).ok_or(Problem::Json)?;
        let opened = open_grant(&link, &sealed).map_err(Problem::Open)?;
        let grant = grant_json(&opened);
        let device = device_public.try_into().map_err(|_| Problem::Key)?;
        let candidate =
            session::Candidate::new(&link, opened, device).map_err(|_| Problem::NoRandomness)?;
        Ok(Self { candidate, grant })
    }

    /// What the device key signs.
    pub fn to_sign(&self) -> Vec<u8> {
        self.candidate.to_sign()
    }

    /// What the grant says (JSON): `title`, `seat`, `delegation`, `link`, `not_after_ms`.
    pub fn grant(&self) -> String {
        self.grant.clone()
    }

    /// The session. `memory` is what was kept (JSON), or empty.
    pub fn into_session(
        self,
        now: f64,
        signature: &[u8],
        memory: &str,
    ) -> Result<WebSession, Problem> {
        let memory: Memory = match memory {
            "" => Memory::default(),
            kept => from_json(kept)?,
        };
        let signature = signature.try_into().map_err(|_| Problem::Key)?;
        let session = self.candidate.into_session(now as u64, signature, memory);
        session
            .map(WebSession)
            .map_err(|_| Problem::Session("bad_device_signature"))
    }
}

fn refused(error: ActError) -> Problem {
    use ActError as E;
    Problem::Session(match error {
        E::NotAMember => "not_a_member",
        E::NotAHost => "not_a_host",
        E::NoClaim => "no_claim",
        E::NoCheck => "no_check",
        E::BadText => "bad_text",
        E::TooManyTexts => "too_many_texts",
        E::NoRandomness => "no_randomness",
        E::NoCircle => "no_circle",
        E::AtTheTable => "at_the_table",
        E::OwnSeat => "own_seat",
    })
}

fn grant_json(opened: &OpenedGrant) -> String {
    let grant = &opened.grant;
    json!({ "title": opened.title, "seat": grant.seat, "delegation": grant.delegation,
        "link": grant.link, "not_after_ms": grant.not_after_ms })
    .to_string()
}

#[wasm_bindgen]
impl WebSession {
    /// The code this client runs: 16 bytes, told to the others.
    pub fn set_code(&mut self, code: &[u8]) -> Result<(), Problem> {
        self.0.set_code(code.try_into().map_err(|_| Problem::Key)?);
        Ok(())
    }

    /// A message of the server (JSON). One of a newer server that is not known here is ignored.
    pub fn handle_message(&mut self, now: f64, message: &str) {
        if let Ok(message) = serde_json::from_str::<ServerMessage>(message) {
            self.0.handle_message(now as u64, &message);
        }
    }

    /// The connection broke.
    pub fn handle_disconnected(&mut self, now: f64) {
        self.0.handle_disconnected(now as u64);
    }

    /// The `enter` to send (JSON).
    pub fn enter(&mut self, now: f64) -> Result<String, Problem> {
        json(&self.0.enter(now as u64))
    }

    /// Time passes.
    pub fn handle_timeout(&mut self, now: f64) {
        self.0.handle_timeout(now as u64);
    }

    /// When to call [`Self::handle_timeout`].
    pub fn poll_timeout(&self) -> f64 {
        self.0.poll_timeout() as f64
    }

    /// The next thing to do (JSON), or nothing.
    pub fn poll_output(&mut self) -> Option<String> {
        let output = self.0.poll_output()?;
        let value = match output {
            Output::Send(message) => json!({ "type": "send", "message": message }),
            Output::Text(text) => {
                json!({ "type": "text", "circle": text.circle, "id": text.id, "from": text.from, "at_ms": text.at_ms,
                    "text": text.text })
            }
            Output::EpochChanged => json!({ "type": "epoch_changed" }),
            Output::Proven => json!({ "type": "proven" }),
            Output::ViewChanged => json!({ "type": "view_changed" }),
            Output::MemoryChanged => {
                json!({ "type": "memory_changed", "memory": self.0.memory() })
            }
        };
        Some(value.to_string())
    }

    /// Takes part in a circle beside the table: the own delegation's.
    pub fn join_circle(&mut self, now: f64, circle: u8) -> Result<(), Problem> {
        let joined = self.0.join_circle(now as u64, CircleId(circle));
        joined.map_err(refused)
    }

    /// What the person does (JSON) in a circle; 0 is the table.
    pub fn act(&mut self, now: f64, circle: u8, act: &str) -> Result<(), Problem> {
        let act: Act = from_json(act)?;
        let done = self.0.act_in(now as u64, CircleId(circle), act);
        done.map_err(refused)
    }

    /// What there is to show (JSON).
    pub fn view(&self) -> Result<String, Problem> {
        json(&self.0.view())
    }

    /// Seals a frame for a circle; throws if it must not be sent.
    pub fn seal(
        &mut self,
        now: f64,
        circle: u8,
        stream: u8,
        layer: u8,
        key: bool,
        frame: &[u8],
    ) -> Result<Vec<u8>, Problem> {
        use session::NotSent as N;
        let stream = Stream::from_number(stream).ok_or(Problem::Session("bad_stream"))?;
        let circle = CircleId(circle);
        let sealed = (self.0).seal_for(now as u64, circle, (stream, layer), key, frame);
        sealed.map_err(|why| {
            Problem::Session(match why {
                N::NotAMember => "not_a_member",
                N::NotConfirmed => "not_confirmed",
                N::Frame => "bad_frame",
            })
        })
    }

    /// Opens a frame that came on a voice (0) or a picture (1) receiver; throws `later` if it may open
    /// soon, `unproven` if it may be proven soon, anything else if it must be dropped.
    pub fn open(&mut self, now: f64, kind: u8, frame: &[u8]) -> Result<OpenedFrame, Problem> {
        use FrameRefused as R;
        let kind = match kind {
            0 => Kind::Voice,
            _ => Kind::Picture,
        };
        let opened = self.0.open(now as u64, kind, frame);
        opened.map(OpenedFrame).map_err(|why| {
            Problem::Session(match why {
                R::Later => "later",
                R::NotAMember => "not_a_member",
                R::NoSuchMember => "no_such_member",
                R::Blocked => "blocked",
                R::Frame(_) => "not_authentic",
                R::Forged => "forged",
                R::Late => "late",
                R::Unproven => "unproven",
                R::BadManifest => "bad_manifest",
            })
        })
    }
}

#[wasm_bindgen]
impl OpenedFrame {
    /// Whose.
    #[wasm_bindgen(getter)]
    pub fn seat(&self) -> u16 {
        self.0.seat.0
    }

    /// To which circle it was sent.
    #[wasm_bindgen(getter)]
    pub fn circle(&self) -> u8 {
        self.0.circle.0
    }

    /// Of which stream: 0 microphone, 1 camera, 2 screen.
    #[wasm_bindgen(getter)]
    pub fn stream(&self) -> u8 {
        self.0.stream.number()
    }

    /// A key frame.
    #[wasm_bindgen(getter)]
    pub fn key(&self) -> bool {
        self.0.key
    }

    /// The frame; can be taken once.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0.frame)
    }
}
