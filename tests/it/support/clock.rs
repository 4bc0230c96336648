//! A clock that stands until a test moves it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use tokio::sync::{Notify, watch};

/// Monday, 2026-01-05, 09:00 in Kuala Lumpur.
pub const MORNING: Timestamp = Timestamp(1_767_574_800_000);

pub struct TestClock {
    now: watch::Sender<Timestamp>,
    /// Until when each sleeper sleeps.
    sleepers: Mutex<Vec<Timestamp>>,
    somebody_lay_down: Notify,
}

impl TestClock {
    pub fn at(now: Timestamp) -> Self {
        Self { now: watch::Sender::new(now), sleepers: Mutex::default(), somebody_lay_down: Notify::new() }
    }

    /// Moves on; whoever sleeps until then wakes.
    pub fn advance(&self, by: Seconds) {
        self.now.send_modify(|now| *now = *now + by);
    }

    /// Runs `work` to its end, and moves the clock to whatever it sleeps for, as long as that is near: a floor of some
    /// hundred milliseconds and the waits between two looks pass, a deadline of minutes does not.
    pub async fn pass_while<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                moment = self.near() => {
                    self.now.send_modify(|now| *now = moment.max(*now));
                    // The one who was woken gets its turn before the next jump.
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    /// Returns when somebody sleeps for about half a minute at most.
    async fn near(&self) -> Timestamp {
        loop {
            let lay_down = self.somebody_lay_down.notified();
            let now = *self.now.borrow();
            let nearest = self.sleepers.lock().unwrap().iter().filter(|moment| **moment > now).min().copied();
            if let Some(moment) = nearest.filter(|moment| *moment <= now + Seconds(31)) {
                return moment;
            }
            lay_down.await;
        }
    }

    /// As somebody who corrects the wall clock does.
    pub fn set_back(&self, by: Seconds) {
        self.now.send_modify(|now| now.0 -= u64::from(by.0) * 1000);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        self.sleepers.lock().unwrap().push(moment);
        self.somebody_lay_down.notify_waiters();
        let _awake = Awake { clock: self, moment };
        self.rest_until(moment).await;
    }

    async fn rest_until(&self, moment: Timestamp) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.now.subscribe().wait_for(|now| *now >= moment).await;
    }
}

/// Takes a sleeper off the list, also when it is not waited for any more.
struct Awake<'a> {
    clock: &'a TestClock,
    moment: Timestamp,
}

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.clock.sleepers.lock().unwrap();
        if let Some(at) = sleepers.iter().position(|moment| *moment == self.moment) {
            sleepers.swap_remove(at);
        }
    }
}

#[tokio::test]
async fn sleepers_wake_when_the_clock_is_moved() {
    let clock = Arc::new(TestClock::at(MORNING));
    let sleeper = tokio::spawn({
        let clock = Arc::clone(&clock);
        async move {
            clock.sleep_until(MORNING + Seconds(60)).await;
            clock.now()
        }
    });
    clock.advance(Seconds(59));
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished());
    clock.advance(Seconds(1));
    assert_eq!(sleeper.await.unwrap(), MORNING + Seconds(60));
}

#[tokio::test]
async fn short_sleeps_pass_and_long_ones_do_not() {
    let clock = TestClock::at(MORNING);
    let nap = async {
        clock.sleep_until(Timestamp(MORNING.0 + 800)).await;
        clock.sleep_until(Timestamp(MORNING.0 + 1_500)).await;
    };
    tokio::select! {
        () = clock.sleep_until(MORNING + Seconds(300)) => panic!("five minutes passed by themselves"),
        () = clock.pass_while(nap) => {}
    }
    assert_eq!(clock.now(), Timestamp(MORNING.0 + 1_500));
}
