//! Telephone calls, as a voice channel sees them: what a call may be told now, and how it ended.

use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::engine::conversation::{Conversation, Waiting};
use crate::engine::event::{Act, Event};
use crate::model::contacts::{Contact, PhoneNumber};
use crate::model::ids::{ConversationId, EventId, LegId, VaultKey};
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::{Input, Prompt};
use crate::model::secrets::Secret;
use crate::policy::limits::starts;
use crate::ports::registry::Count;
use crate::ports::store::{Expect, Op, StoreError};
use crate::runtime::places;
use crate::runtime::record::{Connect, decode};
use crate::runtime::turn::{Advanced, Inbound, Inbox, InboxError, Source, advance, drive, load, of_peer};

pub use crate::engine::event::CallEnd;

/// What a call may be told now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Something is under way: say that it takes a moment, and ask again.
    Busy,
    /// A question is open.
    Asks,
    /// Another telephone rings, or a page is open elsewhere: hold the line, and ask again every few seconds.
    Waits,
    /// Hang up, or connect.
    Ended { transfer: Option<Transfer> },
}

/// A person who takes the call over.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    pub to: PhoneNumber,
    /// The case and what was verified, in words for the service desk.
    pub note: String,
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transfer(..)")
    }
}

impl Inbox {
    /// What the call of this peer may be told now.
    pub async fn standing(&self, peer: &Peer) -> Result<Standing, InboxError> {
        let Some(conversation) = of_peer(&self.0, peer).await.map_err(away)? else {
            return Ok(Standing::Ended { transfer: None });
        };
        if conversation.ended.is_some() {
            return Ok(Standing::Ended { transfer: self.transfer(conversation.id).await? });
        }
        Ok(match conversation.waiting {
            Waiting::Effect { .. } => Standing::Busy,
            // Nobody has picked up yet, or another telephone rings.
            Waiting::Nothing | Waiting::Leg { .. } => Standing::Waits,
            Waiting::Page { .. } if !asks(&conversation) => Standing::Waits,
            Waiting::Page { .. }
            | Waiting::Answer { .. }
            | Waiting::Menu { .. }
            | Waiting::Confirm { .. }
            | Waiting::PickLanguage { .. } => Standing::Asks,
        })
    }

    /// The open question, to be said again when a reply was lost.
    pub async fn question(&self, peer: &Peer) -> Result<Option<(Language, Prompt)>, InboxError> {
        let conversation = of_peer(&self.0, peer).await.map_err(away)?.filter(|it| it.ended.is_none());
        Ok(conversation.and_then(|it| Some((it.language, it.question?))))
    }

    /// The peer of an outbound call, whose conversation was opened when the call was wished for.
    pub async fn leg_peer(&self, leg: LegId) -> Result<Option<Peer>, InboxError> {
        let pointer = self.0.parts.store.get(&places::leg(leg)).await.map_err(away)?;
        let id = pointer.and_then(|it| it.value.as_slice().try_into().ok().map(ConversationId));
        let Some(id) = id else { return Ok(None) };
        let found = load(&self.0, id).await.map_err(away)?;
        Ok(found.map(|found| found.conversation.peer))
    }

    /// The call is over. However often and however late this is told, it counts once.
    pub async fn call_ended(&self, peer: &Peer, event: EventId, how: CallEnd) -> Result<(), InboxError> {
        let operation = live(&self.0.parts.keys, peer);
        if let Err(error) = self.0.parts.registry.refund(&peer.tenant, &operation).await {
            tracing::warn!(%error, "a call that has ended is still counted");
        }
        let (peer, act) = (peer.clone(), Act::HungUp);
        let ended = Event::CallEnded { id: event.clone(), how };
        let inbound = Inbound { peer, surface: Surface::Voice, event, act, language_hint: None };
        self.take(inbound, ended).await.map(|_| ())
    }

