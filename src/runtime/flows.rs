//! The flow set in use, and the earlier ones that conversations still walk.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::flow::set::FlowSet;
use crate::model::ids::FlowSetHash;
use crate::model::time::{Seconds, Timestamp};

/// A retired set outlives the longest conversation by this much, for events that are still under way.
const GRACE: Seconds = Seconds::minutes(5);

/// New conversations take the newest set; each keeps the one it began with.
pub struct Flows(RwLock<Sets>);

struct Sets {
    current: Arc<FlowSet>,
    retired: HashMap<FlowSetHash, Retired>,
}

struct Retired {
    set: Arc<FlowSet>,
    /// No conversation that began on it is open after this moment.
    until: Timestamp,
}

impl Flows {
    pub fn new(current: Arc<FlowSet>) -> Self {
        Self(RwLock::new(Sets { current, retired: HashMap::new() }))
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

    /// Takes a checked set into use. Only `flow::compile` makes one, so a bad set never arrives here.
    pub fn replace(&self, set: Arc<FlowSet>, now: Timestamp) {
        let mut sets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if sets.current.hash == set.hash {
            return;
        }
        sets.retired.retain(|hash, retired| now < retired.until && *hash != set.hash);
        let before = std::mem::replace(&mut sets.current, set);
        let until = now + before.globals.session.total + GRACE;
        sets.retired.insert(before.hash, Retired { set: before, until });
    }
}
