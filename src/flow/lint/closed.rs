//! L10: waiting ends, and nothing fails open: no bad outcome leads where the good one leads.

use crate::flow::effect::EffectName;
use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::{State, reach, states};
use crate::flow::read::Scripts;
use crate::flow::script::exits::Exit;
use crate::flow::script::{NodeScript, On};
use crate::flow::set::Kind;

/// The end of a gate that the engine weighs.
const PASSED: &str = "passed";

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for state in states(placed) {
            check_time(&mut report, &state);
            check_outcomes(&mut report, &state);
        }
        if placed.script.kind == Kind::Gate {
            check_gate(&mut report);
        }
    }
    if let Some((file, globals)) = &scripts.globals {
        let gate = &globals.defaults.retry.then.gate;
        if gate.as_str() == PASSED {
            let message = "a gate whose question nobody answers would end as passed".to_owned();
            findings.push(scripts.files[*file].finding(Lint::L10, gate.place, message, "Write `failed`.".into()));
        }
    }
}

fn check_time(report: &mut Report<'_>, state: &State<'_>) {
    if let NodeScript::Wait(wait) = state.node
        && wait.timeout.is_none()
    {
        let message = format!("the state `{}` may wait for ever", state.id);
        report.say(Lint::L10, wait.text.place, message, "Add `timeout:`, such as `timeout: 90s`.");
    }
    let Some(runs_out) = state.node.time_runs_out() else { return };
    let handled = state.node.on().is_some_and(|on| on.keys().any(|name| name.as_str() == runs_out));
    if !handled {
        let message = format!("the state `{}` does not say what happens when time runs out", state.id);
        report.say(Lint::L10, state.node.place(), message, format!("Add `{runs_out}:` under `on:`."));
    }
}

/// No bad outcome shares its target with the good one.
fn check_outcomes(report: &mut Report<'_>, state: &State<'_>) {
    let (Some(on), Some(good)) = (state.node.on(), good(state.node)) else { return };
    let Some(favour) = target(on, good) else { return };
    for (outcome, to) in on {
        if outcome.as_str() != good && **to == favour {
            let message = format!("`{}` leads where `{good}` leads: the state `{favour}`", **outcome);
            report.say(Lint::L10, to.place, message, "Lead it elsewhere; what fails must not count as passed.");
        }
    }
}

/// The one outcome that brings a person forward, for nodes that decide something.
fn good(node: &NodeScript) -> Option<&'static str> {
    match node {
        NodeScript::Gates(_) => Some("satisfied"),
        NodeScript::Page(_) => Some("submitted"),
        NodeScript::Wait(_) => Some("accepted"),
        NodeScript::Do(wish) => match wish.effect.value? {
            EffectName::CheckHuman => Some("not_needed"),
            EffectName::CheckChallenge => Some("passed"),
            EffectName::Identify => Some("continue"),
            EffectName::MatchHint => Some("same"),
            EffectName::CheckCode | EffectName::CheckTotp | EffectName::CheckAnswers => Some("right"),
            EffectName::ClaimReceipt => Some("held"),
            EffectName::SetPassword | EffectName::UnlockAccount => Some("ok"),
            EffectName::SendCode
            | EffectName::PlaceCall
            | EffectName::SendPush
            | EffectName::GateAnswer
            | EffectName::GateDeny
            | EffectName::ReportFraud
            | EffectName::NotifyOwner
            | EffectName::OpenTicket
            | EffectName::Transfer => None,
        },
        _ => None,
    }
}

fn target(on: &On, name: &str) -> Option<crate::model::names::StateId> {
    on.iter().find(|(outcome, _)| outcome.as_str() == name).map(|(_, to)| to.value.clone())
}

/// A gate ends as passed only through a held receipt, and claims one only after a check of the engine's.
fn check_gate(report: &mut Report<'_>) {
    let placed = report.placed;
    let held = |state: &State<'_>, exit: &Exit<'_>| is(state, EffectName::ClaimReceipt) && exit.label == "held";
    let without_receipt = reach(placed, &placed.script.entry, &|state, exit| !held(state, exit));
    let checked = |state: &State<'_>, exit: &Exit<'_>| {
        let compares = [EffectName::CheckCode, EffectName::CheckTotp, EffectName::CheckAnswers];
        let right = compares.iter().any(|effect| is(state, *effect)) && exit.label == "right";
        right || (matches!(state.node, NodeScript::Wait(_)) && exit.label == "accepted")
    };
    let without_check = reach(placed, &placed.script.entry, &|state, exit| !checked(state, exit));
    for state in states(placed) {
        match state.node {
            NodeScript::End(end) if end.as_str() == PASSED && without_receipt.contains(state.id) => {
                let message = format!("the state `{}` can be reached without a receipt", state.id);
                report.say(Lint::L10, end.place, message, "Only `held` of `claim_receipt` may lead to `end: passed`.");
            }
            NodeScript::Do(wish) if is(&state, EffectName::ClaimReceipt) && without_check.contains(state.id) => {
                let message = format!("the state `{}` claims a receipt before anything was checked", state.id);
                let advice =
                    "Lead to it from `right` of a check, or from `accepted` of a `wait`, and from nowhere else.";
                report.say(Lint::L10, wish.effect.place, message, advice);
            }
            _ => {}
        }
    }
}

fn is(state: &State<'_>, effect: EffectName) -> bool {
    matches!(state.node, NodeScript::Do(wish) if wish.effect.value == Some(effect))
}
