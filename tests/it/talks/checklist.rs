//! What the institutions' guides promise, which talk proves it, and what still waits for what.

use std::collections::BTreeMap;

use crate::talks::script::{Talk, all, checklist};

#[test]
fn every_item_is_proven_by_a_talk_or_waits_for_something() {
    let (list, talks) = (checklist(), all());
    assert_eq!(list.items.len(), 143);
    let proven = proven(&talks);
    println!("{} of {} items are proven by talks; these wait:", proven.len(), list.items.len());
    for (id, reason) in &list.waits {
        println!("  {id} {}: {reason}", list.items.get(id).map_or("", String::as_str));
    }
    let unknown: Vec<&String> =
        proven.keys().chain(list.waits.keys()).filter(|id| !list.items.contains_key(*id)).collect();
    assert!(unknown.is_empty(), "not in the checklist: {unknown:?}");
    for (id, promise) in &list.items {
        match (proven.get(id), list.waits.get(id)) {
            (Some(_), None) | (None, Some(_)) => {}
            (Some(talks), Some(reason)) => panic!("{id} is proven by {talks:?} and waits ({reason}): drop one"),
            (None, None) => panic!("{id} ({promise}) needs a talk, or a reason under `waits`"),
        }
    }
    // A number that only grows: an item that was proven once stays proven.
    assert!(proven.len() >= PROVEN, "only {} items are proven", proven.len());
}

/// The talks that prove each item.
pub fn proven(talks: &[Talk]) -> BTreeMap<String, Vec<String>> {
    let mut proven: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for talk in talks {
        for id in talk.steps.iter().flat_map(|step| &step.proves) {
            proven.entry(id.clone()).or_default().push(talk.file.clone());
        }
    }
    proven
}

/// Items that talks prove today.
const PROVEN: usize = 119;
