//! Audit lines in words, for the strip that shows what just happened.

use crate::audit::AuditKind;
use crate::http::words::Words;
use crate::model::method::Method;
use crate::model::purpose::Purpose;

/// How a line looks: a step forward, a setback, or neither.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Good,
    Bad,
    Plain,
}

/// A kind in the visitor's language.
pub fn sentence(words: &Words<'_>, kind: &AuditKind) -> (Tone, String) {
    let plain = |tone, key| (tone, words.say(key));
    let way = |tone, key, method: Method| {
        let name = words.key(&format!("demo-method-{}", method.name().replace('_', "-")));
        (tone, words.with(key, &[("method", &name)]))
    };
    let aim = |tone, key, purpose: Purpose| {
        let name = words.key(&format!("demo-purpose-{}", purpose.name().replace('_', "-")));
        (tone, words.with(key, &[("purpose", &name)]))
    };
    match kind {
        AuditKind::CaseStarted { purpose } => aim(Tone::Plain, "demo-audit-case-started", *purpose),
        AuditKind::Identified => plain(Tone::Plain, "demo-audit-identified"),
        AuditKind::Throttled => plain(Tone::Bad, "demo-audit-throttled"),
        AuditKind::ContactMismatch { method } => way(Tone::Bad, "demo-audit-contact-mismatch", *method),
        AuditKind::CodeSent { method } => way(Tone::Plain, "demo-audit-code-sent", *method),
        AuditKind::LinkSent { method } => way(Tone::Plain, "demo-audit-link-sent", *method),
        AuditKind::CodeWrong { method } => way(Tone::Bad, "demo-audit-code-wrong", *method),
        AuditKind::CodeRight { method } => way(Tone::Plain, "demo-audit-code-right", *method),
        AuditKind::GatePassed { method } => way(Tone::Good, "demo-audit-gate-passed", *method),
        AuditKind::GateFailed { method } => way(Tone::Bad, "demo-audit-gate-failed", *method),
        AuditKind::UnprovenPass { method } => way(Tone::Bad, "demo-audit-unproven-pass", *method),
        AuditKind::EffectIntended { purpose } => aim(Tone::Plain, "demo-audit-effect-intended", *purpose),
        AuditKind::PasswordSet => plain(Tone::Good, "demo-audit-password-set"),
        AuditKind::PasswordRefused => plain(Tone::Bad, "demo-audit-password-refused"),
        AuditKind::EffectUncertain { purpose } => aim(Tone::Bad, "demo-audit-effect-uncertain", *purpose),
        AuditKind::EffectFailed { purpose } => aim(Tone::Bad, "demo-audit-effect-failed", *purpose),
        AuditKind::AccountUnlocked => plain(Tone::Good, "demo-audit-account-unlocked"),
        AuditKind::OwnerNotified { messages } => {
            (Tone::Plain, words.count("demo-audit-owner-notified", "messages", i64::from(*messages)))
        }
        AuditKind::FraudReported => plain(Tone::Bad, "demo-audit-fraud-reported"),
        AuditKind::Frozen => plain(Tone::Bad, "demo-audit-frozen"),
        AuditKind::Released => plain(Tone::Good, "demo-audit-released"),
        AuditKind::TicketOpened => plain(Tone::Plain, "demo-audit-ticket-opened"),
        AuditKind::CaseEnded { .. } => plain(Tone::Plain, "demo-audit-case-ended"),
        AuditKind::DeadLetter { .. } => plain(Tone::Bad, "demo-audit-dead-letter"),
        AuditKind::Imported { .. } => plain(Tone::Plain, "demo-audit-imported"),
    }
}
