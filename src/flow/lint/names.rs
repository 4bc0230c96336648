//! L02: every name that a script writes exists. Numbers out of range are faults of the schema (L01).

use crate::flow::effect::EffectName;
use crate::flow::finding::{Finding, Lint, SourceFile};
use crate::flow::lint::{Report, secrets};
use crate::flow::read::{GLOBALS, PlacedFlow, Scripts};
use crate::flow::script::place::{At, Named, Place, When};
use crate::flow::script::{AskScript, BoundScript, DoScript, GlobalsScript, NodeScript};
use crate::flow::set::Kind;
use crate::model::names::{FlowId, SlotId, StateId};

/// Most entries that a bound may allow; a higher one is no bound.
const MAX_BOUND: u8 = 10;
/// Most times a question is asked again.
const MAX_TRIES: u8 = 5;
/// Most seconds to wait for another device.
const MAX_WAIT: u32 = 300;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    if scripts.globals.is_none() && !scripts.broken.iter().any(|name| name == GLOBALS) {
        findings.push(no_globals(scripts));
    }
    for (at, placed) in scripts.flows.iter().enumerate() {
        let mut report = Report { scripts, placed, findings };
        check_flow(&mut report);
        check_service(&mut report, &scripts.flows[..at]);
        for state in placed.script.states.values() {
            check_node(&mut report, state);
        }
    }
    if let Some((file, globals)) = &scripts.globals {
        check_globals(scripts, &scripts.files[*file], globals, findings);
    }
}

/// The questions of a flow, each of which fills a slot.
pub fn questions(placed: &PlacedFlow) -> impl Iterator<Item = &AskScript> {
    placed.script.states.values().filter_map(|node| match node {
        NodeScript::Ask(ask) => Some(ask),
        _ => None,
    })
}

/// The likeliest right word, if one is near.
pub fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = among.map(|other| (strsim::osa_distance(word, other), other));
    scored.filter(|(distance, other)| *distance <= 2.max(other.len() / 4)).min().map(|(_, other)| other)
}

fn check_flow(report: &mut Report<'_>) {
    let script = &report.placed.script;
    target(report, &script.entry);
    if let Some(purpose) = &script.purpose {
        named(report, "purpose", purpose);
    }
    if script.kind == Kind::Service && script.purpose.is_none() {
        let message = format!("the service `{}` has no purpose", *script.flow);
        report.say(Lint::L02, script.flow.place, message, "Add `purpose:`; it says what a run may do at most.");
    }
    if let (Some(purpose), Kind::Gate | Kind::Leg) = (&script.purpose, script.kind) {
        let message = format!("a {} has no purpose", format!("{:?}", script.kind).to_lowercase());
        report.say(Lint::L02, purpose.place, message, "Only services, and parts that hold gates, have a purpose.");
    }
}

/// What a person wants is known by its purpose, so one service serves it.
fn check_service(report: &mut Report<'_>, before: &[PlacedFlow]) {
    let serves = |placed: &PlacedFlow| {
        let purpose = placed.script.purpose.as_ref().and_then(|purpose| purpose.value);
        purpose.filter(|_| placed.script.kind == Kind::Service)
    };
    let Some(purpose) = serves(report.placed) else { return };
    if let Some(other) = before.iter().find(|other| serves(other) == Some(purpose)) {
        let message = format!("`{}` and `{}` both serve `{purpose}`", *other.script.flow, *report.placed.script.flow);
        let place = report.placed.script.purpose.as_ref().map_or_else(Place::default, |purpose| purpose.place);
        report.say(Lint::L01, place, message, "Keep one service for each purpose; what they share is a part.");
    }
}

