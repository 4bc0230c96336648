//! What every file owes its reader.

use super::source::{Source, names, top};

/// Above this a file asks what wants to move out; nothing may be longer.
const LONGEST: usize = 600;
/// Worth a look; printed, not refused.
const LONG: usize = 400;

#[test]
fn every_file_opens_with_its_purpose() {
    let bare = all().filter(|source| !source.text.starts_with("//! ")).map(|source| source.path);
    let bare: Vec<String> = bare.collect();
    assert!(bare.is_empty(), "the first line says what a file is for (`//! ..`): {bare:#?}");
}

#[test]
fn files_stay_readable() {
    let lines = |source: &Source| source.text.lines().count();
    for source in all().filter(|source| lines(source) > LONG) {
        println!("long: {} has {} lines", source.path, lines(&source));
    }
    let longest: Vec<String> = all().filter(|source| lines(source) > LONGEST).map(|source| source.path).collect();
    assert!(longest.is_empty(), "longer than {LONGEST} lines: {longest:#?}");
}

#[test]
fn nothing_gives_up_in_the_middle() {
    let mut found = Vec::new();
    for source in Source::under("src") {
        for line in source.code() {
            for what in [".unwrap()", "todo!", "unimplemented!", "dbg!"] {
                if line.code.contains(what) {
                    found.push(format!("{}:{} {what}", source.path, line.number));
                }
            }
        }
    }
    assert!(found.is_empty(), "return an error, or state the invariant with `expect`:\n{}", found.join("\n"));
}

#[test]
fn no_test_is_skipped() {
    // Put together here, so that this file does not find itself.
    let ignored = concat!("#[", "ignore");
    let found: Vec<String> = all().filter(|source| source.text.contains(ignored)).map(|source| source.path).collect();
    assert!(found.is_empty(), "a test that does not run proves nothing: {found:#?}");
}

#[test]
fn one_module_style() {
    let found: Vec<String> = all().map(|source| source.path).filter(|path| path.ends_with("/mod.rs")).collect();
    assert!(found.is_empty(), "`foo.rs` beside `foo/`, not {found:#?}");
}

#[test]
fn prints_are_for_the_command_line() {
    let mut found = Vec::new();
    for source in Source::under("src").iter().filter(|source| !matches!(source.module(), "cli" | "main" | "channels")) {
        for line in source.code() {
            for what in ["println", "eprintln", "print", "eprint"] {
                if names(line.code, what) && line.code.contains(&format!("{what}!")) {
                    found.push(format!("{}:{}", source.path, line.number));
                }
            }
        }
    }
    assert!(found.is_empty(), "words on the screen belong to `cli`, logs to `tracing`: {found:#?}");
}

#[test]
fn the_changelog_speaks_of_this_version() {
    let changelog = std::fs::read_to_string(top().join("CHANGELOG.md")).unwrap();
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains(&heading), "CHANGELOG.md has no `{heading}`");
}

fn all() -> impl Iterator<Item = Source> {
    Source::under("src").into_iter().chain(Source::under("tests"))
}
