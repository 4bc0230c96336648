//! From which network address peers of the web came, for as long as a start takes.
//!
//! In memory only: after a restart a start in between is counted without its address, and no address is ever stored
//! beside a conversation.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::runtime::places::PeerHash;

/// Starts under way at once, with plenty of room.
const REMEMBERED: usize = 4_096;

/// Peers with the pseudonym of their address, oldest first.
#[derive(Default)]
pub struct Addresses(Mutex<VecDeque<(PeerHash, String)>>);

impl Addresses {
    /// Forgets the oldest when there are too many.
    pub fn note(&self, peer: PeerHash, address_key: String) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() >= REMEMBERED {
            noted.pop_front();
        }
        noted.push_back((peer, address_key));
    }

    /// Where this peer came from last.
    pub fn of(&self, peer: &PeerHash) -> Option<String> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.iter().rev().find(|(known, _)| known == peer).map(|(_, address)| address.clone())
    }
}
