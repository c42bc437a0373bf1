//! The seats of one call, and ways to wait for what they show.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use participant::{Control, Kept, Options, Participant, Report, Stage, TextMessage};
use protocol::{ClientMessage, SeatId, ServerMessage};
use sealed::{
    convene,
    link::{HOST_LINK_NUMBER, Link, LinkKey},
    session::{
        Act, Claim, ClaimProblem, MemberState, ProblemKind, Sending, Session, View,
        forge::NotForged,
    },
};
use server::evil::{Passing, Verdict};
use tokio::time::sleep;

use crate::{
    hall::{Convened, Hall, Plan, now_ms},
    proxy::{Conn, Frame, Post, Proxy},
    puppet::{self, Puppet},
    watch::Watch,
};

/// Honest things take milliseconds; a machine with other work to do gets more.
const PATIENCE_S: u64 = 30;
/// How often something is looked for that no report announces.
const LOOK: Duration = Duration::from_millis(50);

/// One call.
pub struct Table {
    hall: Arc<Hall>,
    plan: Plan,
    /// As it was convened.
    pub call: Convened,
    /// Between its clients and the server.
    pub proxy: Proxy,
    /// What its clients may never show.
    pub watch: Watch,
    /// Whether the attack is made, or left out.
    pub attack: bool,
    /// It is made, but does nothing: for a look at the suite itself.
    toothless: bool,
    hits: Arc<AtomicU64>,
    seats: BTreeMap<u16, Participant>,
    struck: Instant,
    shown: Option<Duration>,
}

impl Table {
    /// A call with nobody there.
    pub async fn lay(
        hall: Arc<Hall>,
        plan: Plan,
        attack: bool,
        toothless: bool,
    ) -> Result<Self, String> {
        let call = hall.convene(plan).await?;
        let token = |seat: u16, link| {
            (
                call.secret
                    .seat(call.id, SeatId(seat), link)
                    .access_token(call.id),
                seat,
            )
        };
        let tokens: HashMap<_, _> = (1..=plan.seats)
            .map(|seat| token(seat, HOST_LINK_NUMBER))
            .collect();
        let proxy = Proxy::open(hall.address(), tokens).await?;
        let watch = Watch::of(plan);
        (4..=plan.seats).for_each(|seat| watch.ghost(seat));
        Ok(Self {
            hall,
            plan,
            call,
            proxy,
            watch,
            attack,
            toothless,
            hits: Arc::default(),
            seats: BTreeMap::new(),
            struck: Instant::now(),
            shown: None,
        })
    }

    /// The link of a seat.
    pub fn link(&self, seat: u16) -> Link {
        let key = LinkKey::Seat(self.call.secret.seat(
            self.call.id,
            SeatId(seat),
            HOST_LINK_NUMBER,
        ));
        Link {
            call: self.call.id,
            key,
        }
    }

    /// How a participant behaves on it.
    pub fn options(&self, seat: u16, machine: Option<Kept>) -> Options {
        let url = self
            .link(seat)
            .url(&format!("http://{}", self.proxy.address()));
        let in_circle = self.plan.together > 1;
        Options {
            machine,
            own_circle: in_circle,
            // A head lets its own people in by itself, as the host's person does here with everybody.
            auto_host: in_circle,
            ..Options::new(url, format!("seat {seat}"))
        }
    }

    /// Starts a client that is watched and not counted among the seats.
    pub fn stranger(&self, seat: u16) -> Result<Participant, String> {
        let participant =
            Participant::start(self.options(seat, None)).map_err(|e| e.to_string())?;
        self.watch.follow(&participant);
        Ok(participant)
    }

    /// Starts a seat's client.
    pub fn sit(&mut self, seat: u16, machine: Option<Kept>) -> Result<(), String> {
        let participant =
            Participant::start(self.options(seat, machine)).map_err(|e| e.to_string())?;
        self.watch.follow(&participant);
        self.seats.insert(seat, participant);
        Ok(())
    }

