//! From which network address peers of the web write now.
//!
//! In memory only, noted anew with every request: after a restart an effect that is taken up is counted without its
//! address, and no address is ever stored beside a conversation.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::runtime::places::PeerHash;

/// Conversations under way at once (`policy::limits::starts`), with room for effects that take a while.
const REMEMBERED: usize = 4_096;

/// Peers with the pseudonym of their address.
#[derive(Default)]
pub struct Addresses(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    /// The number of the latest note, and what it says.
    by_peer: HashMap<PeerHash, (u64, String)>,
    /// Notes, oldest first; those that a later one replaced are still among them.
    order: VecDeque<(u64, PeerHash)>,
    latest: u64,
}

impl Addresses {
    /// Forgets whoever was not heard of for longest when there are too many.
    pub fn note(&self, peer: PeerHash, address_key: String) {
        let mut noted = self.lock();
        noted.latest += 1;
        let n = noted.latest;
        noted.by_peer.insert(peer, (n, address_key));
        noted.order.push_back((n, peer));
        noted.make_room();
    }

    /// Where this peer came from last.
    pub fn of(&self, peer: &PeerHash) -> Option<String> {
        self.lock().by_peer.get(peer).map(|(_, address)| address.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Noted {
    fn make_room(&mut self) {
        while self.by_peer.len() > REMEMBERED {
            let Some((n, peer)) = self.order.pop_front() else { return };
            if self.by_peer.get(&peer).is_some_and(|(latest, _)| *latest == n) {
                self.by_peer.remove(&peer);
            }
        }
        // Whoever goes on with few conversations replaces notes without end.
        if self.order.len() > 2 * REMEMBERED {
            let by_peer = &self.by_peer;
            self.order.retain(|(n, peer)| by_peer.get(peer).is_some_and(|(latest, _)| latest == n));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(n: usize) -> PeerHash {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&n.to_be_bytes());
        hash
    }

    #[test]
    fn the_latest_address_counts_and_those_longest_unheard_of_are_forgotten() {
        let addresses = Addresses::default();
        for n in 0..REMEMBERED {
            addresses.note(peer(n), format!("a{n}"));
        }
        for _ in 0..3 * REMEMBERED {
            addresses.note(peer(0), "b".to_owned());
        }
        assert_eq!(addresses.of(&peer(0)).as_deref(), Some("b"));
        assert_eq!(addresses.of(&peer(1)).as_deref(), Some("a1"));
        assert!(addresses.lock().order.len() <= 2 * REMEMBERED);
        addresses.note(peer(REMEMBERED), "c".to_owned());
        assert_eq!((addresses.of(&peer(0)).is_some(), addresses.of(&peer(1))), (true, None));
        assert_eq!(addresses.lock().by_peer.len(), REMEMBERED);
    }
}
