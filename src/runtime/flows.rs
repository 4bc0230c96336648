//! The flow set in use, and the earlier ones that conversations still walk, across reloads and restarts.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use crate::flow::set::FlowSet;
use crate::model::ids::FlowSetHash;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::store::{Expect, Key, Op, StoreError};
use crate::runtime::places;
use crate::runtime::record::{decode, encode};
use crate::runtime::shell::Shell;

/// A retired set outlives the longest conversation by this much, for events that are still under way.
const GRACE: Seconds = Seconds::minutes(5);

/// Longer than any flow set lets a conversation last.
const LONGEST_SESSION: Seconds = Seconds::hours(24);
/// The set in use is kept for as long as it is in use.
const FOR_GOOD: Seconds = Seconds::hours(24 * 365 * 10);

/// New conversations take the newest set; each keeps the one it began with.
pub struct Flows(RwLock<Sets>);

struct Sets {
    current: Arc<FlowSet>,
    retired: HashMap<FlowSetHash, Retired>,
    /// Former scripts that this program does not accept; nobody reads them a second time.
    refused: HashSet<FlowSetHash>,
}

struct Retired {
    set: Arc<FlowSet>,
    /// No conversation that began on it is open after this moment.
    until: Timestamp,
}

impl Flows {
    pub fn new(current: Arc<FlowSet>) -> Self {
        Self(RwLock::new(Sets { current, retired: HashMap::new(), refused: HashSet::new() }))
    }

    pub fn current(&self) -> Arc<FlowSet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).current)
    }

    /// The set of this hash; `None` when it is not loaded any more, and then the conversation must end.
    pub fn get(&self, hash: &FlowSetHash) -> Option<Arc<FlowSet>> {
        let sets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if sets.current.hash == *hash {
            return Some(Arc::clone(&sets.current));
        }
        sets.retired.get(hash).map(|retired| Arc::clone(&retired.set))
    }

    /// Whether the set of this hash is loaded, or known not to load.
    fn settled(&self, hash: &FlowSetHash) -> bool {
        let sets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sets.current.hash == *hash || sets.retired.contains_key(hash) || sets.refused.contains(hash)
    }

    fn refuse(&self, hash: FlowSetHash) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).refused.insert(hash);
    }

    /// Takes a former set in, for conversations of an earlier run.
    pub fn remember(&self, set: Arc<FlowSet>, now: Timestamp) {
        let mut sets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let until = retired_until(&set, now);
        sets.retired.insert(set.hash, Retired { set, until });
    }

    /// Takes a checked set into use. Only `flow::compile` makes one, so a bad set never arrives here.
    pub fn replace(&self, set: Arc<FlowSet>, now: Timestamp) {
        let mut sets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if sets.current.hash == set.hash {
            return;
        }
        sets.retired.retain(|hash, retired| now < retired.until && *hash != set.hash);
        let before = std::mem::replace(&mut sets.current, set);
        let until = retired_until(&before, now);
        sets.retired.insert(before.hash, Retired { set: before, until });
    }
}

/// After this moment no conversation that began on a set that is retired now can be open.
fn retired_until(set: &FlowSet, now: Timestamp) -> Timestamp {
    now + set.globals.session.total + GRACE
}

/// Puts the scripts of the set in use into the store, and lets those of its predecessor go when nobody can need them.
pub async fn keep(shell: &Shell) -> Result<(), StoreError> {
    let store = &shell.parts.store;
    let now = shell.now();
    let current = shell.flows.current();
    let mut batch = Vec::new();
    if let Some(before) = store.get(&places::current_flow_set()).await?
        && let Ok(before) = before.value.as_slice().try_into().map(FlowSetHash)
        && before != current.hash
        && let Some(scripts) = store.get(&places::flow_set(&before)).await?
    {
        let set = shell.flows.get(&before);
        let expires = set.map_or(now + LONGEST_SESSION, |set| retired_until(&set, now));
        batch.push(put(places::flow_set(&before), scripts.value, expires));
    }
    let expires = now + FOR_GOOD;
    batch.push(put(places::flow_set(&current.hash), encode(&current.files), expires));
    batch.push(put(places::current_flow_set(), current.hash.0.to_vec(), expires));
    store.commit(batch).await.map(|_| ())
}

/// The set of a conversation of an earlier run, from its scripts in the store, as soon as somebody needs it. Scripts that
/// this program does not accept any more are not loaded, and the conversation ends politely.
pub async fn recall(shell: &Shell, hash: &FlowSetHash) -> Result<(), StoreError> {
    if shell.flows.settled(hash) {
        return Ok(());
    }
    let Some(stored) = shell.parts.store.get(&places::flow_set(hash)).await? else { return Ok(()) };
    let Ok(files) = decode::<Vec<(String, String)>>(&stored.value) else { return Ok(()) };
    match FlowSet::load(&files, None) {
        Ok(set) if set.hash == *hash => shell.flows.remember(Arc::new(set), shell.now()),
        Ok(_) | Err(_) => {
            shell.flows.refuse(*hash);
            tracing::warn!(%hash, "former scripts are not accepted any more");
        }
    }
    Ok(())
}

fn put(key: Key, value: Vec<u8>, expires: Timestamp) -> Op {
    Op::Put { key, value, expect: Expect::Anything, expires }
}
