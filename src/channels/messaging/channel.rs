//! Shows prompts on a platform: drawn, paced, posted; what was posted of a long message is not posted again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::channels::messaging::draw::{Addresses, draw, pieces};
use crate::channels::messaging::pace::Pace;
use crate::channels::messaging::platform::{Account, Name, Place};
use crate::model::peer::{Language, Peer};
use crate::model::prompt::{PageLink, Prompt};
use crate::ports::clock::Clock;
use crate::ports::messenger::{self, SendError};
use crate::text::catalog::Catalog;

/// Builds the address of a private page.
pub type PageAddress = Arc<dyn Fn(&PageLink) -> String + Send + Sync>;
/// Builds the address where the digits of a human check are seen and heard.
pub type ChallengeAddress = Arc<dyn Fn(&str, &Language) -> String + Send + Sync>;

/// All accounts of one platform.
pub struct MessagingChannel {
    /// By the platform's id of them.
    accounts: HashMap<String, (Arc<dyn Account>, Pace)>,
    catalog: Arc<Catalog>,
    page: PageAddress,
    challenge: ChallengeAddress,
    /// How many messages of a row left, for rows that were not finished.
    begun: Mutex<HashMap<u64, usize>>,
}

impl MessagingChannel {
    /// `accounts` by the platform's id of them, as peers carry it.
    pub fn new(
        accounts: Vec<(String, Arc<dyn Account>)>,
        catalog: Arc<Catalog>,
        clock: &Arc<dyn Clock>,
        page: PageAddress,
        challenge: ChallengeAddress,
    ) -> Arc<Self> {
        let paced = |(id, account): (String, Arc<dyn Account>)| {
            let pace = Pace::new(Arc::clone(clock), account.rates());
            (id, (account, pace))
        };
        let accounts = accounts.into_iter().map(paced).collect();
        Arc::new(Self { accounts, catalog, page, challenge, begun: Mutex::default() })
    }

    fn begun(&self, id: u64) -> usize {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied().unwrap_or(0)
    }

    fn note(&self, id: u64, posted: Option<usize>) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        match posted {
            Some(posted) => drop(begun.insert(id, posted)),
            None => drop(begun.remove(&id)),
        }
    }
}

#[async_trait]
impl messenger::Channel for MessagingChannel {
    async fn show(&self, id: u64, peer: &Peer, language: &Language, prompt: &Prompt) -> Result<(), SendError> {
        self.show_all(id, peer, language, std::slice::from_ref(prompt)).await
    }

    async fn show_all(&self, id: u64, peer: &Peer, language: &Language, prompts: &[Prompt]) -> Result<(), SendError> {
        let Some((account, pace)) = self.accounts.get(&peer.bot) else {
            return Err(SendError::Dead { why: format!("{}: no such account", peer.channel.name()) });
        };
        let place = Place::of(&peer.user);
        let challenge = prompts.iter().find_map(|prompt| prompt.challenge.as_ref());
        let at = Addresses {
            page: &*self.page,
            challenge: challenge.map(|challenge| (self.challenge)(&challenge.digits, language)),
            private_chat: matches!(place, Place::Group(_)).then(|| account.private_chat()).flatten(),
        };
        let messages = pieces(draw(&self.catalog, language, prompts, &at), account.limits());
        for (n, message) in messages.iter().enumerate().skip(self.begun(id)) {
            let waited = pace.turn(&peer.user).await;
            let posted = match waited {
                Ok(()) => account.post(place, message, Name { row: id, piece: n }).await,
                Err(seconds) => {
                    let why = format!("{}: its limits are used up", peer.channel.name());
                    Err(SendError::Retry { why, after_seconds: Some(seconds) })
                }
            };
            match posted {
                Ok(()) => self.note(id, Some(n + 1)),
                Err(error) => {
                    if let SendError::Retry { after_seconds: Some(seconds), .. } = &error
                        && waited.is_ok()
                    {
                        pace.stand_still(*seconds);
                    }
                    if !matches!(error, SendError::Retry { .. }) {
                        self.note(id, None);
                    }
                    return Err(error);
                }
            }
        }
        self.note(id, None);
        Ok(())
    }
}
