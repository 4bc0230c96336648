//! A flow as a graph of its states, for rules that ask what can be reached from where.

use std::collections::BTreeSet;

use crate::flow::read::PlacedFlow;
use crate::flow::script::NodeScript;
use crate::flow::script::exits::Exit;
use crate::flow::script::place::{At, Place};
use crate::model::names::StateId;

/// A state with the place of its name.
#[derive(Clone, Copy)]
pub struct State<'a> {
    pub id: &'a StateId,
    pub place: Place,
    pub node: &'a NodeScript,
}

pub fn states(placed: &PlacedFlow) -> impl Iterator<Item = State<'_>> {
    placed.script.states.iter().map(|(id, node)| State { id: &id.value, place: id.place, node })
}

/// All states that can be reached from `start` over exits that `open` lets pass; `start` is among them if it exists.
pub fn reach<'a>(
    placed: &'a PlacedFlow,
    start: &'a StateId,
    open: &dyn Fn(&State<'a>, &Exit<'a>) -> bool,
) -> BTreeSet<&'a StateId> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![start];
    while let Some(id) = todo.pop() {
        let Some((At { value: id, place }, node)) = placed.script.states.get_key_value(id) else { continue };
        if !seen.insert(id) {
            continue;
        }
        let state = State { id, place: *place, node };
        for exit in node.exits() {
            if open(&state, &exit) {
                todo.push(&exit.to.value);
            }
        }
    }
    seen
}
