//! Looks for planted bytes in what somebody holds: texts that passed, files, the memory of a process.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

/// Needles are found by their first bytes: so many.
const PREFIX: usize = 3;
/// Shorter ones would be found by chance in a hundred million bytes.
const SHORTEST: usize = 7;

/// What is looked for, all at once.
pub struct Needles {
    list: Vec<(String, Vec<u8>)>,
    /// Whether any needle begins with these three bytes. Almost no place of a memory passes it.
    begins: Vec<bool>,
    of: HashMap<usize, Vec<usize>>,
    longest: usize,
}

impl Default for Needles {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            begins: vec![false; 1 << (8 * PREFIX)],
            of: HashMap::new(),
            longest: 0,
        }
    }
}

impl Needles {
    /// These bytes as they are.
    ///
    /// # Panics
    ///
    /// If they are too few to mean anything: a search for nothing finds nothing.
    pub fn bytes(&mut self, what: &str, needle: &[u8]) {
        assert!(needle.len() >= SHORTEST, "{what} is too short to look for");
        let prefix = prefix(needle);
        self.begins[prefix] = true;
        self.of.entry(prefix).or_default().push(self.list.len());
        self.longest = self.longest.max(needle.len());
        self.list.push((what.to_owned(), needle.to_vec()));
    }

    /// These bytes as they are, and as what crosses the network writes them.
    pub fn secret(&mut self, what: &str, needle: &[u8]) {
        self.bytes(what, needle);
        let (base64, hex) = (BASE64URL_NOPAD.encode(needle), HEXLOWER.encode(needle));
        self.bytes(&format!("{what} in base64"), base64.as_bytes());
        self.bytes(&format!("{what} in hexadecimals"), hex.as_bytes());
    }

    /// How many bytes two pieces of one thing must share, so that nothing is missed between them.
    pub fn overlap(&self) -> usize {
        self.longest.saturating_sub(1)
    }

    /// Every needle that is in there, and where that is.
    pub fn find(&self, haystack: &[u8], place: &str) -> BTreeSet<String> {
        let mut hits = BTreeSet::new();
        for at in 0..(haystack.len() + 1).saturating_sub(PREFIX) {
            let prefix = prefix(&haystack[at..at + PREFIX]);
            if !self.begins[prefix] {
                continue;
            }
            for index in self.of.get(&prefix).into_iter().flatten() {
                let (what, needle) = &self.list[*index];
                if haystack[at..].starts_with(needle) {
                    hits.insert(format!("{what} in {place}"));
                }
            }
        }
        hits
    }

    /// The same in every file of a folder, and of those in it.
    pub fn find_in_files(&self, folder: &Path) -> Result<BTreeSet<String>, String> {
        let mut hits = BTreeSet::new();
        for (file, content) in files(folder)? {
            hits.extend(self.find(&content, &file));
        }
        Ok(hits)
    }
}

fn prefix(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2])
}

/// Every file under a folder. One that goes away meanwhile is not there; any other that cannot be read
/// is an error: it would not have been searched.
pub fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let cannot = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
            continue;
        }
        match fs::read(&path) {
            Ok(content) => found.push((path.display().to_string(), content)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", path.display())),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planted_is_found_wherever_it_stands_and_nothing_else() {
        let mut needles = Needles::default();
        needles.secret("a key", b"0123456789abcdef");
        needles.bytes("a name", b"Plantagenet");
        for at in [0, 1, 500, 1024 - 11] {
            let mut haystack = vec![0x30; 1024];
            haystack[at..at + 11].copy_from_slice(b"Plantagenet");
            let hits: Vec<_> = needles.find(&haystack, "a heap").into_iter().collect();
            assert_eq!(hits, ["a name in a heap"]);
        }
        let base64 = b"x MDEyMzQ1Njc4OWFiY2RlZg x";
        assert_eq!(needles.find(base64, "it").len(), 1);
        assert!(needles.find(b"Plantagene", "it").is_empty());
        assert!(needles.find(b"Pl", "it").is_empty());
        assert_eq!(needles.overlap(), 31);
    }

    #[test]
    #[should_panic(expected = "too short")]
    fn nothing_is_not_looked_for() {
        Needles::default().bytes("nothing", b"");
    }

    #[test]
    fn files_in_folders_are_searched_too() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("inner/file"), b"a planted word").unwrap();
        let mut needles = Needles::default();
        needles.bytes("a word", b"planted");
        assert_eq!(needles.find_in_files(folder.path()).unwrap().len(), 1);
        assert!(needles.find_in_files(&folder.path().join("none")).is_err());
    }
}
