//! Takes away what a change left unreachable, so that a mutant is refused for what it does and not for its leftovers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Set, exits, name};

pub fn tidy(set: &mut Set) {
    for _ in 0..6 {
        for flow in &mut set.flows {
            drop_states(flow);
        }
        drop_flows(set);
        let ends: Vec<(String, Vec<String>)> = set.flows.iter_mut().map(|flow| (name(flow), ends(flow))).collect();
        for flow in &mut set.flows {
            // What a gate may end with is fixed by its kind.
            if flow["kind"] != "gate" {
                let own = ends.iter().find(|(id, _)| *id == name(flow)).map(|(_, ends)| ends.clone());
                flow["ends"] = json!(own);
            }
            let Some(states) = flow["states"].as_object_mut() else { continue };
            for node in states.values_mut() {
                let Some(called) = node["call"]["flow"].as_str().map(str::to_owned) else { continue };
                let Some((_, ends)) = ends.iter().find(|(id, _)| *id == called) else { continue };
                if let Some(on) = node["call"]["on"].as_object_mut() {
                    on.retain(|end, _| ends.contains(end));
                }
            }
        }
    }
}

fn drop_states(flow: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut todo: Vec<String> = flow["entry"].as_str().map(str::to_owned).into_iter().collect();
    let Some(states) = flow["states"].as_object_mut() else { return };
    while let Some(id) = todo.pop() {
        if !reached.insert(id.clone()) {
            continue;
        }
        if let Some(node) = states.get_mut(&id) {
            todo.extend(exits(node).into_iter().map(|to| to.clone()));
        }
    }
    states.retain(|id, _| reached.contains(id));
}

fn ends(flow: &mut Value) -> Vec<String> {
    let Some(states) = flow["states"].as_object() else { return Vec::new() };
    let ends: BTreeSet<String> = states.values().filter_map(|node| node["end"].as_str().map(str::to_owned)).collect();
    ends.into_iter().collect()
}

/// Parts, gates and legs that nothing names any more.
fn drop_flows(set: &mut Set) {
    let texts: Vec<(String, String)> = set.flows.iter().map(|flow| (name(flow), flow["states"].to_string())).collect();
    let globals = set.globals.to_string();
    set.flows.retain(|flow| {
        let word = format!("\"{}\"", name(flow));
        flow["kind"] == "service"
            || globals.contains(&word)
            || texts.iter().any(|(id, text)| *id != name(flow) && text.contains(&word))
    });
}
