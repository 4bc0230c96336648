//! The way in: one event, one turn. Load, step, commit; acknowledged when it is on disk; effects follow on their own task.

mod advance;
mod drive;
mod kept;
mod load;
mod rows;
mod trace;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use data_encoding::HEXLOWER;
use tokio::sync::oneshot;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use crate::engine::event::{Act, EffectCall, EffectResult, Event};
use crate::metrics::catalog::Metric;
use crate::model::ids::{ConversationId, EventId};
use crate::model::peer::{Language, Peer, Surface};
use crate::policy::limits::starts;
use crate::ports::registry::Count;
use crate::runtime::locks::Held;
use crate::runtime::places;
use crate::runtime::shell::Shell;

pub use advance::TurnError;
pub(in crate::runtime) use advance::{Advanced, Source, advance};
pub(in crate::runtime) use drive::{drive, resume};
pub use kept::Taken;
pub(in crate::runtime) use kept::{forget, take_up};
pub(in crate::runtime) use load::{load, of_peer};
pub(in crate::runtime) use rows::enqueue;

/// Where channels hand in what happened. Cheap to clone.
#[derive(Clone)]
pub struct Inbox(pub(in crate::runtime) Arc<Shell>);

/// An event of a channel, already authenticated and parsed.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub peer: Peer,
    pub surface: Surface,
    /// As the channel names it; a redelivery carries the same.
    pub event: EventId,
    pub act: Act,
    /// The language that the platform reports, for a first greeting.
    pub language_hint: Option<Language>,
}

/// Why an event was not taken. Nothing was changed: the platform may deliver it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    #[error("too many events wait for this peer")]
    Busy,
    #[error("the service is stopping")]
    Stopping,
    #[error("no such tenant")]
    UnknownTenant,
    #[error("{0}")]
    Unavailable(String),
}

/// The event is on disk. What follows from it may still be under way.
pub struct Accepted {
    /// `None` when the event belonged to no conversation and opened none (a hang-up after the end).
    pub conversation: Option<ConversationId>,
    /// It was handled before and changed nothing.
    pub duplicate: bool,
    settled: Option<Settled>,
}

/// Results of the effects that a turn led to, in order, when all are done.
pub(in crate::runtime) type Settled = oneshot::Receiver<Vec<(EffectCall, EffectResult)>>;

impl Accepted {
    /// Returns when no effect of this turn is open any more. Messages to the peer are in the outbox then.
    pub async fn settled(self) {
        if let Some(settled) = self.settled {
            // A task that died leaves the effect to the timers; there is nothing to wait for.
            let _ = settled.await;
        }
    }
}

impl Inbox {
    /// Takes one event. Returns when it is on disk; a lost caller loses nothing.
    pub async fn submit(&self, inbound: Inbound) -> Result<Accepted, InboxError> {
        let event = Event::Inbound { id: inbound.event.clone(), act: inbound.act.clone() };
        self.take(inbound, event).await
    }

    /// As `submit`, for another event of the peer's.
    pub(in crate::runtime) async fn take(&self, inbound: Inbound, event: Event) -> Result<Accepted, InboxError> {
        let (began, channel) = (Instant::now(), inbound.peer.channel.name());
        let span = tracing::debug_span!("turn", conversation = Empty, channel, wait_us = Empty);
        let taken = self.taken(inbound, event).instrument(span).await;
        let outcome = match &taken {
            Ok(Accepted { conversation: None, .. }) => "nothing",
            Ok(Accepted { duplicate: true, .. }) => "duplicate",
            Ok(_) => "taken",
            Err(InboxError::Busy) => "busy",
            Err(InboxError::Stopping) => "stopping",
            Err(InboxError::UnknownTenant) => "unknown_tenant",
            Err(InboxError::Unavailable(_)) => "unavailable",
        };
        self.0.metrics.took(Metric::TurnSeconds, &[channel], began.elapsed());
        self.0.metrics.count(Metric::Turns, &[channel, outcome]);
        taken
    }

