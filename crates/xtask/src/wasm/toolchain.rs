//! A Rust toolchain that can build for `wasm32-unknown-unknown`, found or fetched.
//!
//! In this order, each said on screen:
//! 1. the toolchain in use, if it has the target's standard library;
//! 2. on Debian (and what takes its packages) `rustc-web` with its library source and LLVM's
//!    linker, downloaded and unpacked into `.cache/wasm-toolchain`, not installed: it would
//!    conflict with rustup, and its place in the system is not needed. The library is then built
//!    from source (`-Zbuild-std`), for which `RUSTC_BOOTSTRAP` opens a stable compiler;
//! 3. `rustup target add`.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail};

use crate::sh;

/// The name of the target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where the compiler and its library come from.
pub(crate) enum Toolchain {
    /// Cargo's own: it has the target.
    Own,
    /// Debian's packages, unpacked in this folder.
    Unpacked(PathBuf),
}

impl Toolchain {
    /// Finds one, or fetches one.
    pub(crate) fn find(root: &Path) -> Result<Self> {
        if has_target(root) {
            return Ok(Self::Own);
        }
        let folder = root.join(".cache/wasm-toolchain");
        if folder.join("ready").exists() {
            return Ok(Self::Unpacked(folder));
        }
        let mut why = Vec::new();
        if sh::find("apt-get").is_some() && sh::find("dpkg").is_some() {
            println!("WebAssembly: taking Debian's rustc-web into .cache/wasm-toolchain (150 MB)");
            match unpack(root, &folder) {
                Ok(()) => return Ok(Self::Unpacked(folder)),
                Err(error) => why.push(format!("Debian's packages: {error:#}")),
            }
        }
        if let Some(rustup) = sh::find("rustup") {
            println!("WebAssembly: rustup target add {TARGET}");
            let mut add = Command::new(rustup);
            add.args(["target", "add", TARGET]).current_dir(root);
            match sh::run(&mut add) {
                Ok(()) => return Ok(Self::Own),
                Err(error) => why.push(format!("rustup: {error:#}")),
            }
        }
        if why.is_empty() {
            why.push("neither apt-get nor rustup is here".into());
        }
        Err(anyhow!(
            "no Rust toolchain for {TARGET} is to be had ({}); install one with `rustup target add {TARGET}` and run this again",
            why.join("; ")
        ))
    }

