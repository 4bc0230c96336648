//! What the institutions' guides promise, which talk proves it, and what still waits for what.

use std::collections::BTreeMap;

use crate::talks::script::{Step, Talk, WayIn, all, checklist};

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

/// The column of the telephone: what an item means by ear is shown by a caller, or by whoever takes a call of ours.
#[test]
fn every_item_is_proven_by_ear_or_waits_or_has_no_meaning_there() {
    let (list, talks) = (checklist(), all());
    let proven = proven_by_ear(&talks);
    for (id, reason) in &list.waits_by_ear {
        println!("  waits  {id} {}: {reason}", list.items.get(id).map_or("", String::as_str));
    }
    for (id, reason) in &list.not_by_ear {
        println!("  not by ear {id}: {reason}");
    }
    println!("{} of {} items that mean something by ear are proven by callers", proven.len(), list.by_ear.len());
    for id in list.items.keys() {
        let columns = [list.by_ear.contains_key(id), list.not_by_ear.contains_key(id)];
        assert_eq!(columns.into_iter().filter(|it| *it).count(), 1, "{id} means something by ear, or it does not");
    }
    for (id, meaning) in &list.by_ear {
        assert!(list.items.contains_key(id), "not in the checklist: {id}");
        match (proven.get(id), list.waits_by_ear.get(id)) {
            (Some(_), None) | (None, Some(_)) => {}
            (Some(talks), Some(why)) => panic!("{id} is proven by {talks:?} and waits ({why}): drop one"),
            (None, None) => panic!("{id} ({meaning}) needs a talk by ear, or a reason under `waits_by_ear`"),
        }
    }
    let odd: Vec<&String> =
        proven.keys().chain(list.waits_by_ear.keys()).filter(|id| !list.by_ear.contains_key(*id)).collect();
    assert!(odd.is_empty(), "these mean nothing by ear: {odd:?}");
    for talk in &talks {
        for (n, step) in talk.steps.iter().enumerate().filter(|(_, step)| !step.proves_by_ear.is_empty()) {
            let place = format!("{} step {}", talk.file, n + 1);
            assert!(on_the_telephone(talk, step), "{place}: nobody is on the telephone here");
            assert!(step.looks(), "{place}: nothing is looked at here");
        }
    }
    assert!(proven.len() >= PROVEN_BY_EAR, "only {} items are proven by ear", proven.len());
}

/// Whether this step is told on a telephone: all of a caller's, and what is keyed where we called.
fn on_the_telephone(talk: &Talk, step: &Step) -> bool {
    talk.run_on == [WayIn::Voice] || step.picks_up.is_some() || step.leg_keys.is_some()
}

/// The talks that prove each item.
pub fn proven(talks: &[Talk]) -> BTreeMap<String, Vec<String>> {
    tagged(talks, |step| &step.proves)
}

/// The talks that prove each item by ear.
pub fn proven_by_ear(talks: &[Talk]) -> BTreeMap<String, Vec<String>> {
    tagged(talks, |step| &step.proves_by_ear)
}

fn tagged(talks: &[Talk], tags: fn(&Step) -> &Vec<String>) -> BTreeMap<String, Vec<String>> {
    let mut proven: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for talk in talks {
        for id in talk.steps.iter().flat_map(tags) {
            proven.entry(id.clone()).or_default().push(talk.file.clone());
        }
    }
    proven
}

/// Items that talks prove today.
const PROVEN: usize = 119;
/// Items that talks prove by ear today.
const PROVEN_BY_EAR: usize = 117;
