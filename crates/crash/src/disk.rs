//! A disk that fails where it is told to, and that knows what would be on it after a power cut.
//!
//! It stands under SQLite (a VFS over the ordinary one) for every database this process opens after
//! [`take`]. Files are real; beside them it keeps what was synced and, in order, what was written since.
//! Like a real disk it may have any of the latter after a cut.

mod image;
mod vfs;

use std::{
    collections::HashMap,
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use image::Image;
pub use image::Keep;

/// One test at a time has the disk of this process.
static TAKEN: Mutex<()> = Mutex::new(());
static DISK: Mutex<Option<State>> = Mutex::new(None);

/// The disk of this process, for as long as it is held.
pub struct Disk {
    _taken: MutexGuard<'static, ()>,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails (EIO) and has done nothing.
    Error,
    /// It fails (EIO); of a write the first half was done.
    Torn,
    /// It fails (EIO) although all of it was done: only its answer was lost.
    Done,
    /// There is no room (ENOSPC) to write; whatever writes nothing is done.
    Full,
}

/// From which operation on, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What happens.
    pub fault: Fault,
    /// To which of the operations from now on, counted from 1.
    pub at: u64,
    /// And to all after it, until [`Disk::mend`].
    pub stays: bool,
    /// Whether reads count and fail too, or only what writes, cuts, syncs and deletes.
    pub reads: bool,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Image>,
    plan: Option<Plan>,
    count: u64,
    failed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    Read,
    Write,
    Other,
}

/// Puts the disk under SQLite and waits until nobody else has it.
///
/// # Panics
/// If SQLite has no ordinary VFS.
pub fn take() -> Disk {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    vfs::install();
    *lock() = Some(State::default());
    Disk { _taken: taken }
}

impl Disk {
    /// Counts operations from now on, and lets one or more fail.
    pub fn plan(&self, plan: Plan) {
        with(|state| {
            state.plan = Some(plan);
            (state.count, state.failed) = (0, 0);
        });
    }

    /// Nothing fails any more.
    pub fn mend(&self) {
        with(|state| state.plan = None);
    }

    /// How many operations failed since [`Self::plan`].
    pub fn failed(&self) -> u64 {
        with(|state| state.failed)
    }

    /// Forgets the files of a folder. They must be closed.
    pub fn forget(&self, folder: &Path) {
        let within = within(folder);
        with(|state| state.files.retain(|path, _| !path.starts_with(&within)));
    }

    /// Puts into `to` what `from` would have after a power cut now.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn cut(&self, from: &Path, to: &Path, keep: Keep) -> io::Result<()> {
        let within = within(from);
        with(|state| {
            for (path, image) in &state.files {
                if let Some(name) = path.strip_prefix(&within)
                    && let Some(bytes) = image.after_cut(keep)
                {
                    std::fs::write(to.join(name), bytes)?;
                }
            }
            Ok(())
        })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.mend();
    }
}

fn within(folder: &Path) -> String {
    format!("{}/", folder.display())
}

fn lock() -> MutexGuard<'static, Option<State>> {
    DISK.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    act(lock().get_or_insert_default())
}

impl State {
    /// Counts an operation; what is planned for it.
    fn fate(&mut self, operation: Operation) -> Option<Fault> {
        let plan = self.plan?;
        if operation == Operation::Read && !plan.reads {
            return None;
        }
        self.count += 1;
        let is_meant = self.count == plan.at || (plan.stays && self.count > plan.at);
        let harmless = plan.fault == Fault::Full && operation != Operation::Write;
        if !is_meant || harmless {
            return None;
        }
        self.failed += 1;
        Some(plan.fault)
    }

    fn image(&mut self, path: &str) -> &mut Image {
        self.files.entry(path.to_owned()).or_default()
    }
}
