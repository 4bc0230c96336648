//! L04 and L05: everything written can happen, and everything that happens comes to an end.

use std::collections::BTreeSet;

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::{reach, states};
use crate::flow::read::Scripts;
use crate::flow::script::NodeScript;
use crate::flow::script::place::When;
use crate::flow::set::Kind;
use crate::model::names::{EndId, FlowId};

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    // A wrong name or a missing outcome cuts off what it should lead to; that would only repeat the fault.
    let unsettled: BTreeSet<String> = findings
        .iter()
        .filter(|finding| matches!(finding.lint, Lint::L02 | Lint::L03))
        .map(|finding| finding.file.clone())
        .collect();
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        check_twins(&mut report);
        if !unsettled.contains(&scripts.files[placed.file].name) {
            check_reached(&mut report);
            check_ends_reached(&mut report);
            check_end_in_sight(&mut report);
        }
        let all_known = unsettled.is_empty() && scripts.broken.is_empty();
        if placed.script.kind != Kind::Service && all_known && !used(scripts, &placed.script.flow) {
            let message = format!("nothing uses the flow `{}`", *placed.script.flow);
            report.say(Lint::L04, placed.script.flow.place, message, "Call it, or remove it.");
        }
    }
}

fn check_reached(report: &mut Report<'_>) {
    let placed = report.placed;
    let reached = reach(placed, &placed.script.entry, &|_, _| true);
    if reached.is_empty() {
        return;
    }
    for state in states(placed) {
        if !reached.contains(state.id) {
            let message = format!("the state `{}` is never reached", state.id);
            report.say(Lint::L04, state.place, message, "Lead to it, or remove it.");
        }
        for option in state.node.options().iter().filter(|option| impossible(&option.when)) {
            let message = format!("the option `{}` is never offered: its conditions exclude each other", *option.key);
            report.say(Lint::L04, option.key.place, message, "Remove the option, or one of the conditions.");
        }
    }
}

/// Option keys are unique in a menu, and ends in a flow (L01).
fn check_twins(report: &mut Report<'_>) {
    for state in states(report.placed) {
        let options = state.node.options();
        for (at, option) in options.iter().enumerate() {
            if options[..at].iter().any(|earlier| earlier.key == option.key) {
                let message = format!("the menu `{}` has two options with the key `{}`", state.id, *option.key);
                report.say(Lint::L01, option.key.place, message, "Give each option its own key.");
            }
        }
    }
    let ends = &report.placed.script.ends;
    for (at, end) in ends.iter().enumerate() {
        if ends[..at].contains(end) {
            report.say(Lint::L01, end.place, format!("the end `{}` is named twice", **end), "Name it once.");
        }
    }
}

fn check_ends_reached(report: &mut Report<'_>) {
    let placed = report.placed;
    let reached = reach(placed, &placed.script.entry, &|_, _| true);
    let by_default = default_end(report.scripts, report.placed.script.kind);
    let asks = states(placed).any(|state| reached.contains(state.id) && waits_for_answer(state.node));
    for end in &placed.script.ends {
        let ended = states(placed).any(|state| matches!(state.node, NodeScript::End(name) if name == end));
        let exhausted = asks && by_default.as_ref() == Some(&end.value);
        let unused_by_kind = placed.script.kind == Kind::Gate;
        if !ended && !exhausted && !unused_by_kind {
            let message = format!("the end `{}` is never reached", **end);
            report.say(Lint::L04, end.place, message, format!("Add a state with `end: {}`, or do not name it.", **end));
        }
    }
}

/// Every state has a way to an end; a call is taken to come back by each of the ends that it handles.
fn check_end_in_sight(report: &mut Report<'_>) {
    let placed = report.placed;
    for state in states(placed) {
        let ahead = reach(placed, state.id, &|_, _| true);
        let ends = |id: &&crate::model::names::StateId| matches!(placed.state(id), Some(NodeScript::End(_)));
        let lost = state.node.exits().iter().any(|exit| placed.state(exit.to).is_none());
        if !ahead.iter().any(ends) && !lost {
            let message = format!("from the state `{}` no end can be reached", state.id);
            report.say(Lint::L05, state.place, message, "Lead one of its ways out to a state with `end:`.");
        }
    }
}

/// The end that an exhausted question takes.
fn default_end(scripts: &Scripts, kind: Kind) -> Option<EndId> {
    let (_, globals) = scripts.globals.as_ref()?;
    let then = &globals.defaults.retry.then;
    match kind {
        Kind::Service => None,
        Kind::Part => Some(then.part.value.clone()),
        Kind::Gate => Some(then.gate.value.clone()),
        Kind::Leg => Some(then.leg.value.clone()),
    }
}

fn waits_for_answer(node: &NodeScript) -> bool {
    node.is_question() || matches!(node, NodeScript::Gates(_))
}

fn impossible(when: &[When]) -> bool {
    when.iter().enumerate().any(|(at, one)| {
        let other = |other: &When| other.predicate == one.predicate && other.negated != one.negated;
        when[..at].iter().any(other)
    })
}

fn used(scripts: &Scripts, flow: &FlowId) -> bool {
    let by_flows = scripts.flows.iter().any(|placed| {
        placed.script.states.values().any(|node| match node {
            NodeScript::Call(call) => call.flow.value == *flow,
            NodeScript::Gates(gates) => gates.each.values().any(|gate| gate.value == *flow),
            NodeScript::Do(wish) => {
                wish.with.as_ref().and_then(|with| with.leg.as_ref()).is_some_and(|leg| leg.value == *flow)
            }
            _ => false,
        })
    });
    let by_globals = scripts.globals.as_ref().is_some_and(|(_, globals)| {
        let commands = globals.commands.values().filter_map(|rule| rule.call.as_ref());
        commands.chain(std::iter::once(&globals.defaults.retry.then.service)).any(|called| called.value == *flow)
    });
    by_flows || by_globals
}
