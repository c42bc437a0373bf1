//! Two ends of one connection.

use proptest::prelude::*;
use srtp::{Keys, Profile, Protect, Unprotect};

const PROFILES: [Profile; 3] = [
    Profile::AeadAes256Gcm,
    Profile::AeadAes128Gcm,
    Profile::Aes128CmSha1,
];

fn ends(profile: Profile) -> [(Protect, Unprotect); 2] {
    let material: Vec<u8> = (0..88).collect();
    [true, false].map(|client| Keys::new(profile, &material, client).unwrap().contexts())
}

fn packet(seq: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 96];
    packet.extend(seq.to_be_bytes());
    packet.extend([0, 0, 0, 9, 0xca, 0xfe, 0xba, 0xbe]);
    packet.extend(payload);
    packet
}

#[test]
fn what_one_end_protects_the_other_opens_and_nobody_else() {
    for profile in PROFILES {
        let [(client, client_in), (server, server_in)] = ends(profile);
        for (from, to, back) in [
            (&client, &server_in, &client_in),
            (&server, &client_in, &server_in),
        ] {
            let clear = packet(7, b"a frame");
            let mut buffer = b"before".to_vec();
            buffer.extend(&clear);
            from.rtp(0xcafe_babe, 0x1_0007, &mut buffer, 6, 12);
            let mut sealed = buffer.split_off(6);
            assert_eq!(buffer, b"before");
            assert_ne!(sealed[12..19], clear[12..]);
            assert_eq!(
                back.rtp(0xcafe_babe, 0x1_0007, &mut sealed.clone(), 12),
                None
            );
            assert_eq!(
                to.rtp(0xcafe_babe, 7, &mut sealed.clone(), 12),
                None,
                "another rollover"
            );
            let len = to.rtp(0xcafe_babe, 0x1_0007, &mut sealed, 12).unwrap();
            assert_eq!(sealed[..len], clear);
        }
    }
}

#[test]
fn rtcp_is_opened_once() {
    for profile in PROFILES {
        let [(mut client, _), (_, mut server)] = ends(profile);
        let clear = vec![0x80, 201, 0, 1, 1, 2, 3, 4, 9, 9, 9, 9];
        let mut sealed = clear.clone();
        client.rtcp(&mut sealed);
        let replay = sealed.clone();
        assert!(server.rtcp(&mut sealed));
        assert_eq!(sealed, clear);
        assert!(!server.rtcp(&mut replay.clone()), "a replay");
        let mut forged = replay;
        forged[9] ^= 1;
        assert!(!server.rtcp(&mut forged));
    }
}

#[test]
fn rtcp_of_another_counter_under_the_same_key_is_numbered_anew() {
    for profile in PROFILES {
        let [(mut ours, _), (_, mut client)] = ends(profile);
        let [(mut str0m, _), _] = ends(profile);
        let clear = vec![0x80, 201, 0, 1, 1, 2, 3, 4, 9, 9, 9, 9];
        for _ in 0..3 {
            let mut own = clear.clone();
            ours.rtcp(&mut own);
            let mut other = clear.clone();
            str0m.rtcp(&mut other);
            assert!(ours.take_over_rtcp(&mut other));
            assert!(client.rtcp(&mut own), "no index comes twice");
            assert!(client.rtcp(&mut other), "no index comes twice");
        }
        assert!(!ours.take_over_rtcp(&mut clear.clone()));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), header in 12_usize..40) {
        for profile in PROFILES {
            let [(mut ours, _), (_, mut theirs)] = ends(profile);
            prop_assert!(theirs.rtp(1, 1, &mut bytes.clone(), header).is_none());
            prop_assert!(!theirs.rtcp(&mut bytes.clone()));
            prop_assert!(!ours.take_over_rtcp(&mut bytes.clone()));
        }
    }

    #[test]
    fn one_changed_bit_is_refused(at in 0_usize..35, bit in 0_u8..8) {
        for profile in PROFILES {
            let [(client, _), (_, server)] = ends(profile);
            let mut sealed = packet(7, b"a frame");
            client.rtp(0xcafe_babe, 7, &mut sealed, 0, 12);
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(server.rtp(0xcafe_babe, 7, &mut sealed, 12).is_none());
        }
    }
}

#[test]
fn protection_adds_what_the_rfcs_say() {
    for (profile, rtp, rtcp) in [
        (Profile::AeadAes256Gcm, 16, 20),
        (Profile::AeadAes128Gcm, 16, 20),
        (Profile::Aes128CmSha1, 10, 14),
    ] {
        let [(mut client, _), _] = ends(profile);
        let mut sealed = packet(7, b"a frame");
        client.rtp(0xcafe_babe, 7, &mut sealed, 0, 12);
        assert_eq!(sealed.len(), 19 + rtp);
        let mut sealed = vec![0x80, 201, 0, 1, 1, 2, 3, 4];
        client.rtcp(&mut sealed);
        assert_eq!(sealed.len(), 8 + rtcp);
    }
}
