//! L07 and L17: before a privileged effect come satisfied gates, and after it the owner is told.

use std::collections::BTreeSet;

use crate::flow::effect::EffectName;
use crate::flow::expand::{Point, What, expand};
use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::states;
use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::place::Place;
use crate::flow::script::{DoScript, NodeScript};
use crate::flow::set::Form;
use crate::model::names::StateId;
use crate::model::purpose::Purpose;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    let mut reported = BTreeSet::new();
    for placed in &scripts.flows {
        check_dominated(scripts, placed, &mut reported, findings);
    }
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        check_purpose(&mut report);
        check_told(&mut report);
    }
}

/// Each privileged point is strictly dominated by a `satisfied` of the same run of the same flow, for its purpose.
fn check_dominated(
    scripts: &Scripts,
    root: &PlacedFlow,
    reported: &mut BTreeSet<(usize, Place)>,
    findings: &mut Vec<Finding>,
) {
    let Some(expanded) = expand(scripts, root) else { return };
    let dominators = expanded.dominators();
    for at in expanded.graph.node_indices() {
        let point = expanded.graph[at];
        let Some((needs, what, place)) = privileged(&point) else { continue };
        // What cannot be reached is the business of L04.
        let Some(above) = dominators.strict_dominators(at) else { continue };
        let mut above = above.map(|above| expanded.graph[above]);
        let proven = above.any(|above| {
            above.frame == point.frame && matches!(above.what, What::Satisfied(purpose) if purpose == Some(needs))
        });
        if !proven && reported.insert((point.flow.file, place)) {
            let message = format!("{what} can be reached without satisfied gates for `{needs}`");
            let advice = "Every way to it must leave a `gates` node of this flow by `satisfied`, and the flow's \
                          purpose must be the one that the effect needs.";
            findings.push(scripts.finding(point.flow, Lint::L07, place, message, advice.into()));
        }
    }
}

/// What must be proven at a point, how it is called, and where it stands.
fn privileged(point: &Point<'_>) -> Option<(Purpose, String, Place)> {
    let What::State(id, node) = point.what else { return None };
    match node {
        NodeScript::Do(wish) => {
            let needs = wish.effect.value?.privilege()?;
            Some((needs, format!("`{}` in the state `{id}`", wish.effect.text), wish.effect.place))
        }
        NodeScript::Page(page) if page.form.value == Some(Form::NewPassword) => {
            Some((Purpose::ResetPassword, format!("the page for a new password in the state `{id}`"), page.form.place))
        }
        _ => None,
    }
}

/// Gates in a flow without a purpose would satisfy nothing.
fn check_purpose(report: &mut Report<'_>) {
    let script = &report.placed.script;
    if script.purpose.is_some() {
        return;
    }
    for state in states(report.placed) {
        if let NodeScript::Gates(gates) = state.node {
            let message = format!("the gates in the state `{}` prove nothing: the flow has no purpose", state.id);
            report.say(Lint::L07, gates.prompt.place, message, "Add `purpose:` to the flow.");
        }
    }
}

/// From each success on, nothing but messages and effects may come before the owner is told: at a question a person may
/// leave, and the owner would never hear.
fn check_told(report: &mut Report<'_>) {
    for state in states(report.placed) {
        let NodeScript::Do(wish) = state.node else { continue };
        if wish.effect.value.is_none_or(|effect| effect.privilege().is_none()) {
            continue;
        }
        for (outcome, to) in &wish.on {
            if !matches!(outcome.as_str(), "ok" | "uncertain") {
                continue;
            }
            if let Some(untold) = untold(report.placed, &to.value) {
                let (effect, outcome) = (&wish.effect.text, &outcome.value);
                let message = format!("after `{effect}` went `{outcome}`, `{untold}` comes before the owner is told");
                let advice = "Lead it to `notify_owner` first, with nothing but messages between.";
                report.say(Lint::L17, to.place, message, advice);
            }
        }
    }
}

/// The first state on some way from `start` where a person waits or the flow ends before the notice.
fn untold<'a>(placed: &'a PlacedFlow, start: &'a StateId) -> Option<&'a StateId> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![start];
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        match placed.state(id)? {
            NodeScript::Do(DoScript { effect, .. }) if effect.value == Some(EffectName::NotifyOwner) => {}
            node @ (NodeScript::Say(_) | NodeScript::Do(_)) => {
                todo.extend(node.exits().into_iter().map(|exit| &exit.to.value));
            }
            _ => return Some(id),
        }
    }
    None
}
