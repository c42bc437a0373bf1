//! Plays cases: each twice, with its attack and without; several at a time, each in a call of its own.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet, time::timeout};

use crate::{
    cases,
    hall::{Hall, Plan},
    table::Table,
};

/// Calls played at one time: more take the machine's time from each other, and bounds are about time.
const AT_ONCE: usize = 7;
/// Nothing in any case takes longer.
const LONGEST: Duration = Duration::from_secs(120);

/// What a case does; [`Table::attack`] says whether to attack.
pub type Play = for<'a> fn(&'a mut Table) -> Playing<'a>;
/// It at work.
pub type Playing<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// One attack.
#[derive(Clone, Copy)]
pub struct Case {
    /// In kebab-case.
    pub name: &'static str,
    /// What the server, and whom it bribed, do.
    pub attack: &'static str,
    /// What has to come of it.
    pub expected: &'static str,
    /// And when, in seconds.
    pub within_s: u64,
    /// The call.
    pub plan: Plan,
    /// How it goes.
    pub play: Play,
}

/// How one case came out.
pub struct Outcome {
    /// Which.
    pub case: Case,
    /// Why it went wrong without the attack.
    pub control: Result<(), String>,
    /// Why the attack was not refused or shown; or how long that took.
    pub attacked: Result<Option<Duration>, String>,
}

impl Outcome {
    /// The case holds.
    pub fn holds(&self) -> bool {
        self.control.is_ok() && self.attacked.is_ok()
    }

    /// Why it is known not to hold.
    fn known(&self) -> Option<&'static str> {
        let known = cases::KNOWN
            .iter()
            .find(|(name, _)| *name == self.case.name);
        known.map(|(_, why)| *why)
    }

    /// For people.
    pub fn line(&self) -> String {
        let Case {
            name,
            expected,
            within_s,
            ..
        } = &self.case;
        match (&self.control, &self.attacked) {
            (Ok(()), Ok(took)) => {
                let took = took.map_or_else(String::new, |took| {
                    format!(" ({:.1} s)", took.as_secs_f32())
                });
                format!("holds  {name:<34} {expected}, within {within_s} s{took}")
            }
            (Err(why), _) => format!("FAILS  {name:<34} without the attack: {why}"),
            (_, Err(why)) => match self.known() {
                Some(known) => format!("FAILS  {name:<34} known: {known}; {why}"),
                None => format!("FAILS  {name:<34} {why}"),
            },
        }
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let took = self.attacked.as_ref().ok().copied().flatten();
        json!({
            "type": "case",
            "case": self.case.name,
            "attack": self.case.attack,
            "expected": self.case.expected,
            "within_s": self.case.within_s,
            "holds": self.holds(),
            "control": self.control.as_ref().err(),
            "attacked": self.attacked.as_ref().err(),
            "known": self.attacked.as_ref().err().and_then(|_| self.known()),
            "took_ms": took.map(|took| took.as_millis() as u64),
        })
    }
}

/// Plays one case both ways. `toothless`: the attack does nothing, and so nothing may hold.
pub async fn play(hall: &Arc<Hall>, case: Case, toothless: bool) -> Outcome {
    let control = once(hall, case, false, false).await.map(|_| ());
    let attacked = once(hall, case, true, toothless).await;
    Outcome {
        case,
        control,
        attacked,
    }
}

/// Plays cases, and tells each outcome as it comes. How many hold.
pub async fn run(
    hall: Arc<Hall>,
    cases: Vec<Case>,
    toothless: bool,
    mut tell: impl FnMut(&Outcome),
) -> usize {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = JoinSet::new();
    for case in cases {
        let (hall, places) = (hall.clone(), places.clone());
        playing.spawn(async move {
            let _place = places.acquire_owned().await;
            play(&hall, case, toothless).await
        });
    }
    let mut holding = 0;
    while let Some(outcome) = playing.join_next().await {
        // A panic in a case is caught where it is played.
        let Ok(outcome) = outcome else { continue };
        holding += usize::from(outcome.holds());
        tell(&outcome);
    }
    holding
}

async fn once(
    hall: &Arc<Hall>,
    case: Case,
    attack: bool,
    toothless: bool,
) -> Result<Option<Duration>, String> {
    let mut table = Table::lay(hall.clone(), case.plan, attack, toothless).await?;
    let start = Instant::now();
    let playing = AssertUnwindSafe((case.play)(&mut table)).catch_unwind();
    let played = match timeout(LONGEST, playing).await {
        Ok(Ok(played)) => played,
        Ok(Err(_)) => Err("the case itself panicked".to_owned()),
        Err(_) => Err(format!("not over after {:?}", start.elapsed())),
    };
    let mut judged = played;
    if let Some(broken) = table.watch.broken() {
        judged = Err(broken);
    }
    if judged.is_ok() && !attack {
        judged = table.nothing_wrong();
    }
    if judged.is_ok() && attack && table.hits() == 0 {
        judged = Err("there was no attack".to_owned());
    }
    let took = table.took();
    table.clear().await;
    judged.map(|()| took)
}