    async fn taken(&self, inbound: Inbound, event: Event) -> Result<Accepted, InboxError> {
        let shell = Arc::clone(&self.0);
        if shell.stopping() {
            return Err(InboxError::Stopping);
        }
        if !shell.parts.tenants.contains_key(&inbound.peer.tenant) {
            return Err(InboxError::UnknownTenant);
        }
        let key = places::peer_hash(&shell.parts.keys, &inbound.peer);
        let waiting = Instant::now();
        let held = shell.locks.enter(key).await.ok_or(InboxError::Busy)?;
        shell.metrics.took(Metric::StageSeconds, &["wait"], waiting.elapsed());
        Span::current().record("wait_us", trace::micros(waiting.elapsed()));
        // On a task of its own: a platform that hangs up must not stop a turn between commit and effect.
        let turn = tokio::spawn(turn(shell, held, inbound, event).in_current_span());
        turn.await.map_err(|_| InboxError::Unavailable("the turn did not end".to_owned()))?
    }

    /// Counts a browser conversation that is about to begin against its network address; whether it may. From then on
    /// the address counts towards the human check too, whatever cookie the peer brings.
    pub async fn admit(&self, peer: &Peer, address: IpAddr, event: &EventId) -> Result<bool, InboxError> {
        let parts = &self.0.parts;
        let key = places::address_key(&parts.keys, address);
        let operation =
            HEXLOWER.encode(&parts.keys.pseudonym.tag(&[b"open", key.as_bytes(), event.0.as_bytes()])[..16]);
        let limits = starts::open_browser(&key);
        self.0.addresses.note(places::peer_hash(&parts.keys, peer), key);
        match parts.registry.count(&peer.tenant, &format!("open:{operation}"), &limits, self.0.now()).await {
            Ok(Count::Allowed) => Ok(true),
            Ok(Count::Refused { .. }) => Ok(false),
            Err(error) => Err(InboxError::Unavailable(error.to_string())),
        }
    }

    /// Says where a peer of the web is now; what is counted by network address is counted there.
    pub fn locate(&self, peer: &Peer, address: IpAddr) {
        let keys = &self.0.parts.keys;
        self.0.addresses.note(places::peer_hash(keys, peer), places::address_key(keys, address));
    }

    /// Returns when no turn or effect is under way and nothing is left in the outbox that could leave now.
    pub async fn quiet(&self) {
        self.0.under_way.none().await;
        self.0.outbox.drained().await;
    }

    /// Returns when every message written before this call was handed to its channel or sender, or waits for a later
    /// time.
    pub async fn drained(&self) {
        self.0.outbox.drained().await;
    }
}

async fn turn(shell: Arc<Shell>, held: Held, inbound: Inbound, event: Event) -> Result<Accepted, InboxError> {
    let working = shell.work();
    let advanced = advance(&shell, &Source::Peer(&inbound), event, Vec::new()).await?;
    let accepted = |conversation, duplicate, settled| Accepted { conversation, duplicate, settled };
    match advanced {
        Advanced::Nothing => Ok(accepted(None, false, None)),
        Advanced::Duplicate(id) => Ok(accepted(Some(id), true, Some(when_quiet(held)))),
        Advanced::Stepped(stepped) => {
            let id = stepped.conversation.id;
            Span::current().record("conversation", display(id));
            let settled = drive(shell, held, working, *stepped);
            Ok(accepted(Some(id), false, Some(settled)))
        }
    }
}

/// A redelivery comes after its first delivery let go of the lock, so all is done.
fn when_quiet(held: Held) -> Settled {
    let (done, settled) = oneshot::channel();
    drop(held);
    let _ = done.send(Vec::new());
    settled
}

impl From<TurnError> for InboxError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Raced => InboxError::Busy,
            TurnError::UnknownTenant => InboxError::UnknownTenant,
            TurnError::Store(error) => InboxError::Unavailable(error.to_string()),
        }
    }
}
