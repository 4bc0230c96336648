//! One app: whose it is, where it writes to each person, and what it says when an answer takes long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as AsyncMutex;

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::pace::{Rate, Rates};
use crate::channels::messaging::platform::{Account, Limits, Name, Place};
use crate::channels::messaging::reference::References;
use crate::channels::teams::card::{self, LIMITS};
use crate::channels::teams::connector::{Connector, Trouble};
use crate::channels::teams::service::Host;
use crate::channels::teams::signing_keys::SigningKeys;
use crate::model::ids::TenantId;
use crate::model::peer::{Channel, Peer};
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;

/// How fast: of 7 messages a second, 8 in two and 1,800 an hour that one conversation may get, and 30 a second that one
/// organisation may get, whichever is least.
const RATES: Rates = Rates { chat: Rate { every: 2_000, burst: 7 }, account: Rate { every: 40, burst: 5 } };
/// How long a conversation that nobody writes in stays known.
const KNOWN: Seconds = Seconds::hours(24 * 90);
/// It is written anew so often at most, while somebody writes there.
const RENEWED: u64 = 24 * 3600 * 1000;
/// Chats of which the newest message is remembered, for the answer to its buttons.
const REMEMBERED: usize = 5_000;

/// An app's own part of the configuration.
#[derive(Clone)]
pub struct Identity {
    /// As the configuration and the address of its web hook call it.
    pub name: String,
    pub tenant: TenantId,
    /// The id of its registration, in lower case.
    pub app: String,
    /// Whom tokens are from.
    pub issuer: String,
    /// Organisations whose people may write, in lower case; the first one is our own.
    pub organisations: Vec<String>,
    /// Where an activity may tell us to answer.
    pub hosts: Vec<Host>,
    /// Where we write to somebody of whom no conversation is known.
    pub service: String,
}

pub struct Bot {
    pub identity: Identity,
    pub keys: SigningKeys,
    pub connector: Connector,
    references: References,
    clock: Arc<dyn Clock>,
    /// By the user id of the peer.
    chats: Mutex<HashMap<String, Chat>>,
}

/// What is remembered of a chat until a restart.
#[derive(Default)]
struct Chat {
    newest: Option<Drawn>,
    /// The message that said that it takes a while; held while it is on its way.
    waiting: Option<Arc<AsyncMutex<Option<String>>>>,
}

/// Where to write to a peer.
#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Conversation {
    /// Without a slash at the end.
    pub service: String,
    pub id: String,
    /// Whom a new private chat is opened with: `29:..`.
    pub person: Option<String>,
    /// The organisation that it is in.
    pub organisation: String,
    /// When it was written, in milliseconds since 1970.
    pub written: u64,
    /// The person took the app away: nothing is sent until they write again.
    #[serde(default)]
    pub removed: bool,
}

impl Bot {
    pub fn new(
        identity: Identity,
        keys: SigningKeys,
        connector: Connector,
        references: References,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { identity, keys, connector, references, clock, chats: Mutex::default() }
    }

    /// Remembers where a place is. On disk when this returns; mostly it is there already.
    ///
    /// # Errors
    /// The store took nothing.
    pub async fn meets(&self, place: Place<'_>, conversation: Conversation) -> Result<(), SendError> {
        let (peer, now) = (self.peer(place), self.clock.now().0);
        let known = self.known(&peer).await?;
        let same = |known: &Conversation| Conversation { written: known.written, ..conversation.clone() } == *known;
        if known.is_some_and(|known| same(&known) && now < known.written.saturating_add(RENEWED)) {
            return Ok(());
        }
        self.keep(&peer, &Conversation { written: now, ..conversation }).await
    }

    /// There is nowhere to write to any more.
    ///
    /// # Errors
    /// The store took nothing.
    pub async fn parts(&self, place: Place<'_>) -> Result<(), SendError> {
        self.chats().remove(&place.user());
        let peer = self.peer(place);
        match self.known(&peer).await? {
            Some(known) if !known.removed => self.keep(&peer, &Conversation { removed: true, ..known }).await,
            _ => Ok(()),
        }
    }

    /// The newest message of a private chat, if this is a button of it.
    pub fn pressed(&self, person: &str, token: &str) -> Option<Drawn> {
        let chats = self.chats();
        let newest = chats.get(&Place::Private(person).user())?.newest.as_ref()?;
        newest.choices.iter().any(|button| button.token == token).then(|| newest.clone())
    }

    /// Says that it takes a while; what is said next takes this message's place.
    pub async fn takes_a_while(&self, person: &str, message: &Drawn) {
        let place = Place::Private(person);
        let slot = Arc::new(AsyncMutex::new(None));
        let mut id = slot.lock().await;
        {
            let mut chats = self.chats();
            let chat = chats.entry(place.user()).or_default();
            if chat.waiting.is_some() {
                return;
            }
            chat.waiting = Some(Arc::clone(&slot));
        }
        // Whoever says something meanwhile waits for the slot.
        if let Ok(Some(known)) = self.known(&self.peer(place)).await
            && !known.removed
        {
            *id = self.connector.post(&known.service, &known.id, &card::activity(message)).await.ok().flatten();
        }
        drop(id);
    }

