//! `ringback check` and `ringback graph` as an operator runs them.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[test]
fn what_ships_has_no_faults() {
    let output = run(&["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("No faults"));
}

#[test]
fn all_faults_come_in_one_run_with_line_excerpt_and_advice() {
    let folder = shipped_with(
        "reset.yaml",
        &[("next: verify } }", "next: verfy } }"), ("{ text: reset-intro,", "{ text: reset-intr,")],
    );
    let output = run(&["check", "--flows", folder.path().to_str().unwrap()]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error[L02]: there is no state `verfy` in the flow `reset`"), "{said}");
    assert!(said.contains("--> reset.yaml:20:"), "{said}");
    assert!(said.contains("= Did you mean `verify`?"), "{said}");
    assert!(said.contains("error[L11]: the message `reset-intr` is missing in `ms`"), "{said}");
    let caret = said.lines().find(|line| line.trim_end().ends_with('^')).unwrap();
    assert!(caret.trim_start().starts_with('|'), "{said}");
}

#[test]
fn findings_as_json() {
    let folder = shipped_with("gate_totp.yaml", &[("right: claim", "right: passed")]);
    let output = run(&["check", "--json", "--flows", folder.path().to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let findings = report["findings"].as_array().unwrap();
    assert!(report["errors"].as_u64().unwrap() >= 1);
    let first = findings.iter().find(|finding| finding["lint"] == "L10").unwrap();
    assert_eq!(first["file"], "gate_totp.yaml");
    assert_eq!(first["level"], "error");
    for field in ["line", "column", "excerpt", "message", "advice"] {
        assert!(!first[field].is_null(), "{field}");
    }
}

#[test]
fn faults_of_messages_and_institutions_are_found_too() {
    let locales = tempfile::tempdir().unwrap();
    copy(&top().join("locales/en"), &locales.path().join("en"));
    copy(&top().join("locales/ms"), &locales.path().join("ms"));
    let broken = locales.path().join("en/desk.ftl");
    let mut desk = std::fs::read_to_string(&broken).unwrap();
    desk.push_str("\nnobody-says-this = Hello.\nbroken = { $\n");
    std::fs::write(&broken, desk).unwrap();
    let tenants = tempfile::tempdir().unwrap();
    copy(&top().join("examples/tenants"), tenants.path());
    let file = tenants.path().join("apu.toml");
    let apu = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("nonsense = 1\n{apu}")).unwrap();

    let arguments = ["check", "--locales", locales.path().to_str().unwrap()];
    let said = text(&run(&arguments));
    assert!(said.contains("error[L11]") && said.contains("en/desk.ftl"), "{said}");
    let said = text(&run(&["check", "--tenants", tenants.path().to_str().unwrap()]));
    assert!(said.contains("error[tenant]") && said.contains("apu.toml:1:") && said.contains("nonsense"), "{said}");
}

#[test]
fn a_message_that_nothing_says_is_a_warning() {
    let locales = tempfile::tempdir().unwrap();
    for language in ["en", "ms"] {
        copy(&top().join("locales").join(language), &locales.path().join(language));
        std::fs::write(locales.path().join(language).join("more.ftl"), "nobody-says-this = Apa?\n").unwrap();
    }
    let output = run(&["check", "--locales", locales.path().to_str().unwrap()]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("warning[L11]: nothing says `nobody-says-this`"), "{said}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let output = run(&["check", "--flows", "/nowhere/at/all"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/at/all"));
}

#[test]
fn a_flow_is_drawn_and_an_unknown_one_is_not() {
    let mermaid = run(&["graph", "reset"]);
    assert!(text(&mermaid).contains("flowchart TD"));
    let svg = run(&["graph", "reset", "--format", "svg"]);
    assert!(text(&svg).starts_with("<svg "));
    assert!(text(&run(&["graph"])).contains("gate_code"));
    let unknown = run(&["graph", "reste"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("unlock_tail"), "names what there is");
}

/// The shipped flows in a folder, one of them changed.
fn shipped_with(file: &str, changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&top().join("flows"), folder.path());
    let path = folder.path().join(file);
    let mut script = std::fs::read_to_string(&path).unwrap();
    for (from, to) in changes {
        assert!(script.contains(from), "{from}");
        script = script.replacen(from, to, 1);
    }
    std::fs::write(path, script).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ringback")).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
