//! The machine's own clock and random generator behind the ports.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::model::time::Timestamp;
use crate::ports::clock::{Clock, Entropy};

/// The longest sleep between two looks at the wall clock, so that a clock set forward is noticed.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// Wall-clock time that never runs backwards within a process: what has expired stays expired when somebody sets the
/// clock back.
#[derive(Default)]
pub struct SystemClock {
    latest: AtomicU64,
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let wall = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.latest.fetch_max(wall, Ordering::SeqCst).max(wall))
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
