//! Being in a group: the one place that touches OpenMLS's group. Founding, joining, committing,
//! applying commits, messages. Everything from others is checked by [`crate::policy`] before it counts.

use std::collections::{BTreeMap, BTreeSet};

use openmls::prelude::{
    KeyPackage, LeafNodeIndex, MlsGroup, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider as _,
    PastEpochDeletion, ProcessedMessageContent, ProtocolMessage, Sender, StagedWelcome,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};
use protocol::{CircleId, GroupRef, Sealed, SeatId};
use zeroize::Zeroizing;

use super::{Remembered, SessionError, identity::OwnLeaf};
use crate::{
    credential::{VerifiedLeaf, digest},
    media::sframe::BaseKey,
    message::Said,
    policy::{self, Refusal, Roster, Situation},
    sabotage::{self, Fault},
    suite::{CallExtension, SUITE, create_config, group_id, join_config},
};

/// RFC 9605, 5.2.
const BASE_KEY_LABEL: &str = "SFrame 1.0 Base Key";
const BASE_KEY_BYTES: usize = 16;
const LARGE_MEMBERS: usize = 16;

/// Membership of one group, at one epoch.
pub(super) struct Membership {
    pub(super) mls: MlsGroup,
    pub(super) extension: CallExtension,
    pub(super) roster: Roster,
    /// Who added whom, as far as this client saw it.
    pub(super) vouched: BTreeMap<SeatId, SeatId>,
    /// Closed seats this client knows of; a host that lost its disk may found a group without them.
    pub(super) closed: BTreeSet<(SeatId, u32)>,
    /// Leaves that said they leave.
    pub(super) leaving: BTreeSet<u16>,
    /// This client began it, in place of one that was lost.
    begun_anew: bool,
    /// Place in the log of the last entry taken.
    pub(super) seq: u64,
}

/// What a commit shall do.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) adds: Vec<(SeatId, KeyPackage)>,
    /// Those of them that wait in the antechamber.
    pub(super) to_seat: Vec<SeatId>,
    pub(super) removes: Vec<u16>,
    pub(super) closes: BTreeSet<(SeatId, u32)>,
    /// A fresh path although nothing else asks for one.
    pub(super) refresh: bool,
}

/// A commit ready to be sent.
pub(super) struct Made {
    pub(super) commit: Sealed,
    pub(super) welcome: Option<Sealed>,
}

/// What a commit did.
pub(super) struct Applied {
    pub(super) committer: SeatId,
    pub(super) added: Vec<SeatId>,
    pub(super) removed: Vec<VerifiedLeaf>,
    /// Those of them that had said that they leave.
    pub(super) left: Vec<VerifiedLeaf>,
    /// The own leaf is out of the group.
    pub(super) expelled: bool,
}

/// What a message turned out to be.
pub(super) struct Heard {
    pub(super) leaf: u16,
    pub(super) epoch: u64,
    pub(super) said: Said,
}

/// Why a message was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Of an epoch this client has not reached.
    Ahead,
    /// The own one.
    Own,
    /// Anything else: old, not authentic, not one of ours.
    Bad,
}

impl Membership {
    /// A new group with the own leaf as its only member.
    pub(super) fn found(
        me: &OwnLeaf,
        group: GroupRef,
        closed: BTreeSet<(SeatId, u32)>,
    ) -> Result<Self, SessionError> {
        let extension = CallExtension {
            call: me.call,
            group,
            root: me.root,
            closed,
            heads: match group.circle {
                CircleId::TABLE => Vec::new(),
                _ => vec![me.device],
            },
        };
        let mls = MlsGroup::new_with_group_id(
            &me.provider,
            &me.leaf_key,
            &create_config(SUITE, &extension),
            group_id(me.call, group),
            me.credential(),
        )
        .map_err(|_| SessionError::Mls)?;
        let roster = policy::verify_tree(mls.members(), group.circle, &me.root, me.call)
            .map_err(|_| SessionError::Mls)?;
        let mut begun = Self::at_start(mls, extension, roster, 0);
        begun.begun_anew = group.number > 1;
        Ok(begun)
    }

    fn at_start(mls: MlsGroup, extension: CallExtension, roster: Roster, seq: u64) -> Self {
        let mut closed = extension.closed.clone();
        closed.extend(roster.values().filter_map(policy::replaced_link));
        Self {
            mls,
            closed,
            extension,
            roster,
            vouched: BTreeMap::new(),
            leaving: BTreeSet::new(),
            begun_anew: false,
            seq,
        }
    }

