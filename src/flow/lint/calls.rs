//! L06: who may call whom, how deep, and never in a circle.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::NodeScript;
use crate::flow::script::place::At;
use crate::flow::set::Kind;
use crate::model::names::FlowId;

/// Flows inside one another, the outermost counted; the engine keeps six frames.
const MAX_DEPTH: usize = 4;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for node in placed.script.states.values() {
            check_kinds(&mut report, node);
        }
        check_depth(&mut report);
    }
    check_globals(scripts, findings);
}

fn check_kinds(report: &mut Report<'_>, node: &NodeScript) {
    match node {
        NodeScript::Call(call) => kind(report, &call.flow, Kind::Part, "call"),
        NodeScript::Gates(gates) => {
            for flow in gates.each.values() {
                kind(report, flow, Kind::Gate, "gates");
            }
        }
        NodeScript::Do(wish) => {
            if let Some(leg) = wish.with.as_ref().and_then(|with| with.leg.as_ref()) {
                kind(report, leg, Kind::Leg, "place_call");
            }
        }
        _ => {}
    }
}

fn kind(report: &mut Report<'_>, flow: &At<FlowId>, wanted: Kind, by: &str) {
    let Some(called) = report.scripts.flow(flow) else { return };
    let found = called.script.kind;
    if found != wanted {
        let message = format!("`{by}` cannot run `{}`, which is a {}", **flow, word(found));
        report.say(Lint::L06, flow.place, message, rule(found));
    }
}

fn check_globals(scripts: &Scripts, findings: &mut Vec<Finding>) {
    let Some((file, globals)) = &scripts.globals else { return };
    let commands = globals.commands.values().filter_map(|rule| rule.call.as_ref());
    for flow in commands.chain(std::iter::once(&globals.defaults.retry.then.service)) {
        let Some(called) = scripts.flow(flow) else { continue };
        if called.script.kind != Kind::Part {
            let message =
                format!("`{}` is a {} and cannot be called from everywhere", **flow, word(called.script.kind));
            findings.push(scripts.files[*file].finding(Lint::L06, flow.place, message, rule(called.script.kind)));
        }
    }
}

/// Reports the call that closes a circle, or that goes one flow too deep.
fn check_depth(report: &mut Report<'_>) {
    let scripts = report.scripts;
    let start = report.placed;
    for call in calls(start) {
        let mut path = vec![&start.script.flow.value];
        if let Some(circle) = circle(scripts, call, &mut path) {
            let message = format!("calling `{}` comes back to `{}`", **call, *start.script.flow);
            report.say(Lint::L06, call.place, message, format!("The circle: {circle}."));
        } else if start.script.kind == Kind::Service
            && let Some(below) = depth(scripts, call, &mut Vec::new())
        {
            let depth = 1 + below;
            if depth > MAX_DEPTH {
                let message = format!("calling `{}` goes {depth} flows deep; {MAX_DEPTH} are allowed", **call);
                report.say(Lint::L06, call.place, message, "Join two of the flows.");
            }
        }
    }
}

/// The names around a circle that leads from `call` back to the first flow of `path`.
fn circle<'a>(scripts: &'a Scripts, call: &'a FlowId, path: &mut Vec<&'a FlowId>) -> Option<String> {
    if path.first() == Some(&call) {
        let names: Vec<&str> = path.iter().chain([&call]).map(|flow| flow.as_str()).collect();
        return Some(names.join(" → "));
    }
    if path.contains(&call) {
        return None;
    }
    path.push(call);
    let found = scripts.flow(call).and_then(|placed| {
        let mut inner = calls(placed);
        inner.find_map(|next| circle(scripts, next, path))
    });
    path.pop();
    found
}

/// How many flows run inside one another from here; `None` where they run in a circle.
fn depth<'a>(scripts: &'a Scripts, flow: &'a FlowId, path: &mut Vec<&'a FlowId>) -> Option<usize> {
    let Some(placed) = scripts.flow(flow) else { return Some(0) };
    if path.contains(&flow) {
        return None;
    }
    path.push(flow);
    let mut deepest = 0;
    for call in calls(placed) {
        deepest = deepest.max(depth(scripts, call, path)?);
    }
    path.pop();
    Some(1 + deepest)
}

/// Flows that this one runs inside itself. A leg runs elsewhere.
fn calls(placed: &PlacedFlow) -> impl Iterator<Item = &At<FlowId>> {
    placed.script.states.values().flat_map(|node| match node {
        NodeScript::Call(call) => vec![&call.flow],
        NodeScript::Gates(gates) => gates.each.values().collect(),
        _ => Vec::new(),
    })
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "service",
        Kind::Part => "part",
        Kind::Gate => "gate",
        Kind::Leg => "leg",
    }
}

fn rule(kind: Kind) -> String {
    let rule = match kind {
        Kind::Service => "A service starts a conversation and is not called; move what is common into a part.",
        Kind::Part => "A part is run by `call`.",
        Kind::Gate => "A gate is run by `gates` only, so that the engine counts it.",
        Kind::Leg => "A leg is run by `place_call`, on the telephone.",
    };
    rule.to_owned()
}
