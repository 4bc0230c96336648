//! What no talk has walked is named.

use ringback::flow::coverage::{unwalked, ways};
use ringback::flow::load::shipped;
use ringback::flow::set::FlowSet;

use crate::support::walked;

#[test]
fn what_nobody_walked_is_named() {
    let set = FlowSet::load(&shipped(), None).unwrap_or_else(|findings| panic!("{findings:?}"));
    let mut all = ways(&set);
    assert!(all.len() > 140, "{}", all.len());
    for (id, flow) in &set.flows {
        for state in flow.states.keys() {
            assert!(all.iter().any(|way| way.flow == *id && way.to == *state), "nothing leads to {id}/{state}");
        }
    }
    assert_eq!(unwalked(&set, &all), []);
    let one = all.iter().find(|way| way.to_string() == "gate_code: check → claim").unwrap().clone();
    all.remove(&one);
    assert_eq!(unwalked(&set, &all), [one]);
}

#[test]
fn walks_are_recorded_from_traces() {
    walked::record();
    tracing::trace!(target: "ringback.walk", way = %"some: a → b");
    tracing::trace!(target: "elsewhere", way = %"other: a → b");
    assert!(walked::walked().contains("some: a → b"));
    assert!(!walked::walked().contains("other: a → b"));
}
