//! What the operating system and the server's metrics say of one process at one moment.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use anyhow::{Context, Result};

/// Ticks of `/proc/PID/stat` a second: fixed for user space on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds (user and system) the process has used.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    ticks(&stat)
        .map(|t| t / TICKS_PER_SECOND)
        .context("cannot read /proc/PID/stat")
}

/// Memory the process has resident, in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let number = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
    number.context("no VmRSS in /proc/PID/status")
}

/// Fetches the server's metrics page.
pub(crate) fn metrics(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}

/// One value of a metrics page.
pub(crate) fn value(page: &str, name: &str) -> Result<f64> {
    page.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
        .with_context(|| format!("the server reports no {name}"))
}

/// utime + stime: the 14th and 15th fields; the 2nd is in brackets and may hold spaces.
fn ticks(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_a_name_with_spaces() {
        let stat = "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 31 11 0 0";
        assert_eq!(ticks(stat), Some(42.0));
    }

    #[test]
    fn a_metric_is_found_by_its_whole_name() {
        let page = "# TYPE a_b counter\na_b_total 9\na_b 7\n";
        assert_eq!(value(page, "a_b").unwrap(), 7.0);
        assert!(value(page, "a").is_err());
    }
}
