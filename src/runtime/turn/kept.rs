//! Events whose turn did not come while a platform could wait: on disk before it is told that they were taken.
//!
//! Nearly every event is durable by its own turn, and then nothing is written here. Only while an effect of the peer's
//! conversation is under way, a directory that is slow for one, does the next event have to wait; a platform that has to be
//! answered within seconds gets its answer, and the event its turn.

use std::sync::Arc;

use crate::engine::event::Act;
use crate::engine::inbound::secret_like;
use crate::model::ids::EventId;
use crate::model::time::Seconds;
use crate::ports::store::{Expect, Key, Op, StoreError};
use crate::runtime::places;
use crate::runtime::record::{KeptEvent, decode, encode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::{Accepted, Inbound, Inbox, InboxError};

/// An event that waited so long answers nothing any more.
const KEEP: Seconds = Seconds::minutes(15);
/// The pause before a turn that could not be taken is tried again.
const NAP: Seconds = Seconds(1);
/// Stands for a text that looks like a password: it leads to the same answer, and is nobody's.
const WITHHELD: &str = "Withheld-0";

/// How an event was taken; it is on disk either way.
pub enum Taken {
    /// Its turn is done; effects may be under way.
    Turned(Accepted),
    /// Its turn comes when those before it are done.
    Kept,
}

impl Inbox {
    /// As `submit`, and returns after `patience` at the latest: the event is kept then until its turn comes, also across a
    /// restart.
    ///
    /// # Errors
    /// Nothing was kept: the platform may deliver it again.
    pub async fn accept(&self, inbound: Inbound, patience: Seconds) -> Result<Taken, InboxError> {
        let shell = Arc::clone(&self.0);
        let clock = Arc::clone(&shell.parts.clock);
        let (inbox, event) = (self.clone(), inbound.clone());
        let mut turn = tokio::spawn(async move { inbox.submit(event).await });
        let over = tokio::select! {
            biased;
            done = &mut turn => Some(done),
            () = clock.deadline(clock.now() + patience) => None,
        };
        let died = |_| InboxError::Unavailable("the turn did not end".to_owned());
        if let Some(done) = over {
            return done.map_err(died)?.map(Taken::Turned);
        }
        let key = keep(&shell, &inbound).await.map_err(|error| InboxError::Unavailable(error.to_string()))?;
        let inbox = self.clone();
        let working = shell.work();
        tokio::spawn(async move {
            let first = turn.await.unwrap_or_else(|error| Err(died(error)));
            inbox.see_through(inbound, key, first).await;
            drop(working);
        });
        Ok(Taken::Kept)
    }

    /// Tries until the event had its turn, and forgets it then. What is left when the service stops is taken up by the
    /// next start.
    async fn see_through(&self, inbound: Inbound, key: Key, mut outcome: Result<Accepted, InboxError>) {
        let clock = &self.0.parts.clock;
        let until = clock.now() + KEEP;
        while matches!(outcome, Err(InboxError::Busy | InboxError::Unavailable(_))) && clock.now() < until {
            clock.sleep_until(clock.now() + NAP).await;
            outcome = self.submit(inbound.clone()).await;
        }
        if !matches!(outcome, Err(InboxError::Stopping))
            && let Err(error) = forget(&self.0, key).await
        {
            tracing::warn!(%error, "an event that had its turn is still kept");
        }
    }
}

/// What lies behind a key that [`places::kept`] made.
async fn recall(shell: &Shell, key: &Key) -> Result<Option<Inbound>, StoreError> {
    let stored = shell.parts.store.get(key).await?;
    let kept = stored.and_then(|stored| decode::<KeptEvent>(&stored.value).ok());
    Ok(kept.map(|kept| Inbound {
        peer: kept.peer,
        surface: kept.surface,
        event: EventId(kept.event),
        act: kept.act,
        language_hint: kept.language_hint,
    }))
}

/// Hands in what the last run was told and had no turn for, in the order in which it came.
pub async fn take_up(shell: &Arc<Shell>, mut keys: Vec<Key>) -> Result<(), StoreError> {
    // A key begins with its moment.
    keys.sort();
    let inbox = Inbox(Arc::clone(shell));
    let mut kept = Vec::new();
    for key in keys {
        match recall(shell, &key).await? {
            Some(inbound) => kept.push((key, inbound)),
            None => forget(shell, key).await?,
        }
    }
    let working = shell.work();
    tokio::spawn(async move {
        for (key, inbound) in kept {
            let first = inbox.submit(inbound.clone()).await;
            inbox.see_through(inbound, key, first).await;
        }
        drop(working);
    });
    Ok(())
}

async fn keep(shell: &Shell, inbound: &Inbound) -> Result<Key, StoreError> {
    let now = shell.now();
    let act = match &inbound.act {
        Act::Text(text) if secret_like(text) => Act::Text(WITHHELD.to_owned()),
        act => act.clone(),
    };
    let kept = KeptEvent {
        peer: inbound.peer.clone(),
        surface: inbound.surface,
        event: inbound.event.0.clone(),
        act,
        language_hint: inbound.language_hint.clone(),
    };
    let hash = places::peer_hash(&shell.parts.keys, &inbound.peer);
    let key = places::kept(now, &hash, &inbound.event);
    let expires = now + KEEP;
    let value = encode(&kept);
    let batch = vec![
        Op::Put { key: key.clone(), value, expect: Expect::Anything, expires },
        // The index of due times is also the list of what is kept.
        Op::Due { key: key.clone(), at: Some(expires) },
    ];
    shell.parts.store.commit(batch).await?;
    Ok(key)
}

/// It had its turn, or its time is over.
pub async fn forget(shell: &Shell, key: Key) -> Result<(), StoreError> {
    let batch = vec![Op::Due { key: key.clone(), at: None }, Op::Delete { key, expect: Expect::Anything }];
    shell.parts.store.commit(batch).await.map(drop)
}