    /// A seat's client ends without a word, as when its page is loaded again.
    pub async fn vanish(&mut self, seat: u16) -> Result<Kept, String> {
        Ok(self.take(seat)?.vanish().await)
    }

    /// A seat's client, to do something with it that ends it.
    pub fn take(&mut self, seat: u16) -> Result<Participant, String> {
        self.seats
            .remove(&seat)
            .ok_or(format!("seat {seat} is not there"))
    }

    /// A seat's last report.
    pub fn report(&self, seat: u16) -> Result<Report, String> {
        let participant = self
            .seats
            .get(&seat)
            .ok_or(format!("seat {seat} is not there"))?;
        Ok(participant.reports().borrow().clone())
    }

    /// A person does something.
    pub async fn act(&self, seat: u16, act: Act) -> Result<(), String> {
        let participant = self
            .seats
            .get(&seat)
            .ok_or(format!("seat {seat} is not there"))?;
        participant.act(act).await.map_err(|e| e.to_string())
    }

    /// A person does something in its delegation's circle.
    pub async fn act_in_circle(&self, seat: u16, act: Act) -> Result<(), String> {
        let participant = self
            .seats
            .get(&seat)
            .ok_or(format!("seat {seat} is not there"))?;
        let circle = self.plan.circle(seat);
        let done = participant.act_in(circle, act).await;
        done.map_err(|e| e.to_string())
    }

    /// What a seat was written, and in which circle.
    pub fn texts(&self, seat: u16) -> Vec<(u8, String)> {
        let texts = self.seats.get(&seat).map(Participant::texts);
        let texts = texts.map(|texts| texts.borrow().clone());
        let text = |text: TextMessage| (text.circle.0, text.text);
        texts.into_iter().flatten().map(text).collect()
    }

    /// All are at the table and in their delegations' circles.
    pub async fn gather_in_circles(&mut self) -> Result<(), String> {
        let seats = 1..=self.plan.seats;
        self.gather(seats.clone()).await?;
        for seat in seats {
            let circle = in_circle(MemberState::Verified, usize::from(self.plan.together));
            self.until(seat, "verified in its circle", circle).await?;
        }
        Ok(())
    }

    /// A person switches something on or off.
    pub async fn control(&self, seat: u16, what: Control) -> Result<(), String> {
        let participant = self
            .seats
            .get(&seat)
            .ok_or(format!("seat {seat} is not there"))?;
        participant.control(what).await;
        Ok(())
    }

    /// The host, seat 1, founds the group; the others are admitted; all are verified and heard by all.
    pub async fn gather(&mut self, seats: impl IntoIterator<Item = u16>) -> Result<(), String> {
        let seats: BTreeSet<u16> = seats.into_iter().collect();
        self.assemble(&seats).await?;
        self.all_well(seats).await
    }

    /// The same, whatever they hear of each other.
    pub async fn assemble(&mut self, seats: &BTreeSet<u16>) -> Result<(), String> {
        for seat in seats {
            self.watch.admit(*seat);
            self.sit(*seat, None)?;
            if *seat == 1 {
                self.until(1, "a group", |r| r.group.number == 1).await?;
            }
        }
        for seat in seats {
            self.admit(*seat).await?;
        }
        Ok(())
    }

    /// A bribed member on a seat, admitted by the host and verified by all who sit.
    pub async fn bribe(&mut self, seat: u16) -> Result<Puppet, String> {
        self.watch.admit(seat);
        let puppet = Puppet::start(self.proxy.address(), &self.link(seat)).await?;
        let start = Instant::now();
        while puppet.view().me.leaf.is_none() {
            if start.elapsed() > Duration::from_secs(PATIENCE_S) {
                return Err("the puppet never became a member".to_owned());
            }
            // Its knock may not have come yet.
            let _ = self.act(1, Act::Admit { seat: SeatId(seat) }).await;
            sleep(Duration::from_millis(200)).await;
        }
        for at in self.seats.keys() {
            if self.report(*at)?.stage == Stage::Seated {
                let verified = |r: &Report| r.group.verified.contains(&seat);
                self.until(*at, "the bribed member is verified", verified)
                    .await?;
            }
        }
        Ok(puppet)
    }

