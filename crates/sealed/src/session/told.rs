//! What this client tells about its own frames. Manifests ride in the frames themselves, at a cadence
//! that counts frames and says nothing about speech; heartbeats tell how far each stream is, the last
//! frames of one that stopped, and whatever somebody asks for.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    media::{
        Digest,
        kid::{KeyId, Stream},
        manifest::{Manifest, SentFrames},
    },
    message::{AskedFrames, Position},
};

/// Digests told in one heartbeat; what is left goes into the next.
const DIGESTS_MAX: usize = 600;
/// Digests kept: two minutes of voice, three layers of a camera and a screen.
const KEPT_MAX: usize = 24_000;
/// Nobody asks for what was sealed so long ago: whoever is away for a minute is taken out of the group.
const KEPT_MS: u64 = 120_000;
/// What was told is on its way to whoever else asks within this time.
const UNDER_WAY_MS: u64 = 1_000;
/// Ranges that wait to be told. What does not fit is asked for again.
const ASKED_MAX: usize = 64;
/// One voice frame of half a second has a manifest: of packets of 20 ms one of 25, of 60 ms one of 8.
const VOICE_MS: u64 = 500;
const VOICE_EVERY_MAX: u64 = 25;
/// A voice's manifest tells of so many half seconds: its own and the two before.
const VOICE_WINDOWS: u64 = 3;
/// After a pause so many voice frames have one: nobody plays a voice of which nothing is proven lately.
const VOICES_AFTER_PAUSE: u8 = 3;
/// No voice for so long is a pause. Whoever counts packets sees it anyway.
const PAUSE_MS: u64 = 400;
/// Pictures have a manifest when the last one is so old, and when they are key frames.
const PICTURE_MS: u64 = 400;
/// A picture's manifest tells of this time, and of so many frames.
const PICTURES_MS: u64 = 1_600;
const PICTURES_MAX: usize = 96;
/// A stream that is quiet for so long may have stopped: heartbeats tell what no manifest did.
const STOPPED_MS: u64 = 400;

/// The own frames, and what was told of them.
#[derive(Default)]
pub(super) struct Told {
    /// By stream and layer: what the next manifest tells.
    lines: BTreeMap<(Stream, u8), Line>,
    logs: BTreeMap<KeyId, Log>,
    asked: VecDeque<AskedFrames>,
    under_way: VecDeque<(u64, AskedFrames)>,
}

/// The frames of one stream and layer, from epoch to epoch.
#[derive(Default)]
struct Line {
    last: VecDeque<Sealed>,
    manifest_at: Option<u64>,
    /// So many of the next frames have a manifest.
    lively: u8,
    /// How long its packets last, and how many of the next manifests tell of the shorter ones before.
    packet_ms: u64,
    wide: u64,
}

struct Sealed {
    at: u64,
    kid: KeyId,
    ctr: u64,
    digest: Digest,
}

/// All frames under one key id that somebody may ask for.
struct Log {
    first: u64,
    digests: VecDeque<Digest>,
    last_at: u64,
    /// The counter after the last frame that a manifest or a heartbeat told of.
    told_to: u64,
    /// As the last heartbeat said.
    position: u64,
}

impl Told {
    /// Another group: nobody asks for what was told in the old one.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// What the voice frame that is sealed now, of a packet that lasts so long, tells of those before it, if
    /// its turn has come.
    pub(super) fn voice_manifest(
        &mut self,
        now: u64,
        kid: KeyId,
        ctr: u64,
        packet_ms: u64,
    ) -> Option<Manifest> {
        let every = (VOICE_MS / packet_ms.max(1)).clamp(1, VOICE_EVERY_MAX);
        let line = self.lines.entry((kid.stream(), kid.layer())).or_default();
        line.turn_to(packet_ms);
        let due = line.is_due_in_voice(now, ctr, every);
        let manifest = due.then(|| line.voice_manifest(kid, every));
        manifest.inspect(|_| self.tells(kid, ctr))
    }

    /// The same of a picture.
    pub(super) fn picture_manifest(
        &mut self,
        now: u64,
        kid: KeyId,
        ctr: u64,
        key: bool,
    ) -> Option<Manifest> {
        let line = self.lines.entry((kid.stream(), kid.layer())).or_default();
        if !key && ctr > 0 && line.manifest_at.is_some_and(|at| now < at + PICTURE_MS) {
            return None;
        }
        line.manifest_at = Some(now);
        line.last.retain(|sealed| now <= sealed.at + PICTURES_MS);
        let manifest = line.manifest(kid, PICTURES_MAX, None);
        self.tells(kid, ctr);
        Some(manifest)
    }

    /// A manifest tells of all before this frame.
    fn tells(&mut self, kid: KeyId, ctr: u64) {
        if let Some(log) = self.logs.get_mut(&kid) {
            log.told_to = ctr;
        }
    }

