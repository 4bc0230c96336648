//! L11: every message that a script names is there in every language, with the arguments that the script gives.

use std::collections::BTreeSet;

use crate::flow::finding::{Finding, Level, Lint, SourceFile};
use crate::flow::lint::texts::{self, Use, Used};
use crate::flow::read::Scripts;
use crate::flow::script::place::Place;
use crate::text::catalog::{Catalog, MessageInfo, TextFault};

pub fn check(scripts: &Scripts, catalog: &Catalog, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        for used in texts::of_flow(placed) {
            check_used(&scripts.files[placed.file], &used, catalog, findings);
        }
    }
    if let Some((file, _)) = &scripts.globals {
        for used in texts::of_globals(scripts) {
            check_used(&scripts.files[*file], &used, catalog, findings);
        }
    }
    findings.extend(catalog.uneven().into_iter().map(fault));
}

/// A fault of a locale file as a finding.
pub fn fault(fault: TextFault) -> Finding {
    let file = SourceFile { name: fault.file, text: String::new() };
    let place = Place { line: fault.line, column: fault.column };
    file.finding(Lint::L11, place, fault.message, "Languages say the same: same messages, same arguments.".into())
}

/// A finding about a message where it is written down.
pub fn in_locale(lint: Lint, message: &MessageInfo, text: String, advice: &str) -> Finding {
    let file = SourceFile { name: message.file.clone(), text: String::new() };
    file.finding(lint, Place { line: message.line, column: 1 }, text, advice.to_owned())
}

/// Messages of a catalog that neither these scripts nor the program name. Not an error: a set of flows may be smaller
/// than the catalog.
pub fn unused(scripts: &Scripts, catalog: &Catalog, by_program: &BTreeSet<String>) -> Vec<Finding> {
    let flows = scripts.flows.iter().flat_map(texts::of_flow);
    let named: BTreeSet<String> = flows.chain(texts::of_globals(scripts)).map(|used| used.key.to_string()).collect();
    let mut findings = Vec::new();
    for message in catalog.languages().first().into_iter().flat_map(|language| catalog.messages(language)) {
        if !named.contains(&message.key) && !by_program.contains(&message.key) {
            let text = format!("nothing says `{}`", message.key);
            let mut finding = in_locale(Lint::L11, message, text, "Remove it from every language, or use it.");
            finding.level = Level::Warning;
            findings.push(finding);
        }
    }
    findings
}

fn check_used(file: &SourceFile, used: &Used<'_>, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let key = used.key.as_str();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let mut everywhere = true;
    for language in catalog.languages() {
        let Some(message) = catalog.messages(language).find(|message| message.key == key) else {
            everywhere = false;
            let text = format!("the message `{key}` is missing in `{language}`");
            let near = catalog.messages(language).map(|message| message.key.as_str());
            let advice = match super::names::nearest(key, near) {
                Some(near) => format!("Did you mean `{near}`? Else add it to locales/{language}/."),
                None => format!("Add it to a file in locales/{language}/."),
            };
            findings.push(file.finding(Lint::L11, used.place, text, advice));
            continue;
        };
        taken.extend(message.args.iter().map(String::as_str));
        if matches!(used.purpose, Use::Template | Use::Label) {
            continue;
        }
        for missing in message.args.iter().filter(|arg| !used.args.keys().any(|given| given.as_str() == **arg)) {
            let text = format!("the message `{key}` shows ${missing} in `{language}`, which the script does not give");
            let advice = format!("Add `{missing}:` under `args:`.");
            findings.push(file.finding(Lint::L11, used.place, text, advice));
        }
    }
    // A message for the telephone shares its arguments with the one for the chat.
    if !everywhere || used.purpose == Use::Voice {
        return;
    }
    for unused in used.args.keys().filter(|given| !taken.contains(given.as_str())) {
        let text = format!("the message `{key}` shows ${} in no language", **unused);
        findings.push(file.finding(Lint::L11, unused.place, text, "Remove the argument, or show it.".into()));
    }
}