    /// The host admits a seat that knocks, until it sits.
    pub async fn admit(&self, seat: u16) -> Result<(), String> {
        let start = Instant::now();
        while self.report(seat)?.group.number == 0 || self.report(seat)?.stage != Stage::Seated {
            if start.elapsed() > Duration::from_secs(PATIENCE_S) {
                return Err(format!(
                    "seat {seat} was never admitted: {:?}",
                    self.report(seat)?
                ));
            }
            let _ = self.act(1, Act::Admit { seat: SeatId(seat) }).await;
            sleep(Duration::from_millis(150)).await;
        }
        Ok(())
    }

    /// A ghost's client: for this seat, by the grant of another convener, who is the attacker.
    pub fn ghost(&self, seat: u16) -> Result<Session, String> {
        let theirs = sealed::link::CallSecret::generate().map_err(|e| e.to_string())?;
        let seats = self.call.new.tokens.len() as u16;
        let forged = Plan {
            seats,
            ..Plan::voices(1)
        }
        .convene(self.call.id, &theirs)?;
        let key = LinkKey::Seat(theirs.seat(forged.id, SeatId(seat), HOST_LINK_NUMBER));
        let link = Link {
            call: forged.id,
            key,
        };
        puppet::session(&link, &forged.new.tokens[usize::from(seat) - 1].grant)
    }

    /// A thief's client: the seat's own link, on another machine.
    pub fn thief(&self, seat: u16) -> Result<Session, String> {
        puppet::session(&self.link(seat), &self.grant(seat))
    }

    /// A seat's grant as the server has it.
    pub fn grant(&self, seat: u16) -> protocol::Sealed {
        self.call.new.tokens[usize::from(seat) - 1].grant.clone()
    }

    /// A grant of this seat that has expired.
    pub fn expired_grant(&self, seat: u16) -> Result<protocol::Sealed, String> {
        let plan = self
            .call
            .plan
            .verify(self.call.id)
            .map_err(|e| e.to_string())?;
        let long_ago = now_ms() - 40 * 24 * 60 * 60 * 1000;
        let token = convene::seat_token(
            &self.call.secret,
            &plan,
            SeatId(seat),
            HOST_LINK_NUMBER,
            long_ago,
        );
        Ok(token.map_err(|e| e.to_string())?.grant)
    }

    /// Tells the host that somebody knocks.
    pub fn knock_at(&self, host: u16, seat: u16, waiting: bool, knock: protocol::Sealed) {
        let seat = SeatId(seat);
        self.tell(
            host,
            ServerMessage::Knocked {
                circle: protocol::CircleId::TABLE,
                seat,
                waiting,
                knock,
            },
        );
    }

    /// Tells a seat what the server did not say.
    pub fn tell(&self, seat: u16, message: ServerMessage) {
        if !self.toothless {
            self.hit();
            self.proxy.with(|post| post.tell(seat, message));
        }
    }

    /// What the attack does to messages, from now on.
    pub fn script(
        &self,
        script: impl FnMut(&mut Post, Conn, Frame) -> Vec<Frame> + Send + 'static,
    ) {
        if !self.toothless {
            self.proxy.script(script);
        }
    }

    /// What the attack does to media, from now on.
    pub fn tap(&self, mut tap: impl FnMut(&Passing, &mut Vec<u8>) -> Verdict + Send + 'static) {
        if self.toothless {
            return;
        }
        let hits = self.hits.clone();
        let counted = move |passing: &Passing, payload: &mut Vec<u8>| {
            let before = payload.clone();
            let verdict = tap(passing, payload);
            if verdict != Verdict::Deliver || *payload != before {
                hits.fetch_add(1, Ordering::Relaxed);
            }
            verdict
        };
        self.hall.tap(self.call.id, Box::new(counted));
    }