    /// Makes a `cargo build` use it.
    pub(crate) fn prepare(&self, cargo: &mut Command) {
        let Self::Unpacked(folder) = self else { return };
        cargo
            .args(["-Z", "build-std=std,panic_abort"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", folder.join("rustc"))
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
                folder.join("wasm-ld"),
            );
    }
}

fn has_target(root: &Path) -> bool {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let words = [&rustc, "--print", "target-libdir", "--target", TARGET];
    let Ok(folder) = sh::read(&mut sh::command(root, &words)) else {
        return false;
    };
    fs::read_dir(folder.trim()).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|e| e.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

/// Downloads and unpacks into a folder beside, which takes its name when it is whole.
fn unpack(root: &Path, folder: &Path) -> Result<()> {
    let packages = match packages() {
        Ok(packages) => packages,
        Err(_) => {
            // A new machine has no package lists yet.
            sh::run(&mut sh::privileged(&["apt-get", "update", "-qq"]))?;
            packages()?
        }
    };
    let part = folder.with_extension("part");
    let downloads = part.join("downloads");
    if part.exists() {
        fs::remove_dir_all(&part)?;
    }
    fs::create_dir_all(&downloads)?;
    let mut download = sh::command(&downloads, &["apt-get", "download", "-qq"]);
    sh::read(download.args(&packages))?;
    for package in fs::read_dir(&downloads)? {
        let mut extract = sh::command(root, &["dpkg", "-x"]);
        sh::run(extract.arg(package?.path()).arg(&part))?;
    }
    fs::remove_dir_all(&downloads)?;
    link_source(&part)?;
    wrap(&part, folder, "rustc", Path::new("usr/bin/rustc"))?;
    let linker = find_below(&part.join("usr/lib"), "llvm-", "bin/wasm-ld")?;
    let linker = linker.strip_prefix(&part)?;
    wrap(&part, folder, "wasm-ld", linker)?;
    fs::write(part.join("ready"), packages.join("\n") + "\n")?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(&part, folder)?;
    let mut version = Command::new(folder.join("rustc"));
    print!("WebAssembly: {}", sh::read(version.arg("--version"))?);
    Ok(())
}

/// `rustc-web` and what it needs; versions are in the names of two, so they are read, not written.
fn packages() -> Result<Vec<String>> {
    let candidate = depends("rustc-web").and_then(|_| version("rustc-web"))?;
    let minimum = env!("CARGO_PKG_RUST_VERSION");
    if !is_at_least(&candidate, minimum) {
        bail!("rustc-web {candidate} is older than Rust {minimum}");
    }
    let library = first(&depends("libstd-rust-web-dev")?, "libstd-rust-web-")?;
    let llvm = first(&depends(&library)?, "libllvm")?;
    let linker = llvm.replace("libllvm", "lld-");
    let mut wanted = ["rustc-web", "libstd-rust-web-dev", "rust-web-src"]
        .map(String::from)
        .to_vec();
    wanted.extend([library, llvm.clone(), linker.clone()]);
    // What LLVM needs and this machine does not have installed.
    let mut seen: BTreeSet<String> = wanted.iter().cloned().collect();
    let mut queue = vec![llvm, linker];
    while let Some(package) = queue.pop() {
        for needed in depends(&package)? {
            if seen.insert(needed.clone()) && !is_installed(&needed) {
                wanted.push(needed.clone());
                queue.push(needed);
            }
        }
    }
    Ok(wanted)
}

fn depends(package: &str) -> Result<Vec<String>> {
    let text = apt_cache(&["depends", "--important", package])?;
    Ok(text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .filter(|name| !name.starts_with('<'))
        .map(|name| name.split(':').next().unwrap_or(name).to_owned())
        .collect())
}

fn version(package: &str) -> Result<String> {
    let text = apt_cache(&["policy", package])?;
    let line = text
        .lines()
        .find_map(|l| l.trim().strip_prefix("Candidate: "));
    Ok(line.context("no candidate")?.to_owned())
}

fn apt_cache(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("apt-cache");
    let text = sh::read(command.args(arguments).env("LC_ALL", "C"))?;
    if text.trim().is_empty() {
        bail!("apt knows no {}", arguments.last().unwrap_or(&""));
    }
    Ok(text)
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    sh::read(query.args(["-W", "-f", "${Status}", package]))
        .is_ok_and(|s| s.ends_with(" installed"))
}

fn first(names: &[String], prefix: &str) -> Result<String> {
    let found = names.iter().find(|name| name.starts_with(prefix));
    found.cloned().with_context(|| format!("no {prefix}…"))
}

/// `1.96.0+dfsg1-1~deb12u2` is at least `1.95`.
fn is_at_least(version: &str, minimum: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        text.split('.')
            .map_while(|part| {
                let digits = part.find(|c: char| !c.is_ascii_digit());
                part[..digits.unwrap_or(part.len())].parse().ok()
            })
            .take(2)
            .collect()
    };
    numbers(version) >= numbers(minimum)
}

/// Debian's own link to the library source is relative to `/usr`; `-Zbuild-std` needs it in here.
fn link_source(part: &Path) -> Result<()> {
    let source = find_below(&part.join("usr/src"), "rustc-", "library")?;
    let name = source.parent().and_then(Path::file_name);
    let place = part.join("usr/lib/rustlib/src");
    fs::create_dir_all(&place)?;
    let link = place.join("rust");
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link)?;
    }
    let target = Path::new("../../../src").join(name.context("no rustc source")?);
    std::os::unix::fs::symlink(target, link)?;
    Ok(())
}

/// A script `name` that runs `program` with the folder's own libraries. `folder` is where it will lie.
fn wrap(part: &Path, folder: &Path, name: &str, program: &Path) -> Result<()> {
    let libraries = find_below(&part.join("usr/lib"), "", "libLLVM.so")
        .or_else(|_| find_below(&part.join("usr/lib"), "", "libstd-rust-web"))
        .ok()
        .and_then(|file| file.parent().map(Path::to_path_buf))
        .unwrap_or_else(|| part.join("usr/lib/x86_64-linux-gnu"));
    let libraries = folder.join(libraries.strip_prefix(part)?);
    let script = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH='{}' exec '{}' \"$@\"\n",
        libraries.display(),
        folder.join(program).display()
    );
    let file = part.join(name);
    fs::write(&file, script)?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// `place/<prefix>…/<rest>`, wherever it is.
fn find_below(place: &Path, prefix: &str, rest: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(place).with_context(|| format!("reading {}", place.display()))?;
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(rest))
        .find(|path| path.exists())
        .with_context(|| format!("{} has no {prefix}…/{rest}", place.display()))
}

#[cfg(test)]
mod tests {
    use super::is_at_least;

    #[test]
    fn debian_versions_compare_by_number() {
        assert!(is_at_least("1.96.0+dfsg1-1~deb12u2", "1.95"));
        assert!(is_at_least("1.95.0", "1.95"));
        assert!(is_at_least("1.100.0", "1.95"));
        assert!(!is_at_least("1.85.0+dfsg3-1~deb12u3", "1.95"));
        assert!(!is_at_least("(none)", "1.95"));
    }
}
