//! Files that are made from the code: the schema for editors, and the record of flow versions.
//! `RINGBACK_REWRITE=1 cargo test` writes them anew; read the difference before you keep it.

use std::path::PathBuf;

use ringback::flow::fingerprint;
use ringback::flow::graph::Picture;
use ringback::flow::load::shipped;
use ringback::flow::read::Scripts;
use ringback::flow::schema::schema;
use ringback::flow::set::FlowSet;
use ringback::model::names::FlowId;

#[test]
fn the_schema_for_editors_is_current() {
    keep("flows/schema.json", &schema());
}

#[test]
fn the_picture_of_the_reset_flow_is_current() {
    let set = FlowSet::load(&shipped(), None).unwrap();
    keep("docs/images/reset.svg", &Picture::of_flow(&set, &FlowId::of("reset")).unwrap().svg());
}

#[test]
fn a_changed_flow_has_a_new_version() {
    let scripts = read(&shipped());
    let known = std::fs::read_to_string(path("flows/versions.txt")).unwrap_or_default();
    let findings = fingerprint::unraised(&scripts, &known);
    assert!(findings.is_empty(), "{}", findings.iter().map(ToString::to_string).collect::<String>());
    keep("flows/versions.txt", &fingerprint::lines(&scripts));
}

#[test]
fn a_change_without_a_new_version_is_found_at_its_flow() {
    let known = fingerprint::lines(&read(&shipped()));
    let changed = |from: &str, to: &str| {
        let mut files = shipped();
        let (_, text) = files.iter_mut().find(|(name, _)| name == "handover.yaml").unwrap();
        assert!(text.contains(from));
        *text = text.replace(from, to);
        fingerprint::unraised(&read(&files), &known)
    };
    let findings = changed("voice_key: \"3\"", "voice_key: \"4\"");
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].lint.to_string().as_str(), findings[0].line), ("L19", 4));
    assert!(findings[0].advice.contains("version: 4"));
    assert_eq!(changed("version: 3", "version: 4"), []);
    assert_eq!(changed("# Where self-service ends", "# Another remark"), []);
    let raised = changed("version: 3\nkind: part", "version: 4\nkind: part");
    assert_eq!(raised, []);
}

#[test]
fn scripts_name_the_schema() {
    for (name, text) in shipped() {
        let first = text.lines().next().unwrap_or_default();
        assert_eq!(first, "# yaml-language-server: $schema=./schema.json", "{name}");
    }
}

fn read(files: &[(String, String)]) -> Scripts {
    let mut findings = Vec::new();
    let scripts = Scripts::read(files, &mut findings);
    assert_eq!(findings, []);
    scripts
}

/// Compares a kept file with what it should be, or writes it.
fn keep(name: &str, expected: &str) {
    if std::env::var_os("RINGBACK_REWRITE").is_some() {
        std::fs::write(path(name), expected).unwrap();
    }
    let kept = std::fs::read_to_string(path(name)).unwrap_or_default();
    assert!(
        kept == expected,
        "{name} is not current: run the tests once with RINGBACK_REWRITE=1 and read the difference"
    );
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}
