//! Where the acts are played, and what is there after a power cut.

use std::path::Path;

use crash::disk::{Disk, Keep};
use server::store::open_folder;
use tempfile::TempDir;

use crate::acts::{ACTS, look};

/// What a store looks like before the first act and after each, on a disk without faults.
pub(crate) async fn looks() -> Vec<String> {
    let folder = self::folder();
    let store = open_folder(folder.path()).await.unwrap();
    let mut looks = vec![look(&*store).await];
    for act in ACTS {
        act.carry_out(&*store).await.unwrap();
        looks.push(look(&*store).await);
    }
    store.close().await;
    looks
}

/// A folder in memory, where there is one: syncing for real is not what is tried here.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// What the store in this folder would look like after a power cut now.
pub(crate) async fn after_cut(disk: &Disk, folder: &Path, keep: Keep) -> String {
    let copy = self::folder();
    disk.cut(folder, copy.path(), keep).unwrap();
    let store = open_folder(copy.path()).await.unwrap();
    let seen = look(&*store).await;
    store.close().await;
    disk.forget(copy.path());
    seen
}

pub(crate) const KEEPS: [Keep; 5] = [
    Keep::Nothing,
    Keep::Everything,
    Keep::Some(0x9e37_79b9_7f4a_7c15),
    Keep::Some(0xd1b5_4a32_d192_ed03),
    Keep::Some(0x2545_f491_4f6c_dd1d),
];
