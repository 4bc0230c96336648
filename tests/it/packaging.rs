//! What packages install: the service's sandbox, the container, the bill of materials, completions and manual pages.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ringback(args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_ringback")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn g40_the_service_is_shut_in() {
    let unit = top().join("packaging/ringback.service");
    let output = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager"])
        .arg(&unit)
        .env("SYSTEMD_COLORS", "0")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.contains("Overall exposure level")).unwrap_or_else(|| panic!("{said}"));
    println!("{line}");
    let score: f64 = line.split(": ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    assert!(score <= 2.0, "{said}");
}

#[test]
fn the_service_ends_by_itself_before_it_is_killed() {
    let unit = std::fs::read_to_string(top().join("packaging/ringback.service")).unwrap();
    let value = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).unwrap();
    let stop: u64 = value("TimeoutStopSec").parse().unwrap();
    let drain = ringback::http::serve::Limits::default().drain.as_secs();
    assert!(stop >= drain + 5, "{stop} s to stop, and the service itself takes up to {drain} s and the last commits");
    assert!(value("ExecReload").contains("-HUP"));
    assert_eq!(value("LimitCORE"), "0", "a core file would hold passwords");
}

#[test]
fn the_container_has_no_root_and_no_shell() {
    let file = std::fs::read_to_string(top().join("packaging/Containerfile")).unwrap();
    let steps: Vec<&str> = file.lines().filter(|line| !line.starts_with('#')).collect();
    let last = steps.iter().rposition(|line| line.starts_with("FROM ")).unwrap();
    let (build, run) = steps.split_at(last);
    assert!(build.iter().any(|line| line.contains("cargo build --release --locked")));
    assert!(run[0].contains("distroless") && run[0].ends_with(":nonroot"), "{}", run[0]);
    assert!(run.contains(&"USER 65532:65532"));
    assert!(run.iter().all(|line| !line.starts_with("RUN ")), "the image has nothing to run it with");
    // The compiler is the one that the repository pins.
    let pinned: toml::Value =
        toml::from_str(&std::fs::read_to_string(top().join("rust-toolchain.toml")).unwrap()).unwrap();
    let channel = pinned["toolchain"]["channel"].as_str().unwrap();
    let image = format!("rust:{}", channel.splitn(3, '.').take(2).collect::<Vec<_>>().join("."));
    assert!(build.iter().any(|line| line.contains(&image)), "{image}");
}

#[test]
fn g40_the_bill_of_materials_is_whole() {
    let bill = || Command::new("python3").arg(top().join("packaging/sbom.py")).output().unwrap();
    let output = bill();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, bill().stdout, "the same tree gives the same bytes");
    let bill: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((bill["bomFormat"].as_str(), bill["specVersion"].as_str()), (Some("CycloneDX"), Some("1.5")));
    let components = bill["components"].as_array().unwrap();
    let names: BTreeSet<&str> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    for linked in ["axum", "sled", "rusqlite", "rustls", "ring", "ldap3", "totp-rs", "chacha20poly1305"] {
        assert!(names.contains(linked), "{linked}");
    }
    for of_tests in ["fantoccini", "proptest", "insta", "rcgen"] {
        assert!(!names.contains(of_tests), "{of_tests} is in no shipped program");
    }
    for component in components {
        assert_eq!(component["hashes"][0]["content"].as_str().map(str::len), Some(64), "{component}");
        assert!(component["licenses"][0]["expression"].is_string(), "{component}");
    }
    let listed: BTreeSet<&str> =
        bill["dependencies"].as_array().unwrap().iter().map(|d| d["ref"].as_str().unwrap()).collect();
    assert_eq!(listed.len(), components.len() + 1, "every component and the program itself");
    println!("{} components", components.len());
}

#[test]
fn every_command_has_a_manual_page_and_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    ringback(&["man", "--into", folder.path().to_str().unwrap()]);
    let help = String::from_utf8(ringback(&["help"]).stdout).unwrap();
    let commands = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| line.starts_with("  "))
        .filter(|line| line.as_bytes()[2] != b' ')
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(ringback(&["completions", shell]).stdout).unwrap();
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    for command in &commands {
        let page = std::fs::read_to_string(folder.path().join(format!("ringback-{command}.1"))).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{command}");
    }
    let page = String::from_utf8(ringback(&["man"]).stdout).unwrap();
    assert!(page.contains(".TH ringback 1"));
}
