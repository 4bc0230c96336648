//! How the world of a talk differs from the demo's.

use ringback::model::method::Method;
use ringback::policy::tenant::CallConfirm;

use crate::support::world::Wish;
use crate::support::world::moody_desk::DeskMood;
use crate::talks::script::Talk;

/// The world that a talk asks for.
pub fn wish(talk: &Talk) -> Wish {
    let method = |name: &String| {
        Method::ALL.into_iter().find(|method| method.name() == name).unwrap_or_else(|| panic!("no method {name}"))
    };
    Wish {
        answers: talk.world.answers.clone().into_iter().collect(),
        keyed_questions: talk.world.keyed_questions.clone().into_iter().collect(),
        totp: talk.world.totp.clone(),
        no_texts: talk.world.no_texts,
        no_mails: talk.world.no_mails,
        mails_refused: talk.world.mails_refused,
        desk: match talk.world.desk.as_deref() {
            None => DeskMood::TakesTickets,
            Some("open") => DeskMood::Open,
            Some("down") => DeskMood::Down,
            Some("none") => DeskMood::None,
            Some(other) => panic!("`desk: {other}` is open, down or none"),
        },
        methods: talk.world.methods.as_ref().map(|names| names.iter().map(method).collect()),
        always_challenge: talk.world.always_challenge,
        calls: talk.world.calls,
        desk_takes_calls: talk.world.desk_takes_calls,
        call_confirm: talk.world.pound.then_some(CallConfirm::Pound),
        ..Wish::default()
    }
}
