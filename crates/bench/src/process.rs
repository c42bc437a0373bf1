//! A server as a process of its own, and what the operating system says it costs.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use nix::{
    sched::{CpuSet, sched_setaffinity},
    sys::signal::{Signal, kill},
    time::{ClockId, clock_gettime},
    unistd::Pid,
};

/// The core of the server under test.
pub(crate) const SERVER_CORE: usize = 0;
/// The core of the load.
pub(crate) const LOAD_CORE: usize = 1;

/// Keeps this process, and what it starts, on one core.
pub(crate) fn stay_on(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core)?;
    let refused = || format!("this machine has no core {core} for us: the bench needs two");
    sched_setaffinity(Pid::from_raw(0), &set).with_context(refused)
}

/// CPU time, user and system, of all threads of a process since it began.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    let clock = ClockId::pid_cpu_clock_id(Pid::from_raw(pid.cast_signed()))?;
    Ok(clock_gettime(clock)?.into())
}

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// All that is resident.
    pub(crate) resident: f64,
    /// Of it, what is no page of a file: the program's own pages come in once, whoever calls.
    pub(crate) own: f64,
}

impl Memory {
    /// What it has now.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let number = |name: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            number.with_context(|| format!("no {name} in /proc/PID/status"))
        };
        Ok(Self {
            resident: number("VmRSS:")?,
            own: number("RssAnon:")?,
        })
    }

    /// What came since.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            resident: self.resident - before.resident,
            own: self.own - before.own,
        }
    }
}

/// A server on its core. Ends with this value.
pub(crate) struct Server {
    pub(crate) child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a program; what it complains of goes to a file in `folder`.
    pub(crate) fn start(program: &Path, arguments: &[&str], folder: &Path) -> Result<Self> {
        let log = folder.join("server.txt");
        let child = Command::new("taskset")
            .args(["-c", &SERVER_CORE.to_string()])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()
            .with_context(|| {
                format!(
                    "taskset (util-linux) and {} do not start",
                    program.display()
                )
            })?;
        Ok(Self { child, log })
    }

    /// Waits until it is `ready`, or for `patience`.
    pub(crate) fn wait_until(
        &self,
        patience: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Result<()> {
        let limit = Instant::now() + patience;
        while !ready() {
            ensure!(
                Instant::now() < limit,
                "the server did not start: {}",
                self.last_words()
            );
            thread::sleep(Duration::from_millis(25));
        }
        Ok(())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The end of what it said, for whoever looks for a failure's reason.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().rev().take(8).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = Pid::from_raw(self.pid().cast_signed());
        // A second is enough to end in order; the figures are taken already.
        let _ = kill(pid, Signal::SIGTERM);
        for _ in 0..20 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A TCP port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A program of `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}
