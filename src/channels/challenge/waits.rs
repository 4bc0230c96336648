//! Who waits for the characters of a human challenge, and until when.
//!
//! A programme can wait too, but not much at once: each network address has one line, and each challenge stands in it
//! for half a minute. What really limits guessing are the counters behind the challenge.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::time::{Seconds, Timestamp};

/// A challenge, by whatever its channel knows it.
pub type Key = (u64, u64);

/// How long one challenge waits: long for a programme with thousands of names, short for a person who is locked out.
const WAIT: Seconds = Seconds(30);
/// Nobody is told to wait longer than this behind others of the same address.
const LONGEST: Seconds = Seconds::minutes(10);
/// When a challenge that was waited for is forgotten; its conversation is over by then.
const FORGOTTEN: Seconds = Seconds::hours(1);

/// Who waits, and until when. In memory: after a restart the question is shown anew and so is its challenge.
#[derive(Default)]
pub struct Waits(Mutex<Lines>);

#[derive(Default)]
struct Lines {
    ready: HashMap<Key, Timestamp>,
    /// The end of each address's line. IPv6 is cut to the network, as in the limits.
    ends: HashMap<[u8; 8], Timestamp>,
}

impl Waits {
    /// Puts a challenge into the line of its address, once; `None` when the line is too long.
    pub fn enter(&self, challenge: Key, address: Option<IpAddr>, now: Timestamp) -> Option<Timestamp> {
        let mut lines = self.lock();
        lines.ready.retain(|_, ready| *ready + FORGOTTEN > now);
        lines.ends.retain(|_, end| *end > now);
        if let Some(ready) = lines.ready.get(&challenge) {
            return Some(*ready);
        }
        let network = address.map(network);
        let end = network.and_then(|network| lines.ends.get(&network).copied()).unwrap_or(now).max(now);
        let ready = end + WAIT;
        if ready > now + LONGEST {
            return None;
        }
        lines.ends.extend(network.map(|network| (network, ready)));
        lines.ready.insert(challenge, ready);
        Some(ready)
    }

    /// When a challenge has waited enough; `None` for one that does not wait.
    pub fn ready(&self, challenge: Key) -> Option<Timestamp> {
        self.lock().ready.get(&challenge).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn network(address: IpAddr) -> [u8; 8] {
    let mut network = [0; 8];
    match address.to_canonical() {
        IpAddr::V4(address) => network[..4].copy_from_slice(&address.octets()),
        IpAddr::V6(address) => network.copy_from_slice(&address.octets()[..8]),
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn place(n: u64) -> Key {
        (7, n)
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn challenges_of_one_address_wait_behind_each_other_and_others_do_not() {
        let waits = Waits::default();
        let one = address("203.0.113.9");
        assert_eq!(waits.enter(place(1), one, NOW), Some(NOW + WAIT));
        assert_eq!(waits.enter(place(1), one, NOW + Seconds(5)), Some(NOW + WAIT), "asked twice, it waits once");
        assert_eq!(waits.enter(place(2), one, NOW), Some(NOW + Seconds(60)));
        assert_eq!(waits.enter(place(3), address("198.51.100.1"), NOW), Some(NOW + WAIT));
        assert_eq!(waits.enter(place(4), address("2001:db8::1"), NOW), Some(NOW + WAIT));
        assert_eq!(waits.enter(place(5), address("2001:db8::2"), NOW), Some(NOW + Seconds(60)), "one network");
        assert_eq!(waits.enter(place(6), None, NOW), Some(NOW + WAIT), "on this machine nobody stands in line");
        assert_eq!(waits.ready(place(2)), Some(NOW + Seconds(60)));
        assert_eq!(waits.ready(place(9)), None);
    }

    #[test]
    fn a_line_has_an_end_and_an_hour_frees_twenty_places_a_minute_at_most() {
        let waits = Waits::default();
        let entered = (0..1_000).filter(|n| waits.enter(place(*n), address("203.0.113.9"), NOW).is_some()).count();
        assert_eq!(entered, 20);
        let later = (0..3_600u32).filter(|second| {
            let n = 10_000 + u64::from(*second);
            waits.enter(place(n), address("203.0.113.9"), NOW + Seconds(*second)).is_some()
        });
        assert_eq!(later.count(), 119, "two a minute, however often somebody asks");
    }
}
