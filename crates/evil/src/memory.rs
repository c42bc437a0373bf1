//! The memory of a process, all of it that can be read, through `/proc` (proc(5), `maps` and `mem`).
//!
//! What may not be read is an error, never nothing: a memory that was not searched holds anything.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
};

use crate::search::Needles;

/// Read at one time.
const PIECE: usize = 1 << 20;
/// The kernel's own pages in every process: they cannot be read this way, and no process writes there.
const KERNELS: [&str; 3] = ["[vvar]", "[vvar_vclock]", "[vsyscall]"];

/// A process that may be looked into.
pub struct Memory {
    pid: u32,
    mem: File,
}

/// A stretch of it.
struct Mapping {
    from: u64,
    to: u64,
    name: String,
}

/// What a search came to.
#[derive(Default)]
pub struct Searched {
    /// Needles, and where.
    pub hits: BTreeSet<String>,
    /// Bytes that were looked at.
    pub bytes: u64,
}

impl Memory {
    /// Of this process.
    pub fn of(pid: u32) -> Result<Self, String> {
        let mem = File::open(format!("/proc/{pid}/mem")).map_err(|e| refused(pid, &e))?;
        Ok(Self { pid, mem })
    }

    /// Looks through every readable mapping.
    pub fn search(&self, needles: &Needles) -> Result<Searched, String> {
        let mut searched = Searched::default();
        self.pieces(needles.overlap(), |mapping, _, piece| {
            searched.bytes += piece.len() as u64;
            searched
                .hits
                .extend(needles.find(piece, &format!("memory ({})", mapping.name)));
        })?;
        if searched.bytes < PIECE as u64 {
            return Err(format!("only {} bytes could be read", searched.bytes));
        }
        Ok(searched)
    }

    /// Where these bytes are.
    pub fn places(&self, needle: &[u8]) -> Result<Vec<u64>, String> {
        let mut places = Vec::new();
        self.pieces(needle.len() - 1, |_, from, piece| {
            let found = piece.windows(needle.len()).enumerate();
            let found = found.filter(|(_, window)| *window == needle);
            places.extend(found.map(|(at, _)| from + at as u64));
        })?;
        places.dedup();
        Ok(places)
    }

    /// What stands at an address, if something does.
    pub fn at<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        // An offset above i64 is no address of a process.
        i64::try_from(address).ok()?;
        self.mem.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }

    /// Every piece of every mapping; neighbours share `overlap` bytes.
    fn pieces(
        &self,
        overlap: usize,
        mut look: impl FnMut(&Mapping, u64, &[u8]),
    ) -> Result<(), String> {
        let mut piece = vec![0; PIECE + overlap];
        for mapping in self.mappings()? {
            let mut from = mapping.from;
            while from < mapping.to {
                let wanted = (mapping.to - from).min(piece.len() as u64) as usize;
                let Some(read) = self.read(&mapping, from, &mut piece[..wanted])? else {
                    break;
                };
                look(&mapping, from, &piece[..read]);
                from += PIECE as u64;
            }
        }
        Ok(())
    }

    /// `None`: it went away since it was listed, as allocators do.
    fn read(&self, of: &Mapping, from: u64, into: &mut [u8]) -> Result<Option<usize>, String> {
        match self.mem.read_at(into, from) {
            Ok(0) => Err(format!("process {} has ended", self.pid)),
            Ok(read) => Ok(Some(read)),
            Err(error) => {
                let still = self.mappings()?;
                match still.iter().any(|m| (m.from..m.to).contains(&from)) {
                    true => Err(format!("{} of process {}: {error}", of.name, self.pid)),
                    false => Ok(None),
                }
            }
        }
    }

    fn mappings(&self) -> Result<Vec<Mapping>, String> {
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.pid))
            .map_err(|e| refused(self.pid, &e))?;
        let mapping = |line: &str| {
            let mut words = line.split_whitespace();
            let (range, rights) = (words.next()?, words.next()?);
            let name = words.nth(3).unwrap_or("anonymous").to_owned();
            let (from, to) = range.split_once('-')?;
            let number = |hex| u64::from_str_radix(hex, 16).ok();
            let (from, to) = (number(from)?, number(to)?);
            let readable = rights.starts_with('r') && !KERNELS.contains(&name.as_str());
            readable.then_some(Mapping { from, to, name })
        };
        Ok(maps.lines().filter_map(mapping).collect())
    }
}

fn refused(pid: u32, error: &io::Error) -> String {
    format!(
        "the memory of process {pid} may not be read ({error}), so it was NOT searched: the suite has to \
         run as root or as the server's parent with kernel.yama.ptrace_scope at most 1, on Linux"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_holds_is_found_in_it_and_what_it_does_not_is_not() {
        let planted: Vec<u8> = (0..64).map(|n: u8| n.wrapping_mul(37) ^ 0x5a).collect();
        let memory = Memory::of(std::process::id()).unwrap();
        let mut needles = Needles::default();
        needles.bytes("it", &planted[..32]);
        let searched = memory.search(&needles).unwrap();
        assert!(!searched.hits.is_empty());
        let places = memory.places(&planted).unwrap();
        assert!(places.contains(&(planted.as_ptr() as u64)));
        let there: [u8; 64] = memory.at(places[0]).unwrap();
        assert_eq!(there[..], planted[..]);
        assert_eq!(memory.at::<8>(8), None);
        std::hint::black_box(&planted);
    }

    #[test]
    fn a_memory_that_cannot_be_read_is_an_error_that_says_so() {
        let error = Memory::of(u32::MAX).err().unwrap();
        assert!(error.contains("NOT searched"), "{error}");
    }
}
