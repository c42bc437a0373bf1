//! Other programs: run one with its output on screen, or read what it prints.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// A command in `folder`, made of words.
pub(crate) fn command<S: AsRef<OsStr>>(folder: &Path, words: &[S]) -> Command {
    let (program, arguments) = words.split_first().expect("a command has a program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

/// Runs it with its output on screen; fails unless it exits 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// What it prints; fails with what it complained of unless it exits 0.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", shown(command), complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Cargo in the workspace: the one that runs this task, or the one in `PATH`.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root);
    command
}

/// Cargo doing something with the whole workspace: always with the same features, so that nothing is
/// compiled twice.
pub(crate) fn cargo_workspace(root: &Path, arguments: &[&str]) -> Command {
    let mut command = cargo(root, arguments);
    command.args(["--workspace", "--locked"]);
    if needs_vpx_bindings() {
        command.args(["--features", "participant/vpx-bindings"]);
    }
    command
}

/// Whether the libvpx here is one for which env-libvpx-sys has no bindings ready.
pub(crate) fn needs_vpx_bindings() -> bool {
    let mut query = Command::new("pkg-config");
    let version = read(query.args(["--modversion", "vpx"])).unwrap_or_default();
    let ready = ["1.8.2", "1.9.0", "1.10.0", "1.11.0", "1.12.0", "1.13.0"];
    !version.is_empty() && !ready.contains(&version.trim())
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

/// A program of `PATH`, if it is there.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// With `sudo` unless this is root already.
pub(crate) fn privileged(words: &[&str]) -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| {
        use std::os::unix::fs::MetadataExt;
        m.uid() == 0
    });
    let mut command = Command::new(if is_root { words[0] } else { "sudo" });
    command.args(if is_root { &words[1..] } else { words });
    command
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
