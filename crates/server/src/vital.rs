//! What the server cannot be without: threads and tasks that begin with it and end when it stops.
//!
//! One that dies would leave calls without media, or a port on which nobody answers, while `/healthz`
//! says that all is well. So the whole process ends, loudly, and whoever keeps it running (systemd,
//! Docker) starts it again: seats come back by themselves, and nothing acknowledged is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the process ends with then. Of `sysexits.h`: a mistake in the software.
pub(crate) const EXIT_CODE: i32 = 70;

/// Runs it until it returns. A panic in it ends the process.
pub(crate) fn run(what: &'static str, work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        die(what);
    }
}

/// As [`run`], for a task that never returns unless it is aborted.
pub(crate) async fn task(what: &'static str, work: impl Future<Output = ()> + Send) {
    use futures_util::FutureExt as _;
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        die(what);
    }
}

/// The panic hook has said where.
fn die(what: &'static str) -> ! {
    crate::metrics::panicked();
    tracing::error!(
        what,
        "died of a mistake in the server; the process ends, to be started again"
    );
    // No unwinding and no destructors of others: what is not on the disk was acknowledged to nobody.
    std::process::exit(EXIT_CODE)
}

#[cfg(test)]
mod tests {
    use std::{
        env,
        process::Command,
        time::{Duration, Instant},
    };

    use super::EXIT_CODE;
    use crate::media::{Media, MediaConfig};

    /// Names the part this process plays: the test runs itself.
    const PART: &str = "INCAMERA_TEST_VITAL";

    #[test]
    fn a_media_thread_that_dies_takes_the_process_with_it() {
        if env::var_os(PART).is_some() {
            let media = Media::start(MediaConfig {
                bind: vec![([127, 0, 0, 1], 0).into()],
                udp: true,
                threads: 2,
                ..MediaConfig::default()
            })
            .unwrap();
            media.break_for_test();
            std::thread::sleep(Duration::from_secs(30));
            return; // alive, with a dead thread
        }
        let name = "vital::tests::a_media_thread_that_dies_takes_the_process_with_it";
        let start = Instant::now();
        let status = Command::new(env::current_exe().unwrap())
            .args([name, "--exact"])
            .env(PART, "1")
            .output()
            .unwrap()
            .status;
        assert_eq!(status.code(), Some(EXIT_CODE));
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
