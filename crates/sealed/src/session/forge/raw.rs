//! Whatever bytes one likes in the places that keys protect: what a member, or whoever has a link, can
//! give the readers behind the keys. For `fuzz`.

use openmls::prelude::tls_codec::Serialize as _;
use protocol::{CallId, Sealed};

use super::{NotForged, Session, no, seal};
use crate::{
    codec::Writer,
    convene::{PLAN_LABEL, PLAN_PARCEL},
    grant::{LABEL, PARCEL},
    link::{CallSecret, Link, plan_key},
};

/// A grant's parcel with this content, for whoever has the link.
pub fn grant_parcel(link: &Link, content: &[u8]) -> Result<Sealed, NotForged> {
    let key = link.seat_secret().grant_key(link.call);
    let parcel = key.seal(PARCEL, content).map_err(no("random numbers"))?;
    Ok(Sealed::from_bytes(&parcel))
}

/// A grant's parcel in which the root key signed this body.
pub fn signed_grant(secret: &CallSecret, link: &Link, body: &[u8]) -> Result<Sealed, NotForged> {
    let root = secret.root_key(link.call);
    let content = Writer::default()
        .fixed(&root.public().0)
        .fixed(secret.knock_key(link.call).as_bytes())
        .bytes(b"Consultation")
        .bytes(body)
        .fixed(&root.sign(LABEL, body));
    grant_parcel(link, &content.0)
}

/// A plan's parcel in which the root key signed this text.
pub fn signed_plan(secret: &CallSecret, call: CallId, json: &[u8]) -> Result<Sealed, NotForged> {
    let signature = secret
        .root_key(call)
        .sign(PLAN_LABEL, &[call.as_bytes(), json].concat());
    let parcel = plan_key(&secret.knock_key(call), call)
        .seal(PLAN_PARCEL, &[signature.as_slice(), json].concat())
        .map_err(no("random numbers"))?;
    Ok(Sealed::from_bytes(&parcel))
}

impl Session {
    /// These bytes in place of a key package, sealed as a knock.
    pub fn forge_knock_of(&self, package: &[u8]) -> Result<Sealed, NotForged> {
        seal(&self.table.me, package)
    }

    /// The own key package as it is before it is sealed.
    pub fn forge_package(&self) -> Result<Vec<u8>, NotForged> {
        let knock = self.forge_knock()?;
        super::open(&self.table.me, &knock).map(|package| package.to_vec())
    }

    /// These bytes as a message to the members, signed and sealed as all messages are.
    pub fn forge_said(&mut self, content: &[u8]) -> Result<Sealed, NotForged> {
        let member = self
            .table
            .member
            .as_mut()
            .ok_or(NotForged("outside the group"))?;
        let message = member
            .mls
            .create_message(&self.table.me.provider, &self.table.me.leaf_key, content)
            .map_err(no("a message"))?;
        let bytes = message.tls_serialize_detached().map_err(no("bytes"))?;
        Ok(Sealed::from_bytes(&bytes))
    }
}
