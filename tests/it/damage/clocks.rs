//! Clocks that somebody sets: time never runs backwards, and a jump is noticed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Count, Registry, StepUse};
use ringback::ports::store::{Expect, Store};
use ringback::runtime::system::{Reading, SystemClock};
use ringback::store::keyring::Keeper;
use ringback::store::sled_store::SledStore;

use super::subjects::{once, registry};
use crate::stores::fixtures::{ada, key, put, ring, uni};
use crate::support::clock::MORNING;

const HOUR: u64 = 3_600_000;

/// A machine whose clocks a test sets.
#[derive(Clone)]
struct Machine(Arc<Mutex<Reading>>);

impl Machine {
    fn new(wall: u64) -> Self {
        Self(Arc::new(Mutex::new(Reading { wall, steady: Duration::ZERO })))
    }

    fn clock(&self) -> SystemClock {
        let machine = self.clone();
        SystemClock::over(move || *machine.0.lock().unwrap())
    }

    fn passes(&self, ms: u64) {
        let mut now = self.0.lock().unwrap();
        now.wall += ms;
        now.steady += Duration::from_millis(ms);
    }

    /// Somebody sets the wall clock.
    fn set(&self, wall: impl FnOnce(u64) -> u64) {
        let mut now = self.0.lock().unwrap();
        now.wall = wall(now.wall);
    }
}

#[test]
fn g36_a_clock_set_back_an_hour_goes_on_from_where_it_was() {
    let machine = Machine::new(MORNING.0);
    let clock = machine.clock();
    assert_eq!(clock.now(), MORNING);
    machine.passes(60_000);
    assert_eq!((clock.now(), clock.unsettled()), (MORNING + Seconds(60), false));
    machine.set(|wall| wall - HOUR);
    assert_eq!(clock.now(), MORNING + Seconds(60), "it ran backwards");
    assert!(clock.unsettled(), "nobody noticed");
    // It does not stand still either: a code still dies five minutes after it was sent.
    machine.passes(300_000);
    assert_eq!((clock.now(), clock.unsettled()), (MORNING + Seconds(360), false));
}

#[test]
fn g36_a_jump_forward_is_noticed_and_pauses_sending_for_thirty_seconds() {
    let machine = Machine::new(MORNING.0);
    let clock = machine.clock();
    clock.now();
    machine.set(|wall| wall + HOUR);
    assert_eq!(clock.now(), MORNING + Seconds::hours(1));
    machine.passes(29_999);
    assert!(clock.unsettled());
    machine.passes(1);
    assert!(!clock.unsettled());
    // What a time server corrects is no jump.
    machine.set(|wall| wall + 299_000);
    assert!(!clock.unsettled());
    machine.set(|wall| wall - 299_000);
    assert!(!clock.unsettled());
}

#[tokio::test]
async fn g36_what_expired_before_a_restart_stays_expired_on_a_clock_set_back() {
    let (folder, machine) = (tempfile::tempdir().unwrap(), Machine::new(MORNING.0));
    let open = |clock: &Arc<SystemClock>| {
        let sealer = ring().sealer(Keeper::Store);
        SledStore::open(&folder.path().join("conversations"), sealer, Arc::clone(clock) as Arc<dyn Clock>).unwrap()
    };
    let clock = Arc::new(machine.clock());
    let (store, _) = open(&clock);
    let registry = registry(folder.path()).unwrap();
    store.commit(vec![put("code", b"1", Expect::Absent, clock.now() + Seconds(300))]).await.unwrap();
    registry.use_totp_step(&uni(), &ada(), clock.now().unix_seconds() / 30, "1").await.unwrap();
    registry.count(&uni(), "1", &once("ada"), clock.now()).await.unwrap();
    machine.passes(301_000);
    store.commit(vec![put("other", b"1", Expect::Absent, clock.now() + Seconds(300))]).await.unwrap();
    assert_eq!(store.get(&key("code")).await.unwrap(), None);
    drop(store);

    machine.set(|wall| wall - HOUR);
    let clock = Arc::new(machine.clock());
    let (store, opened) = open(&clock);
    assert_eq!(opened.seen, MORNING + Seconds(301));
    clock.not_before(opened.seen);
    assert_eq!(clock.now(), MORNING + Seconds(301), "the mark does not hold");
    assert!(clock.unsettled());
    assert_eq!(store.get(&key("code")).await.unwrap(), None, "it came back to life");
    assert!(store.get(&key("other")).await.unwrap().is_some());
    let step = clock.now().unix_seconds() / 30;
    assert_eq!(registry.use_totp_step(&uni(), &ada(), step - 11, "2").await.unwrap(), StepUse::Replayed);
    assert_ne!(registry.count(&uni(), "2", &once("ada"), clock.now()).await.unwrap(), Count::Allowed);
    // Forward an hour: what lived is over, and nothing else happens to it.
    machine.set(|wall| wall + 3 * HOUR);
    assert_eq!(store.get(&key("other")).await.unwrap(), None);
    assert_ne!(registry.count(&uni(), "3", &once("ada"), clock.now()).await.unwrap(), Count::Allowed);
    // A mark from far in the future was a clock's own mistake.
    let wild = machine.clock();
    wild.not_before(Timestamp(clock.now().0 + 48 * HOUR));
    assert!(wild.now() < clock.now() + Seconds(1));
}
