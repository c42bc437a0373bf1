//! `incamera rehearse` as a script sees it: real calls of some seconds, exit codes, the last line.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

/// Three seats, one of them on a poor line; another one's machine dies and returns.
const CALL: &str = r#"
title = "Budget committee"
rehearsal = true
minutes = 30

[[delegations]]
name = "Board"
seats = [{ name = "Ada", host = true }]

[[delegations]]
name = "Works council"
network = "moderate"
seats = [{ name = "Cem" }]

[[delegations]]
name = "Union"
seats = [{ name = "Olu" }]

[script]
arrivals = "1:00"
turn = "4:00"

[[script.acts]]
at = "6:00"
act = "close-doors"

[[script.acts]]
at = "8:00"
act = "check-words"

[[script.acts]]
at = "12:00"
act = "share"
delegation = "Board"
lasts = "6:00"

[[script.acts]]
at = "18:00"
act = "drop"
delegation = "Union"
lasts = "1:00"
"#;

struct Run {
    code: i32,
    last: Value,
    err: String,
}

fn rehearse(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_incamera"))
        .arg("rehearse")
        .args(arguments)
        .env_remove("INCAMERA_SERVER")
        .env_remove("INCAMERA_KEY")
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let last = out.lines().last().unwrap_or_default();
    Run {
        code: output.status.code().unwrap_or(-1),
        last: serde_json::from_str(last).unwrap_or(Value::Null),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn written(folder: &TempDir, text: &str) -> PathBuf {
    let file = folder.path().join("call.toml");
    std::fs::write(&file, text).unwrap();
    file
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}

#[test]
fn a_call_with_a_lossy_seat_and_one_that_drops_and_returns_passes() {
    let folder = tempfile::tempdir().unwrap();
    // A machine that builds and tests at the same time is slow: only what is lost counts here.
    let lenient = "\n[thresholds]\nlongest_freeze_ms = 6000\npictures_late_percent = 30\n\
        pictures_missed_percent = 25\nvoice_lost_percent = 5\nfirst_frame_ms = 8000\n\
        recovery_ms = 9000\n";
    let file = written(&folder, &format!("{CALL}{lenient}"));
    let page = folder.path().join("page.html");
    let run = rehearse(&[
        path(&file),
        "--minutes",
        "0.25",
        "--json",
        "--html",
        path(&page),
    ]);
    let result = &run.last;
    assert_eq!(run.code, 0, "{} {:#}", run.err, result["faults"]);
    assert_eq!(
        (result["ok"].as_bool(), result["verdict"].as_str()),
        (Some(true), Some("pass"))
    );
    let seats = result["seats"].as_array().unwrap();
    assert_eq!(seats.len(), 3);
    let lossy = &seats[1];
    assert!(lossy["line"]["up_lost"].as_u64().unwrap() > 0);
    assert!(lossy["line"]["down_lost"].as_u64().unwrap() > 0);
    assert!(seats[0]["line"].is_null());
    for seat in seats {
        assert_eq!(seat["verified"].as_array().unwrap().len(), 3);
    }
    // The third seat's machine was started again after the check.
    assert_eq!(seats[0]["words"].as_array().unwrap().len(), 6);
    assert_eq!(seats[1]["words"], seats[0]["words"]);
    assert_eq!(lossy["screens_seen"], serde_json::json!([1]));
    let incidents = result["calls"][0]["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["never_again"], 0);
    assert!(incidents[0]["recovery_ms"].as_u64().unwrap() > 0);

    let page = std::fs::read_to_string(page).unwrap();
    for foreign in ["<script", "http://", "https://", "<link", "<img", "url("] {
        assert!(!page.contains(foreign), "the page has {foreign}");
    }
    assert!(page.contains("<svg") && page.contains("Works council"));
}

#[test]
fn a_missed_threshold_fails_with_1_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let text = CALL.split("[script]").next().unwrap();
    let file = written(
        &folder,
        &format!("{text}\n[thresholds]\nvoice_lost_percent = 0\n"),
    );
    let run = rehearse(&[
        path(&file),
        "--minutes",
        "0.2",
        "--json",
        "--network",
        "moderate",
    ]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_eq!(run.last["verdict"], "fail");
    let faults = run.last["faults"].to_string();
    assert!(faults.contains("of the voices, not 0.0"), "{faults}");
}

#[test]
fn what_cannot_be_played_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(&folder, CALL);
    let run = rehearse(&["no-such-file.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no-such-file.toml"), "{}", run.err);
    let run = rehearse(&[path(&file), "--network", "dial-up"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("satellite"), "{}", run.err);
    let nobody = ["--server", "http://127.0.0.1:9", "--key", "k"];
    let run = rehearse(&[&[path(&file)][..], &nobody].concat());
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot reach"), "{}", run.err);
    let wrong = written(&folder, &CALL.replace("arrivals", "arivals"));
    let run = rehearse(&[path(&wrong)]);
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("line 20") && run.err.contains("`arrivals`"),
        "{}",
        run.err
    );
}
