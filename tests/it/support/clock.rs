//! A clock that stands until a test moves it.

use async_trait::async_trait;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use tokio::sync::watch;

/// Monday, 2026-01-05, 09:00 in Kuala Lumpur.
pub const MORNING: Timestamp = Timestamp(1_767_574_800_000);

pub struct TestClock(watch::Sender<Timestamp>);

impl TestClock {
    pub fn at(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves on; whoever sleeps until then wakes.
    pub fn advance(&self, by: Seconds) {
        self.0.send_modify(|now| *now = *now + by);
    }

    /// As somebody who corrects the wall clock does.
    pub fn set_back(&self, by: Seconds) {
        self.0.send_modify(|now| now.0 -= u64::from(by.0) * 1000);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|now| *now >= moment).await;
    }
}

#[tokio::test]
async fn sleepers_wake_when_the_clock_is_moved() {
    let clock = std::sync::Arc::new(TestClock::at(MORNING));
    let sleeper = tokio::spawn({
        let clock = std::sync::Arc::clone(&clock);
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
