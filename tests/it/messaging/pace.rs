//! How fast messages leave: so many at once, then one at a time, for a chat and for the account; and not while a platform wants
//! to be left alone.

use std::sync::Arc;

use ringback::channels::messaging::pace::{Pace, Rate, Rates};
use ringback::ports::clock::Clock;

use crate::support::clock::{MORNING, TestClock};

const RATES: Rates = Rates { chat: Rate { every: 1_000, burst: 2 }, account: Rate { every: 400, burst: 4 } };

/// Milliseconds since the morning at which messages to these chats leave, one after the other.
async fn left(pace: &Pace, clock: &TestClock, chats: &[&str]) -> Vec<u64> {
    let mut left = Vec::new();
    for chat in chats {
        clock.pass_while(pace.turn(chat)).await.unwrap();
        left.push(clock.now().0 - MORNING.0);
    }
    left
}

fn pace() -> (Pace, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at(MORNING));
    (Pace::new(Arc::clone(&clock) as _, RATES), clock)
}

#[tokio::test]
async fn a_chat_gets_a_burst_and_then_one_at_a_time() {
    let (pace, clock) = pace();
    assert_eq!(left(&pace, &clock, &["a", "a", "a", "a"]).await, [0, 0, 1_000, 2_000]);
}

#[tokio::test]
async fn an_account_gets_a_burst_and_then_one_at_a_time_whoever_it_writes_to() {
    let (pace, clock) = pace();
    assert_eq!(left(&pace, &clock, &["a", "b", "c", "d", "e", "f"]).await, [0, 0, 0, 0, 400, 800]);
}

#[tokio::test]
async fn nobody_sends_while_the_platform_wants_to_be_left_alone() {
    let (pace, clock) = pace();
    pace.stand_still(3);
    assert_eq!(left(&pace, &clock, &["a"]).await, [3_000]);
    pace.stand_still(60);
    // That is long: its place on the way is free for others meanwhile.
    assert_eq!(pace.turn("b").await, Err(60));
}
