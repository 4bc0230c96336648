//! Time and chance. Read in `runtime` only; tests move a clock by hand.

use async_trait::async_trait;

use crate::model::time::Timestamp;

#[async_trait]
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Whether the machine's clock was set, or stood still, a moment ago. Nothing that goes out once is begun meanwhile.
    fn unsettled(&self) -> bool {
        false
    }

    /// Returns at `moment` or later. A test's clock returns when it is moved there.
    async fn sleep_until(&self, moment: Timestamp);

    /// The same for a task in the background, which nobody waits for: a test's clock is not moved on its account.
    async fn rest_until(&self, moment: Timestamp) {
        self.sleep_until(moment).await;
    }

    /// The same as a limit for something that is over long before, unless it hangs. No test's clock passes it by itself.
    async fn deadline(&self, moment: Timestamp) {
        self.rest_until(moment).await;
    }
}

pub trait Entropy: Send + Sync {
    /// 32 bytes from the system's generator.
    fn draw(&self) -> [u8; 32];
}
