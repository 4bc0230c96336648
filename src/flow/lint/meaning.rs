//! L15: what people say for an option means that option and no other, and a command stays a command beside every menu.

use std::collections::BTreeSet;

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::texts::method_label;
use crate::flow::lint::walk::{State, states};
use crate::flow::lint::{Report, written};
use crate::flow::read::Scripts;
use crate::flow::script::NodeScript;
use crate::flow::script::place::Place;
use crate::flow::set::SlotClass;
use crate::model::command::Command;
use crate::model::names::{MessageKey, OptionKey};
use crate::model::peer::Language;
use crate::text::catalog::Catalog;
use crate::text::understand::{Candidates, Meaning, Reading};
use crate::text::words::Phrase;

/// A menu as it is understood: keys, labels and where each option is written down.
struct Menu {
    choices: Vec<(OptionKey, MessageKey)>,
    places: Vec<Place>,
    /// Beside a code only whole words count.
    exact: bool,
}

pub fn check(scripts: &Scripts, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for state in states(placed) {
            let Some(menu) = menu(&state) else { continue };
            // The same menu in two flows has the same faults.
            if seen.insert((menu.exact, menu.choices.clone())) {
                check_options(&mut report, catalog, &menu);
            }
        }
    }
}

fn menu(state: &State<'_>) -> Option<Menu> {
    let mut menu = Menu { choices: Vec::new(), places: Vec::new(), exact: false };
    if let NodeScript::Ask(ask) = state.node {
        menu.exact = ask.class == SlotClass::Code;
    }
    for option in state.node.options() {
        menu.choices.push((option.key.value.clone(), option.label.value.clone()));
        menu.places.push(option.key.place);
    }
    if let NodeScript::Gates(gates) = state.node {
        for (name, method) in gates.each.keys().filter_map(|name| Some((name, name.value?))) {
            let Some(label) = method_label(&gates.label, method) else { continue };
            menu.choices.push((OptionKey::parse(method.name()).ok()?, label.key));
            menu.places.push(name.place);
        }
    }
    (!menu.choices.is_empty()).then_some(menu)
}

/// Label and synonyms of each option lead to it, and none of them is a command.
fn check_options(report: &mut Report<'_>, catalog: &Catalog, menu: &Menu) {
    for (at, (key, label)) in menu.choices.iter().enumerate() {
        check_label(report, catalog, menu, at);
        let labels = catalog.languages().iter().map(|language| (language.clone(), bare(catalog, language, label)));
        let table = format!("option-{}", key.as_str().replace('_', "-"));
        let synonyms = phrases(catalog, &table).map(|phrase| (phrase.language.clone(), said(phrase)));
        for (language, said) in labels.chain(synonyms) {
            let reading = understand(catalog, &language, &menu.choices, menu.exact, &said);
            if let Some(other) = misread(&reading, key) {
                let message =
                    format!("\"{said}\" ({language}) is a word for the option `{key}`, and means {other} here");
                let advice = "Change the label, or the words in locales/<tag>/words.ftl, so that each means one thing.";
                report.say(Lint::L15, menu.places[at], message, advice);
                continue;
            }
            // A command's word inside a longer label takes nothing away.
            let alone = understand(catalog, &language, &[], true, &said).meaning;
            if let Meaning::Command(command) = alone
                && !shares(catalog, menu, key, command)
            {
                let message =
                    format!("\"{said}\" ({language}) is the command `{command:?}`, and `{key}` takes it away");
                let advice = "Change the label, or the option's words: commands work at every question.";
                report.say(Lint::L15, menu.places[at], message, advice);
            }
        }
    }
}

/// Whether an option stands for a command on purpose: then the command's own words lead to it.
fn shares(catalog: &Catalog, menu: &Menu, key: &OptionKey, command: Command) -> bool {
    let table = format!("command-{}", written(&command));
    phrases(catalog, &table).any(|phrase| {
        let reading = understand(catalog, &phrase.language, &menu.choices, menu.exact, &said(phrase));
        let by_command = reading.evidence.is_some_and(|(by, _)| by == table);
        by_command && reading.meaning == Meaning::Choice(key.clone())
    })
}

/// Two options that read the same cannot be told apart.
fn check_label(report: &mut Report<'_>, catalog: &Catalog, menu: &Menu, at: usize) {
    for language in catalog.languages() {
        let words = |at: usize| bare(catalog, language, &menu.choices[at].1).to_lowercase();
        if let Some(twin) = (0..at).find(|earlier| words(*earlier) == words(at)) {
            let (twin, key) = (&menu.choices[twin].0, &menu.choices[at].0);
            let message = format!("the options `{twin}` and `{key}` have the same label in `{language}`");
            report.say(Lint::L15, menu.places[at], message, "Say in the label how they differ.");
        }
    }
}

/// What an option's words mean instead of it.
fn misread(reading: &Reading, key: &OptionKey) -> Option<String> {
    match &reading.meaning {
        Meaning::Choice(chosen) if chosen == key => None,
        // A label with hints or many words may be none of the words people use; it is a button then.
        Meaning::Nothing => None,
        Meaning::Choice(chosen) => Some(format!("`{chosen}`")),
        Meaning::Doubt => Some("more than one thing".to_owned()),
        Meaning::Command(command) => Some(format!("the command `{command:?}`").to_lowercase()),
        Meaning::Intent(_) | Meaning::Language(_) | Meaning::Yes | Meaning::No => Some("something else".to_owned()),
    }
}

fn understand(
    catalog: &Catalog,
    language: &Language,
    choices: &[(OptionKey, MessageKey)],
    exact: bool,
    said: &str,
) -> Reading {
    let candidates = Candidates { choices, yes_no: false, exact, intents: false };
    catalog.reading(language, &candidates, said)
}

fn phrases<'a>(catalog: &'a Catalog, table: &str) -> impl Iterator<Item = &'a Phrase> {
    catalog.synonyms().filter(move |(name, _)| *name == table).flat_map(|(_, phrases)| phrases)
}

/// A phrase as somebody would say it: the first of each row of alternatives.
fn said(phrase: &Phrase) -> String {
    let words = phrase.text.split_whitespace().map(|word| word.split('/').next().unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

/// A label without the hint that it may end with.
fn bare(catalog: &Catalog, language: &Language, label: &MessageKey) -> String {
    let text = catalog.text(language, label.as_str(), &[("masked", "")]);
    text.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned()
}
