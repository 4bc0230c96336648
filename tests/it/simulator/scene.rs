//! What the simulated outside shares: the truth, the story so far, and who judges it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use ringback::model::peer::Peer;
use ringback::model::prompt::Prompt;
use ringback::policy::tenant::Tenant;
use ringback::store::keyring::KeyRing;
use ringback::verify::keys::Keys;

use super::cast::{Cast, cast};
use super::clock::SimClock;
use super::faults::Faults;
use super::oracle::Oracle;
use super::planted::Planted;

pub struct Scene {
    pub clock: SimClock,
    pub tenant: Arc<Tenant>,
    pub keys: Arc<Keys>,
    pub planted: Option<Planted>,
    state: Mutex<State>,
}

pub struct State {
    pub cast: Cast,
    pub faults: Faults,
    pub oracle: Oracle,
    /// What each peer was shown, each row once.
    pub screens: BTreeMap<String, Vec<(u64, Prompt)>>,
    /// What arrived at each address, with when.
    pub inboxes: BTreeMap<String, Vec<Letter>>,
    pub tickets: Vec<String>,
    /// The machine has stopped: nothing it still does reaches anybody.
    pub dead: bool,
    /// `None` while nobody listens.
    pub story: Option<Vec<String>>,
    /// Counts what is worth counting.
    pub tally: BTreeMap<&'static str, u64>,
    /// A store that says "done" too early keeps what it has not written yet here.
    pub unwritten: Vec<Vec<ringback::ports::store::Op>>,
    /// A registry that counts too late keeps what it has not counted yet here.
    pub uncounted: Vec<String>,
}

#[derive(Clone)]
pub struct Letter {
    /// Milliseconds since the simulation began.
    pub arrives: u64,
    pub text: String,
}

impl Scene {
    pub fn of(seed: u64, tenant: Arc<Tenant>, planted: Option<Planted>, told: bool) -> Arc<Self> {
        let ring = KeyRing::ephemeral([7; 32]);
        let state = State {
            cast: cast(&tenant),
            faults: Faults::of(seed),
            oracle: Oracle::default(),
            screens: BTreeMap::new(),
            inboxes: BTreeMap::new(),
            tickets: Vec::new(),
            dead: false,
            story: told.then(Vec::new),
            tally: BTreeMap::new(),
            unwritten: Vec::new(),
            uncounted: Vec::new(),
        };
        Arc::new(Self {
            clock: SimClock::new(),
            keys: Arc::new(ring.keys()),
            tenant,
            planted,
            state: Mutex::new(state),
        })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn has_planted(&self, fault: Planted) -> bool {
        self.planted == Some(fault)
    }

    /// A line of the story.
    pub fn tell(&self, line: impl FnOnce() -> String) {
        let elapsed = self.clock.elapsed();
        if let Some(story) = &mut self.state().story {
            let (seconds, millis) = (elapsed / 1000, elapsed % 1000);
            story.push(format!("{:>3}:{:02}.{millis:03}  {}", seconds / 60, seconds % 60, line()));
        }
    }

    /// Whether a fault strikes here.
    pub fn strikes(&self, kind: &'static str, at: &str) -> bool {
        let strikes = self.state().faults.strikes(kind, at);
        if strikes {
            self.tell(|| format!("!!  {kind}"));
        }
        strikes
    }

    /// A place where the machine may stop. From then on nothing that it does goes on.
    pub async fn boundary(&self, at: &str) {
        let (dead, stops) = {
            let mut state = self.state();
            let stops = !state.dead && state.faults.strikes("crash", at);
            state.dead |= stops;
            (state.dead, stops)
        };
        if stops {
            self.tell(|| format!("##  the machine stops: {at}"));
        }
        if dead {
            std::future::pending::<()>().await;
        }
    }

    pub fn tally(&self, what: &'static str) {
        *self.state().tally.entry(what).or_default() += 1;
    }
}

/// A peer as the story calls it.
pub fn called(peer: &Peer) -> String {
    format!("{}@{}", peer.user, peer.channel.name())
}
