//! Who may change the group, and how: the policy every member checks before it merges a commit, and
//! every joiner before it joins. The table is in `docs/sealed.md`.

use std::collections::{BTreeMap, BTreeSet};

use openmls::prelude::{
    GroupContext, KeyPackage, LeafNodeIndex, Member, Proposal, Sender, StagedCommit,
};
use protocol::{CallId, CircleId, SeatId};
use thiserror::Error;

use crate::{
    credential::{self, NotVerified, VerifiedLeaf},
    keys::PublicKey,
    sabotage::{self, Fault},
    suite::CallExtension,
};

/// Members by leaf, each checked.
pub(crate) type Roster = BTreeMap<u16, VerifiedLeaf>;

/// Why a commit or a group is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    Leaf(#[from] NotVerified),
    #[error("two leaves of one seat")]
    SeatTwice,
    #[error("the group is not for this call")]
    Extension,
    #[error("a leaf of a seat that is not of this circle")]
    NotOfCircle,
    #[error("the heads were changed by one who may not")]
    Heads,
    #[error("the closed list has shrunk, or was changed by one who may not")]
    Closed,
    #[error("an added seat is closed, or its link was replaced")]
    AddedClosed,
    #[error("an added grant has expired")]
    Expired,
    #[error("only one who leads the group adds a seat that is not there")]
    MayNotAdd,
    #[error("only one who leads the group removes")]
    MayNotRemove,
    #[error("a proposal of a kind that is not used")]
    Proposal,
    #[error("the committer is not a member, or has become somebody else")]
    Committer,
    #[error("an older group, or one already left")]
    OldGroup,
}

/// What a commit does, found good.
pub(crate) struct Verified {
    pub(crate) committer: SeatId,
    pub(crate) added: Vec<VerifiedLeaf>,
    pub(crate) removed: BTreeSet<u16>,
    pub(crate) extension: CallExtension,
}

/// What a commit is judged by.
pub(crate) struct Situation<'a> {
    pub(crate) call: CallId,
    pub(crate) extension: &'a CallExtension,
    /// Closed seats, those of the extension and others this client knows of.
    pub(crate) closed: &'a BTreeSet<(SeatId, u32)>,
    pub(crate) roster: &'a Roster,
    /// Leaves that said they leave.
    pub(crate) leaving: &'a BTreeSet<u16>,
    /// Milliseconds since 1970.
    pub(crate) now: u64,
}

/// Whether a seat's link is closed: it was removed under this number or a higher one, or was given a
/// newer link.
pub(crate) fn is_closed(closed: &BTreeSet<(SeatId, u32)>, seat: SeatId, link: u32) -> bool {
    closed
        .range((seat, link)..=(seat, u32::MAX))
        .next()
        .is_some()
}

/// What a leaf's own link closes: those of its seat before it.
pub(crate) fn replaced_link(leaf: &VerifiedLeaf) -> Option<(SeatId, u32)> {
    let before = leaf.grant.link.checked_sub(1)?;
    (before > 0 && !sabotage::on(Fault::ReplacedLinkAccepted)).then_some((leaf.seat(), before))
}

/// Checks every leaf of a tree: its chain, that its seat may be in this circle, and that no seat has two.
pub(crate) fn verify_tree(
    members: impl Iterator<Item = Member>,
    circle: CircleId,
    root: &PublicKey,
    call: CallId,
) -> Result<Roster, Refusal> {
    let mut roster = Roster::new();
    for member in members {
        let leaf = u16::try_from(member.index.u32()).map_err(|_| Refusal::Committer)?;
        let verified = credential::verify(&member.credential, &member.signature_key, root, call)?;
        of_circle(circle, &verified)?;
        roster.insert(leaf, verified);
    }
    no_seat_twice(roster.values())?;
    Ok(roster)
}

/// Nobody lets in a seat that is not of the circle: the head of a delegation no seat of another one, a host's neither.
fn of_circle(circle: CircleId, leaf: &VerifiedLeaf) -> Result<(), Refusal> {
    let is_of = circle.takes(leaf.delegation()) || sabotage::on(Fault::CircleTakesAnybody);
    is_of.then_some(()).ok_or(Refusal::NotOfCircle)
}

/// Checks the credential of somebody who asks in.
pub(crate) fn verify_package(
    package: &KeyPackage,
    root: &PublicKey,
    call: CallId,
) -> Result<VerifiedLeaf, NotVerified> {
    let leaf = package.leaf_node();
    credential::verify(
        leaf.credential(),
        leaf.signature_key().as_slice(),
        root,
        call,
    )
}

