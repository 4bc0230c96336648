//! The longest values that arguments take in practice, for rules about how long a message may be.

use crate::flow::lint::texts::Used;
use crate::flow::set::ArgSource;
use crate::model::names::MessageKey;
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Arg, Prompt};
use crate::text::catalog::Catalog;

/// A message in words, with long arguments.
pub fn render(catalog: &Catalog, language: &Language, surface: Surface, used: &Used<'_>) -> String {
    let mut prompt = Prompt::of(used.key.clone());
    for (name, source) in used.args {
        if let Some(source) = source.value {
            prompt.args.push((name.value.clone(), long(source)));
        }
    }
    catalog.render(language, surface, &prompt, &|_| None).text
}

fn long(source: ArgSource) -> Arg {
    let text = |text: &str| Arg::Text(text.to_owned());
    match source {
        ArgSource::GateHint => text("••••••••18"),
        ArgSource::GateCodeLength => Arg::Number(8),
        // The form of the message that names no method is the longer one.
        ArgSource::GateMethod => text("sms"),
        ArgSource::GateCodeMinutes | ArgSource::PageMinutes => Arg::Number(10),
        ArgSource::GateTriesLeft => Arg::Number(4),
        ArgSource::GateSendsLeft => Arg::Number(2),
        ArgSource::GatePair => Arg::Digits("42".into()),
        ArgSource::GatesDone => Arg::Number(1),
        ArgSource::GatesNeeded => Arg::Number(2),
        // How many reasons there are is not the message's doing.
        ArgSource::LastReasons => Arg::List(Vec::new()),
        ArgSource::LastNumber => text("2026-004711"),
        ArgSource::LastRetryAt => Arg::Message(MessageKey::of("common-later")),
        ArgSource::TenantCallConfirm => text("pair"),
        ArgSource::TenantName => text("Asia Pacific University"),
        ArgSource::TenantSignIn => text("https://portal.office.com"),
        ArgSource::TenantDesk => text("Service Desk, +60 3 2731 7000, Monday to Friday 8:30 to 17:30"),
        ArgSource::TenantSuffixes => text("@student.example.org, @example.org"),
        ArgSource::TenantAlsoChanges => text("Office 365 and the student portal"),
        ArgSource::TenantExample => text("csmith1234@student.example.org"),
        ArgSource::TenantRegisterHelp => text("https://example.org/register"),
    }
}