fn check_node(report: &mut Report<'_>, node: &NodeScript) {
    for exit in node.exits() {
        target(report, exit.to);
    }
    bound(report, node.bound());
    for option in node.options() {
        conditions(report, &option.when);
        bound(report, option.bound.as_ref());
    }
    match node {
        NodeScript::Say(say) => conditions(report, &say.when),
        NodeScript::Ask(ask) => check_ask(report, ask),
        NodeScript::Choose(choose) => tries(report, choose.retry.as_ref()),
        NodeScript::Do(wish) => check_do(report, wish),
        NodeScript::Gates(gates) => {
            for (method, flow) in &gates.each {
                named(report, "method", method);
                flow_exists(report, flow);
            }
        }
        NodeScript::Call(call) => flow_exists(report, &call.flow),
        NodeScript::Page(page) => named(report, "form", &page.form),
        NodeScript::Wait(wait) => {
            if let Some(timeout) = wait.timeout.as_ref().filter(|timeout| timeout.0.0 > MAX_WAIT) {
                let message = format!("{} seconds are too long to wait", timeout.0.0);
                report.say(Lint::L01, timeout.place, message, format!("Write at most {MAX_WAIT}s."));
            }
        }
        NodeScript::End(end) => {
            let ends = &report.placed.script.ends;
            if !ends.contains(end) {
                let known: Vec<&str> = ends.iter().map(|end| end.as_str()).collect();
                let message = format!("`{}` is not among the ends of this flow", **end);
                let advice = format!("Add it to `ends`, or end as one of: {}.", known.join(", "));
                report.say(Lint::L02, end.place, message, advice);
            }
        }
    }
}

fn check_ask(report: &mut Report<'_>, ask: &AskScript) {
    conditions(report, &ask.when);
    tries(report, ask.retry.as_ref());
    let voice_kind = ask.voice.as_ref().and_then(|voice| voice.kind.as_ref());
    for kind in std::iter::once(&ask.kind).chain(voice_kind) {
        // Words for secrets are the business of L09.
        if !secrets::is_secret_word(&kind.text) {
            named(report, "kind of answer", kind);
        }
    }
}

