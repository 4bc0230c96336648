//! What a private page posts, read into the runtime's fields. Passwords stay byte for byte as typed.

use std::collections::HashMap;

use serde::Deserialize;

use crate::channels::page::view::Faults;
use crate::http::words::Words;
use crate::model::secrets::{Answer, Password};
use crate::runtime::pages::{Fields, FormFields};

/// Longer answers are refused unread.
const MAX_ANSWER_BYTES: usize = 400;
/// The same bound that the runtime judges up to.
const MAX_PASSWORD_BYTES: usize = 1024;

/// Only the form's nonce: more time, giving up.
#[derive(Deserialize)]
pub struct PlainForm {
    pub form: String,
}

#[derive(Deserialize)]
pub struct JudgeForm {
    pub form: String,
    pub password: String,
}

/// Either form of a private page; unknown fields (the user name for password managers) are ignored.
#[derive(Deserialize)]
pub struct SubmitForm {
    pub form: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
    #[serde(flatten)]
    answers: HashMap<String, String>,
}

impl SubmitForm {
    /// The fields of the form that is open, or what is missing.
    pub fn read(mut self, expected: &FormFields, words: &Words<'_>) -> Result<Fields, Faults> {
        match expected {
            FormFields::NewPassword { .. } => {
                if self.password.is_empty() {
                    return Err(Faults::password(words.say("page-password-empty")));
                }
                if self.password.len() > MAX_PASSWORD_BYTES {
                    return Err(Faults::password(words.say("page-password-too-long")));
                }
                let (password, again) = (Password::new(self.password), Password::new(self.again));
                Ok(Fields::NewPassword { password, again })
            }
            FormFields::Answers(questions) => {
                let mut faults = Faults::default();
                let mut answers = Vec::new();
                for (n, question) in questions.iter().enumerate() {
                    let typed = self.answers.remove(&field(n)).unwrap_or_default();
                    if typed.trim().is_empty() || typed.len() > MAX_ANSWER_BYTES {
                        faults.answer(n, words.with("page-answers-missing", &[("question", &question.wording)]));
                    }
                    answers.push(Answer::new(typed));
                }
                if faults.is_empty() { Ok(Fields::Answers(answers)) } else { Err(faults) }
            }
        }
    }
}

/// The name of the field of the nth question.
pub fn field(n: usize) -> String {
    format!("answer-{n}")
}
