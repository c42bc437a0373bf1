//! The suite for a page in a real browser: this process has the dishonest server, the native seats and
//! the bribed member; a test beside it (`web/tests/evil.e2e.ts`) has the browser, does what its person
//! does, and reads what it shows. They speak in lines of JSON: one order, one answer.
//!
//! ```text
//! {"id":1,"scene":7,"do":"lay","case":"garbled-media","attack":true} -> {"id":1,"ok":{"link":…}}
//! lay: a call and its native seats    admit: the page is let in, and all are well
//! company: who comes to a page that is the host's    strike: the attack
//! judge: what the others saw    clear: all go
//! ```

mod attacks;

use std::{
    collections::HashMap,
    io::BufRead,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex as Turn;

use crate::{
    hall::{self, Hall, Plan},
    puppet::Puppet,
    table::{Table, verified, voices},
};

/// The option with which this is played.
pub const OPTION: &str = "--browser";
/// Names the address media is on: not every browser takes a loopback address.
const ADDRESS: &str = "INCAMERA_E2E_ADDRESS";

/// What is done to one call.
pub type Attack = for<'a> fn(&'a mut Scene) -> Attacking<'a>;
/// It at work.
pub type Attacking<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// One attack on a page.
#[derive(Clone, Copy)]
pub struct Case {
    /// As the native case that does the same, if there is one.
    pub name: &'static str,
    /// What the server, and whom it bribed, do.
    pub attack: &'static str,
    /// What the page has to do.
    pub expected: &'static str,
    /// And when, in seconds.
    pub within_s: u64,
    /// The call.
    pub plan: Plan,
    /// The seat of the page: 1, the host's, or 3.
    pub seat: u16,
    /// Seat 2 is a bribed member's, and not a native client's.
    pub bribed: bool,
    /// What is done before the page comes.
    pub before: Option<Attack>,
    /// What is done when all sit.
    pub strike: Option<Attack>,
}

/// One call with a page in it.
pub struct Scene {
    case: &'static Case,
    /// Its seats but the page's.
    pub table: Table,
    /// Seat 2.
    pub bribed: Option<Arc<Puppet>>,
}

#[derive(Deserialize)]
struct Order {
    id: u64,
    scene: u64,
    #[serde(rename = "do")]
    what: What,
    case: Option<String>,
    #[serde(default)]
    attack: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum What {
    List,
    Lay,
    Admit,
    Company,
    Strike,
    Judge,
    Clear,
}

type Place = Arc<Turn<Option<Scene>>>;

/// Does what the lines on its input say until they end.
pub fn serve() -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    let address = match std::env::var(ADDRESS) {
        Ok(address) => address
            .parse()
            .map_err(|_| format!("{ADDRESS}={address}"))?,
        Err(_) => IpAddr::from(Ipv4Addr::LOCALHOST),
    };
    let hall = Arc::new(runtime.block_on(Hall::open_on(address))?);
    let places: Arc<Mutex<HashMap<u64, Place>>> = Arc::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let order: Order = serde_json::from_str(&line).map_err(|e| format!("{line}: {e}"))?;
        let place = places
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(order.scene)
            .or_default()
            .clone();
        let hall = hall.clone();
        runtime.spawn(async move {
            let id = order.id;
            let answer = match obey(hall, order, &mut *place.lock().await).await {
                Ok(ok) => json!({ "id": id, "ok": ok }),
                Err(error) => json!({ "id": id, "error": error }),
            };
            println!("{answer}");
        });
    }
    Ok(())
}

async fn obey(hall: Arc<Hall>, order: Order, place: &mut Option<Scene>) -> Result<Value, String> {
    match order.what {
        What::List => return Ok(attacks::all().iter().map(|case| case.name).collect()),
        What::Lay => {
            let case = order.case.ok_or("which case?")?;
            let case = attacks::all().iter().find(|c| c.name == case);
            let scene = Scene::lay(hall, case.ok_or("no such case")?, order.attack).await?;
            let told = scene.told();
            *place = Some(scene);
            return Ok(told);
        }
        What::Clear => {
            if let Some(scene) = place.take() {
                scene.table.clear().await;
            }
            return Ok(Value::Null);
        }
        _ => {}
    }
    let scene = place.as_mut().ok_or("there is no call")?;
    match order.what {
        What::Admit => scene.admit().await?,
        What::Company => scene.company().await?,
        What::Strike => scene.act(scene.case.strike).await?,
        _ => scene.judge().await?,
    }
    Ok(Value::Null)
}

