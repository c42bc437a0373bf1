//! What the server holds while it carries a call, and after it: `incamera serve` in a process of its
//! own, whose memory and disk are searched for all that the participants, in this process, planted.

use std::{collections::BTreeSet, process::Stdio, sync::Arc, time::Duration};

use participant::Control;
use sealed::{
    sabotage::{Fault, VARIABLE},
    session::Act,
};
use tokio::time::sleep;

use super::play;
use crate::{
    hall::{Hall, Plan},
    memory::Memory,
    planted::{self, TEXT},
    puppet::Puppet,
    search::Needles,
    suite::Case,
    table::Table,
};

/// Buffers are written anew all the time: the server's memory is read so often in each half of the call.
const LOOKS: usize = 3;
/// Voices and pictures that every seat has sent before the first look: some four seconds of them.
const SENT: u64 = 200;
/// The option with which this suite plays [`searched_alone`].
pub const OPTION: &str = "--search-server";

const PLAN: Plan = Plan {
    seats: 4,
    hosts: 1,
    pictures: true,
    age_ms: 0,
    together: 1,
};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "memory-and-disk-looked-for",
        attack: "the shipped server's memory and disk, during a call and after it, are searched for names, texts, words, links, keys and frames",
        expected: "nothing is found, and what has to be there is",
        within_s: 0,
        plan: Plan::voices(1),
        play: play!(looked_for),
    },
    Case {
        name: "unsealed-sender-looked-for",
        attack: "clients with a fault send their frames unsealed",
        expected: "the same search finds voices and pictures in the server's memory",
        within_s: 0,
        plan: Plan::voices(1),
        play: play!(unsealed),
    },
];

/// A call on a server of its own: seats 1 and 3 send voice and picture, seat 2 is a bribed member.
struct Sitting {
    hall: Arc<Hall>,
    table: Table,
    bribed: Puppet,
}

impl Sitting {
    async fn begin(attack: bool) -> Result<Self, String> {
        let hall = Arc::new(Hall::apart().await?);
        let mut table = Table::lay(hall.clone(), PLAN, attack, false).await?;
        table.assemble(&BTreeSet::from([1, 3])).await?;
        let bribed = table.bribe(2).await?;
        let text = TEXT.to_owned();
        table.act(3, Act::Text { text }).await?;
        table.until(1, "the text", |r| r.texts == 1).await?;
        let language = "en".to_owned();
        table.act(1, Act::CheckWords { language }).await?;
        for seat in [1, 3] {
            table
                .until(seat, "the words", |r| r.group.words.len() == 6)
                .await?;
            table
                .until(seat, "it sends", |r| r.frames_sent > SENT)
                .await?;
        }
        Ok(Self {
            hall,
            table,
            bribed,
        })
    }

    fn needles(&self) -> Result<Needles, String> {
        let report = self.table.report(3)?;
        let mut needles = planted::needles(&self.table.call, &report.group, &[1, 3])?;
        planted::frame_keys(&self.bribed, &self.table.call, &[1, 3], &mut needles)?;
        Ok(needles)
    }

    /// Goes through all the server has, once.
    async fn look(&self, needles: &Arc<Needles>) -> Result<BTreeSet<String>, String> {
        let pid = self.hall.pid().ok_or("no process of its own")?;
        let (needles, folder) = (needles.clone(), self.hall.folder().join("data"));
        let look = move || {
            let mut searched = Memory::of(pid)?.search(&needles)?;
            searched.hits.extend(needles.find_in_files(&folder)?);
            Ok(searched.hits)
        };
        let looked = tokio::task::spawn_blocking(look).await;
        looked.map_err(|e| e.to_string())?
    }

