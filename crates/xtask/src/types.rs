//! `cargo xtask types`: the TypeScript of `protocol`, in `web/src/protocol/generated/`.
//!
//! The files are checked in, so that the web part can be read and edited without Rust;
//! `--check` fails when they are not what the Rust types say now. Types come from ts-rs; the
//! limits, which are values, from [`limits_ts`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use protocol::{ClientMessage, ServerMessage, http, limits, plan, types};
use ts_rs::{Config, TS};

const LIMITS_SOURCE: &str = include_str!("../../protocol/src/limits.rs");
const NOTE: &str = "// Generated from crates/protocol by `cargo xtask types`. Do not edit.\n";

/// Writes the files, or with `check` compares them with what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let folder = root.join("web/src/protocol/generated");
    let scratch = root.join(".cache/types");
    let wanted = generate(&scratch)?;
    if check {
        return compare(&folder, &wanted);
    }
    write(&folder, &wanted)?;
    println!("{} files in web/src/protocol/generated", wanted.len());
    Ok(())
}

/// File name to content. ts-rs only writes to a folder, so it gets a scratch one.
fn generate(scratch: &Path) -> Result<BTreeMap<String, String>> {
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    let config = Config::new().with_out_dir(scratch);
    ClientMessage::export_all(&config)?;
    ServerMessage::export_all(&config)?;
    http::NewCall::export_all(&config)?;
    http::CallSummary::export_all(&config)?;
    http::CallDetail::export_all(&config)?;
    // Not for the server: what a plan says, as clients have it once they opened it.
    plan::UnverifiedPlan::export_all(&config)?;
    types::CallInfo::export_all(&config)?;
    types::Delegation::export_all(&config)?;
    types::Seat::export_all(&config)?;

    let mut files = read_folder(scratch)?;
    for text in files.values_mut() {
        let whole = std::mem::take(text);
        let body = whole
            .split_once('\n')
            .map_or("", |(_its_own_note, body)| body);
        text.push_str(NOTE);
        for line in body.trim_end().lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    let names: Vec<&str> = files.keys().filter_map(|f| f.strip_suffix(".ts")).collect();
    let index = names
        .iter()
        .map(|name| format!("export type {{ {name} }} from \"./{name}\";\n"))
        .collect::<String>();
    files.insert(
        "index.ts".into(),
        format!("{NOTE}{index}export * from \"./limits\";\n"),
    );
    files.insert("limits.ts".into(), limits_ts()?);
    files.insert("looks.ts".into(), looks_ts());
    Ok(files)
}

/// What `protocol::lookalike` sees letters as: too much for the core that everybody loads, and wanted by
/// conveners only.
fn looks_ts() -> String {
    let hex = |c: char| format!("{:x}", c as u32);
    let entry = |(from, to): (char, String)| {
        let to: Vec<_> = to.chars().map(hex).collect();
        format!("{}={}", hex(from), to.join("+"))
    };
    let entries: Vec<_> = protocol::lookalike::prototypes().map(entry).collect();
    let lines = entries.chunks(16).map(|line| line.join(" ") + "\n");
    format!(
        "{NOTE}/** `letter=what it looks like`, in code points (hexadecimal). */\nexport const LOOKS = `{}`;\n",
        lines.collect::<String>()
    )
}

/// Every constant of `protocol::limits` and the protocol's version, with their doc comments.
fn limits_ts() -> Result<String> {
    macro_rules! values {
        ($($name:ident)*) => { BTreeMap::from([$((stringify!($name), limits::$name as u64)),*]) };
    }
    let values = values! {
        MESSAGE_BYTES_MAX SERVER_MESSAGE_BYTES_MAX SMALL_MESSAGE_BYTES_MAX MESSAGES_PER_SECOND MESSAGE_BURST PLAN_BYTES_MAX
        TITLE_LETTERS_MAX TITLE_BYTES_MAX NAME_LETTERS_MAX NAME_BYTES_MAX SHORT_NAME_LETTERS_MAX
        SHORT_NAME_BYTES_MAX SEAT_TEXTS_BYTES_MAX START_MS_MAX SEATS_MAX DELEGATIONS_MAX
        OPEN_MICROPHONES_MAX TILES_MAX SDP_BYTES_MAX SECRET_BYTES CLOCK_INTERVAL_MS HELLO_TIMEOUT_MS
        COMMIT_CHARS_MAX KEPT_CHARS_MAX PASSING_CHARS_MAX KNOCK_CHARS_MAX GRANT_CHARS_MAX SEALED_PLAN_CHARS_MAX
        MIRROR_SDP_BYTES_MAX MIRROR_MS MIRROR_INTERVAL_MS MIRROR_BITS_PER_SECOND
        LOG_ENTRIES_MAX LOG_CHARS_MAX LOG_BYTES_BURST LOG_BYTES_PER_SECOND BODY_BYTES_MAX
        PASSING_BYTES_BURST PASSING_BYTES_PER_SECOND OFFERS_BURST OFFERS_PER_SECOND
        CALLS_PER_CONVENER_MAX CONVENER_BYTES_MAX
    };
    let mut text = format!(
        "{NOTE}\n/** Version of the protocol, named in `hello`. */\nexport const VERSION = {};\n",
        protocol::VERSION
    );
    for (name, doc) in constants(LIMITS_SOURCE) {
        let value = values.get(name).with_context(|| {
            format!("protocol::limits::{name} is new: add it to the list in xtask's types.rs")
        })?;
        let doc = doc.replace("[`", "`").replace("`]", "`");
        text.push_str(&format!("/** {doc} */\nexport const {name} = {value};\n"));
    }
    Ok(text)
}

/// Names of the public constants in `source` with their doc comments, in order.
fn constants(source: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut doc = Vec::new();
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim());
        } else if let Some(rest) = line.strip_prefix("pub const ") {
            let name = rest.split(':').next().unwrap_or(rest);
            found.push((name, doc.join(" ")));
            doc.clear();
        } else {
            doc.clear();
        }
    }
    found
}

