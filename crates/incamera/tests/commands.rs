//! The commands as a script sees them: exit codes, JSON, messages that say what to do.

mod common;

use common::{configure, free_address, incamera, run, serve};
use serde_json::Value;
use tempfile::TempDir;

const PLAN: &str = r#"
title = "Budget committee"

[[delegations]]
name = "Board"
seats = [{ name = "Ada", host = true }, { name = "Olu", kind = "observer" }]

[[delegations]]
name = "Works council"
seats = [{ name = "Cem" }]
"#;

fn folder_with_plan() -> (TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, PLAN).unwrap();
    let config = configure(folder.path());
    (folder, plan.display().to_string(), config)
}

#[test]
fn a_call_is_convened_kept_through_a_crash_ended_and_deleted() {
    let (_folder, plan, config) = folder_with_plan();
    let server = serve(&config);
    let (code, out, err) = run(&mut incamera(&[
        "call", "new", &plan, "--config", &config, "--json",
    ]));
    assert_eq!(code, 0, "{err}");
    let made: Value = serde_json::from_str(&out).unwrap();
    let call = made["call"].as_str().unwrap();
    let links: Vec<&str> = made["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| seat["link"].as_str().unwrap())
        .collect();
    let start = format!("{}/c/{call}#", server.url);
    assert!(links[0].starts_with(&format!("{start}host.1.")));
    assert!(
        links[1..]
            .iter()
            .all(|link| link.starts_with(&format!("{start}seat.")))
    );
    drop(server); // SIGKILL
    let server = serve(&config);
    let (_, out, _) = run(&mut incamera(&[
        "call", "list", "--config", &config, "--json",
    ]));
    let list: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(list["calls"][0]["info"]["id"], call);
    let (code, out, err) = run(&mut incamera(&["call", "show", call, "--config", &config]));
    let expected = ["seat 1", "delegation 2", "observer", "(host)", "video"];
    assert!(
        code == 0 && expected.iter().all(|text| out.contains(text)),
        "{out}"
    );
    assert!(err.contains("Names are sealed"), "{err}");
    let (_, json, _) = run(&mut incamera(&[
        "call", "show", call, "--config", &config, "--json",
    ]));
    assert!(
        !["Ada", "Olu", "Cem"].iter().any(|name| out.contains(name)),
        "{out}"
    );
    let long = ["Board", "Budget", "council"]; // nothing sealed has these by chance
    assert!(
        !long.iter().any(|text| (out.clone() + &json).contains(text)),
        "{json}"
    );
    for act in ["end", "delete"] {
        let (code, _, err) = run(&mut incamera(&["call", act, call, "--config", &config]));
        assert_eq!(code, 0, "{err}");
    }
    let (code, _, err) = run(&mut incamera(&["call", "show", call, "--config", &config]));
    assert!(code == 4 && err.contains("no such call"), "{err}");
    assert_eq!(server.terminate(), 0);
}

#[test]
fn a_convener_key_is_shown_once_and_works_until_removed() {
    let (folder, plan, config) = folder_with_plan();
    let server = serve(&config);
    let (code, key, _) = run(&mut incamera(&[
        "convener",
        "add",
        "Protocol office",
        "--config",
        &config,
    ]));
    assert_eq!((code, key.trim().len()), (0, 43));
    let (code, _, err) = run(&mut incamera(&[
        "convener",
        "add",
        "Protocol office",
        "--config",
        &config,
    ]));
    assert!(code == 4 && err.contains("of that name"), "{err}");
    let (_, out, _) = run(&mut incamera(&["convener", "list", "--config", &config]));
    assert_eq!(out, "Protocol office\n");
    let certificate = folder.path().join("data/self-signed.pem");
    let by_key = |arguments: &[&str]| {
        let mut command = incamera(arguments);
        command.arg("--certificate").arg(&certificate);
        command
            .env("INCAMERA_SERVER", &server.url)
            .env("INCAMERA_KEY", key.trim());
        run(&mut command)
    };
    let (code, _, err) = by_key(&["call", "new", &plan]);
    assert_eq!(code, 0, "{err}");
    let (code, out, _) = by_key(&["call", "list"]);
    assert!(
        code == 0 && out.contains("2 delegations") && !out.contains("Budget"),
        "{out}"
    );
    let (code, _, err) = run(&mut incamera(&[
        "convener",
        "remove",
        "Protocol office",
        "--config",
        &config,
    ]));
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = by_key(&["call", "list"]);
    assert!(code == 4 && err.contains("convener key"), "{err}");
}

#[test]
fn what_goes_wrong_has_a_code_and_says_what_to_do() {
    let (folder, plan, config) = folder_with_plan();
    let bad_plan = folder.path().join("bad.toml").display().to_string();
    std::fs::write(&bad_plan, PLAN.replace("Ada", "A\\u202Eda")).unwrap();
    let bad_config = folder.path().join("bad-config.toml").display().to_string();
    std::fs::write(&bad_config, "data = \"/x\"\nlisten = 7\n").unwrap();
    let nobody = format!("http://{}", free_address());
    for (arguments, code, says) in [
        (vec!["call", "list"], 2, "--server"),
        (
            vec!["call", "new", &bad_plan, "--server", &nobody, "--key", "x"],
            2,
            "seat 1 of delegation 1",
        ),
        (
            vec![
                "call",
                "new",
                "/nowhere.toml",
                "--server",
                &nobody,
                "--key",
                "x",
            ],
            2,
            "/nowhere.toml",
        ),
        (
            vec!["call", "new", &plan, "--server", &nobody, "--key", "x"],
            3,
            "nothing listens there",
        ),
        (
            vec!["call", "list", "--config", &config],
            3,
            "incamera serve",
        ),
        (
            vec!["call", "show", "short", "--config", &config],
            2,
            "26 characters",
        ),
        (vec!["serve", "--config", &bad_config], 2, "line 2"),
        (vec!["serve", "--config", "/nowhere.toml"], 2, "--config"),
        (
            vec![
                "serve",
                "--http-localhost",
                "--listen",
                "0.0.0.0:0",
                "--config",
                &config,
            ],
            2,
            "127.0.0.1",
        ),
        (
            vec!["serve", "--data", "/proc/nowhere", "--config", &config],
            1,
            "data folder",
        ),
        (
            vec!["convener", "add", "", "--config", &config],
            2,
            "is empty",
        ),
        (
            vec!["convener", "remove", "nobody", "--config", &config],
            4,
            "convener list",
        ),
        (vec!["fly"], 2, "Usage"),
    ] {
        let (found, _, err) = run(&mut incamera(&arguments));
        assert_eq!(found, code, "{arguments:?}: {err}");
        assert!(err.contains(says), "{arguments:?}: {err}");
        assert!(!err.contains("panicked"), "{err}");
    }
}

#[test]
fn a_port_in_use_is_told_with_who_has_it() {
    let (folder, _, config) = folder_with_plan();
    let server = serve(&config);
    let (code, _, err) = run(&mut incamera(&["serve", "--config", &config]));
    assert_eq!(code, 1);
    assert!(err.contains("in use by another incamera"), "{err}");
    let data = folder.path().join("other").display().to_string();
    let (code, _, err) = run(&mut incamera(&[
        "serve", "--config", &config, "--data", &data,
    ]));
    assert_eq!(code, 1);
    let who = format!("incamera (process {})", server.id());
    assert!(
        err.contains("is in use by") && err.contains(&who) && err.contains("--listen"),
        "{err}"
    );
}

#[test]
fn every_command_explains_itself_and_its_exit_codes() {
    for command in [vec![], vec!["serve"], vec!["call"], vec!["convener"]] {
        let (code, out, _) = run(incamera(&command).arg("--help"));
        assert!(
            code == 0 && out.contains("Exit codes"),
            "{command:?}: {out}"
        );
    }
}