    /// The header that is looked for stands in pictures that can be decoded by themselves. Those are made when
    /// somebody needs one, and the server keeps none for long.
    async fn begin_pictures_anew(&self) -> Result<(), String> {
        for on in [false, true] {
            for seat in [1, 3] {
                self.table.control(seat, Control::Camera(on)).await?;
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Again and again while the call goes on. Half way somebody comes: the keys are new ones.
    async fn looks(&mut self) -> Result<(BTreeSet<String>, Vec<Arc<Needles>>), String> {
        let (mut hits, mut all) = (BTreeSet::new(), Vec::new());
        for half in 0..2 {
            if half == 1 {
                self.table.assemble(&BTreeSet::from([4])).await?;
            }
            all.push(Arc::new(self.needles()?));
            for _ in 0..LOOKS {
                self.begin_pictures_anew().await?;
                for needles in &all {
                    hits.extend(self.look(needles).await?);
                }
            }
        }
        Ok((hits, all))
    }

    async fn end(self) {
        self.table.clear().await;
        if let Ok(hall) = Arc::try_unwrap(self.hall) {
            hall.close().await;
        }
    }
}

async fn looked_for(t: &mut Table) -> Result<(), String> {
    let mut sitting = Sitting::begin(t.attack).await?;
    sitting.table.all_well([1, 2, 3]).await?;
    if !t.attack {
        sitting.table.nothing_wrong()?;
        sitting.end().await;
        return Ok(());
    }
    let there = Arc::new(planted::what_has_to_be_there(&sitting.table.call));
    t.hit();
    let (mut hits, all) = sitting.looks().await?;
    // What was searched is what a call that goes well leaves.
    sitting.table.all_well([1, 2, 3, 4]).await?;
    let seen = sitting.look(&there).await?;
    for what in planted::HAS_TO_BE_THERE {
        for place in ["memory", "data"] {
            let has = |hit: &String| hit.starts_with(what) && hit.contains(place);
            if !seen.iter().any(has) {
                return Err(format!(
                    "the search is blind: {what} is not found in {place}"
                ));
            }
        }
    }
    sitting.hall.end(sitting.table.call.id).await?;
    sitting
        .table
        .until(1, "the call is over", |r| r.ended.is_some())
        .await?;
    for needles in &all {
        let after = sitting.look(needles).await?;
        hits.extend(after.into_iter().map(|hit| format!("{hit}, after it")));
    }
    let broken = sitting.table.watch.broken();
    sitting.end().await;
    if let Some(broken) = broken {
        return Err(broken);
    }
    match hits.is_empty() {
        true => Ok(()),
        false => Err(told(&hits)),
    }
}

/// What `evil --search-server` does: plays the call, whatever fault its clients have, searches, and
/// gives what it found.
pub async fn searched_alone() -> Result<BTreeSet<String>, String> {
    let mut sitting = Sitting::begin(true).await?;
    let (hits, _) = sitting.looks().await?;
    sitting.end().await;
    Ok(hits)
}

/// A fault is read once in a process, so the clients that have it are in another one.
async fn unsealed(t: &mut Table) -> Result<(), String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut evil = tokio::process::Command::new(own);
    evil.arg(OPTION).env_remove(VARIABLE).kill_on_drop(true);
    evil.stdout(Stdio::piped()).stderr(Stdio::piped());
    if t.attack {
        t.hit();
        if t.hits() > 0 {
            evil.env(VARIABLE, Fault::UnsealedSender.name());
        }
    }
    let output = evil.output().await.map_err(|e| e.to_string())?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("the search did not come to its end: {why}"));
    }
    let hits: BTreeSet<String> =
        serde_json::from_slice(&output.stdout).map_err(|e| e.to_string())?;
    if !t.attack {
        return match hits.is_empty() {
            true => Ok(()),
            false => Err(told(&hits)),
        };
    }
    for what in [planted::VOICE, planted::PICTURE] {
        if !hits.iter().any(|hit| hit.starts_with(what)) {
            return Err(format!(
                "{what} was sent unsealed and not found; {}",
                told(&hits)
            ));
        }
    }
    Ok(())
}

fn told(hits: &BTreeSet<String>) -> String {
    let hits: Vec<_> = hits.iter().cloned().collect();
    format!("found: {}", hits.join(", "))
}
