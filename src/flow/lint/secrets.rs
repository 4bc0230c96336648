//! L09: secrets stay on private pages, codes are wiped, and messages show nothing but what a white list allows.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::names::questions;
use crate::flow::lint::{Report, texts};
use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::place::Named;
use crate::flow::script::{AskScript, NodeScript};
use crate::flow::set::{ArgSource, Kind, SlotClass, SlotKind};
use crate::model::names::SlotId;

/// Words for what must never be asked for in a chat.
pub fn is_secret_word(word: &str) -> bool {
    ["secret", "password", "passphrase", "answer", "pin"].iter().any(|secret| word.contains(secret))
}

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for ask in questions(placed) {
            check_ask(&mut report, ask);
        }
        for text in texts::of_flow(placed) {
            for source in text.args.values() {
                check_source(&mut report, source);
            }
        }
    }
}

fn check_ask(report: &mut Report<'_>, ask: &AskScript) {
    let voice_kind = ask.voice.as_ref().and_then(|voice| voice.kind.as_ref());
    for kind in std::iter::once(&ask.kind).chain(voice_kind) {
        if is_secret_word(&kind.text) {
            let message = format!("a question cannot ask for `{}`", kind.text);
            report.say(Lint::L09, kind.place, message, "Secrets are typed on a private page: use a `page` node.");
        }
        if ask.class == SlotClass::Public && kind.value.is_some_and(is_personal) {
            let message = format!("`{}` answers must be of the class `code`", kind.text);
            let advice = "Add `class: code`: numbers, addresses and codes are kept as hashes and wiped after use.";
            report.say(Lint::L09, kind.place, message, advice);
        }
    }
    if ask.class == SlotClass::Code && !is_read(report.placed, &ask.slot) {
        let message = format!("nothing reads the slot `{}`, so it is never wiped", *ask.slot);
        report.say(Lint::L09, ask.slot.place, message, "Name it in the `from:` of the effect that compares it.");
    }
}

fn check_source(report: &mut Report<'_>, source: &Named<ArgSource>) {
    match source.value {
        None => {
            let message = format!("a message cannot show `{}`", source.text);
            let advice = format!("Arguments come from: {}.", source.expected.join(", "));
            report.say(Lint::L09, source.place, message, advice);
        }
        Some(shown) if report.placed.script.kind == Kind::Leg && !is_public(shown) => {
            let message = format!("a leg cannot say `{}`: whoever picks up would hear it", source.text);
            report.say(Lint::L09, source.place, message, "On a leg only what is public about the tenant may be said.");
        }
        Some(_) => {}
    }
}

fn is_read(placed: &PlacedFlow, slot: &SlotId) -> bool {
    placed.script.states.values().any(|node| match node {
        NodeScript::Do(wish) => wish.from.as_ref().is_some_and(|from| from.value == *slot),
        _ => false,
    })
}

fn is_personal(kind: SlotKind) -> bool {
    match kind {
        SlotKind::Phone | SlotKind::Contact | SlotKind::Digits => true,
        SlotKind::AccountName | SlotKind::StudentNumber | SlotKind::KeyedName | SlotKind::PhoneEnd => false,
    }
}

fn is_public(source: ArgSource) -> bool {
    match source {
        ArgSource::TenantName
        | ArgSource::TenantCallConfirm
        | ArgSource::TenantSignIn
        | ArgSource::TenantDesk
        | ArgSource::TenantSuffixes
        | ArgSource::TenantAlsoChanges
        | ArgSource::TenantExample
        | ArgSource::TenantRegisterHelp
        | ArgSource::PageMinutes => true,
        ArgSource::GateHint
        | ArgSource::GateCodeLength
        | ArgSource::GateMethod
        | ArgSource::GateCodeMinutes
        | ArgSource::GateTriesLeft
        | ArgSource::GateSendsLeft
        | ArgSource::GatePair
        | ArgSource::GatesDone
        | ArgSource::GatesNeeded
        | ArgSource::LastReasons
        | ArgSource::LastNumber
        | ArgSource::LastRetryAt => false,
    }
}
