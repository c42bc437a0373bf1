//! Who listens on a port, as far as `/proc` tells: for the message that a port is in use.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// State LISTEN in `/proc/net/tcp`; a bound UDP socket has 07.
const STATES: [&str; 2] = ["0A", "07"];

/// Name and process id of the program that listens on `port`, if it may be known.
pub(crate) fn who_listens(port: u16) -> Option<String> {
    let inodes: Vec<String> = ["tcp", "tcp6", "udp", "udp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(Path::new("/proc/net").join(table)).ok())
        .flat_map(|table| inodes_of(&table, port))
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    // `self` and `thread-self` are other names of processes that have a number as well.
    let numbered = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.as_encoded_bytes()[0].is_ascii_digit())
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let holder = processes
        .map(|entry| entry.path())
        .filter(numbered)
        .find(|process| holds(process, &inodes))?;
    let name = fs::read_to_string(holder.join("comm")).ok()?;
    let id = holder.file_name()?.to_string_lossy().into_owned();
    Some(format!("{} (process {id})", name.trim()))
}

fn inodes_of(table: &str, port: u16) -> Vec<String> {
    let suffix = format!(":{port:04X}");
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let listens = fields.get(1)?.ends_with(&suffix) && STATES.contains(fields.get(3)?);
            listens
                .then(|| fields.get(9).map(ToString::to_string))
                .flatten()
        })
        .collect()
}

fn holds(process: &Path, inodes: &[String]) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else {
        return false;
    };
    files.flatten().any(|file| {
        fs::read_link(file.path()).is_ok_and(|target| {
            inodes
                .iter()
                .any(|inode| target.as_os_str() == inode.as_str())
        })
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_found_by_its_port() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let who = who_listens(listener.local_addr().unwrap().port()).unwrap();
        assert!(who.contains(&std::process::id().to_string()), "{who}");
    }
}
