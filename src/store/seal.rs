//! One small record that speaks for all others: how many there are, and the sum of their fingerprints.
//!
//! It is written in every batch, in the same breath as what it counts. A flipped bit in sled's log takes whole records
//! away, or brings older ones back, without a word; then the sum does not fit. Fingerprints are 128 bits of a MAC under a
//! salt that only the seal holds, and they are added, so that a change costs what was changed and nothing else.

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;
use crate::ports::store::StoreError;
use crate::store::layout::{Layout, SEAL, Write};
use crate::verify::keys::{Digested, Key};

/// What the seal says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seal {
    salt: [u8; 32],
    sum: u128,
    /// Records, due times and outbox rows.
    entries: u64,
    /// The last number given out. Every change takes one, so it tells how far the store had come.
    pub sequence: u64,
    /// The latest time that was seen: a clock that is set back does not bring expired records back to life.
    pub seen: Timestamp,
    /// When these files were begun; they are written anew from time to time.
    pub begun: Timestamp,
    /// When the store took the place of a damaged one.
    pub replaced_damage: Option<Timestamp>,
}

/// Makes fingerprints under one salt, which it has digested once: a start makes one of every entry.
pub struct Printer(Digested);

impl Printer {
    /// The fingerprint of one stored entry.
    pub fn print(&self, key: &[u8], value: &[u8]) -> u128 {
        let tag = self.0.tag(&[key, value]);
        let (half, _) = tag.split_first_chunk().expect("a tag has 32 bytes");
        u128::from_be_bytes(*half)
    }
}

impl Seal {
    /// Over nothing.
    pub fn fresh(sequence: u64, now: Timestamp) -> Result<Self, StoreError> {
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))?;
        Ok(Self { salt, sum: 0, entries: 0, sequence, seen: now, begun: now, replaced_damage: None })
    }

    pub fn open(bytes: &[u8], layout: &Layout) -> Option<Self> {
        postcard::from_bytes(&layout.open_seal(bytes)?).ok()
    }

    pub fn write(&self, layout: &Layout) -> Result<Write, StoreError> {
        let plain = postcard::to_stdvec(self).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Write { key: SEAL.to_vec(), value: Some(layout.seal(&plain)?) })
    }

    /// Makes the fingerprints that this seal counts.
    pub fn printer(&self) -> Printer {
        Printer(Key::new(self.salt).digested())
    }

    /// An entry became another one, came (`old` is `None`) or went (`new` is `None`).
    pub fn change(&mut self, old: Option<u128>, new: Option<u128>) {
        self.sum = self.sum.wrapping_sub(old.unwrap_or(0)).wrapping_add(new.unwrap_or(0));
        self.entries = self.entries.wrapping_sub(u64::from(old.is_some())).wrapping_add(u64::from(new.is_some()));
    }

    /// Whether this counts what `found` counts; otherwise what is wrong.
    pub fn compare(&self, found: &Seal) -> Result<(), String> {
        if self.entries != found.entries {
            return Err(format!("{} of {} entries are there", found.entries, self.entries));
        }
        if self.sum != found.sum {
            return Err(format!("of {} entries at least one was changed", self.entries));
        }
        Ok(())
    }

    /// The same seal over nothing, to count again.
    pub fn emptied(&self) -> Self {
        Self { sum: 0, entries: 0, ..self.clone() }
    }
}
