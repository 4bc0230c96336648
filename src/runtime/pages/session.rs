//! Sessions of opened pages: who holds one, more time, and changes to the page that are no turn.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::engine::conversation::{Conversation, Waiting};
use crate::engine::event::KEEP_ENDED;
use crate::engine::page_link;
use crate::flow::set::Form;
use crate::model::ids::{ConversationId, PageId};
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates;
use crate::ports::store::{Op, StoreError};
use crate::runtime::locks::Held;
use crate::runtime::pages::{PageError, Pages};
use crate::runtime::places;
use crate::runtime::record::encode;
use crate::runtime::shell::Shell;
use crate::runtime::turn::load;

/// Lost races after which a page asks to be tried again.
const MOST_RACES: usize = 8;
/// What one wish for more time gives.
const MORE_TIME: Seconds = Seconds::minutes(10);

/// What a browser holds once it opened a page: for a cookie, never for an address.
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    pub(super) fn draw(shell: &Shell, id: ConversationId) -> Self {
        let mut bytes = Zeroizing::new(id.0.to_vec());
        bytes.extend_from_slice(&shell.parts.entropy.draw());
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&bytes)))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

/// A session that holds an open page now.
pub(super) struct HeldPage {
    pub conversation: Conversation,
    pub page: PageId,
    pub form: Form,
    pub expires: Timestamp,
}

impl Pages {
    /// The page that a session holds; `None` for a stranger's, a finished or an expired one.
    pub(super) async fn held(&self, session: &str) -> Result<Option<HeldPage>, PageError> {
        let Some(id) = conversation_of(session) else { return Ok(None) };
        let Some(found) = load(&self.0, id).await? else { return Ok(None) };
        Ok(held_page(found.conversation, session, self.0.now()))
    }

    /// More time, where safety allows it: until the whole conversation is over, and for a new password not beyond the
    /// moment at which the proofs are too old. The new expiry, or `None` when there is no more.
    pub async fn extend(&self, session: &str) -> Result<Option<Timestamp>, PageError> {
        let Some(id) = conversation_of(session) else { return Ok(None) };
        let hash = hash(session);
        let change = |conversation: &mut Conversation, now: Timestamp| {
            if !page_link::holds(conversation, &hash, now) {
                return None;
            }
            let later = latest(&self.0, conversation, now)?;
            lengthen(&mut conversation.waiting, later);
            conversation.last_heard = now;
            if let Some(page) = conversation.page.as_mut() {
                page.expires = later;
            }
            Some(later)
        };
        Ok(self.change(id, change).await?.flatten())
    }

    /// Whether `extend` would give more time now.
    pub(super) fn extendable(&self, conversation: &Conversation, now: Timestamp) -> bool {
        latest(&self.0, conversation, now).is_some()
    }

    /// Changes the record of a page outside a turn, under the peer's lock and a compare-and-swap.
    pub(super) async fn change<T>(
        &self,
        id: ConversationId,
        change: impl Fn(&mut Conversation, Timestamp) -> T,
    ) -> Result<Option<T>, PageError> {
        let Some(_held) = self.lock(id).await? else { return Ok(None) };
        for _ in 0..MOST_RACES {
            let Some(found) = load(&self.0, id).await? else { return Ok(None) };
            let (mut conversation, now) = (found.conversation, self.0.now());
            let result = change(&mut conversation, now);
            let key = places::conversation(id);
            let expires = now + KEEP_ENDED;
            let put = Op::Put { key, value: encode(&conversation), expect: found.expect, expires };
            match self.0.parts.store.commit(vec![put]).await {
                Ok(_) => return Ok(Some(result)),
                Err(StoreError::Conflict) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        Err(PageError::Unavailable("the record changed again and again".to_owned()))
    }

    pub(super) async fn lock(&self, id: ConversationId) -> Result<Option<Held>, PageError> {
        if self.0.stopping() {
            return Err(PageError::Stopping);
        }
        let Some(found) = load(&self.0, id).await? else { return Ok(None) };
        let hash = places::peer_hash(&self.0.parts.keys, &found.conversation.peer);
        let busy = || PageError::Unavailable("too many requests wait for this page".to_owned());
        Arc::clone(&self.0.locks).enter(hash).await.map(Some).ok_or_else(busy)
    }
}

pub(super) fn held_page(conversation: Conversation, session: &str, now: Timestamp) -> Option<HeldPage> {
    if conversation.ended.is_some() || !page_link::holds(&conversation, &hash(session), now) {
        return None;
    }
    let Waiting::Page { page, .. } = *innermost(&conversation.waiting) else { return None };
    let (form, expires) = conversation.page.as_ref().map(|open| (open.form, open.expires))?;
    Some(HeldPage { conversation, page, form, expires })
}

pub(super) fn conversation_of(session: &str) -> Option<ConversationId> {
    let bytes = BASE64URL_NOPAD.decode(session.as_bytes()).ok()?;
    if bytes.len() != 48 {
        return None;
    }
    Some(ConversationId(bytes.get(..16)?.try_into().ok()?))
}

fn hash(session: &str) -> [u8; 32] {
    Sha256::digest(session.as_bytes()).into()
}

fn innermost(waiting: &Waiting) -> &Waiting {
    match waiting {
        Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } => innermost(back),
        other => other,
    }
}

fn lengthen(waiting: &mut Waiting, later: Timestamp) {
    match waiting {
        Waiting::Page { deadline, .. } => *deadline = later,
        Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } => lengthen(back, later),
        Waiting::Nothing
        | Waiting::Answer { .. }
        | Waiting::Menu { .. }
        | Waiting::Effect { .. }
        | Waiting::Leg { .. } => {}
    }
}

/// The latest expiry that a page may have now, if that is later than the one it has.
fn latest(shell: &Shell, conversation: &Conversation, now: Timestamp) -> Option<Timestamp> {
    let open = conversation.page.as_ref()?;
    let flows = shell.flows.get(&conversation.flow_set)?;
    let end = conversation.started + flows.globals.session.total;
    let wished = (now + MORE_TIME).min(end);
    let minutes = (0..=MORE_TIME.0 / 60).rev().map(|n| (now + Seconds::minutes(n)).min(wished));
    let fits = |moment: &Timestamp| match open.form {
        Form::NewPassword => proves_until(shell, conversation, *moment),
        Form::Answers => true,
    };
    minutes.into_iter().find(fits).filter(|later| *later > open.expires)
}

/// Whether the receipts would still carry the proof at that moment.
fn proves_until(shell: &Shell, conversation: &Conversation, moment: Timestamp) -> bool {
    let Some(tenant) = shell.parts.tenants.get(&conversation.peer.tenant) else { return false };
    let (Some(account), Some(purpose)) = (conversation.account(), conversation.purpose) else { return false };
    let passed = conversation.ledger.passed(conversation.run, account, purpose, moment, &shell.parts.keys);
    gates::missing(&gates::requirement(&tenant.tenant, conversation.source()), &passed) == 0
}
