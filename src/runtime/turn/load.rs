//! From a peer or an id to the conversation in the store; a fresh one where none is open.

use std::sync::Arc;

use crate::engine::conversation::Conversation;
use crate::engine::event::{Act, Opening};
use crate::model::ids::{ConversationId, RunId};
use crate::model::peer::{Language, Peer, Surface};
use crate::policy::tenant::Tenant;
use crate::ports::store::{Expect, Key, StoreError};
use crate::runtime::flows;
use crate::runtime::places;
use crate::runtime::record::decode;
use crate::runtime::shell::Shell;
use crate::runtime::turn::Inbound;

/// A conversation with what a commit expects to find in its place.
pub struct Found {
    pub conversation: Conversation,
    pub expect: Expect,
    /// For a fresh conversation: the place that leads to it, as it was read.
    pub fresh: Option<(Key, Expect)>,
    /// A former conversation that cannot go on: its record does not open, or its scripts are gone. It makes way.
    pub lost: Option<Key>,
}

/// What a peer's event meets.
pub enum Met {
    Found(Box<Found>),
    /// Seen before, by this conversation.
    Duplicate(ConversationId),
    /// An end of something that is over already.
    Nothing,
}

pub async fn load(shell: &Shell, id: ConversationId) -> Result<Option<Found>, StoreError> {
    let stored = match shell.parts.store.get(&places::conversation(id)).await {
        Ok(Some(stored)) => stored,
        Ok(None) | Err(StoreError::Damaged(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let Ok(conversation) = decode::<Conversation>(&stored.value) else { return Ok(None) };
    flows::recall(shell, &conversation.flow_set).await?;
    Ok(Some(Found { conversation, expect: Expect::Version(stored.version), fresh: None, lost: None }))
}

/// The conversation that this peer had last.
pub async fn of_peer(shell: &Shell, peer: &Peer) -> Result<Option<Conversation>, StoreError> {
    let place = places::peer(&places::peer_hash(&shell.parts.keys, peer));
    let Some(pointer) = shell.parts.store.get(&place).await? else { return Ok(None) };
    let Ok(id) = pointer.value.as_slice().try_into().map(ConversationId) else { return Ok(None) };
    Ok(load(shell, id).await?.map(|found| found.conversation))
}

pub async fn meet(shell: &Shell, inbound: &Inbound) -> Result<Met, StoreError> {
    let store = &shell.parts.store;
    let hash = places::peer_hash(&shell.parts.keys, &inbound.peer);
    let place = places::peer(&hash);
    let mut expect = Expect::Absent;
    let mut lost = None;
    // What the conversation before has seen may still be delivered again.
    let mut seen = Vec::new();
    if let Some(pointer) = store.get(&place).await? {
        expect = Expect::Version(pointer.version);
        let id = pointer.value.as_slice().try_into().ok().map(ConversationId);
        match id {
            Some(id) => match load(shell, id).await? {
                Some(found) if found.conversation.seen.contains(&inbound.event) => return Ok(Met::Duplicate(id)),
                Some(found) if found.conversation.ended.is_some() => seen = found.conversation.seen,
                Some(found) if shell.flows.get(&found.conversation.flow_set).is_some() => {
                    return Ok(Met::Found(Box::new(found)));
                }
                found => {
                    seen = found.map(|found| found.conversation.seen).unwrap_or_default();
                    lost = Some(places::conversation(id));
                }
            },
            None => lost = Some(place.clone()),
        }
    }
    if let Some(former) = store.get(&places::seen(&hash, &inbound.event)).await? {
        return Ok(former.value.as_slice().try_into().map_or(Met::Nothing, |id| Met::Duplicate(ConversationId(id))));
    }
    // One call is one conversation: what is keyed after its end begins no other.
    let begins = inbound.surface != Surface::Voice || matches!(inbound.act, Act::Start(_));
    if matches!(inbound.act, Act::HungUp | Act::Silence) || !begins {
        return Ok(Met::Nothing);
    }
    let fresh = Some((place, expect));
    let conversation = Conversation { seen, ..open(shell, inbound) };
    Ok(Met::Found(Box::new(Found { conversation, expect: Expect::Absent, fresh, lost })))
}

fn open(shell: &Shell, inbound: &Inbound) -> Conversation {
    let tenant = shell.parts.tenants.get(&inbound.peer.tenant).map(|parts| Arc::clone(&parts.tenant));
    let language = tenant.as_deref().and_then(|tenant| spoken(tenant, inbound.language_hint.as_ref()));
    Conversation::open(Opening {
        id: ConversationId(shell.draw_id()),
        run: RunId(shell.draw_id()),
        peer: inbound.peer.clone(),
        surface: inbound.surface,
        language: language.unwrap_or_else(|| Language("en".to_owned())),
        flow_set: shell.flows.current().hash,
        now: shell.now(),
    })
}

/// The hinted language if the tenant speaks it (`ms-MY` is `ms`), else the tenant's first.
fn spoken(tenant: &Tenant, hint: Option<&Language>) -> Option<Language> {
    let wanted = hint.map(|language| language.tag().to_ascii_lowercase());
    let speaks = |language: &&Language| {
        let own = language.tag().to_ascii_lowercase();
        wanted
            .as_deref()
            .is_some_and(|tag| tag == own || tag.strip_prefix(&own).is_some_and(|rest| rest.starts_with('-')))
    };
    tenant.languages.iter().find(speaks).or(tenant.languages.first()).cloned()
}