/// Checks a commit before it is merged.
pub(crate) fn verify_commit(
    s: &Situation<'_>,
    sender: &Sender,
    staged: &StagedCommit,
) -> Result<Verified, Refusal> {
    let Sender::Member(index) = sender else {
        return Err(Refusal::Committer);
    };
    let committer = s.leaf(*index).ok_or(Refusal::Committer)?;
    let mut removed = BTreeSet::new();
    let mut added = Vec::new();
    for queued in staged.queued_proposals() {
        if queued.sender() != sender {
            return Err(Refusal::Proposal);
        }
        match queued.proposal() {
            Proposal::Add(add) => added.push(s.verify_add(add.key_package())?),
            Proposal::Remove(remove) => {
                let leaf = u16::try_from(remove.removed().u32()).map_err(|_| Refusal::Proposal)?;
                removed.insert(leaf);
            }
            Proposal::GroupContextExtensions(_) => {}
            _ => return Err(Refusal::Proposal),
        }
    }
    s.verify_path(committer, staged)?;
    let verified = Verified {
        committer: committer.seat(),
        extension: s.verify_extension(committer, staged.group_context())?,
        added,
        removed,
    };
    s.verify_changes(committer, &verified)?;
    Ok(verified)
}

impl Situation<'_> {
    fn leaf(&self, index: LeafNodeIndex) -> Option<&VerifiedLeaf> {
        self.roster.get(&u16::try_from(index.u32()).ok()?)
    }

    fn verify_add(&self, package: &KeyPackage) -> Result<VerifiedLeaf, Refusal> {
        let leaf = verify_package(package, &self.extension.root, self.call)
            .or_else(|error| sabotage_unverified(package, error))?;
        of_circle(self.extension.group.circle, &leaf)?;
        Ok(leaf)
    }

    /// Whoever commits stays who it was.
    fn verify_path(&self, committer: &VerifiedLeaf, staged: &StagedCommit) -> Result<(), Refusal> {
        let Some(leaf) = staged.update_path_leaf_node() else {
            return Ok(());
        };
        let key = leaf.signature_key().as_slice();
        let same = credential::verify(leaf.credential(), key, &self.extension.root, self.call)?;
        (same == *committer).then_some(()).ok_or(Refusal::Committer)
    }

    /// The extension stays as it was, but that a host may close seats.
    fn verify_extension(
        &self,
        committer: &VerifiedLeaf,
        context: &GroupContext,
    ) -> Result<CallExtension, Refusal> {
        let new = CallExtension::of(context).map_err(|_| Refusal::Extension)?;
        let old = self.extension;
        if (new.call, new.group, new.root) != (old.call, old.group, old.root) {
            return Err(Refusal::Extension);
        }
        let leads = old.leads(committer);
        if new.closed != old.closed && !(leads && new.closed.is_superset(&old.closed)) {
            return Err(Refusal::Closed);
        }
        if new.heads != old.heads && !(leads && new.heads.starts_with(&old.heads)) {
            return Err(Refusal::Heads);
        }
        Ok(new)
    }

    fn verify_changes(&self, committer: &VerifiedLeaf, change: &Verified) -> Result<(), Refusal> {
        let replaced = |new: &VerifiedLeaf| {
            let old = change
                .removed
                .iter()
                .filter_map(|leaf| self.roster.get(leaf));
            old.filter(|old| new.is_same_device(old)).count() == 1
        };
        let may = self.extension.leads(committer) || sabotage::on(Fault::CommitPolicyUnchecked);
        for new in &change.added {
            let (seat, link) = (new.seat(), new.grant.link);
            let is_closed = is_closed(&change.extension.closed, seat, link)
                || is_closed(self.closed, seat, link);
            if is_closed && !sabotage::on(Fault::ClosedListIgnored) {
                return Err(Refusal::AddedClosed);
            }
            if replaced(new) {
                continue;
            }
            if !may {
                return Err(Refusal::MayNotAdd);
            }
            if new.grant.not_after_ms <= self.now {
                return Err(Refusal::Expired);
            }
        }
        for leaf in &change.removed {
            let old = self.roster.get(leaf).ok_or(Refusal::Proposal)?;
            let returns = change.added.iter().any(|new| new.is_same_device(old));
            // Whom the table closed out any member takes out of another circle.
            let closed = self.extension.group.circle != CircleId::TABLE
                && is_closed(self.closed, old.seat(), old.grant.link);
            if !(may || returns || closed || self.leaving.contains(leaf)) {
                return Err(Refusal::MayNotRemove);
            }
        }
        let staying = self
            .roster
            .iter()
            .filter(|(leaf, _)| !change.removed.contains(leaf));
        no_seat_twice(staying.map(|(_, leaf)| leaf).chain(&change.added))
    }
}

fn no_seat_twice<'a>(leaves: impl Iterator<Item = &'a VerifiedLeaf>) -> Result<(), Refusal> {
    let mut seats = BTreeSet::new();
    for leaf in leaves {
        if !seats.insert(leaf.seat()) {
            return Err(Refusal::SeatTwice);
        }
    }
    Ok(())
}

/// The fault that a leaf is believed without its grant.
fn sabotage_unverified(
    package: &KeyPackage,
    error: NotVerified,
) -> Result<VerifiedLeaf, NotVerified> {
    if !sabotage::on(Fault::GrantNotCheckedAtAdd) {
        return Err(error);
    }
    let leaf = package.leaf_node();
    credential::believe(leaf.credential(), leaf.signature_key().as_slice())
}
