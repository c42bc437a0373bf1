//! Takes every seat whose link stands on standard input, for `cargo xtask figures`: a load without a
//! server of its own, so that the server's process can be measured alone.
//!
//! `seats SECONDS < links`: one link a line, a host's first. Prints `seated` when all sit and have
//! seen a first picture, stays that long, and prints the participants' reports as one line of JSON.

use std::{error::Error, io, time::Duration};

use participant::{Options, Participant, Report, Stage};

/// Longest until everybody sits and sees something.
const ARRIVAL_MAX: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds: u64 = std::env::args()
        .nth(1)
        .ok_or("how many seconds?")?
        .parse()?;
    let links = io::stdin().lines().collect::<Result<Vec<_>, _>>()?;
    let mut seats = Vec::new();
    for (index, link) in links.into_iter().filter(|l| !l.is_empty()).enumerate() {
        let options = Options {
            auto_host: index == 0,
            measure_delay: true,
            ..Options::new(link, format!("seat-{}", index + 1))
        };
        seats.push(Participant::start(options)?);
    }
    for seat in &seats {
        let mut reports = seat.reports();
        let sees = |r: &Report| r.stage == Stage::Seated && r.first_frame_ms.is_some();
        tokio::time::timeout(ARRIVAL_MAX, reports.wait_for(sees)).await??;
    }
    println!("seated");
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let reports: Vec<Report> = seats.iter().map(|s| s.reports().borrow().clone()).collect();
    println!("{}", serde_json::to_string(&reports)?);
    Ok(())
}