    /// Joins by a welcome, if the whole tree is vouched for and the group is not older than `oldest`.
    pub(super) fn join(
        me: &OwnLeaf,
        welcome: &Sealed,
        (group, seq): (GroupRef, u64),
        oldest: &Remembered,
    ) -> Result<Self, Refusal> {
        let bytes = welcome.to_bytes().ok_or(Refusal::Extension)?;
        let message = MlsMessageIn::tls_deserialize_exact_bytes(&bytes);
        let Ok(MlsMessageBodyIn::Welcome(welcome)) = message.map(MlsMessageIn::extract) else {
            return Err(Refusal::Extension);
        };
        let builder = StagedWelcome::build_from_welcome(&me.provider, &join_config(), welcome)
            .map_err(|_| Refusal::Extension)?;
        if !builder.processed_welcome().psks().is_empty() {
            return Err(Refusal::Proposal);
        }
        let staged = builder
            .skip_lifetime_validation()
            .replace_old_group()
            .build()
            .map_err(|_| Refusal::Extension)?;
        let extension = verify_extension(me, &staged, oldest)?;
        if extension.group != group {
            return Err(Refusal::Extension);
        }
        let roster = policy::verify_tree(staged.members(), group.circle, &me.root, me.call)
            .or_else(|refusal| sabotage_believe(&staged, refusal))?;
        let sender = leaf_number(staged.welcome_sender_index());
        let sender = roster.get(&sender).ok_or(Refusal::Committer)?;
        // Into the group it was in before a reload any member may let it back.
        if !extension.leads(sender) && oldest.group != extension.group.number {
            return Err(Refusal::MayNotAdd);
        }
        let closed = oldest.closed_seats();
        let is_closed =
            |leaf: &VerifiedLeaf| policy::is_closed(&closed, leaf.seat(), leaf.grant.link);
        if roster.values().any(is_closed) && !sabotage::on(Fault::ClosedListIgnored) {
            return Err(Refusal::AddedClosed);
        }
        let by = sender.seat();
        let mls = staged
            .into_group(&me.provider)
            .map_err(|_| Refusal::Extension)?;
        let mut joined = Self::at_start(mls, extension, roster, seq);
        joined.closed.extend(closed);
        joined.vouched.insert(me.seat(), by);
        Ok(joined)
    }

    /// What the group is for, if this client began it in place of one that was lost.
    pub(super) fn begun_anew(&self) -> Option<&CallExtension> {
        self.begun_anew.then_some(&self.extension)
    }

    pub(super) fn group(&self) -> GroupRef {
        self.extension.group
    }

    /// So many members that those who send nothing beat less often.
    pub(super) fn is_large(&self) -> bool {
        self.roster.len() > LARGE_MEMBERS
    }

    pub(super) fn epoch(&self) -> u64 {
        self.mls.epoch().as_u64()
    }

    pub(super) fn own_leaf(&self) -> u16 {
        leaf_number(self.mls.own_leaf_index())
    }

    pub(super) fn leaf_of(&self, seat: SeatId) -> Option<(u16, &VerifiedLeaf)> {
        let mut leaves = self.roster.iter();
        leaves
            .find(|(_, leaf)| leaf.seat() == seat)
            .map(|(number, leaf)| (*number, leaf))
    }

    /// Whether this leaf lets others in and takes them out.
    pub(super) fn leads(&self, leaf: u16) -> bool {
        self.roster
            .get(&leaf)
            .is_some_and(|leaf| self.extension.leads(leaf))
    }