impl Scene {
    async fn lay(hall: Arc<Hall>, case: &'static Case, attack: bool) -> Result<Self, String> {
        let table = Table::lay(hall, case.plan, attack, false).await?;
        let mut scene = Self {
            case,
            table,
            bribed: None,
        };
        if case.seat != 1 {
            scene.sit_with_a_host().await?;
        }
        scene.act(case.before).await?;
        Ok(scene)
    }

    async fn sit_with_a_host(&mut self) -> Result<(), String> {
        if !self.case.bribed {
            return self.table.gather([1, 2]).await;
        }
        self.table.gather([1]).await?;
        self.bribed = Some(Arc::new(self.table.bribe(2).await?));
        self.table.all_well([1, 2]).await
    }

    fn told(&self) -> Value {
        let Case {
            attack,
            expected,
            within_s,
            seat,
            bribed,
            ..
        } = self.case;
        // A page is trusted with keys and microphones on `localhost` only.
        let origin = format!("http://localhost:{}", self.table.proxy.address().port());
        let names: Vec<_> = (1..=self.case.plan.seats).map(hall::name).collect();
        let speaks = |n: &u16| n != seat && !(*n == 2 && *bribed);
        let voices: Vec<_> = (1..=3).filter(speaks).collect();
        json!({
            "voices": voices,
            "link": self.table.link(*seat).url(&origin), "names": names,
            "attack": attack, "expected": expected, "within_s": within_s,
        })
    }

    /// The native host lets the page in, and hears it.
    async fn admit(&mut self) -> Result<(), String> {
        let seat = self.case.seat;
        self.table.watch.admit(seat);
        let admit = sealed::session::Act::Admit {
            seat: protocol::SeatId(seat),
        };
        let everybody = verified([1, 2, 3]);
        for _ in 0..150 {
            if everybody(&self.table.report(1)?) {
                return self.well().await;
            }
            // It may not have knocked yet.
            let _ = self.table.act(1, admit.clone()).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Err("the page was never verified by the host".to_owned())
    }

    /// Seats 2 and 3 come; the page is the host, and has to let them in.
    async fn company(&mut self) -> Result<(), String> {
        let Self { table, .. } = self;
        for seat in [2, 3] {
            table.watch.admit(seat);
        }
        table.sit(3, None)?;
        self.bribed = Some(Arc::new(table.bribe(2).await?));
        self.well().await
    }

    /// All native seats verify all, and hear the page.
    async fn well(&self) -> Result<(), String> {
        self.table.all_well([1, 2, 3]).await?;
        let page = self.case.seat;
        for seat in (1..=3).filter(|seat| self.table.report(*seat).is_ok()) {
            let so_far = voices(&self.table.report(seat)?, page);
            let more = move |r: &participant::Report| voices(r, page) > so_far + 25;
            self.table.until(seat, "the page is heard", more).await?;
        }
        Ok(())
    }

    async fn act(&mut self, attack: Option<Attack>) -> Result<(), String> {
        match attack.filter(|_| self.table.attack) {
            Some(attack) => attack(self).await,
            None => Ok(()),
        }
    }

    /// What the native clients saw: nothing that may never be; without the attack, nothing at all; and
    /// with it, that there was one.
    async fn judge(&mut self) -> Result<(), String> {
        if let Some(broken) = self.table.watch.broken() {
            return Err(broken);
        }
        if self.table.attack {
            return match self.table.hits() {
                0 => Err("there was no attack".to_owned()),
                _ => Ok(()),
            };
        }
        self.well().await?;
        self.table.nothing_wrong()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attack_on_a_page_has_a_name_of_its_own_and_does_something() {
        let names: std::collections::BTreeSet<_> = attacks::all().iter().map(|c| c.name).collect();
        assert_eq!(names.len(), attacks::all().len());
        for case in attacks::all() {
            assert!(case.before.is_some() != case.strike.is_some());
            assert!(case.seat == 3 || case.seat == 1 && case.bribed);
        }
    }
}
