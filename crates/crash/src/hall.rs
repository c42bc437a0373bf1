//! One kill after another: acts, a kill in the middle of one, a start, and a look at everything.

use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use crash::cluster::{self, Cluster};
use protocol::{
    ErrorCode,
    http::{CallDetail, Phase},
    types::Doors,
};
use tokio::time::sleep;

use crate::{
    act::Act,
    dice::Dice,
    people::{HOST, Outcome, People},
    seat::refused,
    seen::{Call, GUEST, Seen},
    served::Served,
};

/// Acts before the one in which the server is killed.
const ACTS_BEFORE: u64 = 4;
/// One kill in so many comes again while the server starts.
const AT_START: u64 = 5;
/// With one kill in so many PostgreSQL is killed right after.
const WITH_CLUSTER: u64 = 3;
/// In which time after it was started.
const START: Duration = Duration::from_millis(60);
/// How long an act takes, until one was seen.
const ACT: Duration = Duration::from_millis(5);

pub(crate) struct Hall {
    /// What the server keeps its calls in, if not in a file. It is killed too.
    cluster: Option<Cluster>,
    served: Served,
    people: People,
    dice: Dice,
    seen: Seen,
    lengths: HashMap<&'static str, Duration>,
}

/// What came of one kill.
pub(crate) struct Kill {
    pub(crate) during: String,
    /// Acts that were acknowledged since the kill before.
    pub(crate) acknowledged: u32,
    /// Whether the act that was under way is there. `None`: none was.
    pub(crate) kept: Option<bool>,
    /// What is not as it should be.
    pub(crate) wrong: Option<String>,
}

impl Hall {
    /// A server on new data, started.
    pub(crate) async fn build(
        incamera: &Path,
        cluster: Option<Cluster>,
        seed: u64,
    ) -> Result<Self> {
        let in_file = || "sqlite".to_owned();
        let in_cluster = |cluster: &Cluster| cluster.url(&cluster.create(None));
        let store = cluster.as_ref().map_or_else(in_file, in_cluster);
        let mut served = Served::new(incamera, store)?;
        let beside = served.beside();
        let key = beside.convener(&["add", "test"]).await?.trim().to_owned();
        served.start()?;
        served.listens().await?;
        let mut seen = Seen::default();
        seen.change(&Act::AddConvener("test".to_owned()));
        Ok(Self {
            cluster,
            people: People::new(served.address, key, beside),
            served,
            dice: Dice::new(seed),
            seen,
            lengths: HashMap::new(),
        })
    }

    /// Kills it once, and starts it again.
    pub(crate) async fn kill(&mut self) -> Result<Kill> {
        let mut acknowledged = 0;
        for _ in 0..self.dice.below(ACTS_BEFORE) {
            let (act, outcome) = self.act(None).await?;
            match outcome {
                Outcome::Acknowledged => {
                    acknowledged += 1;
                    self.seen.change(&act);
                }
                Outcome::Refused(why) => bail!("{} was refused: {why}", act.name()),
                Outcome::Lost => bail!("{}: the server went away by itself", act.name()),
            }
        }
        let (act, outcome) = self.act(Some(())).await?;
        if let Outcome::Acknowledged = outcome {
            acknowledged += 1;
            self.seen.change(&act);
        }
        let mut during = act.name().to_owned();
        self.people.hosts.clear();
        if let Some(cluster) = &self.cluster
            && self.dice.below(WITH_CLUSTER) == 0
        {
            let how = [cluster::Kill::Immediate, cluster::Kill::Postmaster];
            cluster.kill(how[usize::from(self.dice.below(2) == 0)]);
            cluster.restart();
            during.push_str(" with PostgreSQL");
        }
        if self.dice.below(AT_START) == 0 {
            self.served.start()?;
            sleep(START.mul_f64(fraction(&mut self.dice))).await;
            self.served.kill().await?;
            during.push_str(" and start");
        }
        self.served.start()?;
        self.served.listens().await?;
        let found = self.look().await?;
        let is_lost = matches!(outcome, Outcome::Lost);
        let after = self.seen.after(&act);
        let (kept, wrong) = if found == self.seen {
            (is_lost.then_some(false), None)
        } else if is_lost && found == after {
            (Some(true), None)
        } else {
            (None, Some(self.seen.difference(&found)))
        };
        self.seen = found;
        Ok(Kill {
            during,
            acknowledged,
            kept,
            wrong,
        })
    }