    /// Leaves that do so, in order, the lowest first.
    pub(super) fn leaders(&self) -> impl Iterator<Item = u16> + '_ {
        self.roster
            .iter()
            .filter(|(_, leaf)| self.extension.leads(leaf))
            .map(|(number, _)| *number)
    }

    pub(super) fn authenticator(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.mls.epoch_authenticator().as_slice().to_vec())
    }

    /// The base key of this epoch's frames.
    pub(super) fn base_key(&self, me: &OwnLeaf) -> Result<BaseKey, SessionError> {
        let crypto = me.provider.crypto();
        let secret = self
            .mls
            .export_secret(crypto, BASE_KEY_LABEL, b"", BASE_KEY_BYTES)
            .map_err(|_| SessionError::Mls)?;
        BaseKey::from_bytes(&Zeroizing::new(secret)).ok_or(SessionError::Mls)
    }

    /// Makes a commit. It counts when it comes back in the log: [`Self::merge_own`].
    pub(super) fn commit(&mut self, me: &OwnLeaf, changes: Changes) -> Result<Made, SessionError> {
        self.drop_own(me);
        let failed = |_| SessionError::Mls;
        let mut builder = self
            .mls
            .commit_builder()
            .force_self_update(changes.refresh || !changes.removes.is_empty())
            .propose_removals(
                changes
                    .removes
                    .iter()
                    .map(|leaf| LeafNodeIndex::new((*leaf).into())),
            )
            .propose_adds(changes.adds.into_iter().map(|(_, package)| package));
        if !changes.closes.is_subset(&self.extension.closed) {
            let mut extension = self.extension.clone();
            extension.closed.extend(changes.closes);
            builder = builder
                .propose_group_context_extensions(extension.extensions())
                .map_err(failed)?;
        }
        let bundle = builder
            .load_psks(me.provider.storage())
            .map_err(failed)?
            .build(
                me.provider.rand(),
                me.provider.crypto(),
                &me.leaf_key,
                |_| true,
            )
            .map_err(failed)?
            .stage_commit(&me.provider)
            .map_err(|_| SessionError::Mls)?;
        let (commit, welcome, _) = bundle.into_messages();
        let sealed = |message: openmls::prelude::MlsMessageOut| {
            let bytes = message
                .tls_serialize_detached()
                .map_err(|_| SessionError::Mls)?;
            Ok::<_, SessionError>(Sealed::from_bytes(&bytes))
        };
        Ok(Made {
            commit: sealed(commit)?,
            welcome: welcome.map(sealed).transpose()?,
        })
    }

    /// Another commit came first, or was refused: the own one is forgotten.
    pub(super) fn drop_own(&mut self, me: &OwnLeaf) {
        // Fails only if the store did; it is memory.
        let _ = self.mls.clear_pending_commit(me.provider.storage());
    }

    /// The own commit came back in the log.
    pub(super) fn merge_own(&mut self, me: &OwnLeaf, now: u64) -> Result<Applied, Refusal> {
        let staged = self.mls.pending_commit().ok_or(Refusal::Committer)?;
        let sender = Sender::Member(self.mls.own_leaf_index());
        // The own commit is judged like any other: a mistake here must not be everybody's trouble.
        let verified = policy::verify_commit(&self.situation(me, now), &sender, staged)?;
        self.mls
            .merge_pending_commit(&me.provider)
            .map_err(|_| Refusal::Committer)?;
        self.after(me, verified, false)
    }

    /// A commit of another member.
    pub(super) fn apply(
        &mut self,
        me: &OwnLeaf,
        commit: &Sealed,
        now: u64,
    ) -> Result<Applied, Refusal> {
        let message = self.parse(commit).ok_or(Refusal::Proposal)?;
        self.drop_own(me);
        let processed = self
            .mls
            .process_message(&me.provider, message)
            .map_err(|_| Refusal::Committer)?;
        let sender = processed.sender().clone();
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(Refusal::Proposal);
        };
        let verified = policy::verify_commit(&self.situation(me, now), &sender, &staged)?;
        let expelled = staged.self_removed();
        self.mls
            .merge_staged_commit(&me.provider, *staged)
            .map_err(|_| Refusal::Committer)?;
        self.after(me, verified, expelled)
    }

    fn situation<'a>(&'a self, me: &OwnLeaf, now: u64) -> Situation<'a> {
        Situation {
            call: me.call,
            extension: &self.extension,
            closed: &self.closed,
            roster: &self.roster,
            leaving: &self.leaving,
            now,
        }
    }

    fn after(
        &mut self,
        me: &OwnLeaf,
        verified: policy::Verified,
        expelled: bool,
    ) -> Result<Applied, Refusal> {
        let gone = |leaf: &u16| self.roster.get(leaf).cloned();
        let removed: Vec<_> = verified.removed.iter().filter_map(gone).collect();
        let left = self
            .leaving
            .intersection(&verified.removed)
            .filter_map(gone)
            .collect();
        self.leaving.retain(|leaf| !verified.removed.contains(leaf));
        for leaf in &removed {
            self.vouched.remove(&leaf.seat());
        }
        let added: Vec<_> = verified.added.iter().map(VerifiedLeaf::seat).collect();
        self.vouched
            .extend(added.iter().map(|seat| (*seat, verified.committer)));
        self.closed.extend(&verified.extension.closed);
        self.closed
            .extend(verified.added.iter().filter_map(policy::replaced_link));
        self.extension = verified.extension;
        if !expelled {
            self.roster = self.roster_now(me, &verified.removed, &verified.added)?;
        }
        Ok(Applied {
            committer: verified.committer,
            added,
            removed,
            left,
            expelled,
        })
    }

    /// The tree's leaves, each of which was checked before: where it stays, or as an Add. Of what was
    /// removed nothing is taken: another credential may come under the same leaf key.
    fn roster_now(
        &self,
        me: &OwnLeaf,
        removed: &BTreeSet<u16>,
        added: &[VerifiedLeaf],
    ) -> Result<Roster, Refusal> {
        let mut roster = Roster::new();
        for member in self.mls.members() {
            let (at, credential) = (leaf_number(member.index), digest(&member.credential));
            let of_removed = removed.contains(&at) && !sabotage::on(Fault::RemovedLeafRemembered);
            let stays = self.roster.get(&at).filter(|_| !of_removed);
            let is_it = |leaf: &&VerifiedLeaf| {
                let same =
                    leaf.credential == credential || sabotage::on(Fault::RemovedLeafRemembered);
                leaf.leaf_key.0 == *member.signature_key && same
            };
            let leaf = stays.into_iter().chain(added).find(is_it);
            roster.insert(at, leaf.ok_or(Refusal::Committer)?.clone());
        }
        let own = roster.get(&self.own_leaf()).ok_or(Refusal::Committer)?;
        (own.leaf_key == me.leaf_public())
            .then_some(roster)
            .ok_or(Refusal::Committer)
    }

    /// Seals a message for the members.
    pub(super) fn say(&mut self, me: &OwnLeaf, said: &Said) -> Result<Sealed, SessionError> {
        let message = self
            .mls
            .create_message(&me.provider, &me.leaf_key, &said.encode())
            .map_err(|_| SessionError::Mls)?;
        let bytes = message
            .tls_serialize_detached()
            .map_err(|_| SessionError::Mls)?;
        Ok(Sealed::from_bytes(&bytes))
    }

    /// Reads a member's message.
    pub(super) fn hear(&mut self, me: &OwnLeaf, sealed: &Sealed) -> Result<Heard, Unread> {
        let message = self.parse(sealed).ok_or(Unread::Bad)?;
        if message.epoch() > self.mls.epoch() {
            return Err(Unread::Ahead);
        }
        let processed = self
            .mls
            .process_message(&me.provider, message)
            .map_err(|_| Unread::Bad)?;
        let epoch = processed.epoch().as_u64();
        let Sender::Member(leaf) = *processed.sender() else {
            return Err(Unread::Bad);
        };
        // Of an earlier epoch: its place may be another's now, who must not be taken for the sender.
        let sender = self
            .roster
            .get(&leaf_number(leaf))
            .map(|leaf| leaf.credential);
        if sender != Some(digest(processed.credential())) {
            return Err(Unread::Bad);
        }
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => {
                let said = Said::decode(&message.into_bytes()).map_err(|_| Unread::Bad)?;
                let leaf = leaf_number(leaf);
                Ok(Heard { leaf, epoch, said })
            }
            ProcessedMessageContent::OwnPrivateMessage => Err(Unread::Own),
            _ => Err(Unread::Bad),
        }
    }

    /// Messages of earlier epochs are not read any more.
    pub(super) fn forget_past(&mut self, me: &OwnLeaf) {
        // Fails only if the store did; it is memory.
        let _ = self
            .mls
            .delete_past_epoch_secrets(&me.provider, PastEpochDeletion::delete_all());
    }

    /// The whole group, secrets included, is forgotten.
    pub(super) fn forget(mut self, me: &OwnLeaf) {
        let _ = self.mls.delete(me.provider.storage());
    }

    fn parse(&self, sealed: &Sealed) -> Option<ProtocolMessage> {
        let bytes = sealed.to_bytes()?;
        let message = MlsMessageIn::tls_deserialize_exact_bytes(&bytes).ok()?;
        let message = message.try_into_protocol_message().ok()?;
        (message.group_id() == self.mls.group_id()).then_some(message)
    }
}

