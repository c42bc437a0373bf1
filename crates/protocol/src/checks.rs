//! Go / no-go: what a client found out about itself before it sat down. It is told in clear: the server
//! sees most of it anyway, and no name is in it. What figure is good enough, each reader judges.

use std::fmt;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize, de::Error as _};
use ts_rs::TS;

use crate::id::SeatId;

/// Parts in a thousand: all of it.
const ALL_PERMILLE: u16 = 1000;

/// What a client checked. Missing: not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// How packets get to the server's media address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub way: Option<Way>,
    /// Kilobits per second that came through to the server, up to what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub up_kbps: Option<u32>,
    /// Kilobits per second that came back, up to what was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub down_kbps: Option<u32>,
    /// Packets lost of a thousand, on the worse of the two ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub loss_permille: Option<u16>,
    /// To the server and back, while the way was in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub delay_ms: Option<u32>,
    /// The camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub camera: Option<Device>,
    /// The microphone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub microphone: Option<Device>,
    /// The loudspeaker: `on` if its person heard a tone, `failed` if not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub speaker: Option<Device>,
    /// The client's clock, ahead of the server's by so much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub clock_ms: Option<i32>,
    /// It can seal and open frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sealing: Option<bool>,
    /// Its page is the one this server gives out now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub current: Option<bool>,
    /// The code it says it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<Code>,
}

impl Checks {
    /// Whether every figure is one that can be.
    pub(crate) fn is_possible(&self) -> bool {
        self.loss_permille.is_none_or(|loss| loss <= ALL_PERMILLE)
    }
}

/// How packets get to the server's media address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// As they should.
    Udp,
    /// In a stream: one lost packet holds up all that follow.
    Tcp,
    /// Not at all.
    Nothing,
}

/// What came of asking for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// It gives sound or pictures.
    On,
    /// The person has it off.
    Off,
    /// The browser was told not to give it.
    Denied,
    /// There is none.
    NotFound,
    /// Another program holds it.
    InUse,
    /// It does not start.
    Failed,
    /// It is open, and the system or a switch on it gives nothing of it.
    Muted,
    /// It is open, and has not given a sound yet.
    Silent,
}

/// The checks of one seat, as hosts are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SeatChecks {
    /// Which.
    pub seat: SeatId,
    /// Missing: its client said nothing, or is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub checks: Option<Checks>,
}

/// Which code a client says it runs: 16 bytes, as 32 hexadecimal digits. What it stands for only
/// clients know.
#[derive(Clone, PartialEq, Eq, TS)]
#[ts(type = "string")]
pub struct Code([u8; 16]);

impl Code {
    /// From its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&HEXLOWER.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| D::Error::custom("expected 32 hexadecimal digits"))
    }
}
