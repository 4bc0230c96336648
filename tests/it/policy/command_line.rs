//! `ringback explain` and `ringback config check`, as an operator runs them.

use std::process::{Command, Output};

fn ringback(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
    command.env_remove("RINGBACK_KEYS").args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn explain_says_each_rule_with_the_line_that_decided_it() {
    let output = ringback(&["explain", "--tenant", "apu", "--user", "siti@apu.edu.my"]);
    assert_eq!(output.status.code(), Some(0));
    let said = said(&output);
    let file = include_str!("../../../examples/tenants/apu.toml");
    let line = |starts: &str| {
        let place = file.lines().position(|line| line.starts_with(starts)).unwrap();
        format!("line {}", place + 1)
    };
    for (why, what) in [
        (line("needed ="), "1 check must pass, for a new password and for unlocking."),
        (line("methods ="), "On offer, where registered and wired: email, sms, call_mobile, totp, questions."),
        (line("min ="), "At least 8 characters."),
        (line("classes_of_four ="), "At least 3 of these: lower-case letters, capital letters, digits, symbols."),
        (line("suffix = \"apu"), "siti@apu.edu.my is staff, by the domain apu.edu.my."),
        ("default".to_owned(), "Codes and answers compared: 2500 in a day for all."),
        ("built in".to_owned(), "Delivered codes have 8 digits and live 5 minutes."),
    ] {
        let expected = format!("  {why:<10} {what}");
        assert!(said.lines().any(|line| line == expected), "no `{expected}` in:\n{said}");
    }
}

#[test]
fn explain_tells_institutions_apart() {
    let imu = said(&ringback(&["explain", "--tenant", "imu", "--user", "x@apu.edu.my"]));
    assert!(imu.contains("2 checks must pass"), "{imu}");
    assert!(imu.contains("Every case starts with a picture or audio challenge."), "{imu}");
    assert!(imu.contains("x@apu.edu.my is of no population"), "{imu}");
    assert!(imu.contains("Not your last password."), "{imu}");
}

#[test]
fn explain_of_an_unknown_institution_names_those_that_ship() {
    let output = ringback(&["explain", "--tenant", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("apu, imu, office365, aps"), "{}", said(&output));
}

#[test]
fn config_check_reports_every_fault_and_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ringback.toml");
    std::fs::write(&file, "public_url = \"http://reset.example.edu\"\nprot = 1\n").unwrap();
    let output = ringback(&["config", "check", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    for expected in ["`public_url`", "`prot` is not a key", "`data` is missing", "`keys_file` is missing", "5 error(s)"]
    {
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
    }
    assert!(said.contains(&format!("  at {}:2\n", file.display())), "{said}");

    let output = ringback(&["config", "check", "--json", file.to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["errors"].as_array().map(Vec::len), Some(5));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn config_check_of_a_file_that_is_not_there_says_so() {
    let output = ringback(&["config", "check", "no/such.toml"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("no/such.toml"), "{}", said(&output));
}
