//! A grant: the root key's word that a seat, under one link number, is one person's. Made when the
//! call is convened, fetched from the server sealed under the secret of the seat's link.
//!
//! ```text
//! grant    = version (1) = 1 || call (16) || seat (2) || link number (4) || delegation (2) || kind (1)
//!            || host (1) || quota (2) = 0 || not after, ms since 1970 (8) || seat key (32)
//!            || name <2> || title <2> || delegation's name <2> || delegation's short name <2>
//! signed   = grant <2> || root key's signature over "incamera grant v1" || grant (64)
//! parcel   = root key (32) || knock key (16) || title of the call <2> || signed
//! ```
//! `<2>` marks bytes after their two-byte length. `quota` is room for grants a delegation issues itself.

use protocol::{
    CallId, DelegationId, Sealed, SeatId,
    types::{Delegation, Seat, SeatKind},
};
use thiserror::Error;

use crate::{
    codec::{Malformed, Reader, Writer},
    keys::{BadSignature, PublicKey, SignKey},
    link::{Link, LinkKey},
    parcel::{NotOurs, ParcelKey},
};

pub(crate) const LABEL: &[u8] = b"incamera grant v1";
pub(crate) const PARCEL: &[u8] = b"incamera grant parcel v1";
const VERSION: u8 = 1;

/// What a grant says. Only [`SignedGrant::verify`] gives one that somebody else made.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    pub(crate) call: CallId,
    /// Which seat, whose delegation, what kind, whose name.
    pub seat: Seat,
    /// Number of the link it belongs to.
    pub link: u32,
    /// The seat's delegation.
    pub delegation: Delegation,
    /// Milliseconds since 1970; from then on it seats nobody new.
    pub not_after_ms: u64,
    pub(crate) seat_key: PublicKey,
}

/// A grant with its signature, as it travels in credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SignedGrant {
    body: Vec<u8>,
    signature: [u8; 64],
}

/// What the own link opens.
#[derive(Clone)]
pub struct OpenedGrant {
    /// The call's title.
    pub title: String,
    /// What the root key granted.
    pub grant: Grant,
    pub(crate) signed: SignedGrant,
    pub(crate) root: PublicKey,
    pub(crate) knock: ParcelKey,
}

/// Why something sealed by the convener is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpenError {
    /// It does not open with this link.
    #[error("the server gave something that is not of this link")]
    NotOurs,
    /// It opens and is not what was expected: a convener of another version.
    #[error("the convener's software and this one do not understand each other")]
    Malformed,
    /// It is signed by somebody else, or about another seat.
    #[error("it was not signed by this call's convener")]
    NotSigned,
}

impl From<NotOurs> for OpenError {
    fn from(_: NotOurs) -> Self {
        Self::NotOurs
    }
}

impl From<Malformed> for OpenError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<BadSignature> for OpenError {
    fn from(_: BadSignature) -> Self {
        Self::NotSigned
    }
}

/// Opens the grant the server gave for this link, and checks that it is signed and whose it is.
pub fn open_grant(link: &Link, sealed: &Sealed) -> Result<OpenedGrant, OpenError> {
    let parcel = sealed.to_bytes().ok_or(OpenError::Malformed)?;
    let secret = link.seat_secret();
    let content = secret.grant_key(link.call).open(PARCEL, &parcel)?;
    let mut reader = Reader::new(&content);
    let root = PublicKey(reader.array()?);
    let knock = ParcelKey::from_bytes(reader.array()?);
    let title = reader.text()?;
    let signed = SignedGrant::read(&mut reader)?;
    reader.end()?;
    let grant = signed.verify(&root, link.call)?;
    if grant.seat_key != secret.seat_key(link.call).public() {
        return Err(OpenError::NotSigned);
    }
    if let LinkKey::Host { secret, .. } = &link.key {
        // The convener can make these keys itself and need not believe anybody.
        let (own_root, own_knock) = (secret.root_key(link.call), secret.knock_key(link.call));
        if own_root.public() != root || own_knock.as_bytes() != knock.as_bytes() {
            return Err(OpenError::NotSigned);
        }
    }
    Ok(OpenedGrant {
        title,
        grant,
        signed,
        root,
        knock,
    })
}

