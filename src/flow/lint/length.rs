//! L12 and L13: what is spoken can be listened to, and what is written fits every chat.

use std::collections::BTreeSet;

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::texts::{self, Use, Used};
use crate::flow::lint::walk::states;
use crate::flow::lint::wording::in_locale;
use crate::flow::lint::{Report, sample};
use crate::flow::read::Scripts;
use crate::model::peer::{Language, Surface};
use crate::text::catalog::{Catalog, MessageInfo};

/// About 15 seconds of speech; more is not kept in mind (`docs/ARCHITECTURE.md`, "Limits").
const MAX_SPOKEN_WORDS: usize = 35;
/// The tightest chat takes 2,000 characters; buttons and names need some of them.
const MAX_WRITTEN: usize = 1500;
/// The tightest button takes 80 characters (Discord).
const MAX_LABEL: usize = 80;
/// A button carries the option's key and 17 more characters in 64 bytes (Telegram).
const MAX_KEY: usize = 47;
/// Buttons that can be told apart at a glance.
const MAX_BUTTONS: usize = 8;

pub fn check(scripts: &Scripts, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let flows = scripts.flows.iter().flat_map(texts::of_flow);
    let mut seen = BTreeSet::new();
    for used in flows.chain(texts::of_globals(scripts)) {
        for language in catalog.languages() {
            let Some(message) = catalog.messages(language).find(|message| message.key == used.key.as_str()) else {
                continue;
            };
            if seen.insert((message.file.clone(), message.line, used.purpose)) {
                check_message(catalog, language, message, &used, findings);
            }
        }
    }
}

/// The part that needs no wording.
pub fn check_buttons(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for state in states(placed) {
            let options = state.node.options();
            if let Some(ninth) = options.get(MAX_BUTTONS) {
                let message = format!("the menu `{}` has {} buttons; {MAX_BUTTONS} fit", state.id, options.len());
                report.say(Lint::L13, ninth.key.place, message, "Split the menu.");
            }
            for option in options.iter().filter(|option| option.key.as_str().len() > MAX_KEY) {
                let message = format!("the key `{}` does not fit into a button", *option.key);
                report.say(Lint::L13, option.key.place, message, format!("Use at most {MAX_KEY} characters."));
            }
        }
    }
}

fn check_message(
    catalog: &Catalog,
    language: &Language,
    message: &MessageInfo,
    used: &Used<'_>,
    findings: &mut Vec<Finding>,
) {
    let key = &used.key;
    let written = sample::render(catalog, language, Surface::Chat, used);
    let most = if used.purpose == Use::Label { MAX_LABEL } else { MAX_WRITTEN };
    let length = written.chars().count();
    if !matches!(used.purpose, Use::Voice | Use::Template) && length > most {
        let text = format!("`{key}` has {length} characters in `{language}`; {most} fit");
        findings.push(in_locale(Lint::L13, message, text, "Shorten it: some chats would cut it off."));
    }
    if used.spoken_elsewhere || used.purpose == Use::Template {
        return;
    }
    // A label is a name on a button; on the telephone it says what its key does.
    if used.purpose == Use::Label && !message.voice {
        let text = format!("`{key}` does not say in `{language}` what its key does on the telephone");
        findings.push(in_locale(Lint::L12, message, text, "Give it a `.voice` such as \"To use another way\"."));
    }
    let spoken = sample::render(catalog, language, Surface::Voice, used);
    let words = spoken.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    if words > MAX_SPOKEN_WORDS {
        let text = format!("`{key}` is spoken in {words} words in `{language}`; {MAX_SPOKEN_WORDS} can be listened to");
        findings.push(in_locale(Lint::L12, message, text, "Give it a shorter `.voice`."));
    }
}
