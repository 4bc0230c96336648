//! L08: every loop crosses something that counts.

use std::collections::BTreeMap;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::flow::effect::EffectName;
use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::{State, states};
use crate::flow::read::Scripts;
use crate::flow::script::NodeScript;
use crate::model::names::StateId;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        check_flow(&mut report);
    }
}

/// What is left after every counted node and edge is taken away has no circle.
fn check_flow(report: &mut Report<'_>) {
    let mut graph: DiGraph<State<'_>, ()> = DiGraph::new();
    let mut index: BTreeMap<&StateId, NodeIndex> = BTreeMap::new();
    for state in states(report.placed).filter(|state| !counts(state.node)) {
        index.insert(state.id, graph.add_node(state));
    }
    for (id, from) in &index {
        let Some(node) = report.placed.state(id) else { continue };
        for exit in node.exits().iter().filter(|exit| !exit.bounded) {
            if let Some(to) = index.get(&exit.to.value) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    for group in tarjan_scc(&graph) {
        let around_itself = |at: &NodeIndex| graph.contains_edge(*at, *at);
        if group.len() == 1 && !group.iter().any(around_itself) {
            continue;
        }
        let mut states: Vec<State<'_>> = group.iter().map(|at| graph[*at]).collect();
        states.sort_by_key(|state| state.place);
        let names: Vec<&str> = states.iter().map(|state| state.id.as_str()).collect();
        if let Some(first) = states.first() {
            let message = format!("a loop without a bound: {}", names.join(", "));
            let advice = "Add `bound: { max: .., then: .. }` to one of these states, or to an option between them.";
            report.say(Lint::L08, first.place, message, advice);
        }
    }
}

/// Nodes that the script or the engine lets pass only so many times.
fn counts(node: &NodeScript) -> bool {
    match node {
        NodeScript::Gates(_) => true,
        NodeScript::Do(wish) => wish.bound.is_some() || wish.effect.value.is_some_and(engine_counts),
        _ => node.bound().is_some(),
    }
}

/// Effects that refuse after so many times, whatever a script does.
fn engine_counts(effect: EffectName) -> bool {
    use EffectName::*;
    matches!(effect, MatchHint | SendCode | CheckCode | CheckTotp | CheckAnswers | PlaceCall | SendPush)
}
