//! Scripts that are not even scripts: each is refused by L01 at the right line and column, in words that help.
//! The cases stand in `tests/bad_flows/malformed.txt`; they would also show what another YAML parser does differently.

use proptest::prelude::*;
use proptest::sample::Index;
use ringback::flow::finding::{Finding, Lint};
use ringback::flow::load::shipped;
use ringback::flow::set::FlowSet;

#[test]
fn every_malformed_script_is_refused_where_it_is_wrong() {
    let text = include_str!("../../bad_flows/malformed.txt");
    let cases: Vec<&str> = text.split("\n=== ").skip(1).collect();
    assert!(cases.len() >= 40, "{} cases only", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        let (heading, script) = case.split_once('\n').unwrap();
        let (name, expected) = heading.split_once(" @ ").unwrap_or((heading, ""));
        let findings = load(script);
        let found = findings.iter().find(|finding| finding.lint == Lint::L01 && finding.file == "bad.yaml");
        let found = found.map_or("nothing".to_owned(), |f| format!("{}:{} {}", f.line, f.column, f.message));
        if expected.is_empty() || !found.starts_with(expected) {
            wrong.push(format!("=== {name} @ {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bomb_of_nodes_is_refused_quickly() {
    let list = "[".repeat(200) + &"]".repeat(200);
    let wide = format!("flow: bad\nends: [{}]\n", "a, ".repeat(40_000));
    let huge = format!("flow: bad\n# {}\n", "x".repeat(200 * 1024));
    for script in [format!("flow: {list}\n"), wide, huge] {
        assert!(load(&script).iter().any(|finding| finding.lint == Lint::L01 && finding.file == "bad.yaml"));
    }
}

fn load(script: &str) -> Vec<Finding> {
    let mut files = shipped();
    files.push(("bad.yaml".into(), script.into()));
    FlowSet::load(&files, None).map(|_| Vec::new()).unwrap_or_else(|findings| findings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// A line that is lost, said twice or replaced by another may load or not; it never makes loading fall.
    #[test]
    fn no_slip_of_the_editor_makes_loading_fall(file in any::<Index>(), line in any::<Index>(), other in any::<Index>(), what in 0..3) {
        let mut files = shipped();
        let all: Vec<String> = files.iter().flat_map(|(_, text)| text.lines().map(str::to_owned)).collect();
        let index = file.index(files.len());
        let text = &mut files[index].1;
        let mut lines: Vec<&str> = text.lines().collect();
        let at = line.index(lines.len());
        match what {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at]),
            _ => lines[at] = &all[other.index(all.len())],
        }
        *text = lines.join("\n");
        for finding in FlowSet::load(&files, None).err().unwrap_or_default() {
            prop_assert!(!finding.message.is_empty() && !finding.advice.is_empty());
            prop_assert!(finding.file.ends_with(".yaml") && finding.line > 0, "{finding}");
        }
    }
}
