//! Reply handles: with the token of an interaction it is answered for a quarter of an hour, across a restart too.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::channels::messaging::reference::References;
use crate::model::peer::Peer;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::StoreError;

/// A minute less than Discord's quarter of an hour.
const LASTS: Seconds = Seconds::minutes(14);
/// Of one person; older ones are let go.
const MOST: usize = 8;
const STRIPES: usize = 64;

/// One interaction that can still be answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Handle {
    pub token: String,
    /// When it came, in milliseconds.
    pub at: u64,
    /// The direct messages with this person.
    pub channel: String,
    /// Its own answer still says that words follow.
    pub pending: bool,
}

/// The handles of one application's people.
pub struct Handles {
    references: References,
    /// So that two changes of one person's handles do not cross.
    stripes: Vec<Mutex<()>>,
}

impl Handles {
    pub fn new(references: References) -> Self {
        Self { references, stripes: (0..STRIPES).map(|_| Mutex::default()).collect() }
    }

    /// Adds one; the same again changes nothing. On disk when this returns.
    pub async fn note(&self, peer: &Peer, handle: Handle, now: Timestamp) -> Result<(), StoreError> {
        self.change(peer, now, |handles| {
            if handles.iter().any(|known| known.token == handle.token) {
                return false;
            }
            handles.push(handle);
            let more = handles.len().saturating_sub(MOST);
            handles.drain(..more);
            true
        })
        .await
    }

    /// Its own answer was given.
    pub async fn answered(&self, peer: &Peer, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.change(peer, now, |handles| {
            handles.iter_mut().filter(|handle| handle.token == token).for_each(|handle| handle.pending = false);
            true
        })
        .await
    }

    /// It does not work any more.
    pub async fn forget(&self, peer: &Peer, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.change(peer, now, |handles| {
            handles.retain(|handle| handle.token != token);
            true
        })
        .await
    }

    /// Those that still work, oldest first.
    pub async fn live(&self, peer: &Peer, now: Timestamp) -> Result<Vec<Handle>, StoreError> {
        let stored = self.references.find(peer).await?;
        // What an older program wrote in another form is no handle.
        let mut handles: Vec<Handle> = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        handles.retain(|handle| handle.at + u64::from(LASTS.0) * 1000 > now.0);
        Ok(handles)
    }

    async fn change(
        &self,
        peer: &Peer,
        now: Timestamp,
        change: impl FnOnce(&mut Vec<Handle>) -> bool,
    ) -> Result<(), StoreError> {
        let mut hasher = DefaultHasher::new();
        peer.user.hash(&mut hasher);
        let stripe = usize::try_from(hasher.finish() % STRIPES as u64).unwrap_or_default();
        let _alone = self.stripes[stripe].lock().await;
        let mut handles = self.live(peer, now).await?;
        if !change(&mut handles) {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&handles).expect("plain fields become JSON");
        self.references.keep(peer, bytes, LASTS).await
    }
}
