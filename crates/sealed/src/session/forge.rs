//! What a bribed member can do with its own software: nothing here needs a secret that a member does
//! not have anyway, and nothing here is checked. Only with the cargo feature `forge`, for `crates/evil`
//! and `fuzz`.

pub mod raw;

use std::{collections::BTreeSet, sync::Arc};

use openmls::prelude::{
    Capabilities, Ciphersuite, CredentialType, ExtensionType, KeyPackage, KeyPackageIn,
    LeafNodeIndex, MlsGroup, MlsMessageOut, OpenMlsProvider, ProtocolVersion,
    tls_codec::DeserializeBytes as _,
};
use openmls_traits::{
    crypto::OpenMlsCrypto,
    types::{
        AeadType, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig, HpkeKeyPair,
        KemOutput, SignatureScheme,
    },
};
use protocol::{CircleId, ClientMessage, GroupRef, Sealed, SeatId};
use zeroize::Zeroizing;

use super::{Session, committing::Pending, identity::OwnLeaf, provider::Provider};
use crate::{
    media::{
        envelope::clear_bytes,
        kid::{KeyId, Stream},
        manifest::{Carrier, Manifest, NONE},
        sframe::{BaseKey, FrameKey, Header},
    },
    message::{DoorsAct, Heartbeat, Said},
    suite::{CREDENTIAL_TYPE, CallExtension, SUITE, create_config, group_id},
};

const KNOCK: &[u8] = b"incamera knock v1";
const MEDIA: &[u8] = b"incamera media v2";
const EXTENSION_TYPE: u16 = 0xF1CA;

/// What a commit does, whether the policy allows it or not.
#[derive(Default)]
pub struct Changes {
    /// Key packages, as knocks carry them.
    pub adds: Vec<(SeatId, Sealed)>,
    /// Seats taken out.
    pub removes: Vec<SeatId>,
    /// Makes this the list of closed seats.
    pub closed: Option<Vec<(SeatId, u32)>>,
    /// This seat gets another path secret than the rest.
    pub wrong_path_for: Option<SeatId>,
}