fn check_do(report: &mut Report<'_>, wish: &DoScript) {
    named(report, "effect", &wish.effect);
    if let Some(slot) = &wish.from {
        slot_exists(report, slot);
    }
    let Some(effect) = wish.effect.value else { return };
    let with = wish.with.as_ref();
    let needs = [
        ("from", wants_slot(effect), wish.from.as_ref().map(|from| from.place)),
        ("template", wants_template(effect), with.and_then(|with| Some(with.template.as_ref()?.place))),
        ("leg", effect == EffectName::PlaceCall, with.and_then(|with| Some(with.leg.as_ref()?.place))),
    ];
    for (field, needed, given) in needs {
        match (needed, given) {
            (true, None) => {
                let message = format!("`{}` needs `{field}`, which is not there", wish.effect.text);
                report.say(Lint::L02, wish.effect.place, message, format!("Add `{field}:`."));
            }
            (false, Some(place)) => {
                let message = format!("`{}` takes no `{field}`", wish.effect.text);
                report.say(Lint::L02, place, message, format!("Remove `{field}:`."));
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    if let Some(leg) = with.and_then(|with| with.leg.as_ref()) {
        flow_exists(report, leg);
    }
}

/// Effects that look at what a person typed.
fn wants_slot(effect: EffectName) -> bool {
    use EffectName::*;
    matches!(effect, CheckChallenge | Identify | MatchHint | CheckCode | CheckTotp | GateAnswer)
}

fn wants_template(effect: EffectName) -> bool {
    matches!(effect, EffectName::NotifyOwner | EffectName::OpenTicket)
}

fn target(report: &mut Report<'_>, to: &At<StateId>) {
    let script = &report.placed.script;
    if script.states.contains_key(&to.value) {
        return;
    }
    let near = nearest(to.as_str(), script.states.keys().map(|state| state.as_str()));
    let message = format!("there is no state `{}` in the flow `{}`", **to, *script.flow);
    report.say(Lint::L02, to.place, message, did_you_mean(near, "States are named under `states:`."));
}

fn flow_exists(report: &mut Report<'_>, flow: &At<FlowId>) {
    if !report.scripts.mentions(flow) {
        let (message, advice) = no_flow(report.scripts, flow);
        report.say(Lint::L02, flow.place, message, advice);
    }
}

fn no_flow(scripts: &Scripts, flow: &FlowId) -> (String, String) {
    let near = nearest(flow.as_str(), scripts.flows.iter().map(|placed| placed.script.flow.as_str()));
    let advice = did_you_mean(near, "Flows are named by `flow:` at the top of a document.");
    (format!("there is no flow `{flow}`"), advice)
}

fn slot_exists(report: &mut Report<'_>, slot: &At<SlotId>) {
    let asked: Vec<&str> = questions(report.placed).map(|ask| ask.slot.as_str()).collect();
    if asked.contains(&slot.as_str()) {
        return;
    }
    let advice = did_you_mean(nearest(slot.as_str(), asked.into_iter()), "An `ask` fills a slot.");
    report.say(Lint::L02, slot.place, format!("no question of this flow fills the slot `{}`", **slot), advice);
}

fn named<T>(report: &mut Report<'_>, what: &str, name: &Named<T>) {
    if name.value.is_none() {
        let message = format!("there is no {what} `{}`", name.text);
        report.say(Lint::L02, name.place, message, choices(&name.text, name.expected));
    }
}

fn conditions(report: &mut Report<'_>, when: &[When]) {
    for condition in when {
        named(report, "condition", &condition.predicate);
    }
}

fn bound(report: &mut Report<'_>, bound: Option<&BoundScript>) {
    if let Some(bound) = bound {
        within(report, &bound.max, MAX_BOUND);
    }
}

fn tries(report: &mut Report<'_>, retry: Option<&At<u8>>) {
    if let Some(retry) = retry {
        within(report, retry, MAX_TRIES);
    }
}

fn within(report: &mut Report<'_>, number: &At<u8>, most: u8) {
    if number.value == 0 || number.value > most {
        let message = format!("{} is out of range", number.value);
        report.say(Lint::L01, number.place, message, format!("Write a number from 1 to {most}."));
    }
}

fn check_globals(scripts: &Scripts, source: &SourceFile, globals: &GlobalsScript, findings: &mut Vec<Finding>) {
    for command in globals.commands.keys().filter(|command| command.value.is_none()) {
        let message = format!("there is no command `{}`", command.text);
        let advice = choices(&command.text, command.expected);
        findings.push(source.finding(Lint::L02, command.place, message, advice));
    }
    let retry = &globals.defaults.retry;
    let calls = globals.commands.values().filter_map(|rule| rule.call.as_ref());
    for flow in calls.chain(std::iter::once(&retry.then.service)).filter(|flow| !scripts.mentions(flow)) {
        let (message, advice) = no_flow(scripts, flow);
        findings.push(source.finding(Lint::L02, flow.place, message, advice));
    }
    let (timeout, session) = (&globals.defaults.timeout, &globals.defaults.session);
    let ranges: [(&str, Place, u32, u32); 7] = [
        ("the number of tries", retry.max.place, retry.max.value.into(), MAX_TRIES.into()),
        ("the time for an answer, in seconds", timeout.chat.place, timeout.chat.0.0, 600),
        ("the life of a page, in seconds", timeout.page.place, timeout.page.0.0, 600),
        ("the time for a spoken answer, in seconds", timeout.voice.place, timeout.voice.0.0, 30),
        ("the idle time, in seconds", session.idle.place, session.idle.0.0, 900),
        ("the time of a conversation, in seconds", session.total.place, session.total.0.0, 2400),
        ("the number of turns", session.turns.place, session.turns.value.into(), 80),
    ];
    for (what, place, value, most) in ranges {
        if value == 0 || value > most {
            let message = format!("{what} is out of range: {value}");
            let advice = format!("Write at most {most}: a script can only be stricter than the engine.");
            findings.push(source.finding(Lint::L01, place, message, advice));
        }
    }
}

fn no_globals(scripts: &Scripts) -> Finding {
    let empty = SourceFile { name: GLOBALS.into(), text: String::new() };
    let message =
        if scripts.files.is_empty() { "there are no scripts".into() } else { format!("{GLOBALS} is missing") };
    empty.finding(Lint::L01, Place { line: 1, column: 1 }, message, "Copy it from the shipped flows.".into())
}

fn choices(word: &str, expected: &[&'static str]) -> String {
    did_you_mean(nearest(word, expected.iter().copied()), &format!("Write one of: {}.", expected.join(", ")))
}

fn did_you_mean(near: Option<&str>, otherwise: &str) -> String {
    near.map_or_else(|| otherwise.to_owned(), |word| format!("Did you mean `{word}`?"))
}