    /// A frame was sealed. `told`: it has a manifest, which proves it as well.
    pub(super) fn note(&mut self, now: u64, kid: KeyId, ctr: u64, digest: Digest, told: bool) {
        let line = self.lines.entry((kid.stream(), kid.layer())).or_default();
        line.last.push_back(Sealed {
            at: now,
            kid,
            ctr,
            digest,
        });
        if line.last.len() > PICTURES_MAX {
            line.last.pop_front();
        }
        let log = self.logs.entry(kid).or_insert_with(|| Log::from(ctr));
        log.digests.push_back(digest);
        log.last_at = now;
        if told {
            log.told_to = ctr + 1;
        }
        if ctr.is_multiple_of(1_000) {
            self.prune(now);
        }
    }

    /// Somebody lacks these proofs. What this client did not seal is not for it to prove.
    pub(super) fn be_asked(&mut self, now: u64, asked: &AskedFrames) {
        while self
            .under_way
            .front()
            .is_some_and(|(at, _)| now >= at + UNDER_WAY_MS)
        {
            self.under_way.pop_front();
        }
        let told = |range: &AskedFrames| range.holds(asked);
        if self.under_way.iter().any(|(_, range)| told(range)) || self.asked.iter().any(told) {
            return;
        }
        if self.asked.len() < ASKED_MAX && self.list(asked).is_some() {
            self.asked.push_back(*asked);
        }
    }

    /// Whether something is to be told that somebody waits for.
    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// How far each stream is that has moved since the last heartbeat.
    pub(super) fn positions(&mut self) -> Vec<Position> {
        let position = |(kid, log): (&KeyId, &mut Log)| {
            let next = log.next();
            (std::mem::replace(&mut log.position, next) != next).then_some(Position {
                kid: kid.to_u64(),
                next,
            })
        };
        self.logs.iter_mut().filter_map(position).collect()
    }

    /// What the next heartbeat tells: what was asked for, and the last frames of streams that stopped.
    pub(super) fn take(&mut self, now: u64) -> Vec<SentFrames> {
        let mut room = DIGESTS_MAX;
        let mut lists = Vec::new();
        for (kid, log) in &mut self.logs {
            if now >= log.last_at + STOPPED_MS && log.told_to < log.next() && room > 0 {
                let list = log.list(*kid, log.told_to, log.next(), room);
                room -= list.digests.len();
                log.told_to = list.first + list.digests.len() as u64;
                lists.push(list);
            }
        }
        while room > 0
            && let Some(asked) = self.asked.pop_front()
        {
            let Some(mut list) = self.list(&asked) else {
                continue;
            };
            list.digests.truncate(room);
            room -= list.digests.len();
            self.under_way.push_back((now, asked));
            lists.push(list);
        }
        lists.retain(|list| !list.digests.is_empty());
        lists
    }

    fn list(&self, asked: &AskedFrames) -> Option<SentFrames> {
        let kid = KeyId::from_u64(asked.kid).ok()?;
        let log = self.logs.get(&kid)?;
        let end = asked.first.saturating_add(u64::from(asked.count));
        let list = log.list(kid, asked.first, end, DIGESTS_MAX);
        (!list.digests.is_empty()).then_some(list)
    }

    fn prune(&mut self, now: u64) {
        self.logs.retain(|_, log| now <= log.last_at + KEPT_MS);
        let mut count: usize = self.logs.values().map(|log| log.digests.len()).sum();
        while count > KEPT_MAX
            && let Some(longest) = self.logs.values_mut().max_by_key(|log| log.digests.len())
        {
            let spare = longest.digests.len().min(1_000);
            longest.digests.drain(..spare);
            longest.first += spare as u64;
            count -= spare;
        }
    }
}

impl Line {
    /// Another voice: of packets that were shorter more were sent in the time a manifest tells of.
    fn turn_to(&mut self, packet_ms: u64) {
        let before = std::mem::replace(&mut self.packet_ms, packet_ms);
        if before != 0 && before != packet_ms {
            self.wide = VOICE_WINDOWS;
        }
    }

    fn voice_manifest(&mut self, kid: KeyId, every: u64) -> Manifest {
        let every = if self.wide > 0 {
            VOICE_EVERY_MAX
        } else {
            every
        };
        self.wide = self.wide.saturating_sub(1);
        let most = (VOICE_WINDOWS * every) as usize;
        self.manifest(kid, most, Some(most))
    }

    fn is_due_in_voice(&mut self, now: u64, ctr: u64, every: u64) -> bool {
        let paused = self.last.back().is_none_or(|last| now > last.at + PAUSE_MS);
        if paused || ctr == 0 {
            self.lively = VOICES_AFTER_PAUSE;
        }
        let lively = self.lively > 0;
        self.lively = self.lively.saturating_sub(1);
        lively || ctr.is_multiple_of(every)
    }