    /// A bribed member sends what it forged.
    pub fn forge(
        &self,
        puppet: &Puppet,
        forged: impl FnOnce(&mut Session, u64) -> Result<Vec<ClientMessage>, NotForged>,
    ) -> Result<(), String> {
        if self.toothless {
            return Ok(());
        }
        self.hit();
        puppet.send(forged)
    }

    /// The attack is one that no message shows.
    pub fn hit(&self) {
        if !self.toothless {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often the attack did something.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed) + self.proxy.hits()
    }

    /// The server all this is on.
    pub fn hall(&self) -> &Hall {
        &self.hall
    }

    /// The attack begins; bounds count from here.
    pub fn strike(&mut self) {
        self.struck = Instant::now();
    }

    /// How long it took at most until what had to be shown was shown.
    pub fn took(&self) -> Option<Duration> {
        self.shown
    }

    /// A seat shows this within so many seconds of the strike.
    pub async fn shown(
        &mut self,
        seat: u16,
        within_s: u64,
        what: &str,
        is: impl Fn(&Report) -> bool,
    ) -> Result<(), String> {
        let left =
            (self.struck + Duration::from_secs(within_s)).saturating_duration_since(Instant::now());
        let found = self.wait(seat, left, what, is).await;
        let after = self.struck.elapsed();
        self.shown = self.shown.max(Some(after));
        found.map_err(|why| format!("not shown within {within_s} s: {why}"))
    }

    /// It is so after a while: something that needs no bound.
    pub async fn until(
        &self,
        seat: u16,
        what: &str,
        is: impl Fn(&Report) -> bool,
    ) -> Result<(), String> {
        self.wait(seat, Duration::from_secs(PATIENCE_S), what, is)
            .await
    }