fn verify_extension(
    me: &OwnLeaf,
    staged: &StagedWelcome,
    oldest: &Remembered,
) -> Result<CallExtension, Refusal> {
    let context = staged.group_context();
    let extension = CallExtension::of(context).map_err(|_| Refusal::Extension)?;
    if (extension.call, extension.root) != (me.call, me.root) {
        return Err(Refusal::Extension);
    }
    let reached = (extension.group.number, context.epoch().as_u64());
    // Nor into the epoch it was in already: counters would begin again under keys that were used.
    let old = reached < (oldest.group, oldest.epoch)
        || (reached == (oldest.group, oldest.epoch) && !sabotage::on(Fault::SameEpochJoined));
    if old && !sabotage::on(Fault::GroupNumberUnchecked) {
        return Err(Refusal::OldGroup);
    }
    Ok(extension)
}

/// The fault that a joiner believes every leaf.
fn sabotage_believe(staged: &StagedWelcome, refusal: Refusal) -> Result<Roster, Refusal> {
    if !sabotage::on(Fault::GrantNotCheckedByJoiner) {
        return Err(refusal);
    }
    let believe = |member: openmls::prelude::Member| {
        let leaf = crate::credential::believe(&member.credential, &member.signature_key)?;
        Ok((leaf_number(member.index), leaf))
    };
    staged.members().map(believe).collect()
}

/// Trees of 2^16 leaves and more do not occur: a call has 300 seats.
fn leaf_number(index: LeafNodeIndex) -> u16 {
    u16::try_from(index.u32()).unwrap_or(u16::MAX)
}
