//! What the institutions' guides promise, and which talk proves it.

use std::collections::BTreeMap;

use crate::talks::script::{all, checklist};

#[test]
fn talks_name_items_that_exist_and_the_rest_is_told() {
    let (items, talks) = (checklist(), all());
    assert_eq!(items.len(), 143);
    assert!(talks.len() >= 40, "{} talks", talks.len());
    let mut proven: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for talk in &talks {
        for id in talk.steps.iter().flat_map(|step| &step.proves) {
            assert!(items.contains_key(id), "{}: `{id}` is not in the checklist", talk.file);
            proven.entry(id).or_default().push(&talk.file);
        }
    }
    let open: Vec<(&String, &String)> = items.iter().filter(|(id, _)| !proven.contains_key(id.as_str())).collect();
    println!("{} of {} items are proven by talks; not yet:", proven.len(), items.len());
    for (id, promise) in &open {
        println!("  {id} {promise}");
    }
    // A number that only grows: an item that was proven once stays proven.
    assert!(proven.len() >= PROVEN, "only {} items are proven", proven.len());
}

/// Items that talks prove today.
const PROVEN: usize = 90;
