//! Imports point down only; the core does no I/O.

use super::source::{Source, names, top};

/// Who may import whom. The same table is the module picture of `docs/ARCHITECTURE.md`.
pub const MAY_IMPORT: &[(&str, &[&str])] = &[
    // ground
    ("model", &[]),
    ("metrics", &[]),
    // core: pure and synchronous
    ("audit", &["model"]),
    ("text", &["model"]),
    ("flow", &["model", "text"]),
    ("policy", &["model"]),
    ("verify", &["model", "policy"]),
    ("engine", &["model", "audit", "text", "flow", "policy", "verify"]),
    // files of ours, for those who keep something
    ("disk", &[]),
    // border
    ("ports", &["model", "audit", "policy", "verify"]),
    // shell
    ("runtime", &["model", "metrics", "audit", "text", "flow", "policy", "verify", "engine", "ports"]),
    // adapters: never one another; `http` is the shared web layer of those that talk to people
    ("http", &["model", "metrics", "text", "policy", "ports"]),
    ("channels", &["model", "audit", "text", "policy", "verify", "engine", "ports", "runtime", "http"]),
    ("desk", &["model", "text", "policy", "ports", "runtime", "http"]),
    ("directory", &["model", "policy", "verify", "ports"]),
    ("senders", &["model", "text", "ports"]),
    ("store", &["model", "verify", "ports", "disk"]),
    ("registry", &["model", "policy", "verify", "ports", "disk"]),
    ("audit_log", &["model", "audit", "verify", "ports", "disk"]),
    // top
    (
        "config",
        &[
            "model",
            "text",
            "flow",
            "policy",
            "verify",
            "ports",
            "runtime",
            "http",
            "channels",
            "desk",
            "directory",
            "senders",
            "store",
            "registry",
            "audit_log",
        ],
    ),
    (
        "app",
        &[
            "model",
            "metrics",
            "audit",
            "text",
            "flow",
            "policy",
            "verify",
            "engine",
            "ports",
            "runtime",
            "http",
            "channels",
            "desk",
            "directory",
            "senders",
            "store",
            "registry",
            "audit_log",
            "disk",
            "config",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "audit",
            "text",
            "flow",
            "policy",
            "verify",
            "ports",
            "runtime",
            "channels",
            "store",
            "registry",
            "audit_log",
            "disk",
            "config",
            "app",
        ],
    ),
    ("main", &["cli"]),
];

/// Modules that think. What they may not name, and why each would break the replay of a conversation.
const CORE: &[&str] = &["model", "audit", "text", "flow", "policy", "verify", "engine"];
const OUTSIDE: &[&str] = &[
    "tokio",
    "axum",
    "hyper",
    "sled",
    "rusqlite",
    "reqwest",
    "ldap3",
    "lettre",
    "getrandom",
    "SystemTime",
    "Instant",
    "std::env",
    "std::fs",
    "std::net",
    "std::thread",
    "tracing",
    "async_trait",
];
/// The border names no library of the outside either; it may be asynchronous.
const OUTSIDE_OF_PORTS: &[&str] =
    &["tokio", "axum", "hyper", "sled", "rusqlite", "reqwest", "ldap3", "lettre", "getrandom", "SystemTime"];

#[test]
fn every_module_is_in_the_table() {
    let lib = std::fs::read_to_string(top().join("src/lib.rs")).unwrap();
    let declared = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let missing: Vec<&str> = declared.filter(|module| allowed(module).is_none()).collect();
    assert!(missing.is_empty(), "say in MAY_IMPORT what these may import: {missing:?}");
}

#[test]
fn imports_point_down_only() {
    let sources = Source::under("src");
    assert!(sources.len() > 40, "the scan found {} files only", sources.len());
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.path != "src/lib.rs") {
        let from = source.module();
        let may = allowed(from).unwrap_or(&[]);
        for line in source.code() {
            for to in imported(source, line.code) {
                if to != from && !may.contains(&to.as_str()) {
                    wrong.push(format!("{}:{} {from} -> {to}", source.path, line.number));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the table does not list:\n{}", wrong.join("\n"));
}

#[test]
fn the_core_does_no_io() {
    let mut wrong = Vec::new();
    for source in Source::under("src") {
        let banned = match source.module() {
            core if CORE.contains(&core) => OUTSIDE,
            "ports" => OUTSIDE_OF_PORTS,
            _ => continue,
        };
        for line in source.code() {
            for path in banned.iter().filter(|path| names(line.code, path)) {
                wrong.push(format!("{}:{} names {path}", source.path, line.number));
            }
        }
    }
    assert!(wrong.is_empty(), "the core and its border do no I/O and read no clock:\n{}", wrong.join("\n"));
}

#[test]
fn the_picture_shows_this_table() {
    let page = std::fs::read_to_string(top().join("docs/ARCHITECTURE.md")).unwrap();
    let drawn = |(name, may): &(&str, &[&str])| format!("{name:<10} -> {}", may.join(" ")).trim_end().to_owned();
    let picture: Vec<String> = MAY_IMPORT.iter().rev().map(drawn).collect();
    let picture = picture.join("\n");
    assert!(page.contains(&format!("```text\n{picture}\n```")), "docs/ARCHITECTURE.md should show:\n{picture}");
}

#[test]
fn the_scan_sees_what_it_looks_for() {
    let text =
        "use crate::model::ids;\n// crate::app\nuse crate::{engine::event, runtime};\nlet x = crate::http::f();\n";
    let source = Source { path: "src/flow/x.rs".into(), text: text.into() };
    let seen: Vec<String> = source.code().flat_map(|line| imported(&source, line.code)).collect();
    assert_eq!(seen, ["model", "engine", "runtime", "http"]);
    let source = Source { path: "src/flow.rs".into(), text: "use super::app::demo;".into() };
    assert_eq!(imported(&source, "use super::app::demo;"), ["app"]);
    assert!(names("let x = tokio::spawn()", "tokio") && !names("let tokio_like = 1", "tokio"));
}

fn allowed(module: &str) -> Option<&'static [&'static str]> {
    MAY_IMPORT.iter().find(|(name, _)| *name == module).map(|(_, may)| *may)
}

/// Top-level modules that a line of code names.
fn imported(source: &Source, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let first_name = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    // Only the program's own file names the library from outside; elsewhere that is the target of a trace.
    let prefix = if source.path == "src/main.rs" { "ringback::" } else { "crate::" };
    for (at, prefix) in code.match_indices(prefix) {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let inside = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
                let mut depth = 0;
                let members = inside.split(|c| {
                    depth += match c {
                        '{' => 1,
                        '}' => -1,
                        _ => 0,
                    };
                    c == ',' && depth == 0
                });
                found.extend(members.map(|member| first_name(member.trim())));
            }
            None => found.push(first_name(rest)),
        }
    }
    // `super` from a file that is itself a top-level module means the crate.
    if !source.path.trim_start_matches("src/").contains('/')
        && let Some(rest) = code.strip_prefix("use super::")
    {
        found.push(first_name(rest));
    }
    found.retain(|name| !name.is_empty());
    found
}