    fn peer(&self, place: Place<'_>) -> Peer {
        let Identity { tenant, app, .. } = &self.identity;
        Peer { tenant: tenant.clone(), channel: Channel::Teams, bot: app.clone(), user: place.user() }
    }

    async fn known(&self, peer: &Peer) -> Result<Option<Conversation>, SendError> {
        let kept = self.references.find(peer).await.map_err(|error| away(&error))?;
        Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn keep(&self, peer: &Peer, conversation: &Conversation) -> Result<(), SendError> {
        let bytes = serde_json::to_vec(conversation).expect("texts and a number become JSON");
        self.references.keep(peer, bytes, KNOWN).await.map_err(|error| away(&error))
    }

    /// Opens a private chat anew, where it is not there any more or was never known.
    async fn opened(&self, peer: &Peer, known: Option<Conversation>) -> Result<Conversation, Trouble> {
        let Identity { app, organisations, service, .. } = &self.identity;
        let known = known.unwrap_or_else(|| Conversation {
            service: service.clone(),
            id: String::new(),
            person: None,
            organisation: organisations.first().cloned().unwrap_or_default(),
            written: 0,
            removed: false,
        });
        let person = known.person.clone().unwrap_or_else(|| peer.user.clone());
        let id = self.connector.open(&known.service, app, &person, &known.organisation).await?;
        let conversation = Conversation { id, written: self.clock.now().0, ..known };
        self.keep(peer, &conversation).await.map_err(Trouble::Send)?;
        Ok(conversation)
    }

    /// Puts the message in the place of the one that asked for patience; whether that was possible.
    async fn replaced(
        &self,
        user: &str,
        known: &Conversation,
        activity: &serde_json::Value,
    ) -> Result<bool, SendError> {
        let Some(slot) = self.chats().get_mut(user).and_then(|chat| chat.waiting.take()) else { return Ok(false) };
        let Some(id) = slot.lock().await.clone() else { return Ok(false) };
        match self.connector.replace(&known.service, &known.id, &id, activity).await {
            Ok(()) => Ok(true),
            // Twice the same edit is one edit, so it may be tried again.
            Err(Trouble::Send(SendError::Retry { why, after_seconds })) => {
                self.chats().entry(user.to_owned()).or_default().waiting = Some(Arc::clone(&slot));
                Err(SendError::Retry { why, after_seconds })
            }
            Err(Trouble::Send(SendError::Unknown { why })) => {
                self.chats().entry(user.to_owned()).or_default().waiting = Some(Arc::clone(&slot));
                Err(SendError::Retry { why, after_seconds: None })
            }
            Err(_) => Ok(false),
        }
    }

    fn chats(&self) -> MutexGuard<'_, HashMap<String, Chat>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, user: String, message: &Drawn) {
        let mut chats = self.chats();
        if chats.len() >= REMEMBERED {
            chats.retain(|_, chat| chat.waiting.is_some());
        }
        chats.entry(user).or_default().newest = Some(message.clone());
    }
}

#[async_trait]
impl Account for Bot {
    fn limits(&self) -> Limits {
        LIMITS
    }

    fn rates(&self) -> Rates {
        RATES
    }

    fn private_chat(&self) -> Option<String> {
        Some(format!("https://teams.microsoft.com/l/chat/0/0?users=28:{}", self.identity.app))
    }

    async fn post(&self, to: Place<'_>, message: &Drawn, _: Name) -> Result<(), SendError> {
        let (peer, activity) = (self.peer(to), card::activity(message));
        let private = matches!(to, Place::Private(_));
        let known = match self.known(&peer).await? {
            Some(Conversation { removed: true, .. }) => return Err(sending(Trouble::Blocked)),
            Some(known) => known,
            None if private => self.opened(&peer, None).await.map_err(sending)?,
            None => return Err(SendError::Dead { why: "teams: no such place is known".to_owned() }),
        };
        if private && self.replaced(&peer.user, &known, &activity).await? {
            self.remember(peer.user, message);
            return Ok(());
        }
        let posted = match self.connector.post(&known.service, &known.id, &activity).await {
            Err(Trouble::Gone) if private => {
                let anew = self.opened(&peer, Some(known)).await.map_err(sending)?;
                self.connector.post(&anew.service, &anew.id, &activity).await
            }
            posted => posted,
        };
        match posted {
            Ok(_) if private => self.remember(peer.user, message),
            Ok(_) => {}
            Err(Trouble::Blocked) => {
                self.parts(to).await?;
                return Err(sending(Trouble::Blocked));
            }
            Err(trouble) => return Err(sending(trouble)),
        }
        Ok(())
    }
}

fn sending(trouble: Trouble) -> SendError {
    match trouble {
        Trouble::Gone => SendError::Dead { why: "teams: the conversation is not there any more".to_owned() },
        Trouble::Blocked => SendError::Dead { why: "teams: the person removed the app".to_owned() },
        Trouble::Send(error) => error,
    }
}

fn away(error: &crate::ports::store::StoreError) -> SendError {
    SendError::Retry { why: format!("teams: {error}"), after_seconds: None }
}
