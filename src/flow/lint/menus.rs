//! L14 and L16: a menu always offers something, and a question always has a way on.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::states;
use crate::flow::read::Scripts;
use crate::flow::script::{GlobalsScript, NodeScript, OptionScript};
use crate::flow::set::Kind;
use crate::model::command::Command;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        check_offers(&mut report);
        if let Some((_, globals)) = &scripts.globals {
            check_way_on(&mut report, globals);
        }
    }
    check_globals(scripts, findings);
}

fn check_offers(report: &mut Report<'_>) {
    for state in states(report.placed) {
        match state.node {
            NodeScript::Choose(choose) if !always_offers(&choose.options) => {
                let message = format!("the menu `{}` is empty when none of its conditions holds", state.id);
                let advice = "Give it an option without `when`, or a pair with `x` and `not x`.";
                report.say(Lint::L14, choose.prompt.place, message, advice);
            }
            NodeScript::Gates(gates) if gates.each.is_empty() => {
                let message = format!("the gates in the state `{}` offer no method", state.id);
                report.say(Lint::L14, gates.prompt.place, message, "Name at least one method under `each:`.");
            }
            _ => {}
        }
    }
}

/// Whether some option is there whatever holds.
fn always_offers(options: &[OptionScript]) -> bool {
    let sole = |option: &OptionScript| match option.when.as_slice() {
        [one] => Some((one.predicate.text.clone(), one.negated)),
        _ => None,
    };
    options.iter().any(|option| option.when.is_empty())
        || options.iter().filter_map(sole).any(|(predicate, negated)| {
            options.iter().filter_map(sole).any(|other| other == (predicate.clone(), !negated))
        })
}

/// An exhausted question of a part, a gate or a leg takes an end that the flow must have.
fn check_way_on(report: &mut Report<'_>, globals: &GlobalsScript) {
    let script = &report.placed.script;
    let then = &globals.defaults.retry.then;
    let end = match script.kind {
        Kind::Service => return,
        Kind::Part => &then.part,
        Kind::Gate => &then.gate,
        Kind::Leg => &then.leg,
    };
    if script.ends.contains(end) {
        return;
    }
    let first = states(report.placed).filter(|state| state.node.is_question()).min_by_key(|state| state.place);
    if let Some(state) = first {
        let message = format!("when nobody answers `{}`, the flow has no end `{}` to take", state.id, **end);
        let advice = format!("Add `{}` to `ends`, with a state that ends so.", **end);
        report.say(Lint::L16, state.place, message, advice);
    }
}

fn check_globals(scripts: &Scripts, findings: &mut Vec<Finding>) {
    let Some((file, globals)) = &scripts.globals else { return };
    let source = &scripts.files[*file];
    let retry = &globals.defaults.retry;
    for (what, missing) in [("no_match", retry.no_match.is_none()), ("no_input", retry.no_input.is_none())] {
        if missing {
            let message = format!("there are no words for `{what}`");
            let advice = format!("Add `{what}:` with a message; it is said before a question is asked again.");
            findings.push(source.finding(Lint::L16, retry.max.place, message, advice));
        }
    }
    for command in
        [Command::Help, Command::Repeat, Command::Language, Command::Human, Command::Cancel, Command::Restart]
    {
        if !globals.commands.keys().any(|named| named.value == Some(command)) {
            let name = format!("{command:?}").to_lowercase();
            let message = format!("the command `{name}` leads nowhere");
            let advice = format!("Add `{name}:` under `commands:`; people say it at every question.");
            findings.push(source.finding(Lint::L16, globals.group.place, message, advice));
        }
    }
}
