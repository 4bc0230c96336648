//! The way in that all platforms share: what was verified and read becomes an event that is on disk when this returns.

use std::sync::Arc;

use crate::channels::messaging::platform::Place;
use crate::engine::event::Act;
use crate::engine::inbound::secret_like;
use crate::http::problem::Problem;
use crate::model::ids::{EventId, TenantId};
use crate::model::peer::{Channel, Language, Peer, Surface};
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::runtime::turn::{Inbound, Inbox, InboxError, Taken};

/// How often a place that others read is told to write privately, whatever is written there.
const ONE_SENTENCE_IN: Seconds = Seconds::minutes(10);

/// An update of a platform, verified and read.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The institution that the account belongs to.
    pub tenant: &'a TenantId,
    /// The platform's id of our account.
    pub bot: &'a str,
    pub place: Place<'a>,
    /// As the platform names it; a redelivery carries the same.
    pub event: String,
    pub act: Act,
    /// As the person's client reports it.
    pub language: Option<Language>,
}

/// Takes what comes from one platform.
#[derive(Clone)]
pub struct Intake {
    channel: Channel,
    inbox: Inbox,
    clock: Arc<dyn Clock>,
    /// How long the platform's answer may wait for the event's turn.
    patience: Seconds,
}

impl Intake {
    pub fn new(channel: Channel, inbox: Inbox, clock: Arc<dyn Clock>, patience: Seconds) -> Self {
        Self { channel, inbox, clock, patience }
    }

    /// Returns when the event is on disk: the platform may be told so. What is said follows through the outbox.
    ///
    /// # Errors
    /// Nothing was changed; [`refusal`] is the answer that makes a platform deliver again.
    pub async fn take(&self, arrival: Arrival<'_>) -> Result<Taken, InboxError> {
        let peer = self.peer(arrival.tenant, arrival.bot, arrival.place);
        let (surface, event) = match arrival.place {
            Place::Private(_) => (Surface::Chat, arrival.event),
            // In one place the same event again and again, until it is time for another sentence.
            Place::Group(_) => {
                let slot = self.clock.now().unix_seconds() / u64::from(ONE_SENTENCE_IN.0);
                (Surface::Group, format!("group/{slot}"))
            }
        };
        let (event, act) = (EventId(event), arrival.act);
        let inbound = Inbound { peer, surface, event, act, language_hint: arrival.language };
        self.inbox.accept(inbound, self.patience).await
    }

    /// The peer of a place at one of our accounts.
    pub fn peer(&self, tenant: &TenantId, bot: &str, place: Place<'_>) -> Peer {
        Peer { tenant: tenant.clone(), channel: self.channel, bot: bot.to_owned(), user: place.user() }
    }
}

/// Whether a text should not have been typed into a chat. It is taken off the screen where the platform allows it.
pub fn should_vanish(act: &Act) -> bool {
    matches!(act, Act::Text(text) if secret_like(text))
}

/// What a platform is answered when an event was not taken; it comes again then.
pub fn refusal(error: &InboxError) -> Problem {
    match error {
        InboxError::Busy => Problem::TooMany,
        InboxError::Stopping => Problem::Stopping,
        InboxError::UnknownTenant => Problem::NotFound,
        InboxError::Unavailable(_) => Problem::Unavailable,
    }
}