    /// Nobody took the call that was put through, and the caller is still there. Told again, it changes nothing.
    pub async fn not_taken(&self, peer: &Peer, event: EventId) -> Result<(), InboxError> {
        let shell = &self.0;
        if shell.stopping() {
            return Err(InboxError::Stopping);
        }
        let Some(conversation) = of_peer(shell, peer).await.map_err(away)? else { return Ok(()) };
        let id = conversation.id;
        let held = shell.locks.enter(places::peer_hash(&shell.parts.keys, peer)).await.ok_or(InboxError::Busy)?;
        let working = shell.work();
        // From now on the call stands as one that has ended.
        let gone = Op::Delete { key: places::connect(id), expect: Expect::Anything };
        match advance(shell, &Source::Conversation(id), Event::NotTaken { id: event }, vec![gone]).await? {
            Advanced::Stepped(stepped) => drop(drive(Arc::clone(shell), held, working, *stepped)),
            Advanced::Duplicate(_) | Advanced::Nothing => {}
        }
        Ok(())
    }

    /// Counts a call that came in against its number; whether it may go on. A withheld number is counted with all others
    /// of the line that was called. Whoever calls proves nothing by their number.
    pub async fn admit_call(
        &self,
        peer: &Peer,
        caller: Option<&PhoneNumber>,
        event: &EventId,
    ) -> Result<bool, InboxError> {
        let parts = &self.0.parts;
        let known = caller.map(|number| places::caller_key(&parts.keys, number.e164()));
        let key = known.clone().unwrap_or_else(|| places::caller_key(&parts.keys, &format!("withheld/{}", peer.bot)));
        let limits = starts::calls(&key, known.is_some());
        let tag = parts.keys.pseudonym.tag(&[b"call", key.as_bytes(), peer.user.as_bytes(), event.0.as_bytes()]);
        let operation = format!("call:{}", HEXLOWER.encode(&tag[..16]));
        let now = self.0.now();
        let hourly = parts.registry.count(&peer.tenant, &operation, &[limits.hourly], now).await.map_err(books)?;
        if hourly != Count::Allowed {
            return Ok(false);
        }
        let at_once = live(&parts.keys, peer);
        let live = parts.registry.count(&peer.tenant, &at_once, &[limits.at_once], now).await.map_err(books)?;
        Ok(live == Count::Allowed)
    }

    /// A part of a temporary password in the words in which it is read out, while it may be heard. Nothing else that is
    /// kept in memory can be had here.
    pub fn secret(&self, key: VaultKey) -> Option<String> {
        match self.0.vault.get(key, self.0.now())?.as_ref() {
            Secret::Spoken(words) => Some(words.reveal().to_owned()),
            Secret::Password(_) | Secret::Temporary(_) | Secret::Code(_) | Secret::Answers(_) => None,
        }
    }

    async fn transfer(&self, id: ConversationId) -> Result<Option<Transfer>, InboxError> {
        let Some(stored) = self.0.parts.store.get(&places::connect(id)).await.map_err(away)? else { return Ok(None) };
        let Ok(Connect { to, note }) = decode(&stored.value) else { return Ok(None) };
        Ok(match Contact::restore(&to) {
            Some(Contact::Phone(to)) => Some(Transfer { to, note }),
            Some(Contact::Email(_)) | None => None,
        })
    }
}

fn asks(conversation: &Conversation) -> bool {
    conversation.question.as_ref().is_some_and(|question| matches!(question.input, Input::Keys(_)))
}

/// The operation that counts a call among those of its number that are under way.
fn live(keys: &crate::verify::keys::Keys, peer: &Peer) -> String {
    format!("live-call:{}", HEXLOWER.encode(&places::peer_hash(keys, peer)[..16]))
}

fn away(error: StoreError) -> InboxError {
    InboxError::Unavailable(error.to_string())
}

fn books(error: crate::ports::registry::RegistryError) -> InboxError {
    InboxError::Unavailable(error.to_string())
}
