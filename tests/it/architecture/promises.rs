//! `docs/guarantees.md` against the tests that it names.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, top};

/// How many guarantees there are.
const GUARANTEES: usize = 40;

/// Test functions whose names begin with a number of a guarantee, by number.
fn proofs() -> BTreeMap<usize, BTreeSet<String>> {
    let mut proofs: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for source in Source::under("tests/it").into_iter().chain(Source::under("src")) {
        for line in source.text.lines() {
            let Some((_, rest)) = line.split_once("fn g") else { continue };
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let Some((digits, _)) = name.split_once('_') else { continue };
            if let (2, Ok(number)) = (digits.len(), digits.parse()) {
                proofs.entry(number).or_default().insert(format!("g{name}"));
            }
        }
    }
    proofs
}

/// What each row of the table names: its proofs, and whether a part of it waits.
fn rows() -> BTreeMap<usize, (BTreeSet<String>, bool)> {
    let text = std::fs::read_to_string(top().join("docs/guarantees.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Ok(number) = cells[0].parse::<usize>() else { continue };
        assert_eq!(cells.len(), 3, "{line}");
        let names = cells[2].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        let before = rows.insert(number, (names, cells[2].to_lowercase().contains("waits")));
        assert!(before.is_none(), "guarantee {number} stands twice");
    }
    rows
}

#[test]
fn every_guarantee_names_its_proof_or_what_it_waits_for() {
    let (rows, proofs) = (rows(), proofs());
    let numbers: Vec<usize> = rows.keys().copied().collect();
    assert_eq!(numbers, (1..=GUARANTEES).collect::<Vec<_>>());
    let mut proven = 0;
    for (number, (named, waits)) in &rows {
        let there = proofs.get(number).cloned().unwrap_or_default();
        assert_eq!(*named, there, "guarantee {number}: the page names the left, the tests are the right");
        assert!(*waits || !named.is_empty(), "guarantee {number} has neither a proof nor a reason to wait");
        proven += usize::from(!waits);
    }
    println!("{proven} of {GUARANTEES} guarantees are proven whole");
}
