//! A small file system that can run full for real.

use std::{
    path::Path,
    process::{Command, Output},
};

/// Set in the process that has the namespace.
const INSIDE: &str = "INCAMERA_TEST_NAMESPACE";

/// A file system of its own, 512 kB, in a mount namespace of its own.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// For the test of this name (with its module). It is run again in a process that may mount, and the
    /// caller returns at once with nothing; only there is there a disk. Says so if this machine lets
    /// nobody mount anything.
    pub(crate) fn of(test: &str) -> Option<Self> {
        if std::env::var_os(INSIDE).is_some() {
            return Some(Self::mount());
        }
        let is_root =
            std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
        let namespace: &[&str] = match is_root {
            true => &["--mount"],
            false => &["--user", "--map-root-user", "--mount"],
        };
        let possible = Command::new("unshare").args(namespace).arg("true").output();
        if !possible.is_ok_and(|output| output.status.success()) {
            eprintln!("NOT RUN: {test}: nobody may make a mount namespace here");
            return None;
        }
        let output = Command::new("unshare")
            .args(namespace)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(INSIDE, "1")
            .output();
        let Output {
            status,
            stdout,
            stderr,
        } = output.unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr),
        );
        let ran = out.contains("1 passed") || out.contains("1 failed");
        assert!(ran && status.success(), "in a mount namespace: {out}{err}");
        None
    }

    fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
            .arg(folder.path());
        assert!(mount.status().unwrap().success());
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        let status = Command::new("mount")
            .args(["-o", &options])
            .arg(self.path())
            .status();
        assert!(status.unwrap().success());
    }

    pub(crate) fn fill(&self) {
        // Writes until there is no room; the error is the point.
        let _ = std::fs::write(self.path().join("ballast"), vec![0; 1024 * 1024]);
    }

    pub(crate) fn free(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server of a failed test may still hold its files.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.path())
            .status();
    }
}
