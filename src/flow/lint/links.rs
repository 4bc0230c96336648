//! L20: a message around a link carries no personal data, and addresses come from the engine alone.

use crate::flow::finding::{Finding, Lint};
use crate::flow::lint::Report;
use crate::flow::lint::texts::{self, Use};
use crate::flow::lint::wording::in_locale;
use crate::flow::read::Scripts;
use crate::flow::set::ArgSource;
use crate::text::catalog::Catalog;

/// What gives an address away.
const SIGNS: [&str; 5] = ["http:", "https:", "www.", "mailto:", "]("];

pub fn check(scripts: &Scripts, findings: &mut Vec<Finding>) {
    for placed in &scripts.flows {
        let mut report = Report { scripts, placed, findings };
        for used in texts::of_flow(placed).iter().filter(|used| used.purpose == Use::Page) {
            for source in used.args.values().filter(|source| source.value.is_some_and(is_personal)) {
                let message = format!("`{}` would stand beside a link that others may open", source.text);
                let advice = "Show only the minutes, or what is public about the tenant.";
                report.say(Lint::L20, source.place, message, advice);
            }
        }
    }
}

/// The part about the locales.
pub fn check_locales(catalog: &Catalog, findings: &mut Vec<Finding>) {
    for language in catalog.languages() {
        for message in catalog.messages(language) {
            // All that the file says, the spoken and the short form and every variant: none may lead elsewhere.
            if let Some(sign) = SIGNS.iter().find(|sign| message.literals.to_lowercase().contains(**sign)) {
                let text = format!("`{}` carries an address of its own (`{sign}`) in `{language}`", message.key);
                let advice = "Take addresses from an argument: they belong to the tenant, or to the engine.";
                findings.push(in_locale(Lint::L20, message, text, advice));
            }
        }
    }
}

fn is_personal(source: ArgSource) -> bool {
    match source {
        ArgSource::GateHint
        | ArgSource::GateMethod
        | ArgSource::GateCodeLength
        | ArgSource::GateTriesLeft
        | ArgSource::GateSendsLeft
        | ArgSource::GatePair
        | ArgSource::LastReasons
        | ArgSource::LastNumber => true,
        ArgSource::GateCodeMinutes
        | ArgSource::GatesDone
        | ArgSource::GatesNeeded
        | ArgSource::LastRetryAt
        | ArgSource::TenantName
        | ArgSource::TenantSignIn
        | ArgSource::TenantDesk
        | ArgSource::TenantSuffixes
        | ArgSource::TenantAlsoChanges
        | ArgSource::TenantExample
        | ArgSource::TenantRegisterHelp
        | ArgSource::PageMinutes
        | ArgSource::TenantCallConfirm => false,
    }
}
