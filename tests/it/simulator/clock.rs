//! Time of a simulation: it moves when the simulation moves it, and the wall clock that the product reads may be set
//! forward or back beside it.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Poll, Waker};

use async_trait::async_trait;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;

use crate::support::clock::MORNING;

/// Reads like the product's own clock (`runtime::system`): a wall clock that never runs backwards within one life.
pub struct SimClock(Mutex<State>);

struct State {
    /// Milliseconds since the simulation began; nothing ever sets this back.
    elapsed: u64,
    /// How wrong the wall clock is.
    wrong_by: i64,
    /// The latest reading, and when it was taken.
    latest: u64,
    read_at: u64,
    /// The latest reading of all lives: what had expired then must not come back.
    mark: u64,
    sleepers: BTreeMap<(u64, u64), Waker>,
    n_sleepers: u64,
}

impl State {
    fn now(&mut self) -> u64 {
        // As the product's clock does: while the wall clock is behind, time goes on from where it was.
        let passed = self.elapsed - std::mem::replace(&mut self.read_at, self.elapsed);
        self.latest = (self.latest + passed).max(self.wall());
        self.mark = self.mark.max(self.latest);
        self.latest
    }

    fn wall(&self) -> u64 {
        MORNING.0.saturating_add(self.elapsed).saturating_add_signed(self.wrong_by)
    }
}

impl SimClock {
    pub fn new() -> Self {
        let state =
            State { elapsed: 0, wrong_by: 0, latest: 0, read_at: 0, mark: 0, sleepers: BTreeMap::new(), n_sleepers: 0 };
        Self(Mutex::new(state))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn elapsed(&self) -> u64 {
        self.state().elapsed
    }

    /// The latest time that the product ever saw.
    pub fn mark(&self) -> Timestamp {
        let mut state = self.state();
        state.now();
        Timestamp(state.mark)
    }

    /// When somebody sleeping should wake, in milliseconds since the beginning.
    pub fn next(&self) -> Option<u64> {
        let mut state = self.state();
        state.now();
        let moment = state.sleepers.keys().next()?.0;
        Some(state.elapsed + moment.saturating_sub(state.latest))
    }

    /// Moves on to that many milliseconds since the beginning, and wakes whoever slept until then.
    pub fn move_to(&self, elapsed: u64) {
        let due: Vec<Waker> = {
            let mut state = self.state();
            state.elapsed = state.elapsed.max(elapsed);
            let now = state.now();
            let later = state.sleepers.split_off(&(now + 1, 0));
            std::mem::replace(&mut state.sleepers, later).into_values().collect()
        };
        due.into_iter().for_each(Waker::wake);
    }

    /// Somebody corrects the wall clock.
    pub fn jump(&self, by_seconds: i64) {
        self.state().wrong_by += by_seconds * 1000;
    }

    pub fn set_right(&self) {
        self.state().wrong_by = 0;
    }

    /// The service was started again: all that slept in it is gone.
    pub fn reborn(&self) {
        let mut state = self.state();
        state.sleepers.clear();
        // The stores remember how late it was; that they do is tested where they are.
        state.latest = state.mark;
    }
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.state().now())
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let number = {
            let mut state = self.state();
            state.n_sleepers += 1;
            state.n_sleepers
        };
        let _awake = Awake { clock: self, key: (moment.0, number) };
        poll_fn(|context| {
            let mut state = self.state();
            if state.now() >= moment.0 {
                return Poll::Ready(());
            }
            state.sleepers.insert((moment.0, number), context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Takes a sleeper off the list, also when it is not waited for any more.
struct Awake<'a> {
    clock: &'a SimClock,
    key: (u64, u64),
}

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.clock.state().sleepers.remove(&self.key);
    }
}