fn compare(folder: &Path, wanted: &BTreeMap<String, String>) -> Result<()> {
    let present = read_folder(folder).unwrap_or_default();
    let stale: BTreeSet<&str> = wanted
        .keys()
        .chain(present.keys())
        .filter(|name| wanted.get(*name) != present.get(*name))
        .map(String::as_str)
        .collect();
    if !stale.is_empty() {
        bail!(
            "web/src/protocol/generated is not what crates/protocol says ({}); run `cargo xtask types` and commit the result",
            Vec::from_iter(stale).join(", ")
        );
    }
    Ok(())
}

/// Leaves a file alone whose content is right, so that its time of change stays true.
fn write(folder: &Path, wanted: &BTreeMap<String, String>) -> Result<()> {
    fs::create_dir_all(folder)?;
    let present = read_folder(folder)?;
    for gone in present.keys().filter(|name| !wanted.contains_key(*name)) {
        fs::remove_file(folder.join(gone))?;
    }
    for (name, text) in wanted {
        if present.get(name) != Some(text) {
            fs::write(folder.join(name), text)?;
        }
    }
    Ok(())
}

fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str());
        files.insert(
            name.context("a file name that is not UTF-8")?.to_owned(),
            fs::read_to_string(&path)?,
        );
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_reaches_typescript_with_its_words() {
        let text = limits_ts().unwrap();
        assert!(text.contains("export const VERSION = 3;"));
        assert!(text.contains("export const TILES_MAX = 26;"));
        assert!(text.contains("averaged over `MESSAGE_BURST`"));
    }

    #[test]
    fn a_stale_a_missing_and_a_left_over_file_are_all_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("A.ts"), "old").unwrap();
        fs::write(folder.path().join("Gone.ts"), "x").unwrap();
        let wanted = BTreeMap::from([("A.ts".into(), "new".into()), ("B.ts".into(), "b".into())]);
        let error = compare(folder.path(), &wanted).unwrap_err().to_string();
        assert!(error.contains("A.ts, B.ts, Gone.ts"), "{error}");
        write(folder.path(), &wanted).unwrap();
        compare(folder.path(), &wanted).unwrap();
    }
}
