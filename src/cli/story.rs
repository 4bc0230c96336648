//! `ringback audit explain`: one case as a story, from the record: what was asked, which checks, why it was refused.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::audit::AuditKind;
use crate::audit_log::reading::{self, Recorded};
use crate::cli::fault::{Exit, Fault};
use crate::cli::moment;
use crate::model::method::Method;
use crate::model::purpose::Purpose;

/// The shortest beginning of a case's id that is looked for.
const SHORTEST: usize = 8;

/// Tells the case whose id begins so.
pub fn explain(record: &Path, case: &str, mut out: impl Write) -> anyhow::Result<Exit> {
    let wanted = case.to_ascii_lowercase();
    if wanted.len() < SHORTEST {
        let what = format!("`{case}` is too short to find a case by");
        return Err(Fault::new(Exit::Usage, what, format!("write its first {SHORTEST} characters or more")).into());
    }
    let mut rows: Vec<Recorded> = Vec::new();
    reading::read(record, |row| -> anyhow::Result<()> {
        if row.event.run.is_some_and(|run| run.to_string().starts_with(&wanted)) {
            rows.push(row);
        }
        Ok(())
    })?;
    let first = rows.first().and_then(|row| row.event.run);
    let Some(run) = first else {
        let what = format!("no case of the record begins with `{case}`");
        return Err(Fault::new(Exit::Usage, what, "`ringback audit export` lists cases; tickets name theirs").into());
    };
    if rows.iter().any(|row| row.event.run != first) {
        let what = format!("more than one case begins with `{case}`");
        return Err(Fault::new(Exit::Usage, what, "write more characters of it").into());
    }
    out.write_all(told(&run.to_string(), &rows).as_bytes()).context("standard output")?;
    Ok(Exit::Ok)
}

fn told(case: &str, rows: &[Recorded]) -> String {
    let mut lines = vec![format!("Case {case}")];
    if let Some(first) = rows.first() {
        let channel = first.event.channel.map_or("an unknown channel", |channel| channel.name());
        lines.push(format!("At {}, by {channel}.", first.event.tenant));
    }
    let subject = rows.iter().find_map(|row| row.event.subject.as_ref());
    lines.push(match subject {
        Some(subject) => format!("The account stands in the record as {}.", subject.0),
        None => "Nobody was identified: the name is unknown, or self-service does not serve it.".to_owned(),
    });
    lines.push(String::new());
    for row in rows {
        lines.push(format!("{}  row {:>6}  {}", moment::written(row.event.at), row.seq, sentence(&row.event.kind)));
    }
    lines.push(String::new());
    lines.push(verdict(rows));
    lines.join("\n") + "\n"
}

/// What happened, in one sentence.
fn sentence(kind: &AuditKind) -> String {
    match kind {
        AuditKind::CaseStarted { purpose } => format!("A person asked {}.", wish(*purpose)),
        AuditKind::Identified => "They gave a name that self-service may serve.".to_owned(),
        AuditKind::Throttled => "A limit was reached: they were told to wait.".to_owned(),
        AuditKind::ContactMismatch { method } => {
            format!("The address they typed for {} is not the registered one; nothing was sent.", by(*method))
        }
        AuditKind::CodeSent { method } => format!("A code was sent by {}.", by(*method)),
        AuditKind::LinkSent { method } => format!("A link to a private page was sent by {}.", by(*method)),
        AuditKind::CodeWrong { method } => format!("What they typed for {} was wrong.", by(*method)),
        AuditKind::CodeRight { method } => format!("What they typed for {} was right.", by(*method)),
        AuditKind::GatePassed { method } => format!("CHECK PASSED by {}.", by(*method)),
        AuditKind::GateFailed { method } => format!("Check failed by {}.", by(*method)),
        AuditKind::UnprovenPass { method } => {
            format!("REFUSED: the script claimed a passed check by {} and there was no proof of it.", by(*method))
        }
        AuditKind::EffectIntended { purpose } => format!("All checks hold; about to {}.", deed(*purpose)),
        AuditKind::PasswordSet => "DONE: the directory set the new password.".to_owned(),
        AuditKind::PasswordRefused => "The directory refused the new password; another one may be typed.".to_owned(),
        AuditKind::EffectUncertain { purpose } => {
            format!(
                "The directory's answer to \"{}\" was lost, and looking did not tell what became of it.",
                deed(*purpose)
            )
        }
        AuditKind::EffectFailed { purpose } => {
            format!("The directory could not {}; nothing was changed.", deed(*purpose))
        }
        AuditKind::AccountUnlocked => "DONE: the account was unlocked.".to_owned(),
        AuditKind::OwnerNotified { messages } => {
            format!("The owner is told at every registered address ({messages} message(s)).")
        }
        AuditKind::FraudReported => "\"THIS WAS NOT ME\": the owner reported it.".to_owned(),
        AuditKind::Frozen => "Self-service is closed for this account until the service desk releases it.".to_owned(),
        AuditKind::Released => "The service desk opened self-service for this account again.".to_owned(),
        AuditKind::TicketOpened => "A ticket was opened at the service desk.".to_owned(),
        AuditKind::CaseEnded { end } => format!("The case ended: {end}."),
        AuditKind::DeadLetter { template } => format!("A message could not be delivered and was given up: {template}."),
        AuditKind::Imported { accepted, refused } => format!("An import: {accepted} row(s) taken, {refused} refused."),
    }
}

/// How it came out, in one line.
fn verdict(rows: &[Recorded]) -> String {
    let n = |wanted: fn(&AuditKind) -> bool| rows.iter().filter(|row| wanted(&row.event.kind)).count();
    let passed = n(|kind| matches!(kind, AuditKind::GatePassed { .. }));
    let outcome = rows.iter().rev().find_map(|row| match &row.event.kind {
        AuditKind::FraudReported => Some("the owner says it was somebody else"),
        AuditKind::PasswordSet => Some("the password was changed"),
        AuditKind::AccountUnlocked => Some("the account was unlocked"),
        AuditKind::EffectUncertain { .. } => Some("nobody knows whether it was done: look at the account"),
        AuditKind::EffectFailed { .. } => Some("the directory did not do it"),
        AuditKind::PasswordRefused => Some("the directory refused the password"),
        AuditKind::EffectIntended { .. } => Some("the outcome is not on record yet"),
        _ => None,
    });
    let why = match (outcome, passed) {
        (Some(outcome), _) => outcome,
        (None, 0) => "no check was passed, so nothing was done",
        (None, _) => "it stopped before anything was done",
    };
    format!("In short: {passed} check(s) passed; {why}.")
}

fn wish(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ResetPassword => "for a new password",
        Purpose::UnlockAccount => "to have their account unlocked",
    }
}

fn deed(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ResetPassword => "set a new password",
        Purpose::UnlockAccount => "unlock the account",
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "mail",
        Method::Sms => "text message",
        Method::CallMobile => "call to the mobile",
        Method::CallOffice => "call to the office",
        Method::Push => "the app's number",
        Method::Totp => "authenticator app",
        Method::Questions => "security questions",
    }
}