    fn manifest(&self, kid: KeyId, most: usize, slots: Option<usize>) -> Manifest {
        let mut manifest = Manifest::default();
        let (mut own_next, mut earlier_next) = (None, None);
        // Backwards: lists without a gap, from the frame before this one.
        for sealed in self.last.iter().rev().take(most) {
            let follows = |next: Option<u64>| next.is_none_or(|next| sealed.ctr + 1 == next);
            if sealed.kid == kid && earlier_next.is_none() && follows(own_next) {
                own_next = Some(sealed.ctr);
                manifest.own.push(sealed.digest);
            } else if sealed.kid != kid
                && follows(earlier_next)
                && (earlier_next.is_none() || sealed.kid.epoch() == manifest.earlier.0)
            {
                earlier_next = Some(sealed.ctr);
                manifest.earlier = (sealed.kid.epoch(), sealed.ctr);
                manifest.of_earlier.push(sealed.digest);
            } else {
                break;
            }
        }
        manifest.own.reverse();
        manifest.of_earlier.reverse();
        let told = manifest.own.len() + manifest.of_earlier.len();
        manifest.slots = slots.unwrap_or(told) as u8;
        manifest
    }
}

impl Log {
    fn from(first: u64) -> Self {
        Self {
            first,
            digests: VecDeque::new(),
            last_at: 0,
            told_to: first,
            position: first,
        }
    }

    fn next(&self) -> u64 {
        self.first + self.digests.len() as u64
    }

