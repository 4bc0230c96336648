//! How fast an account sends: so many at once and then one at a time, for a chat and for the account; and standing still
//! when the platform says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::time::Timestamp;
use crate::ports::clock::Clock;

/// `burst` messages at once; beyond that one every so many milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    pub every: u64,
    pub burst: u64,
}

/// What a platform allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rates {
    /// To one chat.
    pub chat: Rate,
    /// To all of them.
    pub account: Rate,
}

/// The longest that a message waits for its turn here; beyond that it goes back to the outbox, and its place on the way is
/// free for others. In milliseconds.
const LONGEST: u64 = 5_000;
/// Beyond so many chats those that may send at once are forgotten.
const CROWDED: usize = 10_000;

/// The pace of one account.
pub struct Pace {
    clock: Arc<dyn Clock>,
    rates: Rates,
    inside: Mutex<Inside>,
}

/// For each, the moment at which everything that was sent would have been sent one at a time.
#[derive(Default)]
struct Inside {
    chats: HashMap<String, u64>,
    account: u64,
    /// The platform wants nothing before.
    still_until: u64,
}

impl Pace {
    pub fn new(clock: Arc<dyn Clock>, rates: Rates) -> Self {
        Self { clock, rates, inside: Mutex::default() }
    }

    /// Returns when a message to this chat may leave.
    ///
    /// # Errors
    /// The seconds after which it may, when that is not soon.
    pub async fn turn(&self, chat: &str) -> Result<(), u32> {
        let now = self.clock.now().0;
        let at = {
            let mut inside = self.lock();
            let before = inside.chats.get(chat).copied().unwrap_or(0);
            let free = earliest(before, self.rates.chat, now).max(earliest(inside.account, self.rates.account, now));
            let at = free.max(inside.still_until);
            if at > now + LONGEST {
                return Err(u32::try_from((at - now).div_ceil(1000)).unwrap_or(u32::MAX));
            }
            inside.account = inside.account.max(at) + self.rates.account.every;
            let chats = &mut inside.chats;
            if chats.len() >= CROWDED {
                chats.retain(|_, until| *until > now);
            }
            chats.insert(chat.to_owned(), before.max(at) + self.rates.chat.every);
            at
        };
        if at > now {
            self.clock.sleep_until(Timestamp(at)).await;
        }
        Ok(())
    }

    /// The platform said to wait: nobody sends before.
    pub fn stand_still(&self, seconds: u32) {
        let until = self.clock.now().0 + u64::from(seconds) * 1000;
        let mut inside = self.lock();
        inside.still_until = inside.still_until.max(until);
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the next one may leave. `until` is when all former ones would have left one at a time.
fn earliest(until: u64, rate: Rate, now: u64) -> u64 {
    (until + rate.every).saturating_sub(rate.every * rate.burst).max(now)
}