    /// It stays so for this long.
    pub async fn stays(
        &self,
        seat: u16,
        secs: f64,
        what: &str,
        is: impl Fn(&Report) -> bool,
    ) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs_f64(secs);
        while Instant::now() < end {
            if !is(&self.report(seat)?) {
                return Err(format!(
                    "seat {seat} no longer: {what}; {}",
                    told(&self.report(seat)?)
                ));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn wait(
        &self,
        seat: u16,
        time: Duration,
        what: &str,
        is: impl Fn(&Report) -> bool,
    ) -> Result<(), String> {
        let participant = self
            .seats
            .get(&seat)
            .ok_or(format!("seat {seat} is not there"))?;
        let mut reports = participant.reports();
        let found = tokio::time::timeout(time, reports.wait_for(|report| is(report))).await;
        match found {
            Ok(Ok(_)) => Ok(()),
            _ => Err(format!(
                "seat {seat}: {what}; {}",
                told(&self.report(seat)?)
            )),
        }
    }

    /// These seats, and no others, are verified by each other and hear each other, now.
    pub async fn all_well(&self, seats: impl IntoIterator<Item = u16>) -> Result<(), String> {
        let seats: BTreeSet<u16> = seats.into_iter().collect();
        let others = |seat| seats.iter().copied().filter(move |other| *other != seat);
        for seat in seats
            .iter()
            .copied()
            .filter(|seat| self.seats.contains_key(seat))
        {
            let want = seats.clone();
            self.until(seat, &format!("{want:?} verified"), move |r| {
                r.group.verified == want
            })
            .await?;
            for other in others(seat).filter(|other| self.seats.contains_key(other)) {
                let so_far = voices(&self.report(seat)?, other);
                let more = move |r: &Report| voices(r, other) > so_far + 25;
                self.until(seat, &format!("seat {other} heard"), more)
                    .await?;
            }
        }
        Ok(())
    }

    /// Nothing is wrong and never was: what a run without its attack must come to.
    pub fn nothing_wrong(&self) -> Result<(), String> {
        let problems = self.watch.problems();
        if !problems.is_empty() {
            return Err(format!("shown as wrong: {}", problems.join(", ")));
        }
        for seat in self.seats.keys() {
            let report = self.report(*seat)?;
            // A page's pictures have no barcode.
            let natives = self
                .seats
                .keys()
                .filter_map(|seat| report.remotes.get(seat));
            let wrong: u64 = natives.map(|remote| remote.frames_wrong).sum();
            // A frame that was on its way when its seat was removed is nobody's fault.
            let blocked = report.refused.get("blocked").copied().unwrap_or(0);
            if report.frames_refused - blocked + wrong > 0 {
                let states = self.watch.states().join(", ");
                return Err(format!(
                    "seat {seat} opened {} frames, refused {:?}, and {wrong} pictures were wrong; members were {states}",
                    report.frames_opened, report.refused
                ));
            }
        }
        Ok(())
    }

    /// Everybody goes.
    pub async fn clear(mut self) {
        for (_, participant) in std::mem::take(&mut self.seats) {
            participant.vanish().await;
        }
        self.hall.untap(self.call.id);
        self.proxy.close();
    }
}

/// Voices of a seat decoded.
pub fn voices(report: &Report, of: u16) -> u64 {
    report
        .remotes
        .get(&of)
        .map_or(0, |remote| remote.voices_decoded)
}

/// Exactly these are verified.
pub fn verified(seats: impl IntoIterator<Item = u16>) -> impl Fn(&Report) -> bool {
    let seats: BTreeSet<_> = seats.into_iter().collect();
    move |report| report.group.verified == seats
}

/// This seat is not verified.
pub fn unverified(seat: u16) -> impl Fn(&Report) -> bool {
    move |report| report.group.number > 0 && !report.group.verified.contains(&seat)
}

/// This is wrong with this seat, or in general.
pub fn problem(kind: ProblemKind, seat: Option<u16>) -> impl Fn(&Report) -> bool {
    move |report| {
        view(report).is_some_and(|view| {
            view.problems
                .iter()
                .any(|p| p.kind == kind && p.seat.map(|s| s.0) == seat)
        })
    }
}

/// A member stands so.
pub fn state(seat: u16, state: MemberState) -> impl Fn(&Report) -> bool {
    move |report| {
        view(report).is_some_and(|view| {
            view.members
                .iter()
                .any(|m| m.seat.0 == seat && m.state == state)
        })
    }
}

/// So many members of the own circle stand so.
pub fn in_circle(state: MemberState, count: usize) -> impl Fn(&Report) -> bool {
    move |report| {
        let circle = view(report).and_then(|view| view.circles.first());
        circle.is_some_and(|circle| {
            circle.members.iter().filter(|m| m.state == state).count() == count
        })
    }
}

/// Somebody asks in for this seat, and this is wrong.
pub fn claims(seat: u16, problem: ClaimProblem) -> impl Fn(&Report) -> bool {
    let bad = move |claim: &Claim| claim.seat.0 == seat && claim.problem == Some(problem);
    move |report| view(report).is_some_and(|view| view.waiting.iter().any(bad))
}

/// It sends nothing.
pub fn silent(report: &Report) -> bool {
    report.group.sending != Some(Sending::Allowed)
}

/// All that a client knows.
pub fn view(report: &Report) -> Option<&View> {
    report.group.view.as_deref()
}

/// A report, for the person who looks for a mistake.
pub fn told(report: &Report) -> String {
    let members = view(report).map(|view| {
        view.members
            .iter()
            .map(|m| (m.seat.0, m.state))
            .collect::<Vec<_>>()
    });
    let problems = view(report).map(|view| {
        view.problems
            .iter()
            .map(|p| (p.kind, p.seat.map(|s| s.0)))
            .collect::<Vec<_>>()
    });
    let waiting = view(report).map(|view| {
        view.waiting
            .iter()
            .map(|c| (c.seat.0, c.problem))
            .collect::<Vec<_>>()
    });
    let group = &report.group;
    format!(
        "{:?} in {group:?}, stage {:?}, members {members:?}, problems {problems:?}, waiting {waiting:?}, sending {:?}, refused {}, ended {:?}",
        report.stage,
        view(report).map(|view| view.stage),
        group.sending,
        report.frames_refused,
        report.ended,
    )
}
