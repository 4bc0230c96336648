//! What a session may do with its page: see the form, have a password judged, hand it in, give up.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::engine::conversation::Conversation;
use crate::engine::event::{EffectCall, EffectResult, Event, PageResult};
use crate::flow::effect::Outcome;
use crate::flow::set::Form;
use crate::model::account::Account;
use crate::model::ids::VaultKey;
use crate::model::secrets::{Password, Secret};
use crate::policy::password::Verdict;
use crate::ports::directory::DirectoryError;
use crate::ports::registry::RegistryError;
use crate::runtime::locks::LockKey;
use crate::runtime::pages::again;
use crate::runtime::pages::session::{HeldPage, conversation_of, held_page};
use crate::runtime::pages::{Fields, FormFields, FormView, PageAnswer, PageError, Pages, Question};
use crate::runtime::perform::questions;
use crate::runtime::turn::{Advanced, Source, TurnError, advance, drive, load};
use crate::runtime::vault::SECRET_LIFE;

/// Longest password that is looked at; longer ones are refused unread.
const MAX_PASSWORD_BYTES: usize = 1024;

/// The effects of a turn with their results.
type Results = Vec<(EffectCall, EffectResult)>;

/// Passwords that are judged at once (`security.md` T34).
static JUDGES: Semaphore = Semaphore::const_new(4);

impl Pages {
    /// The form behind a session; `None` when there is none (any more).
    pub async fn form(&self, session: &str) -> Result<Option<FormView>, PageError> {
        let Some(held) = self.held(session).await? else { return Ok(None) };
        let fields = match held.form {
            Form::NewPassword => {
                let account = self.account(&held.conversation).await?;
                let rules = self.verdicts(&held.conversation, account.as_ref(), &Password::new(String::new())).await?;
                FormFields::NewPassword { user_name: account.map(|account| account.user_name), rules }
            }
            Form::Answers => FormFields::Answers(self.questions(&held.conversation).await?),
        };
        let extendable = self.extendable(&held.conversation, self.0.now());
        let HeldPage { conversation, expires, .. } = held;
        let (tenant, language) = (conversation.peer.tenant, conversation.language);
        Ok(Some(FormView { tenant, language, fields, expires, extendable }))
    }

    /// Every rule with its verdict, for the live check; `None` when the session holds no password page.
    pub async fn judge(&self, session: &str, password: &Password) -> Result<Option<Vec<Verdict>>, PageError> {
        let Some(held) = self.held(session).await? else { return Ok(None) };
        if held.form != Form::NewPassword {
            return Ok(None);
        }
        let account = self.account(&held.conversation).await?;
        Ok(Some(self.verdicts(&held.conversation, account.as_ref(), password).await?))
    }

    /// Hands a form in and waits for what comes of it. A session that is handed in twice at once acts once.
    pub async fn submit(&self, session: &str, fields: Fields) -> Result<PageAnswer, PageError> {
        let Some(held) = self.held(session).await? else { return Ok(self.answered(session, fields)) };
        let secret = match (held.form, fields) {
            (Form::NewPassword, Fields::NewPassword { password, again }) => {
                if password.reveal() != again.reveal() {
                    return Ok(PageAnswer::Mismatch);
                }
                let account = self.account(&held.conversation).await?;
                let verdicts = self.verdicts(&held.conversation, account.as_ref(), &password).await?;
                let broken: Vec<_> = verdicts.into_iter().filter(|verdict| !verdict.kept).collect();
                if !broken.is_empty() {
                    let reasons = broken.into_iter().map(|verdict| (verdict.message, verdict.args)).collect();
                    return Ok(PageAnswer::Refused { reasons });
                }
                Secret::Password(password)
            }
            (Form::Answers, Fields::Answers(answers)) => Secret::Answers(answers),
            (Form::NewPassword, Fields::Answers(_)) | (Form::Answers, Fields::NewPassword { .. }) => {
                return Ok(PageAnswer::Dead);
            }
        };
        let form = again::form(&self.0.parts.keys, session, &secret);
        // One at a time until the answer is kept: who comes second is told what the first was.
        let _alone = self.0.locks.enter_surely(alone(session)).await;
        let key = VaultKey(self.0.draw_id());
        self.0.vault.put(key, secret, self.0.now() + SECRET_LIFE);
        self.0.timers.notify_one();
        let results = self.hand_in(session, PageResult::Submitted(key)).await;
        self.0.vault.remove(key);
        let answer = match (results?, held.form) {
            (None, _) => self.0.answers.get(&form, self.0.now()).unwrap_or(PageAnswer::Dead),
            (Some(_), Form::Answers) => PageAnswer::Recorded,
            (Some(results), Form::NewPassword) => said(&results),
        };
        self.0.answers.keep(form, &answer, self.0.now());
        Ok(answer)
    }

    /// What the same form was told a moment ago.
    fn answered(&self, session: &str, fields: Fields) -> PageAnswer {
        let secret = match fields {
            Fields::NewPassword { password, again } if password.reveal() == again.reveal() => {
                Secret::Password(password)
            }
            Fields::NewPassword { .. } => return PageAnswer::Dead,
            Fields::Answers(answers) => Secret::Answers(answers),
        };
        let form = again::form(&self.0.parts.keys, session, &secret);
        self.0.answers.get(&form, self.0.now()).unwrap_or(PageAnswer::Dead)
    }

