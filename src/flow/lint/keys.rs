//! L12, the part about keys: a telephone menu is short, and each key means one thing.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::walk::{State, states};
use crate::flow::read::Scripts;
use crate::flow::script::NodeScript;
use crate::flow::script::place::At;
use crate::flow::set::Kind;

/// Options that a person can keep in mind while listening (`docs/ARCHITECTURE.md`, "Limits").
const MAX_OPTIONS: usize = 5;
/// Most digits that a question takes: a telephone number with its country code.
const MAX_KEYS: u8 = 15;

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for state in states(placed) {
            check_options(&mut report, &state);
            if let NodeScript::Ask(ask) = state.node {
                let keys = ask.voice.as_ref().and_then(|voice| voice.keys.as_ref());
                if let Some(keys) = keys.filter(|keys| keys.value == 0 || keys.value > MAX_KEYS) {
                    let message = format!("{} keys cannot be asked for", keys.value);
                    report.say(Lint::L12, keys.place, message, format!("Write a number from 1 to {MAX_KEYS}."));
                }
            }
        }
    }
    check_globals(scripts, findings);
}

fn check_options(report: &mut Report<'_>, state: &State<'_>) {
    let options = state.node.options();
    if let Some(sixth) = options.get(MAX_OPTIONS) {
        let message =
            format!("the menu `{}` has {} options; {MAX_OPTIONS} can be listened to", state.id, options.len());
        report.say(Lint::L12, sixth.key.place, message, "Split the menu.");
    }
    let on_a_leg = report.placed.script.kind == Kind::Leg;
    let mut taken: Vec<(char, &str)> = Vec::new();
    if let NodeScript::Ask(ask) = state.node
        && let Some(deny) = &ask.deny
    {
        if !on_a_leg {
            let message = "only a leg has a key that says \"this was not me\"";
            report.say(
                Lint::L12,
                deny.key.place,
                message,
                "Remove `deny:`; elsewhere `cancel` works at every question.",
            );
        }
        taken.push((deny.key.value, "deny"));
    }
    for option in options {
        let Some(key) = &option.voice_key else {
            let message = format!("the option `{}` cannot be reached by telephone", *option.key);
            report.say(Lint::L12, option.key.place, message, "Add `voice_key:` with a digit.");
            continue;
        };
        if let Some(problem) = reserved(key, option.key.as_str()) {
            report.say(Lint::L12, key.place, problem, "Use 1 to 8; `9` is for `other` and `back` alone.");
        }
        if let Some((_, other)) = taken.iter().find(|(taken, _)| *taken == key.value) {
            let message = format!("the key `{}` is also that of `{other}`", key.value);
            report.say(Lint::L12, key.place, message, "Give each option its own key.");
        }
        taken.push((key.value, option.key.as_str()));
    }
}

/// Keys that mean the same everywhere: `*` repeats, `0` is a person, `#` ends digits, `9` is another way or back.
fn reserved(key: &At<char>, option: &str) -> Option<String> {
    match key.value {
        '1'..='8' => None,
        '9' if matches!(option, "other" | "back") => None,
        '9' => Some("the key `9` means another way, or back, everywhere".into()),
        '*' => Some("the key `*` repeats the question everywhere".into()),
        '0' => Some("the key `0` leads to a person everywhere".into()),
        '#' => Some("the key `#` ends a row of digits".into()),
        other => Some(format!("no telephone has a key `{other}`")),
    }
}

fn check_globals(scripts: &Scripts, findings: &mut Vec<Finding>) {
    let Some((file, globals)) = &scripts.globals else { return };
    let mut taken: Vec<char> = Vec::new();
    for key in globals.commands.values().filter_map(|rule| rule.voice_key.as_ref()) {
        let problem = match key.value {
            '*' | '0' if !taken.contains(&key.value) => None,
            '*' | '0' => Some(format!("two commands have the key `{}`", key.value)),
            other => Some(format!("`{other}` is not free for a command")),
        };
        if let Some(problem) = problem {
            let advice = "Commands have `*` (repeat) and `0` (a person); the digits belong to the menus.";
            findings.push(scripts.files[*file].finding(Lint::L12, key.place, problem, advice.into()));
        }
        taken.push(key.value);
    }
}
