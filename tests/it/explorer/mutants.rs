//! Mutants of the shipped flows, from a seed: the same seed gives the same scripts on every machine.

mod changes;
mod tidy;

use ringback::flow::load::shipped;
use ringback::flow::read::{GLOBALS, Scripts};
use serde_json::Value;

/// Scripts as plain values, so that a change needs no rule of the language.
#[derive(Clone)]
pub struct Set {
    pub globals: Value,
    pub flows: Vec<Value>,
}

/// A set that was changed, and how.
pub struct Mutant {
    pub how: Vec<String>,
    set: Set,
}

/// Deterministic choices (splitmix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end.max(1) as u64).unwrap()
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// The shipped scripts as values.
pub fn originals() -> Set {
    let mut findings = Vec::new();
    let scripts = Scripts::read(&shipped(), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    let (_, globals) = scripts.globals.unwrap();
    let flows = scripts.flows.iter().map(|placed| serde_json::to_value(&placed.script).unwrap()).collect();
    Set { globals: serde_json::to_value(globals).unwrap(), flows }
}

/// The mutant of this number: one to three changes, and mostly nothing left lying about that they made unreachable.
pub fn mutant(originals: &Set, number: u64) -> Mutant {
    let mut chance = Chance(number.wrapping_mul(0x1234_5678_9abc_def1));
    let mut set = originals.clone();
    let mut how = Vec::new();
    let changes = 1 + chance.below(3);
    for _ in 0..40 {
        how.extend(changes::change(&mut set, &mut chance));
        if how.len() == changes {
            break;
        }
    }
    if chance.below(5) > 0 {
        tidy::tidy(&mut set);
    }
    Mutant { how, set }
}

impl Mutant {
    /// As files: a script in JSON is a script.
    pub fn files(&self) -> Vec<(String, String)> {
        self.set.files()
    }
}

impl Set {
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![(GLOBALS.to_owned(), self.globals.to_string())];
        files.extend(self.flows.iter().map(|flow| (format!("{}.yaml", name(flow)), flow.to_string())));
        files
    }
}

pub fn name(flow: &Value) -> String {
    flow["flow"].as_str().unwrap_or_default().to_owned()
}

/// Every place below a value that names a state to go on at.
pub fn exits(node: &mut Value) -> Vec<&mut String> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found
}

fn collect<'a>(value: &'a mut Value, found: &mut Vec<&'a mut String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("next" | "then", Value::String(to)) => found.push(to),
                    ("on", Value::Object(table)) => {
                        found.extend(table.values_mut().filter_map(|to| match to {
                            Value::String(to) => Some(to),
                            _ => None,
                        }));
                    }
                    (_, other) => collect(other, found),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, found)),
        _ => {}
    }
}