    fn list(&self, kid: KeyId, first: u64, end: u64, most: usize) -> SentFrames {
        let first = first.max(self.first).min(self.next());
        let end = end.max(first).min(self.next());
        let digests = self
            .digests
            .range((first - self.first) as usize..(end - self.first) as usize);
        SentFrames {
            kid: kid.to_u64(),
            first,
            digests: digests.take(most).copied().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::envelope::Kind;

    fn kid(stream: Stream, epoch: u64) -> KeyId {
        KeyId::new(0, stream, 3, epoch).unwrap()
    }

    const VOICE: Stream = Stream::Microphone;

    /// Seals as a session does; gives the manifests by counter.
    fn seal(
        told: &mut Told,
        from: u64,
        stream: (Stream, u64),
        counters: std::ops::Range<u64>,
        pace: u64,
    ) -> BTreeMap<u64, Manifest> {
        let kid = kid(stream.0, stream.1);
        let mut manifests = BTreeMap::new();
        for (at, ctr) in counters.enumerate() {
            let now = from + at as u64 * pace;
            let manifest = match kid.stream().kind() {
                Kind::Voice => told.voice_manifest(now, kid, ctr, pace),
                Kind::Picture => told.picture_manifest(now, kid, ctr, false),
            };
            told.note(now, kid, ctr, [ctr as u8; 8], manifest.is_some());
            manifests.extend(manifest.map(|manifest| (ctr, manifest)));
        }
        manifests
    }

    fn asked(kid: KeyId, first: u64, count: u16) -> AskedFrames {
        let kid = kid.to_u64();
        AskedFrames { kid, first, count }
    }

    #[test]
    fn voice_has_manifests_of_one_size_at_fixed_counters() {
        let mut told = Told::default();
        let manifests = seal(&mut told, 0, (VOICE, 1), 0..200, 20);
        let at: Vec<_> = manifests.keys().copied().collect();
        assert_eq!(at, [0, 1, 2, 25, 50, 75, 100, 125, 150, 175]);
        assert!(manifests.values().all(|manifest| manifest.slots == 75));
        assert_eq!(manifests[&25].own.len(), 25);
        assert_eq!(
            manifests[&150].own.len(),
            75,
            "its window and the two before"
        );
        assert_eq!(manifests[&150].own[0], [75; 8]);
    }

    #[test]
    fn long_packets_have_manifests_as_often_and_tell_of_as_long() {
        let mut told = Told::default();
        let manifests = seal(&mut told, 0, (VOICE, 1), 0..30, 120);
        let at: Vec<_> = manifests.keys().copied().collect();
        assert_eq!(at, [0, 1, 2, 4, 8, 12, 16, 20, 24, 28]);
        assert!(manifests.values().all(|manifest| manifest.slots == 12));
        assert_eq!(manifests[&16].own.len(), 12);
    }

    #[test]
    fn where_a_voice_changes_nothing_is_left_untold() {
        for (before, after) in [(20, 120), (120, 20)] {
            let mut told = Told::default();
            seal(&mut told, 0, (VOICE, 1), 0..98, before);
            let manifests = seal(&mut told, 98 * before, (VOICE, 1), 98..140, after);
            let (first, manifest) = manifests.first_key_value().unwrap();
            let since = first - manifest.own.len() as u64;
            assert!(since <= 75, "{before} to {after}: frames from {since}");
            let slots: Vec<_> = manifests.values().map(|manifest| manifest.slots).collect();
            assert_eq!(slots[..2], [75, 75], "whatever was sent, of one size");
            assert!(after == 20 || slots.last() == Some(&12), "{slots:?}");
        }
    }

    #[test]
    fn the_first_frames_after_a_pause_and_of_an_epoch_have_manifests() {
        let mut told = Told::default();
        seal(&mut told, 0, (VOICE, 1), 0..40, 20);
        let after = seal(&mut told, 5_000, (VOICE, 1), 40..50, 20);
        assert_eq!(after.keys().copied().collect::<Vec<_>>(), [40, 41, 42]);
        assert_eq!(after[&40].own.len(), 40, "the end of what was said before");
        let next = seal(&mut told, 5_200, (VOICE, 2), 0..40, 20);
        assert_eq!(next.keys().copied().collect::<Vec<_>>(), [0, 1, 2, 25]);
        assert_eq!((next[&0].earlier, next[&0].of_earlier.len()), ((1, 0), 50));
        assert_eq!(next[&25].own.len() + next[&25].of_earlier.len(), 75);
        let third = seal(&mut told, 6_000, (VOICE, 3), 0..1, 20);
        assert_eq!(
            (third[&0].earlier, third[&0].of_earlier.len()),
            ((2, 0), 40)
        );
    }

    #[test]
    fn pictures_have_manifests_by_time_and_in_key_frames() {
        let mut told = Told::default();
        let manifests = seal(&mut told, 0, (Stream::Camera, 1), 0..60, 33);
        assert_eq!(
            manifests.keys().copied().collect::<Vec<_>>(),
            [0, 13, 26, 39, 52]
        );
        assert_eq!(manifests[&52].own.len(), 48, "1.6 s");
        let key = told.picture_manifest(1_980, kid(Stream::Camera, 1), 60, true);
        assert!(key.is_some());
        // A still screen: each picture is proven by itself.
        let screen = seal(&mut told, 0, (Stream::Screen, 1), 0..5, 3_000);
        assert_eq!(screen.len(), 5);
    }

    #[test]
    fn heartbeats_tell_how_far_streams_are_and_the_end_of_those_that_stopped() {
        let mut told = Told::default();
        seal(&mut told, 0, (VOICE, 1), 0..40, 20);
        let kid = kid(VOICE, 1);
        let position = Position {
            kid: kid.to_u64(),
            next: 40,
        };
        assert_eq!(told.positions(), [position]);
        assert_eq!(told.positions(), []);
        assert_eq!(told.take(800), [], "the next manifest tells");
        let lists = told.take(1_180);
        assert_eq!((lists[0].first, lists[0].digests.len()), (26, 14));
        assert_eq!(told.take(1_180), []);
    }

    #[test]
    fn what_is_asked_for_is_told_once_for_all_who_ask() {
        let mut told = Told::default();
        seal(&mut told, 0, (VOICE, 1), 0..100, 20);
        let kid = kid(VOICE, 1);
        told.be_asked(2_000, &asked(kid, 24, 300));
        told.be_asked(2_000, &asked(kid, 30, 1));
        assert!(told.is_asked());
        let lists = told.take(2_000);
        assert_eq!((lists.len(), lists[0].digests.len()), (1, 76));
        told.be_asked(2_900, &asked(kid, 30, 2));
        assert!(!told.is_asked(), "it is on its way");
        told.be_asked(3_000, &asked(kid, 30, 2));
        let is_it = |list: &SentFrames| (list.first, list.digests.len()) == (30, 2);
        assert!(told.take(3_000).iter().any(is_it));
    }

    #[test]
    fn what_was_never_sealed_or_long_ago_is_not_told() {
        let mut told = Told::default();
        seal(&mut told, 0, (VOICE, 1), 0..25, 20);
        for other in [
            asked(kid(VOICE, 1), 25, 9),
            asked(kid(VOICE, 2), 0, 9),
            asked(kid(VOICE, 1), u64::MAX, 9),
        ] {
            told.be_asked(1_000, &other);
        }
        assert!(!told.is_asked());
        seal(&mut told, KEPT_MS + 1_000, (VOICE, 2), 0..1, 20);
        told.be_asked(KEPT_MS + 1_000, &asked(kid(VOICE, 1), 0, 9));
        assert!(!told.is_asked());
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_newest() {
        let mut told = Told::default();
        seal(&mut told, 0, (VOICE, 1), 0..40_001, 1);
        let log = &told.logs[&kid(VOICE, 1)];
        assert!(log.digests.len() <= KEPT_MAX);
        assert_eq!(log.next(), 40_001);
        assert!(told.lines[&(VOICE, 0)].last.len() <= PICTURES_MAX);
    }
}
