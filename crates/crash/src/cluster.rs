//! A PostgreSQL of a test's own: a cluster in a temporary folder, on a socket there, that can be killed.
//!
//! It is what Debian's package `postgresql` installs; where that is missing, a sentence says so. It does
//! not sync (power cuts are not tried here) and commits asynchronously unless it is asked not to: what
//! forgot to ask would lose something when it is killed. It ends with the process that started it.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Who owns all databases of it.
const USER: &str = "incamera";
/// Longest a start may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where Debian puts each version's programs.
const VERSIONS: &str = "/usr/lib/postgresql";

/// See the module.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    postmaster: Mutex<Option<Child>>,
    databases: AtomicU32,
}

/// How it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// `pg_ctl stop -m immediate`: every process of it quits at once.
    Immediate,
    /// SIGKILL at the postmaster; the others see that it is gone.
    Postmaster,
}

impl Cluster {
    /// One for all tests of this process that run at this time. `None` where PostgreSQL is not installed.
    pub fn shared() -> Option<Arc<Self>> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cluster) = shared.upgrade() {
            return Some(cluster);
        }
        let cluster = Arc::new(Self::start()?);
        *shared = Arc::downgrade(&cluster);
        Some(cluster)
    }

    /// A new one. `None` where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If it is installed and does not start.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!(
                "PostgreSQL is not installed here (Debian: apt-get install postgresql): what this test \
                 says of it was NOT tried"
            );
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg-").tempdir();
        let cluster = Self {
            folder: folder.expect("a temporary folder can be made"),
            programs,
            postmaster: Mutex::default(),
            databases: AtomicU32::new(0),
        };
        cluster.make().expect("a cluster can be made");
        cluster.restart();
        Some(cluster)
    }

    /// The folder its socket is in.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        url(self.socket(), database)
    }

    /// Makes a new database, empty or as another one is, and says what it is called.
    ///
    /// # Panics
    ///
    /// If it cannot be made.
    pub fn create(&self, template: Option<&str>) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("calls{number}");
        let mut create = self.command("createdb");
        create.arg("-h").arg(self.socket()).args(["-U", USER]);
        create.args(template.map(|template| format!("--template={template}")));
        let done = self.run(create.arg(&name)).expect("createdb runs");
        assert!(done.success(), "createdb: {done}");
        name
    }

    /// Forgets a database, whoever is connected to it.
    pub fn forget(&self, database: &str) {
        let mut drop = self.command("dropdb");
        drop.arg("-h")
            .arg(self.socket())
            .args(["-U", USER, "--force"]);
        // It is gone with the cluster in any case.
        let _ = self.run(drop.arg(database));
    }

    /// Ends it in the middle of whatever it does, and waits until it is gone.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn kill(&self, how: Kill) {
        let mut postmaster = self.postmaster();
        let mut child = postmaster.take().expect("it runs");
        match how {
            Kill::Immediate => drop(self.run(&mut self.stop())),
            Kill::Postmaster => drop(child.kill()),
        }
        child.wait().expect("it is a child of this process");
    }

    /// Starts it after a [`Self::kill`], and waits until it serves.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn restart(&self) {
        let mut postmaster = self.postmaster();
        let began = Instant::now();
        loop {
            let mut child = self.spawn().expect("postgres can be started");
            while child.try_wait().expect("it is a child").is_none() {
                if self.is_ready() {
                    *postmaster = Some(child);
                    return;
                }
                assert!(began.elapsed() < PATIENCE, "{}", self.said());
                thread::sleep(Duration::from_millis(10));
            }
            // After a postmaster was killed its processes hold the cluster for a moment.
            assert!(began.elapsed() < PATIENCE, "{}", self.said());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn make(&self) -> io::Result<()> {
        fs::set_permissions(self.socket(), fs::Permissions::from_mode(0o755))?;
        if let Some((user, group)) = servant() {
            chown(self.socket(), Some(user), Some(group))?;
        }
        let mut init = self.command("initdb");
        init.args(["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
        init.args(["-U", USER, "-D"]).arg(self.data());
        match self.run(&mut init)? {
            done if done.success() => Ok(()),
            done => Err(io::Error::other(format!("initdb: {done}: {}", self.said()))),
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let mut postgres = self.command("postgres");
        postgres
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.socket());
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "synchronous_commit=off",
            "wal_writer_delay=10s",
            "max_connections=60",
            "shared_buffers=16MB",
        ] {
            postgres.args(["-c", setting]);
        }
        postgres.stdin(Stdio::null()).stdout(Stdio::null());
        postgres.stderr(self.log()?);
        spawn_for_life(postgres)
    }

    fn is_ready(&self) -> bool {
        let mut asks = self.command("pg_isready");
        asks.arg("-q").arg("-h").arg(self.socket());
        self.run(&mut asks).is_ok_and(|done| done.success())
    }

    fn stop(&self) -> Command {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"])
            .arg(self.data());
        stop
    }

    /// As a user that PostgreSQL runs as (it refuses to run as root), and not beyond this process.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "QUIT"]);
        if let Some((user, group)) = servant() {
            command.arg(format!("--reuid={user}"));
            command.arg(format!("--regid={group}"));
            command.arg("--clear-groups");
        }
        command.arg(self.programs.join(program));
        // What the caller's environment says of its own PostgreSQL is not for this one.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        command.current_dir("/");
        command
    }

    fn run(&self, command: &mut Command) -> io::Result<ExitStatus> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(self.log()?).status()
    }

    fn log(&self) -> io::Result<fs::File> {
        let file = self.folder.path().join("log");
        fs::OpenOptions::new().create(true).append(true).open(file)
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn postmaster(&self) -> MutexGuard<'_, Option<Child>> {
        self.postmaster
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.postmaster().take() {
            let _ = self.run(&mut self.stop());
            // If that did not reach it.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The URL of a database behind the socket in this folder.
pub(crate) fn url(socket: &Path, database: &str) -> String {
    let socket = socket.display();
    format!("postgres:///{database}?host={socket}&user={USER}&sslmode=disable")
}

/// Of the newest version there is.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?;
    let found = versions.filter_map(|version| {
        let folder = version.ok()?.path();
        let number: u32 = folder.file_name()?.to_str()?.parse().ok()?;
        let programs = folder.join("bin");
        programs
            .join("initdb")
            .exists()
            .then_some((number, programs))
    });
    found.max().map(|(_, programs)| programs)
}

/// Who runs it where this process is root.
fn servant() -> Option<(u32, u32)> {
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let users = is_root.then(|| fs::read_to_string("/etc/passwd").unwrap_or_default())?;
    let of = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    of("postgres").or_else(|| of("nobody"))
}

/// From a thread that never ends: what is told to die with its parent dies with the thread that started it.
fn spawn_for_life(command: Command) -> io::Result<Child> {
    type Order = (Box<Command>, mpsc::Sender<io::Result<Child>>);
    static ORDERS: OnceLock<Mutex<mpsc::Sender<Order>>> = OnceLock::new();
    let orders = ORDERS.get_or_init(|| {
        let (orders, given) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in given {
                // Whoever ordered it waits for it.
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(orders)
    });
    let (answer, child) = mpsc::channel();
    let sent = orders
        .lock()
        .map(|orders| orders.send((Box::new(command), answer)));
    let gone = || io::Error::other("the thread that starts it is gone");
    sent.map_err(|_| gone())?.map_err(|_| gone())?;
    child.recv().map_err(|_| gone())?
}
