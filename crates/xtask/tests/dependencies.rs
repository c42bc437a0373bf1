//! What may link what, as `ARCHITECTURE.md` draws it. Asked of cargo, so that a change of some
//! `Cargo.toml` cannot pass it by.

use std::process::Command;

/// Names of all crates that `package` links.
fn linked_by(package: &str) -> Vec<String> {
    linked_without(package, &[])
}

/// Those that it links not only through `pruned`.
fn linked_without(package: &str, pruned: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--package", package])
        .args(pruned.iter().flat_map(|name| ["--prune", name]))
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

fn assert_links_none_of(package: &str, forbidden: &[&str]) {
    let linked = linked_by(package);
    assert!(linked.len() > 1, "{package} links nothing at all");
    let found: Vec<_> = linked
        .iter()
        .filter(|name| forbidden.contains(&name.as_str()))
        .collect();
    assert!(found.is_empty(), "{package} links {found:?}");
}

#[test]
fn the_server_links_nothing_that_could_open_a_call() {
    let forbidden = ["sealed", "openmls", "mls-rs", "sframe", "participant"];
    assert_links_none_of("server", &forbidden);
    // What keys of a call are derived with. PostgreSQL's driver makes numbers of locks out of names with it.
    let other = linked_without("server", &["sqlx-postgres"]);
    assert!(other.iter().any(|name| name == "sqlx-sqlite"));
    assert!(
        other.iter().all(|name| name != "hkdf"),
        "the server links hkdf"
    );
}

#[test]
fn cores_link_no_sockets_no_runtime_and_not_each_other() {
    let io = ["tokio", "mio", "socket2", "axum", "hyper", "sqlx", "server"];
    for core in ["protocol", "call", "sfu", "sealed"] {
        assert_links_none_of(core, &io);
    }
    assert_links_none_of("call", &["sfu", "str0m", "sealed"]);
    assert_links_none_of("sfu", &["call", "sealed"]);
    assert_links_none_of("sealed", &["call", "sfu", "str0m"]);
}

/// What breaks the sealing on purpose, or lets a test act as a bribed member or server, is in nothing
/// that the workspace builds unless it is asked for by name.
#[test]
fn nothing_is_built_with_what_only_attacks_need() {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "tree",
            "--locked",
            "--workspace",
            "--edges",
            "normal,dev",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}|{f}"])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let of = |name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .expect("it is built")
            .to_owned()
    };
    for (package, forbidden) in [
        ("sealed v", "sabotage"),
        ("sealed v", "forge"),
        ("server v", "evil"),
        ("evil v", "suite"),
    ] {
        let line = of(package);
        let (_, features) = line.split_once('|').expect("as the format says");
        assert!(!features.contains(forbidden), "{line}");
    }
}