    /// One act; if told so, the server is killed at some moment of it.
    async fn act(&mut self, kill: Option<()>) -> Result<(Act, Outcome)> {
        let act = Act::choose(&self.seen, &mut self.dice);
        self.people.prepare(&act, &self.seen, &mut self.dice);
        let length = self.lengths.get(act.name()).copied().unwrap_or(ACT);
        let began = Instant::now();
        let outcome = {
            let doing = self.people.carry_out(&act, &self.seen);
            tokio::pin!(doing);
            match kill {
                None => doing.await,
                Some(()) => {
                    let at = sleep(length.mul_f64(1.2 * fraction(&mut self.dice)));
                    tokio::select! {
                        outcome = &mut doing => {
                            self.served.kill().await?;
                            outcome
                        }
                        () = at => {
                            self.served.kill().await?;
                            doing.await
                        }
                    }
                }
            }
        };
        if kill.is_none() {
            let took = began.elapsed();
            self.lengths.insert(act.name(), (length + took) / 2);
        }
        Ok((act, outcome))
    }

    /// Everything that can be seen of the server. Hosts sit down again and stay.
    async fn look(&mut self) -> Result<Seen> {
        let mut seen = Seen::default();
        let conveners = self.people.beside.convener(&["list"]).await?;
        seen.conveners = conveners.lines().map(str::to_owned).collect();
        let list = self.people.get("/calls").await?;
        for summary in list["calls"].as_array().context("no list of calls")? {
            let id = summary["info"]["id"]
                .as_str()
                .context("a call without id")?;
            let call = self.look_at(id).await;
            let call = call.with_context(|| format!("call {id} is listed and cannot be seen"))?;
            seen.calls.insert(id.to_owned(), call);
        }
        Ok(seen)
    }

    async fn look_at(&mut self, id: &str) -> Result<Call> {
        let detail = self.people.get(&format!("/calls/{id}")).await?;
        let detail: CallDetail = serde_json::from_value(detail)?;
        let is_over = detail.summary.phase == Phase::Adjourned;
        if is_over != detail.plan.is_none() {
            bail!("its plan should be there until it is over, and no longer");
        }
        let link = detail.links[usize::from(GUEST) - 1];
        let mut call = Call {
            is_over,
            is_closed: !is_over && detail.doors == Doors::Closed,
            link,
            ..Call::default()
        };
        if is_over {
            return self
                .is_closed_to(id, HOST, 1, ErrorCode::CallEnded)
                .await
                .map(|()| call);
        }
        if link > 1 {
            self.is_closed_to(id, GUEST, link - 1, ErrorCode::LinkClosed)
                .await?;
        }
        let guest = self.people.hello(id, GUEST, link).await;
        call.guest = guest.map_err(crate::seat::Closed::unexpected)?.returning;
        let host = self.people.hello(id, HOST, 1).await;
        let mut host = host.map_err(crate::seat::Closed::unexpected)?;
        call.host = host.returning;
        if call.host {
            let log = host.sit().await.map_err(crate::seat::Closed::unexpected)?;
            (call.group, call.epoch, call.seq) = (log.group.number, log.epoch, log.seq);
            if call.group > 0 {
                let entries = host.catch_up(call.group).await;
                call.log = entries.map_err(crate::seat::Closed::unexpected)?;
            }
            self.people.hosts.insert(id.to_owned(), host);
        }
        Ok(call)
    }

    async fn is_closed_to(&self, id: &str, seat: u16, link: u32, why: ErrorCode) -> Result<()> {
        match self.people.hello(id, seat, link).await {
            Ok(_) => bail!("link {link} of seat {seat} should be closed"),
            Err(closed) => match refused(closed)? {
                error if error.code == why => Ok(()),
                error => bail!("link {link} of seat {seat}: {}", error.text),
            },
        }
    }
}

/// From 0 to below 1.
fn fraction(dice: &mut Dice) -> f64 {
    f64::from(u32::try_from(dice.below(1_000_000)).unwrap_or_default()) / 1_000_000.0
}
