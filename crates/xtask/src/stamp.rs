//! Whether a step's inputs are what they were when it last succeeded, by content.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Folders that hold what steps make, not what they read.
const SKIPPED: [&str; 4] = ["node_modules", "dist", "target", "test-results"];

/// Inputs of one step, and the file in `.cache/stamps` that remembers them.
pub(crate) struct Stamp {
    file: PathBuf,
    hash: Sha256,
}

impl Stamp {
    /// For the step `name`; inputs are added to it.
    pub(crate) fn new(root: &Path, name: &str) -> Self {
        let file = root.join(".cache/stamps").join(name);
        let hash = Sha256::new();
        Self { file, hash }
    }

    /// Adds a text, e.g. an option of the step.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.add(text.as_bytes());
        self
    }

    /// Adds a file, or every file below a folder. What is not there counts as that.
    pub(crate) fn path(mut self, path: &Path) -> Result<Self> {
        self.walk(path)
            .with_context(|| format!("reading {}", path.display()))?;
        Ok(self)
    }

    /// Whether the step last succeeded with these inputs and `output` is still there.
    pub(crate) fn is_current(&self, output: &Path) -> bool {
        output.exists() && fs::read_to_string(&self.file).is_ok_and(|old| old == self.digest())
    }

    /// Remembers that the step succeeded with these inputs.
    pub(crate) fn remember(&self) -> Result<()> {
        fs::create_dir_all(self.file.parent().expect("a stamp lies in a folder"))?;
        fs::write(&self.file, self.digest())?;
        Ok(())
    }

    fn digest(&self) -> String {
        HEXLOWER.encode(&self.hash.clone().finalize())
    }

    /// Length first, so that two inputs never read like one.
    fn add(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    fn walk(&mut self, path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default();
        self.add(name.as_encoded_bytes());
        if !path.is_dir() {
            let content = if path.exists() {
                fs::read(path)?
            } else {
                b"absent".into()
            };
            self.add(&content);
            return Ok(());
        }
        let mut entries: Vec<PathBuf> = fs::read_dir(path)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            let skipped = entry
                .file_name()
                .and_then(|n| n.to_str())
                .is_some_and(|n| SKIPPED.contains(&n) || n.starts_with('.'));
            if !skipped {
                self.walk(&entry)?;
            }
        }
        self.add(b"end");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_content_or_a_lost_output_makes_a_stamp_stale() {
        let root = tempfile::tempdir().unwrap();
        let (input, output) = (root.path().join("in"), root.path().join("out"));
        fs::write(&input, "one").unwrap();
        let stamp = || Stamp::new(root.path(), "x").path(&input).unwrap();
        stamp().remember().unwrap();
        assert!(!stamp().is_current(&output));
        fs::write(&output, "").unwrap();
        assert!(stamp().is_current(&output));
        fs::write(&input, "two").unwrap();
        assert!(!stamp().is_current(&output));
        assert!(!stamp().text("option").is_current(&output));
    }
}
