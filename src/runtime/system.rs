//! The machine's own clock and random generator behind the ports.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::model::time::Timestamp;
use crate::ports::clock::{Clock, Entropy};

/// The longest sleep between two looks at the wall clock, so that a clock set forward is noticed.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// A wall clock that is so far from where it should be was set, or the machine slept. Time servers correct by less.
const JUMP: u64 = 5 * 60_000;
/// How long nothing new is sent after a jump: long enough for a time server to correct it, short enough to wait for.
const SETTLES: Duration = Duration::from_secs(30);
/// A mark further ahead than this was set by a clock that was wrong itself; nothing that is stored for a person to use
/// lives that long.
const BELIEVED: u64 = 24 * 3_600_000;

/// Wall-clock time that never runs backwards and never stands still: what has expired stays expired when somebody sets
/// the clock back. After a restart it goes on from the latest time that was stored ([`Self::not_before`]).
pub struct SystemClock {
    machine: Box<dyn Fn() -> Reading + Send + Sync>,
    state: Mutex<Option<State>>,
}

/// One look at the machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Milliseconds since 1970, as somebody has set it.
    pub wall: u64,
    /// Since some moment in the past; it only grows.
    pub steady: Duration,
}

#[derive(Clone, Copy)]
struct State {
    at: Reading,
    /// What was told at that reading.
    told: u64,
    settled_at: Duration,
}

impl Default for SystemClock {
    fn default() -> Self {
        let begun = Instant::now();
        Self::over(move || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Reading { wall: u64::try_from(since.as_millis()).unwrap_or(u64::MAX), steady: begun.elapsed() }
        })
    }
}

impl SystemClock {
    /// A clock over other clocks than the machine's.
    pub fn over(machine: impl Fn() -> Reading + Send + Sync + 'static) -> Self {
        Self { machine: Box::new(machine), state: Mutex::new(None) }
    }

    /// It was this late already, says a store of the last run.
    pub fn not_before(&self, mark: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = self.look(*state);
        if mark.0 > now.told && mark.0 - now.told <= BELIEVED {
            let minutes = (mark.0 - now.told) / 60_000;
            if minutes * 60_000 > JUMP {
                tracing::error!(
                    minutes,
                    "the machine's clock is behind the stores; theirs counts until it has caught up"
                );
                now.settled_at = now.at.steady + SETTLES;
            }
            now.told = mark.0;
        }
        *state = Some(now);
    }

    /// The state after one look.
    fn look(&self, before: Option<State>) -> State {
        let at = (self.machine)();
        let Some(before) = before else { return State { at, told: at.wall, settled_at: Duration::ZERO } };
        let passed = u64::try_from(at.steady.saturating_sub(before.at.steady).as_millis()).unwrap_or(u64::MAX);
        let expected = before.at.wall.saturating_add(passed);
        let jump = at.wall.abs_diff(expected);
        let mut settled_at = before.settled_at;
        if jump > JUMP {
            let (minutes, forward) = (jump / 60_000, at.wall > expected);
            tracing::error!(minutes, forward, "the machine's clock jumped; nothing new is sent for 30 seconds");
            settled_at = at.steady + SETTLES;
        }
        // Set back, time goes on from where it was at the pace of the steady clock.
        State { at, told: at.wall.max(before.told.saturating_add(passed)), settled_at }
    }

    fn now_and_state(&self) -> State {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.look(*state);
        *state = Some(now);
        now
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_and_state().told)
    }

    fn unsettled(&self) -> bool {
        let state = self.now_and_state();
        state.at.steady < state.settled_at
    }

    async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let left = moment.0.saturating_sub(self.now().0);
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(left).min(LONGEST_NAP)).await;
        }
    }
}

/// The operating system's generator.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn draw(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system has a random generator");
        bytes
    }
}
