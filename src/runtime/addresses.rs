//! From which network address peers of the web write now.
//!
//! In memory only, noted anew with every request: after a restart an effect that is taken up is counted without its
//! address, and no address is ever stored beside a conversation.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::runtime::places::PeerHash;

/// Conversations under way at once (`policy::limits::starts`), with room for effects that take a while.
const REMEMBERED: usize = 4_096;

/// Peers with the pseudonym of their address, oldest first.
#[derive(Default)]
pub struct Addresses(Mutex<VecDeque<(PeerHash, String)>>);

impl Addresses {
    /// Forgets the oldest when there are too many.
    pub fn note(&self, peer: PeerHash, address_key: String) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|(known, _)| *known != peer);
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
