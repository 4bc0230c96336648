//! L03: what can happen is handled, and nothing else is. L10 takes the cases where time runs out.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::{Report, written};
use crate::flow::read::Scripts;
use crate::flow::script::place::Place;
use crate::flow::script::{NodeScript, On};
use crate::flow::set::Kind;

/// What a call that is waited for may also end with; a script need not tell them apart.
const MORE_ENDS: [&str; 5] = ["busy", "declined", "machine", "failed", "wrong"];

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        check_ends(&mut report);
        for node in placed.script.states.values() {
            check_node(&mut report, node);
        }
    }
}

/// The engine knows the ends of gates and legs by name.
fn check_ends(report: &mut Report<'_>) {
    let script = &report.placed.script;
    let wanted: &[&str] = match script.kind {
        Kind::Gate => &["passed", "failed", "other"],
        Kind::Leg => &["closed"],
        Kind::Service | Kind::Part => return,
    };
    for end in script.ends.iter().filter(|end| !wanted.contains(&end.as_str())) {
        let message = format!("`{}` is not an end that this kind of flow can have", **end);
        report.say(Lint::L03, end.place, message, format!("Its ends are: {}.", wanted.join(", ")));
    }
    for missing in wanted.iter().filter(|name| !script.ends.iter().any(|end| end.as_str() == **name)) {
        let message = format!("`{}` lacks the end `{missing}`", *script.flow);
        report.say(Lint::L03, script.flow.place, message, "The engine's loop over methods knows it by this name.");
    }
}

fn check_node(report: &mut Report<'_>, node: &NodeScript) {
    let Some(on) = node.on() else { return };
    let (what, wanted): (String, Vec<String>) = match node {
        NodeScript::Do(wish) => {
            let Some(effect) = wish.effect.value else { return };
            let outcomes = effect.outcomes().iter().map(written);
            (format!("the effect `{}`", wish.effect.text), outcomes.collect())
        }
        NodeScript::Call(call) => {
            let Some(called) = report.scripts.flow(&call.flow) else { return };
            let ends = called.script.ends.iter().map(|end| end.to_string());
            (format!("the flow `{}`", *call.flow), ends.collect())
        }
        NodeScript::Gates(_) => ("`gates`".into(), names(&["satisfied", "exhausted", "impossible"])),
        NodeScript::Page(_) => ("a page".into(), names(&["submitted", "expired", "declined"])),
        NodeScript::Wait(_) => ("waiting".into(), names(&["accepted", "denied", "hung_up", "no_answer", "timeout"])),
        NodeScript::Say(_) | NodeScript::Ask(_) | NodeScript::Choose(_) | NodeScript::End(_) => return,
    };
    let more: &[&str] = if matches!(node, NodeScript::Wait(_)) { &MORE_ENDS } else { &[] };
    exactly(report, on, node.place(), &what, &wanted, more, node.time_runs_out());
}

fn names(wanted: &[&str]) -> Vec<String> {
    wanted.iter().map(|name| (*name).to_owned()).collect()
}

fn exactly(
    report: &mut Report<'_>,
    on: &On,
    place: Place,
    what: &str,
    wanted: &[String],
    more: &[&str],
    for_l10: Option<&str>,
) {
    let unknown = |name: &str| !more.contains(&name) && !wanted.iter().any(|wanted| wanted == name);
    for invented in on.keys().filter(|name| unknown(name.as_str())) {
        let advice = match super::names::nearest(invented.as_str(), wanted.iter().map(String::as_str)) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("It ends with: {}.", wanted.join(", ")),
        };
        report.say(Lint::L03, invented.place, format!("{what} never ends with `{}`", **invented), advice);
    }
    for missing in wanted.iter().filter(|wanted| !on.keys().any(|name| name.as_str() == wanted.as_str())) {
        if for_l10 == Some(missing.as_str()) {
            continue;
        }
        let advice = format!("Add `{missing}:` under `on:` and say where it leads.");
        report.say(Lint::L03, place, format!("{what} may end with `{missing}`, which is not handled"), advice);
    }
}