/// Seals a grant for the link of its seat.
pub(crate) fn seal_grant(
    key: &ParcelKey,
    root: &SignKey,
    knock: &ParcelKey,
    title: &str,
    grant: &Grant,
) -> Result<Sealed, crate::link::NoRandomness> {
    let content = Writer::default()
        .fixed(&root.public().0)
        .fixed(knock.as_bytes())
        .bytes(title.as_bytes());
    let content = SignedGrant::sign(root, grant).write(content).0;
    Ok(Sealed::from_bytes(&key.seal(PARCEL, &content)?))
}

impl SignedGrant {
    pub(crate) fn sign(root: &SignKey, grant: &Grant) -> Self {
        let body = grant.encode();
        let signature = root.sign(LABEL, &body);
        Self { body, signature }
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        writer.bytes(&self.body).fixed(&self.signature)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let body = reader.bytes()?.to_vec();
        let signature = reader.array()?;
        Ok(Self { body, signature })
    }

    /// The grant, if the root key of this call signed it.
    pub(crate) fn verify(&self, root: &PublicKey, call: CallId) -> Result<Grant, OpenError> {
        root.verify(LABEL, &self.body, &self.signature)?;
        let grant = Grant::decode(&self.body)?;
        if grant.call != call {
            return Err(OpenError::NotSigned);
        }
        Ok(grant)
    }

    /// Reads the grant without checking anything: only for the faults of [`crate::sabotage`].
    pub(crate) fn believe(&self) -> Result<Grant, Malformed> {
        Grant::decode(&self.body)
    }
}

impl Grant {
    fn encode(&self) -> Vec<u8> {
        Writer::default()
            .u8(VERSION)
            .fixed(self.call.as_bytes())
            .u16(self.seat.id.0)
            .u32(self.link)
            .u16(self.delegation.id.0)
            .u8(kind_number(self.seat.kind))
            .u8(u8::from(self.seat.host))
            .u16(0)
            .u64(self.not_after_ms)
            .fixed(&self.seat_key.0)
            .bytes(self.seat.name.as_bytes())
            .bytes(self.seat.title.as_bytes())
            .bytes(self.delegation.name.as_bytes())
            .bytes(self.delegation.short_name.as_bytes())
            .0
    }

    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(bytes);
        if r.u8()? != VERSION {
            return Err(Malformed);
        }
        let call = CallId::from_bytes(r.array()?);
        let (id, link, delegation) = (SeatId(r.u16()?), r.u32()?, DelegationId(r.u16()?));
        let kind = kind_of(r.u8()?)?;
        let host = r.flag()?;
        let _quota = r.u16()?;
        let not_after_ms = r.u64()?;
        let seat_key = PublicKey(r.array()?);
        let (name, title) = (r.text()?, r.text()?);
        let (full, short_name) = (r.text()?, r.text()?);
        r.end()?;
        let seat = Seat {
            id,
            delegation,
            kind,
            host,
            name,
            title,
        };
        let delegation = Delegation {
            id: delegation,
            name: full,
            short_name,
            time_zone: None,
        };
        Ok(Self {
            call,
            seat,
            link,
            delegation,
            not_after_ms,
            seat_key,
        })
    }
}

const fn kind_number(kind: SeatKind) -> u8 {
    match kind {
        SeatKind::Principal => 0,
        SeatKind::Staff => 1,
        SeatKind::Interpreter => 2,
        SeatKind::Observer => 3,
    }
}

const fn kind_of(number: u8) -> Result<SeatKind, Malformed> {
    Ok(match number {
        0 => SeatKind::Principal,
        1 => SeatKind::Staff,
        2 => SeatKind::Interpreter,
        3 => SeatKind::Observer,
        _ => return Err(Malformed),
    })
}