    /// The person does not want to fill the form in; whether there was one.
    pub async fn decline(&self, session: &str) -> Result<bool, PageError> {
        Ok(self.hand_in(session, PageResult::Declined).await?.is_some())
    }

    /// Gives the event to the conversation and waits until nothing is open; `None` when the session holds no page.
    async fn hand_in(&self, session: &str, result: PageResult) -> Result<Option<Results>, PageError> {
        let Some(id) = conversation_of(session) else { return Ok(None) };
        let Some(lock) = self.lock(id).await? else { return Ok(None) };
        // Looked at again under the lock: another tab may have been faster.
        let Some(found) = load(&self.0, id).await? else { return Ok(None) };
        let Some(held) = held_page(found.conversation, session, self.0.now()) else { return Ok(None) };
        let shell = Arc::clone(&self.0);
        // On a task of its own: a browser that goes away must not stop a turn between commit and effect.
        let turn = tokio::spawn(async move {
            let working = shell.work();
            let event = Event::Page { page: held.page, result };
            match advance(&shell, &Source::Conversation(id), event, Vec::new()).await? {
                Advanced::Stepped(stepped) => Ok(Some(drive(shell, lock, working, *stepped))),
                Advanced::Duplicate(_) | Advanced::Nothing => Ok::<_, TurnError>(None),
            }
        });
        let died = |_| PageError::Unavailable("the turn did not end".to_owned());
        let unavailable = |error: TurnError| PageError::Unavailable(error.to_string());
        let Some(settled) = turn.await.map_err(died)?.map_err(unavailable)? else { return Ok(None) };
        Ok(Some(settled.await.unwrap_or_default()))
    }

    /// Judges off the threads that serve others, and so many at once only: it takes up to 25 ms of computing.
    async fn verdicts(
        &self,
        conversation: &Conversation,
        account: Option<&Account>,
        password: &Password,
    ) -> Result<Vec<Verdict>, PageError> {
        let Some(tenant) = self.0.parts.tenants.get(&conversation.peer.tenant) else { return Ok(Vec::new()) };
        let tenant = Arc::clone(&tenant.tenant);
        let names = account.map(names).unwrap_or_default();
        let whole = password.reveal();
        let judged = if whole.len() > MAX_PASSWORD_BYTES {
            Password::new(whole.chars().take(MAX_PASSWORD_BYTES).collect())
        } else {
            Password::new(whole.to_owned())
        };
        let _seat = JUDGES.acquire().await.expect("the semaphore is never closed");
        let verdicts = tokio::task::spawn_blocking(move || tenant.password.judge(&judged, &names)).await;
        verdicts.map_err(|_| PageError::Unavailable("the password was not judged".to_owned()))
    }

    async fn account(&self, conversation: &Conversation) -> Result<Option<Account>, PageError> {
        let (Some(id), Some(tenant)) = (conversation.account(), self.0.parts.tenants.get(&conversation.peer.tenant))
        else {
            return Ok(None);
        };
        let away = |error: DirectoryError| {
            tracing::warn!(conversation = %conversation.id, %error, "a page cannot read its account");
            PageError::Unavailable("the directory is away".to_owned())
        };
        tenant.directory.read(id).await.map_err(away)
    }

    async fn questions(&self, conversation: &Conversation) -> Result<Vec<Question>, PageError> {
        let away = |error: RegistryError| PageError::Unavailable(error.to_string());
        let keys = questions::asked(&self.0, conversation).await.map_err(away)?;
        let tenant = self.0.parts.tenants.get(&conversation.peer.tenant);
        let worded = |key| {
            let wording = tenant?.tenant.questions.as_ref()?.wording(&key, &conversation.language)?.to_owned();
            Some(Question { key, wording })
        };
        Ok(keys.into_iter().filter_map(worded).collect())
    }
}

/// The lock of those who hand in under one session; a peer's lock has another key.
fn alone(session: &str) -> LockKey {
    Sha256::new().chain_update("hand-in").chain_update([0]).chain_update(session).finalize().into()
}

/// What of an account a password must not hold.
pub(in crate::runtime) fn names(account: &Account) -> Vec<String> {
    let mut names = account.names.clone();
    names.push(account.user_name.clone());
    names
}

/// The answer that a password page gives, from what its effect came to.
fn said(results: &[(EffectCall, EffectResult)]) -> PageAnswer {
    let set = results.iter().find(|(call, _)| matches!(call, EffectCall::SetPassword { .. }));
    match set.map(|(_, result)| result) {
        Some(EffectResult::Plain(Outcome::Ok)) => PageAnswer::Done,
        Some(EffectResult::Plain(Outcome::Uncertain)) => PageAnswer::Uncertain,
        Some(EffectResult::Plain(Outcome::Stale)) => PageAnswer::Stale,
        Some(EffectResult::Refused { reasons }) => PageAnswer::Refused { reasons: reasons.clone() },
        Some(_) => PageAnswer::Unavailable,
        None => PageAnswer::Dead,
    }
}