/// Why it does not work: a mistake of the test.
#[derive(Debug, thiserror::Error)]
#[error("cannot be forged: {0}")]
pub struct NotForged(&'static str);

fn no<E>(why: &'static str) -> impl FnOnce(E) -> NotForged {
    move |_| NotForged(why)
}

impl Session {
    /// Its own fresh key package, sealed for this call.
    pub fn forge_knock(&self) -> Result<Sealed, NotForged> {
        self.table.me.knock().map_err(no("a key package"))
    }

    /// Its own fresh key package for a circle it may not be in.
    pub fn forge_knock_at(&self, circle: CircleId) -> Result<Sealed, NotForged> {
        let own = OwnLeaf::new(circle, Arc::clone(&self.client.me));
        own.knock().map_err(no("a key package"))
    }

    /// A stranger's key package, sealed under this call's knock key, which every member has.
    pub fn forge_knock_for(&self, ghost: &Self) -> Result<Sealed, NotForged> {
        let knock = ghost.forge_knock()?;
        let package = open(&ghost.table.me, &knock)?;
        seal(&self.table.me, &package)
    }

    /// The own key package for another cipher suite: X25519 without ML-KEM.
    pub fn forge_knock_of_another_suite(&self) -> Result<Sealed, NotForged> {
        let suite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
        let capabilities = Capabilities::new(
            Some(&[ProtocolVersion::Mls10]),
            Some(&[suite]),
            Some(&[ExtensionType::Unknown(EXTENSION_TYPE)]),
            None,
            Some(&[CredentialType::Other(CREDENTIAL_TYPE)]),
        );
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(capabilities)
            .build(
                suite,
                &self.table.me.provider,
                &self.table.me.leaf_key,
                self.table.me.credential(),
            )
            .map_err(no("a key package"))?;
        seal(&self.table.me, &serialise(bundle.key_package())?)
    }

    /// A commit of the group it is in, and behind it the welcome if there is one. It merges it itself if the policy allows.
    pub fn forge_commit(
        &mut self,
        now: u64,
        changes: Changes,
    ) -> Result<Vec<ClientMessage>, NotForged> {
        let member = self
            .table
            .member
            .as_mut()
            .ok_or(NotForged("outside the group"))?;
        let leaf = |seat: &SeatId| member.leaf_of(*seat).map(|(leaf, _)| leaf);
        let removes: Option<Vec<_>> = changes.removes.iter().map(leaf).collect();
        let removes = removes.ok_or(NotForged("no such seat"))?;
        let victim = changes.wrong_path_for.as_ref().and_then(leaf);
        let mut extension = member.extension.clone();
        let extension = changes.closed.map(|closed| {
            extension.closed = closed.into_iter().collect();
            extension
        });
        let adds: Vec<_> = changes.adds.iter().map(|(seat, _)| *seat).collect();
        let packages = packages(&self.table.me, &changes.adds)?;
        let (group, epoch) = (member.group(), member.epoch());
        member.drop_own(&self.table.me);
        let mut of_victim = member
            .mls
            .members()
            .filter(|m| Some(m.index.u32()) == victim.map(u32::from));
        let crypto = Crooked {
            inner: self.table.me.provider.crypto(),
            victim: of_victim.next().map(|m| m.encryption_key),
        };
        drop(of_victim);
        let (commit, welcome) = build(
            &mut member.mls,
            &self.table.me,
            &self.table.me.provider,
            &crypto,
            packages,
            &removes,
            extension,
        )?;
        self.table.wishes.pending = Some(Pending {
            commit: commit.clone(),
            epoch,
            at: now,
            asked_at: now,
            connection: self.client.connection,
            check: None,
            to_seat: Vec::new(),
        });
        let welcome = welcome.map(|welcome| ClientMessage::GroupWelcome {
            group,
            epoch,
            welcome,
            adds,
        });
        let commit = ClientMessage::Commit {
            group,
            epoch,
            commit,
        };
        Ok([commit].into_iter().chain(welcome).collect())
    }

    /// A commit the server could give to some only: it leaves this client where it is.
    pub fn forge_fork(&mut self, now: u64) -> Result<Sealed, NotForged> {
        let made = self.forge_commit(now, Changes::default())?;
        self.table.drop_pending();
        match made.into_iter().next() {
            Some(ClientMessage::Commit { commit, .. }) => Ok(commit),
            _ => Err(NotForged("a commit")),
        }
    }

    /// The welcome of a group of its own making, in this epoch, with these and itself as members.
    pub fn forge_group(
        &self,
        number: u32,
        epoch: u64,
        closed: &[(SeatId, u32)],
        adds: &[(SeatId, Sealed)],
    ) -> Result<Sealed, NotForged> {
        let group = GroupRef::table(number);
        let extension = CallExtension {
            call: self.table.me.call,
            group,
            root: self.table.me.root,
            closed: closed.iter().copied().collect::<BTreeSet<_>>(),
            heads: Vec::new(),
        };
        // Another store: the own group may have the same number.
        let provider = Provider::default();
        let (config, id) = (
            create_config(SUITE, &extension),
            group_id(self.table.me.call, group),
        );
        let mut mls = MlsGroup::new_with_group_id(
            &provider,
            &self.table.me.leaf_key,
            &config,
            id,
            self.table.me.credential(),
        )
        .map_err(no("a group"))?;
        while mls.epoch().as_u64() + 1 < epoch {
            build(
                &mut mls,
                &self.table.me,
                &provider,
                provider.crypto(),
                Vec::new(),
                &[],
                None,
            )?;
            mls.merge_pending_commit(&provider)
                .map_err(no("an epoch"))?;
        }
        let packages = packages(&self.table.me, adds)?;
        let (_, welcome) = build(
            &mut mls,
            &self.table.me,
            &provider,
            provider.crypto(),
            packages,
            &[],
            None,
        )?;
        welcome.ok_or(NotForged("a welcome"))
    }

    /// A frame of voice under another member's key id.
    pub fn forge_voice(
        &self,
        victim: SeatId,
        ctr: u64,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotForged> {
        self.forge_frame(victim, Stream::Microphone, ctr, frame, &[NONE])
    }

    /// A frame under another member's key id with what [`Self::forge_manifest`] or
    /// [`Self::manifest_of`] gives.
    pub fn forge_frame(
        &self,
        victim: SeatId,
        stream: Stream,
        ctr: u64,
        frame: &[u8],
        manifest: &[u8],
    ) -> Result<Vec<u8>, NotForged> {
        let (kid, key) = self.key_of(victim, stream)?;
        let clear = clear_bytes(stream.kind(), true);
        let metadata = [MEDIA, self.table.me.call.as_bytes(), clear].concat();
        let mut sealed = clear.to_vec();
        FrameKey::derive(&key, kid.to_u64())
            .seal(ctr, &metadata, &[frame, manifest].concat(), &mut sealed)
            .map_err(no("a frame"))?;
        Ok(sealed)
    }

    /// A manifest for such a frame of voice, signed by the own leaf.
    pub fn forge_manifest(
        &self,
        victim: SeatId,
        ctr: u64,
        frame: &[u8],
    ) -> Result<Vec<u8>, NotForged> {
        let member = self
            .table
            .member
            .as_ref()
            .ok_or(NotForged("outside the group"))?;
        let (kid, _) = self.key_of(victim, Stream::Microphone)?;
        let carrier = Carrier {
            call: self.table.me.call,
            group: member.group(),
            epoch: member.epoch(),
            kid,
            ctr,
            key: false,
            frame,
        };
        let says = Manifest {
            slots: 75,
            ..Manifest::default()
        };
        let leaf_key = &self.table.me.leaf_key;
        Ok(says.write(&carrier, |label, content| leaf_key.sign(label, content)))
    }

    /// The manifest in a true voice frame of the present epoch, if it has one, to be used elsewhere.
    pub fn manifest_of(
        &self,
        sender: SeatId,
        sealed: &[u8],
        frame_bytes: usize,
    ) -> Result<Option<Vec<u8>>, NotForged> {
        let (_, key) = self.key_of(sender, Stream::Microphone)?;
        let (header, body) = Header::parse(sealed).ok_or(NotForged("not a frame"))?;
        let metadata = [MEDIA, self.table.me.call.as_bytes()].concat();
        let plaintext = FrameKey::derive(&key, header.kid)
            .open(header, &metadata, body)
            .map_err(no("not of this epoch"))?;
        let tail = plaintext.get(frame_bytes..).unwrap_or_default();
        Ok((tail.len() > 1).then(|| tail.to_vec()))
    }

    fn key_of(&self, victim: SeatId, stream: Stream) -> Result<(KeyId, BaseKey), NotForged> {
        let member = self
            .table
            .member
            .as_ref()
            .ok_or(NotForged("outside the group"))?;
        let (leaf, _) = member.leaf_of(victim).ok_or(NotForged("no such seat"))?;
        let base = member.base_key(&self.table.me).map_err(no("a key"))?;
        let kid = KeyId::new(0, stream, leaf, member.epoch()).ok_or(NotForged("a key id"))?;
        Ok((kid, base))
    }

    /// A heartbeat that claims to know what a host did with the doors.
    pub fn forge_doors(&mut self, closed: bool) -> Result<ClientMessage, NotForged> {
        let member = self
            .table
            .member
            .as_mut()
            .ok_or(NotForged("outside the group"))?;
        let doors = DoorsAct {
            number: u32::MAX,
            closed: Some(closed),
        };
        let said = Said::Heartbeat(Heartbeat {
            number: u32::MAX,
            doors,
            ..Heartbeat::default()
        });
        let group = member.group();
        let sealed = member
            .say(&self.table.me, &said)
            .map_err(no("a heartbeat"))?;
        Ok(ClientMessage::Passing { group, sealed })
    }
}

fn open(me: &OwnLeaf, knock: &Sealed) -> Result<Zeroizing<Vec<u8>>, NotForged> {
    let parcel = knock.to_bytes().ok_or(NotForged("not a knock"))?;
    me.knock
        .open(KNOCK, &parcel)
        .map(Zeroizing::new)
        .map_err(no("not of this call"))
}

fn seal(me: &OwnLeaf, package: &[u8]) -> Result<Sealed, NotForged> {
    let parcel = me
        .knock
        .seal(KNOCK, package)
        .map_err(no("random numbers"))?;
    Ok(Sealed::from_bytes(&parcel))
}

fn serialise(value: &impl openmls::prelude::tls_codec::Serialize) -> Result<Vec<u8>, NotForged> {
    value.tls_serialize_detached().map_err(no("bytes"))
}

/// Key packages that only OpenMLS has looked at: nobody asked who granted them what.
fn packages(me: &OwnLeaf, adds: &[(SeatId, Sealed)]) -> Result<Vec<KeyPackage>, NotForged> {
    let package = |(_, knock): &(SeatId, Sealed)| {
        // A letter may follow.
        KeyPackageIn::tls_deserialize_bytes(&open(me, knock)?)
            .map_err(no("not a key package"))?
            .0
            .validate(me.provider.crypto(), ProtocolVersion::Mls10)
            .map_err(no("not a key package"))
    };
    adds.iter().map(package).collect()
}

fn build(
    mls: &mut MlsGroup,
    me: &OwnLeaf,
    provider: &Provider,
    crypto: &impl OpenMlsCrypto,
    adds: Vec<KeyPackage>,
    removes: &[u16],
    extension: Option<CallExtension>,
) -> Result<(Sealed, Option<Sealed>), NotForged> {
    let removes = removes
        .iter()
        .map(|leaf| LeafNodeIndex::new((*leaf).into()));
    let mut builder = mls
        .commit_builder()
        .force_self_update(true)
        .propose_removals(removes)
        .propose_adds(adds);
    if let Some(extension) = extension {
        builder = builder
            .propose_group_context_extensions(extension.extensions())
            .map_err(no("an extension"))?;
    }
    let bundle = builder
        .load_psks(provider.storage())
        .map_err(no("a commit"))?
        .build(provider.rand(), crypto, &me.leaf_key, |_| true)
        .map_err(no("a commit"))?
        .stage_commit(provider)
        .map_err(no("a commit"))?;
    let (commit, welcome, _) = bundle.into_messages();
    let sealed =
        |message: MlsMessageOut| serialise(&message).map(|bytes| Sealed::from_bytes(&bytes));
    Ok((sealed(commit)?, welcome.map(sealed).transpose()?))
}

/// The provider's cryptography, but that what is sealed for one key has a bit turned.
struct Crooked<'a, C> {
    inner: &'a C,
    victim: Option<Vec<u8>>,
}

type Secret = openmls::prelude::tls_codec::SecretVLBytes;

impl<C: OpenMlsCrypto> OpenMlsCrypto for Crooked<'_, C> {
    fn hpke_seal(
        &self,
        config: HpkeConfig,
        pk_r: &[u8],
        info: &[u8],
        aad: &[u8],
        ptxt: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        let mut secret = Zeroizing::new(ptxt.to_vec());
        if self.victim.as_deref() == Some(pk_r)
            && let Some(last) = secret.last_mut()
        {
            *last ^= 1;
        }
        self.inner.hpke_seal(config, pk_r, info, aad, &secret)
    }

    fn supports(&self, ciphersuite: Ciphersuite) -> Result<(), CryptoError> {
        self.inner.supports(ciphersuite)
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        self.inner.supported_ciphersuites()
    }

    fn hkdf_extract(
        &self,
        hash_type: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<Secret, CryptoError> {
        self.inner.hkdf_extract(hash_type, salt, ikm)
    }

    fn hmac(&self, hash_type: HashType, key: &[u8], message: &[u8]) -> Result<Secret, CryptoError> {
        self.inner.hmac(hash_type, key, message)
    }

    fn hkdf_expand(
        &self,
        hash_type: HashType,
        prk: &[u8],
        info: &[u8],
        okm_len: usize,
    ) -> Result<Secret, CryptoError> {
        self.inner.hkdf_expand(hash_type, prk, info, okm_len)
    }

    fn hash(&self, hash_type: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.inner.hash(hash_type, data)
    }

    fn aead_encrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.inner.aead_encrypt(alg, key, data, nonce, aad)
    }

    fn aead_decrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        ct_tag: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.inner.aead_decrypt(alg, key, ct_tag, nonce, aad)
    }

    fn signature_key_gen(&self, alg: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        self.inner.signature_key_gen(alg)
    }

    fn verify_signature(
        &self,
        alg: SignatureScheme,
        data: &[u8],
        pk: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.inner.verify_signature(alg, data, pk, signature)
    }

    fn sign(&self, alg: SignatureScheme, data: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.inner.sign(alg, data, key)
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        input: &HpkeCiphertext,
        sk_r: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.inner.hpke_open(config, input, sk_r, info, aad)
    }

    fn hpke_setup_sender_and_export(
        &self,
        config: HpkeConfig,
        pk_r: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        exporter_length: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        self.inner.hpke_setup_sender_and_export(
            config,
            pk_r,
            info,
            exporter_context,
            exporter_length,
        )
    }

    fn hpke_setup_receiver_and_export(
        &self,
        config: HpkeConfig,
        enc: &[u8],
        sk_r: &[u8],
        info: &[u8],
        exporter_context: &[u8],
        exporter_length: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        self.inner.hpke_setup_receiver_and_export(
            config,
            enc,
            sk_r,
            info,
            exporter_context,
            exporter_length,
        )
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        self.inner.derive_hpke_keypair(config, ikm)
    }
}
