//! `cargo xtask licences`: every dependency comes from the registry and under a licence we accept.
//!
//! Stands in for `cargo deny`, whose rules are in `deny.toml` and which runs too where it is
//! installed: it takes many minutes to build, and this check needs none.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::sh;

/// As in `deny.toml`; a test compares them.
const ACCEPTED: [&str; 18] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "NCSA",
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
const REGISTRY: &str = "registry+";

/// Checks the Rust and the JavaScript dependencies.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut faults = rust(root)?;
    faults.extend(javascript(root)?);
    if !faults.is_empty() {
        bail!(
            "dependencies that may not be used:\n  {}",
            faults.join("\n  ")
        );
    }
    if sh::find("cargo-deny").is_some() {
        sh::run(&mut sh::cargo(
            root,
            &["deny", "--offline", "check", "bans", "licenses", "sources"],
        ))?;
        advisories(root)?;
    } else {
        println!(
            "cargo-deny is not installed: deny.toml's bans were not checked, and advisories about \
             dependencies were not looked up"
        );
    }
    Ok(())
}

/// Known faults of dependencies, where their database can be had.
fn advisories(root: &Path) -> Result<()> {
    if sh::read(&mut sh::cargo(root, &["deny", "fetch", "db"])).is_err() {
        println!("the advisory database cannot be had here: advisories were not looked up");
        return Ok(());
    }
    sh::run(&mut sh::cargo(
        root,
        &["deny", "--offline", "check", "advisories"],
    ))
}

fn rust(root: &Path) -> Result<Vec<String>> {
    let arguments = ["metadata", "--locked", "--format-version", "1"];
    let metadata: Value = serde_json::from_str(&sh::read(&mut sh::cargo(root, &arguments))?)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut faults = Vec::new();
    for package in packages {
        let name = format!("{} {}", package["name"], package["version"]).replace('"', "");
        match package["source"].as_str() {
            None => continue, // a crate of this workspace
            Some(source) if source.starts_with(REGISTRY) => {}
            Some(source) => faults.push(format!("{name} comes from {source}")),
        }
        faults.extend(fault(&name, package["license"].as_str()));
    }
    Ok(faults)
}

fn javascript(root: &Path) -> Result<Vec<String>> {
    let lock: Value =
        serde_json::from_str(&fs::read_to_string(root.join("web/package-lock.json"))?)?;
    let packages = lock["packages"].as_object().context("no packages")?;
    Ok(packages
        .iter()
        .filter(|(path, _)| !path.is_empty())
        .filter_map(|(path, package)| fault(path, package["license"].as_str()))
        .collect())
}

fn fault(name: &str, licence: Option<&str>) -> Option<String> {
    match licence {
        None => Some(format!("{name} names no licence")),
        Some(licence) if accepted(licence) => None,
        Some(licence) => Some(format!("{name} is under {licence}")),
    }
}

/// Whether an SPDX expression (or the old `A/B`) can be met by licences we accept.
fn accepted(expression: &str) -> bool {
    let text = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = text.split_whitespace().peekable();
    let met = any_of(&mut words);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>) -> bool {
    let mut met = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        // Not `met || …`: the words of the other side must be read in any case.
        met |= all_of(words);
    }
    met
}

fn all_of(words: &mut Words<'_>) -> bool {
    let mut met = one(words);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words);
    }
    met
}

fn one(words: &mut Words<'_>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let met = any_of(words);
        return words.next() == Some(")") && met;
    }
    let Some(name) = words.next() else {
        return false;
    };
    if words.next_if_eq(&"WITH").is_some() {
        let name = format!("{name} WITH {}", words.next().unwrap_or_default());
        return ACCEPTED.contains(&name.as_str());
    }
    ACCEPTED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-2.0) AND ISC",
            "Apache-2.0 WITH LLVM-exception OR Nothing",
            "MIT OR Apache-2.0 AND GPL-3.0",
        ] {
            assert!(accepted(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT",
            "MIT)",
            "MIT WITH x",
            "MIT ISC",
        ] {
            assert!(!accepted(bad), "{bad}");
        }
    }

    #[test]
    fn deny_toml_accepts_the_same_licences() {
        let deny = include_str!("../../../deny.toml");
        let list = deny
            .split_once("\nallow = [")
            .unwrap()
            .1
            .split_once(']')
            .unwrap()
            .0;
        let mut named: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        named.sort_unstable();
        assert_eq!(named, ACCEPTED);
    }
}
