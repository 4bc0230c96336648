//! One application: whose it is, and the way of a message to a person.

use std::sync::Arc;

use async_trait::async_trait;

use crate::channels::discord::api::{Api, NotAnswered};
use crate::channels::discord::handles::{Handle, Handles};
use crate::channels::discord::message::{Body, LIMITS, body};
use crate::channels::discord::nonce::nonce;
use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::pace::{Rate, Rates};
use crate::channels::messaging::platform::{Account, Limits, Name, Place};
use crate::model::ids::TenantId;
use crate::model::peer::{Channel, Peer};
use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;
use crate::ports::store::StoreError;
use crate::text::catalog::Catalog;

/// How fast: Discord's fifty requests a second for all, and the five messages in five seconds that a channel takes.
const RATES: Rates = Rates { chat: Rate { every: 1_000, burst: 5 }, account: Rate { every: 20, burst: 40 } };
/// For so many milliseconds an interaction that Discord does not know may be one whose answer is still on its way.
const ON_ITS_WAY: u64 = 3_000;
/// A message that may have arrived is sent again after so many milliseconds each. Discord knows doubles for a few minutes,
/// so all of it must be over in one.
const AGAIN: [u64; 2] = [1_000, 4_000];

pub struct App {
    /// As the configuration and the address of its endpoint call it.
    pub name: String,
    pub tenant: TenantId,
    /// With which Discord's signatures are verified.
    pub key: [u8; 32],
    pub api: Api,
    pub handles: Handles,
    pub catalog: Arc<Catalog>,
    pub clock: Arc<dyn Clock>,
}

impl App {
    /// A person's direct messages with this application.
    pub fn peer(&self, user: &str) -> Peer {
        let bot = self.api.application().to_owned();
        Peer { tenant: self.tenant.clone(), channel: Channel::Discord, bot, user: Place::Private(user).user() }
    }

    /// First in the place of an answer that was promised, oldest first; then below the newest interaction; when none can
    /// be answered any more, as a direct message.
    async fn tell(&self, user: &str, body: &Body, name: Name) -> Result<(), SendError> {
        let (peer, now) = (self.peer(user), self.clock.now());
        let mut handles = self.handles.live(&peer, now).await.map_err(not_stored)?;
        let channel = handles.last().map(|handle| handle.channel.clone());
        while let Some(handle) = next(&handles) {
            let answered = match handle.pending {
                true => self.api.edit_answer(&handle.token, body).await,
                false => self.api.follow_up(&handle.token, body).await,
            };
            match answered {
                Ok(()) if handle.pending => {
                    if let Err(error) = self.handles.answered(&peer, &handle.token, now).await {
                        tracing::warn!(channel = "discord", %error, "an answer that was given is still on the list");
                    }
                    return Ok(());
                }
                Ok(()) => return Ok(()),
                Err(NotAnswered::Failed(error)) => return Err(error),
                Err(NotAnswered::Gone) if now.0 < handle.at + ON_ITS_WAY => {
                    let why = "discord: the interaction is not known yet".to_owned();
                    return Err(SendError::Retry { why, after_seconds: Some(1) });
                }
                Err(NotAnswered::Gone | NotAnswered::Full) => {
                    self.handles.forget(&peer, &handle.token, now).await.map_err(not_stored)?;
                    let token = handle.token.clone();
                    handles.retain(|handle| handle.token != token);
                }
            }
        }
        let channel = match channel {
            Some(channel) => channel,
            // Nothing was said to the person yet.
            None => self.api.direct_messages(user).await.map_err(again)?,
        };
        self.create(&channel, body, name).await
    }

    /// A message of its own. Under the same nonce it is shown once, however often it is sent.
    async fn create(&self, channel: &str, body: &Body, name: Name) -> Result<(), SendError> {
        let nonce = nonce(name, channel, &body.content);
        for pause in AGAIN {
            match self.api.post(channel, body, &nonce).await {
                Err(SendError::Unknown { .. }) => {
                    self.clock.sleep_until(Timestamp(self.clock.now().0 + pause)).await;
                }
                posted => return posted,
            }
        }
        self.api.post(channel, body, &nonce).await
    }
}

fn next(handles: &[Handle]) -> Option<&Handle> {
    handles.iter().find(|handle| handle.pending).or(handles.last())
}

fn not_stored(error: StoreError) -> SendError {
    SendError::Retry { why: error.to_string(), after_seconds: None }
}

/// Opening the same direct messages twice opens them once.
fn again(error: SendError) -> SendError {
    match error {
        SendError::Unknown { why } => SendError::Retry { why, after_seconds: None },
        error => error,
    }
}

#[async_trait]
impl Account for App {
    fn limits(&self) -> Limits {
        LIMITS
    }

    fn rates(&self) -> Rates {
        RATES
    }

    /// The application's own card, from which it can be written to.
    fn private_chat(&self) -> Option<String> {
        Some(format!("https://discord.com/users/{}", self.api.application()))
    }

    async fn post(&self, to: Place<'_>, message: &Drawn, name: Name) -> Result<(), SendError> {
        let body = body(&self.catalog, message);
        match to {
            Place::Private(user) => self.tell(user, &body, name).await,
            Place::Group(channel) => self.create(channel, &body, name).await,
        }
    }
}
