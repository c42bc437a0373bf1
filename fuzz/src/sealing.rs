//! What is sealed: frames, grants, the group. Where there is a key, the target has it.

use std::cell::RefCell;

use protocol::{
    CallId, CircleId, ClientMessage, GroupRef, Sealed, SeatId, ServerMessage, sealed::Class,
};
use sealed::{
    convene,
    grant::open_grant,
    media::{envelope::Kind, open, open::Opener, sframe::BaseKey},
    session::{
        Stage,
        forge::{Changes, raw},
    },
};

use crate::members::{CALL, GUEST, Members, link, outsider, secret};

thread_local!(static MEMBERS: RefCell<Members> = RefCell::new(Members::new()));

/// In a call of two members, made anew if the last run cost somebody its place.
fn with_members(run: impl FnOnce(&mut Members)) {
    MEMBERS.with_borrow_mut(|members| {
        run(members);
        members.settle();
        if !members.are_whole() {
            *members = Members::new();
        }
    });
}

/// A frame from the network, as voice and as picture, to somebody who has the key.
pub(crate) fn frame(bytes: &[u8]) {
    let base = BaseKey::from_bytes(&[0; 32]).expect("a key");
    let mut opener = Opener::new(CallId::from_bytes([0; 16]), base, 1);
    for kind in [Kind::Voice, Kind::Picture] {
        if let Ok(opened) = opener.open(kind, bytes) {
            opener.mark(opened.kid, opened.ctr);
            let again = opener.open(kind, bytes).is_ok_and(|again| again.is_seen);
            assert!(open::peek(kind, bytes).is_ok() && again);
        }
    }
    with_members(|members| {
        for kind in [Kind::Voice, Kind::Picture] {
            let opened = members.host.open(members.now, kind, bytes);
            assert!(opened.is_err(), "nobody sealed it");
        }
    });
}

/// A grant: as parcel, as what is in one, and as what a root key signed.
pub(crate) fn grant(bytes: &[u8]) {
    let link = link(2);
    let _ = open_grant(&link, &Sealed::from_bytes(bytes));
    for made in [
        raw::grant_parcel(&link, bytes),
        raw::signed_grant(&secret(), &link, bytes),
    ] {
        let _ = open_grant(&link, &made.expect("a parcel"));
    }
}

/// A plan the convener signed.
pub(crate) fn sealed_plan(bytes: &[u8]) {
    let sealed = raw::signed_plan(&secret(), CALL, bytes).expect("a parcel");
    let _ = convene::open_plan(&secret(), CALL, &sealed);
    let _ = convene::open_plan(&secret(), CALL, &Sealed::from_bytes(bytes));
}

/// Any message of the server to a member.
pub(crate) fn server_message(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice::<ServerMessage>(bytes) else {
        return;
    };
    with_members(|members| members.tell_host(&message));
}

/// A key package, by somebody with a link.
pub(crate) fn knock(bytes: &[u8]) {
    with_members(|members| {
        for (seat, knock) in [
            (
                SeatId(3),
                members.guest.forge_knock_of(bytes).expect("a parcel"),
            ),
            (SeatId(3), Sealed::from_bytes(bytes)),
            (GUEST, changed_package(members, bytes)),
        ] {
            let waiting = true;
            members.tell_host(&ServerMessage::Knocked {
                circle: CircleId::TABLE,
                seat,
                waiting,
                knock,
            });
        }
    });
}

/// A good key package with some bytes changed: each four say where (two), which, how.
fn changed_package(members: &Members, bytes: &[u8]) -> Sealed {
    let mut package = members.guest.forge_package().expect("a key package");
    for change in bytes.chunks_exact(3).take(8) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]])) % package.len();
        package[at] ^= change[2];
    }
    members.guest.forge_knock_of(&package).expect("a parcel")
}

/// A welcome, to somebody who asked for one.
pub(crate) fn welcome(bytes: &[u8]) {
    thread_local!(static OUTSIDE: RefCell<sealed::session::Session> = RefCell::new(outsider(3)));
    OUTSIDE.with_borrow_mut(|session| {
        let now = 1_700_000_000_000;
        let _ = session.enter(now);
        let told = ServerMessage::GroupWelcome {
            group: GroupRef::table(1),
            seq: 1,
            welcome: Sealed::from_bytes(if bytes.is_empty() { &[0] } else { bytes }),
        };
        session.handle_message(now, &told);
        assert!(session.stage() != Stage::Member, "nobody added it");
        while session.poll_output().is_some() {}
    });
}

/// A commit: bytes as they come (first byte 0), or one a member made with changes it likes.
pub(crate) fn commit(bytes: &[u8]) {
    let Some((&how, rest)) = bytes.split_first() else {
        return;
    };
    with_members(|members| {
        if how == 0 {
            return members.order(Class::Commit, Sealed::from_bytes(rest));
        }
        let mut changes = Changes::default();
        if how & 2 != 0 {
            changes.removes = vec![SeatId(1)];
        }
        if how & 4 != 0 {
            let pairs = rest.chunks_exact(3);
            let pair = |c: &[u8]| (SeatId(c[0].into()), u32::from(c[1]) << 8 | u32::from(c[2]));
            changes.closed = Some(pairs.map(pair).collect());
        }
        if how & 8 != 0 {
            let knock = outsider(3).forge_knock().expect("a knock");
            changes.adds = vec![(SeatId(3), knock)];
        }
        let closes = changes
            .closed
            .as_ref()
            .is_some_and(|pairs| !pairs.is_empty());
        let is_change = closes || how & (2 | 8) != 0;
        let now = members.now;
        let made = members.guest.forge_commit(now, changes);
        let made = made.ok().and_then(|made| made.into_iter().next());
        if let Some(ClientMessage::Commit { commit, .. }) = made {
            members.order(Class::Commit, commit);
            let refused = members.host.stage() != Stage::Member;
            assert!(refused || !is_change, "a guest may change nothing");
        }
        // The host may have followed, the service did not: begin anew.
        *members = Members::new();
    });
}

/// Bytes in place of a member's message: nobody signed or sealed them.
pub(crate) fn application(bytes: &[u8]) {
    with_members(|members| {
        let sealed = Sealed::from_bytes(bytes);
        let group = GroupRef::table(1);
        members.order(Class::Kept, sealed.clone());
        members.tell_host(&ServerMessage::Passing { group, sealed });
    });
}

/// What a member says, whatever it says: signed and sealed.
pub(crate) fn said(bytes: &[u8]) {
    with_members(|members| {
        let sealed = members.guest.forge_said(bytes).expect("a member");
        let group = GroupRef::table(1);
        match bytes.first() {
            Some(1) => members.tell_host(&ServerMessage::Passing { group, sealed }),
            _ => members.order(Class::Kept, sealed),
        }
    });
}
