//! What a platform needs to be answered later: a token, an address, a conversation of its own. Kept with an expiry.

use std::sync::Arc;

use crate::model::peer::Peer;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::store::{Expect, Key, Op, Store, StoreError};
use crate::verify::keys::Keys;

/// One opaque value a peer and kind, sealed by the store like everything else.
pub struct References {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keys: Arc<Keys>,
    /// So that two kinds of one platform do not meet.
    kind: &'static str,
}

impl References {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, keys: Arc<Keys>, kind: &'static str) -> Self {
        Self { store, clock, keys, kind }
    }

    /// Replaces what was known of this peer. On disk when this returns.
    pub async fn keep(&self, peer: &Peer, value: Vec<u8>, lasts: Seconds) -> Result<(), StoreError> {
        let expires = self.clock.now() + lasts;
        let put = Op::Put { key: self.key(peer), value, expect: Expect::Anything, expires };
        self.store.commit(vec![put]).await.map(drop)
    }

    /// What was kept and has not expired.
    pub async fn find(&self, peer: &Peer) -> Result<Option<Vec<u8>>, StoreError> {
        let stored = self.store.get(&self.key(peer)).await?;
        let now = self.clock.now();
        Ok(stored.filter(|stored| stored.expires > now).map(|stored| stored.value))
    }

    /// The person removed us, or it does not work any more.
    pub async fn forget(&self, peer: &Peer) -> Result<(), StoreError> {
        let delete = Op::Delete { key: self.key(peer), expect: Expect::Anything };
        self.store.commit(vec![delete]).await.map(drop)
    }

    fn key(&self, peer: &Peer) -> Key {
        let parts = [self.kind, &peer.tenant.0, peer.channel.name(), &peer.bot, &peer.user].map(str::as_bytes);
        let tag = self.keys.pseudonym.tag(&[b"reference".as_slice(), parts[0], parts[1], parts[2], parts[3], parts[4]]);
        Key { namespace: "reference", key: tag.to_vec() }
    }
}
