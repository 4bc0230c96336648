//! A cancel that is confirmed ends the case at every question, and nothing privileged has happened.

use ringback::audit::AuditKind;
use ringback::directory::embedded::SignIn;

use crate::talks::run::{Manner, run};
use crate::talks::script::{PasswordAfter, Step, Talk, WayIn, all};

/// Stories that between them pass every kind of question.
const STORIES: [&str; 5] = [
    "apu-reset-by-text.yaml",
    "apu-question-needs-one-more.yaml",
    "apu-unlock.yaml",
    "imu-reset-by-text-and-app.yaml",
    "person-at-the-desk.yaml",
];

#[tokio::test]
async fn at_every_question() {
    let mut cancelled = 0;
    for talk in all().into_iter().filter(|talk| STORIES.contains(&talk.file.as_str())) {
        for kept in 1..talk.steps.len() {
            let Some(short) = cut(&talk, kept) else { continue };
            let run = run(&short, WayIn::Browser, Manner::Plain).await;
            assert!(run.faults.is_empty(), "cancelled after step {kept}: {:#?}", run.faults);
            let events = run.world.audit().await;
            let privileged = events.iter().find(|event| {
                matches!(
                    event.kind,
                    AuditKind::EffectIntended { .. } | AuditKind::PasswordSet | AuditKind::AccountUnlocked
                )
            });
            assert!(privileged.is_none(), "{} after step {kept}: {privileged:?}", talk.file);
            let old = run.world.person.as_ref().unwrap().password.clone();
            let expected = if talk.file == "apu-unlock.yaml" { SignIn::Locked } else { SignIn::Ok };
            assert_eq!(run.world.sign_in(&old).await, expected);
            cancelled += 1;
        }
    }
    assert!(cancelled >= 20, "only {cancelled} questions were cancelled");
}

/// The first steps of a talk, then a confirmed cancel; `None` where no question is open.
fn cut(talk: &Talk, kept: usize) -> Option<Talk> {
    let mut short = talk.clone();
    short.steps.truncate(kept);
    let begun = short.steps.iter().any(|step| step.start.is_some());
    let over = short.steps.iter().filter_map(|step| step.bot.as_ref()).flatten();
    let ends = ["reset-done", "unlock-done", "desk-ticket-number"];
    if !begun || over.into_iter().any(|key| ends.contains(&key.as_str())) {
        return None;
    }
    let asked = Step { say: Some("cancel".into()), bot: Some(vec!["common-cancel-sure".into()]), ..Step::default() };
    let sure = Step { say: Some("yes".into()), bot: Some(vec!["common-stopped".into()]), ..Step::default() };
    short.steps.extend([asked, sure]);
    short.audit = None;
    short.end = "stopped".to_owned();
    short.password = PasswordAfter::Kept;
    Some(short)
}
