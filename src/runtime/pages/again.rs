//! A form that was sent twice (a double click, a reload) gets the answer of the first time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::secrets::Secret;
use crate::model::time::{Seconds, Timestamp};
use crate::runtime::pages::PageAnswer;
use crate::verify::keys::{Keys, Tag};

/// How long an answer is remembered.
const REMEMBERED: Seconds = Seconds(60);

/// Answers by a keyed hash of session and form: another password on the same page is another form.
#[derive(Default)]
pub struct Answers(Mutex<HashMap<Tag, (PageAnswer, Timestamp)>>);

impl Answers {
    pub fn get(&self, form: &Tag, now: Timestamp) -> Option<PageAnswer> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|_, (_, until)| now < *until);
        answers.get(form).map(|(answer, _)| answer.clone())
    }

    pub fn keep(&self, form: Tag, answer: &PageAnswer, now: Timestamp) {
        // A refusal leaves the page open, so the same form may be sent again in earnest.
        let last = match answer {
            PageAnswer::Done | PageAnswer::Recorded | PageAnswer::Uncertain => true,
            PageAnswer::Mismatch
            | PageAnswer::Refused { .. }
            | PageAnswer::Unavailable
            | PageAnswer::Stale
            | PageAnswer::Dead => false,
        };
        if last {
            let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            answers.insert(form, (answer.clone(), now + REMEMBERED));
        }
    }
}

/// Session and form as one hash that tells neither.
pub fn form(keys: &Keys, session: &str, secret: &Secret) -> Tag {
    match secret {
        Secret::Password(password) | Secret::Temporary(password) | Secret::Spoken(password) => {
            keys.code.tag(&[b"form", session.as_bytes(), password.reveal().as_bytes()])
        }
        Secret::Code(code) => keys.code.tag(&[b"form", session.as_bytes(), code.reveal().as_bytes()]),
        Secret::Answers(answers) => {
            let parts = [b"form".as_slice(), session.as_bytes()];
            let answers = answers.iter().map(|answer| answer.reveal().as_bytes());
            keys.code.tag(&parts.into_iter().chain(answers).collect::<Vec<_>>())
        }
    }
}
