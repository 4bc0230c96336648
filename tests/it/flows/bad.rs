//! Every file under `tests/bad_flows` is refused with exactly the findings that its first lines name.
//!
//! A file is added to the shipped flows; a flow or the globals of the same name are replaced. `# expect: L07 12:5` names
//! a finding in the file itself, `# expect: L13 en/long.ftl 3:1` one in the locale file of the same name beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ringback::flow::finding::{Finding, Level};
use ringback::flow::load::shipped;
use ringback::flow::read::GLOBALS;
use ringback::flow::set::FlowSet;
use ringback::text::catalog::{Catalog, shipped_files};

/// Lints that a single set of scripts can break; L18 and L19 need talks and a history.
const LINTS: [&str; 18] = [
    "L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08", "L09", "L10", "L11", "L12", "L13", "L14", "L15", "L16",
    "L17", "L20",
];

#[test]
fn every_bad_flow_is_refused_with_its_lint_at_its_line() {
    let mut wrong = Vec::new();
    for (case, findings) in checked() {
        let expected = expected(case);
        assert!(!expected.is_empty(), "{} names no finding", case.display());
        let found: BTreeSet<String> = findings.iter().map(place).collect();
        if found != expected {
            let shown: String = findings.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}\n  expected {expected:?}\n  found    {found:?}\n{shown}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lint_has_two_bad_flows() {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        let folder = case.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            expected(&case).iter().all(|line| line.starts_with(&folder)),
            "{} belongs into another folder",
            case.display()
        );
        *count.entry(folder).or_default() += 1;
    }
    let few: Vec<&str> = LINTS.into_iter().filter(|lint| count.get(*lint).copied().unwrap_or(0) < 2).collect();
    assert!(few.is_empty(), "fewer than two bad flows for {few:?}");
}

#[test]
fn every_finding_shows_its_line_and_says_what_to_do() {
    for (_, findings) in checked() {
        for finding in findings {
            assert_eq!(finding.level, Level::Error, "{finding}");
            assert!(!finding.advice.is_empty() && !finding.message.is_empty(), "{finding}");
            let in_script = finding.file.ends_with(".yaml") && finding.line > 0;
            if in_script && !finding.excerpt.is_empty() {
                let caret = finding.excerpt.lines().nth(1).unwrap();
                assert!(caret.trim_start() == "^", "{finding}");
            }
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_flows");
    let mut cases = Vec::new();
    for folder in std::fs::read_dir(top).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            cases.extend(files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")));
        }
    }
    cases.sort();
    cases
}

/// All cases with what was found; loading the locales is the slow part, so it is done once.
fn checked() -> &'static [(PathBuf, Vec<Finding>)] {
    static CHECKED: OnceLock<Vec<(PathBuf, Vec<Finding>)>> = OnceLock::new();
    CHECKED.get_or_init(|| {
        let catalog = Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:#?}"));
        cases().into_iter().map(|case| (case.clone(), check(&case, &catalog))).collect()
    })
}

fn expected(case: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(case).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("# expect: "));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [lint, place] => format!("{lint} {} {place}", name(case)),
                [lint, file, place] => format!("{lint} {file} {place}"),
                _ => panic!("{}: {line}", case.display()),
            }
        })
        .collect()
}

fn place(finding: &Finding) -> String {
    format!("{} {} {}:{}", finding.lint, finding.file, finding.line, finding.column)
}

/// The globals are known by the name of their file.
fn name(case: &Path) -> String {
    let text = std::fs::read_to_string(case).unwrap();
    if text.lines().any(|line| line.starts_with("globals:")) {
        return GLOBALS.to_owned();
    }
    case.file_name().unwrap().to_string_lossy().into_owned()
}

fn check(case: &Path, shipped_catalog: &Catalog) -> Vec<Finding> {
    let text = std::fs::read_to_string(case).unwrap();
    let mut files = without(shipped(), &text);
    let name = name(case);
    files.retain(|(file, _)| *file != name);
    files.push((name, text));
    let mut locales = Vec::new();
    let stem = case.file_stem().unwrap().to_string_lossy().into_owned();
    for language in ["en", "ms"] {
        let beside = case.with_file_name(format!("{stem}.{language}.ftl"));
        if let Ok(text) = std::fs::read_to_string(beside) {
            locales.push((format!("{language}/{stem}.ftl"), text));
        }
    }
    let own = (!locales.is_empty()).then(|| {
        locales.extend(shipped_files());
        Catalog::load(&locales).unwrap_or_else(|faults| panic!("{}: {faults:#?}", case.display()))
    });
    let catalog = own.as_ref().unwrap_or(shipped_catalog);
    // Words are checked where they are the point: reading every synonym for every case takes a minute.
    let folder = case.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    let about_words = own.is_some() || ["L11", "L12", "L13", "L15", "L20"].contains(&folder.as_ref());
    FlowSet::load(&files, about_words.then_some(catalog)).map(|_| Vec::new()).unwrap_or_else(|findings| findings)
}

/// The shipped scripts without the flows that `text` brings itself; lines of the others may shift.
fn without(files: Vec<(String, String)>, text: &str) -> Vec<(String, String)> {
    let flows: Vec<&str> = text.lines().filter(|line| line.starts_with("flow:")).collect();
    let keep = |document: &&str| !document.lines().any(|line| flows.contains(&line));
    files
        .into_iter()
        .map(|(name, text)| {
            let documents: Vec<&str> = text.split("\n---\n").filter(keep).collect();
            (name, documents.join("\n---\n"))
        })
        .collect()
}
