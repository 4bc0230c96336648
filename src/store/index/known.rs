//! Records and due times by key, packed: 80 bytes each and some ten to find them by, whatever the store holds.
//!
//! A hundred thousand open conversations are three hundred thousand records, so every pointer in here would be megabytes.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::model::time::Timestamp;
use crate::ports::store::{Key, Version};

/// Keys up to this length lie in the slot itself: ids have 16 bytes, hashes 32.
const SHORT: usize = 32;
/// No record: versions begin at one.
const NO_RECORD: u64 = 0;
/// No due time.
const NEVER: Timestamp = Timestamp(u64::MAX);

#[derive(Default)]
pub struct Known {
    slots: Vec<Slot>,
    /// Places in `slots` that are empty.
    free: Vec<u32>,
    by_key: HashTable<u32>,
    by_due: BTreeSet<(Timestamp, u32)>,
    /// The words that keys begin with; a handful of literals.
    namespaces: Vec<&'static str>,
    hasher: RandomState,
    /// Where the search for expired records goes on.
    swept: usize,
}

/// What is known of a stored record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meta {
    pub version: Version,
    pub expires: Timestamp,
    /// Fingerprint of the stored entry (`store::seal`).
    pub print: u128,
}

/// A record, a due time, or both.
struct Slot {
    name: Name,
    version: u64,
    expires: Timestamp,
    /// In halves, because a whole one would be aligned to sixteen bytes.
    print: [u64; 2],
    due: Timestamp,
}

/// A key with its namespace as a number.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Name {
    Short { namespace: u8, length: u8, bytes: [u8; SHORT] },
    Long { namespace: u8, bytes: Box<[u8]> },
}

impl Known {
    pub fn record(&self, key: &Key) -> Option<Meta> {
        self.slots[self.find(&self.name(key)?)? as usize].meta()
    }

    /// Notes a record, or that there is none any more.
    pub fn set_record(&mut self, key: &Key, meta: Option<Meta>) {
        let place = match (meta, self.name(key).and_then(|name| self.find(&name))) {
            (None, None) => return,
            (_, Some(place)) => place,
            (Some(_), None) => self.add(key),
        };
        let slot = &mut self.slots[place as usize];
        match meta {
            Some(Meta { version, expires, print }) => {
                slot.version = version.0;
                slot.expires = expires;
                slot.print = [(print >> 64) as u64, print as u64];
            }
            None => slot.version = NO_RECORD,
        }
        self.tidy(place);
    }

    /// Up to so many expired records from where the last call ended; fewer when it came to the end.
    pub fn expired(&mut self, now: Timestamp, at_most: usize) -> Vec<Key> {
        let mut found = Vec::new();
        while self.swept < self.slots.len() && found.len() < at_most {
            let slot = &self.slots[self.swept];
            if slot.version != NO_RECORD && slot.expires <= now {
                found.push(self.key(&slot.name));
            }
            self.swept += 1;
        }
        if found.len() < at_most {
            self.swept = 0;
        }
        found
    }

    pub fn due_of(&self, key: &Key) -> Option<Timestamp> {
        let due = self.slots[self.find(&self.name(key)?)? as usize].due;
        (due != NEVER).then_some(due)
    }

    pub fn set_due(&mut self, key: &Key, at: Option<Timestamp>) {
        let place = match (at, self.name(key).and_then(|name| self.find(&name))) {
            (None, None) => return,
            (_, Some(place)) => place,
            (Some(_), None) => self.add(key),
        };
        let slot = &mut self.slots[place as usize];
        let before = std::mem::replace(&mut slot.due, at.unwrap_or(NEVER));
        if before != NEVER {
            self.by_due.remove(&(before, place));
        }
        if let Some(at) = at.filter(|at| *at != NEVER) {
            self.by_due.insert((at, place));
        }
        self.tidy(place);
    }

    pub fn due(&self, now: Timestamp, at_most: usize) -> Vec<Key> {
        let due = self.by_due.iter().take_while(|(at, _)| *at <= now).take(at_most);
        due.map(|(_, place)| self.key(&self.slots[*place as usize].name)).collect()
    }

    pub fn first_due(&self) -> Option<Timestamp> {
        self.by_due.first().map(|(at, _)| *at)
    }

    fn find(&self, name: &Name) -> Option<u32> {
        self.by_key.find(self.hasher.hash_one(name), |place| self.slots[*place as usize].name == *name).copied()
    }

    fn add(&mut self, key: &Key) -> u32 {
        let namespace = self.namespaces.iter().position(|known| *known == key.namespace).unwrap_or_else(|| {
            self.namespaces.push(key.namespace);
            self.namespaces.len() - 1
        });
        let name = Name::of(u8::try_from(namespace).expect("namespaces are a handful of our own words"), &key.key);
        let hash = self.hasher.hash_one(&name);
        let slot = Slot { name, version: NO_RECORD, expires: Timestamp(0), print: [0; 2], due: NEVER };
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place as usize] = slot;
                place
            }
            None => {
                if self.slots.len() == self.slots.capacity() {
                    // By a quarter, where a vector of its own would double.
                    self.slots.reserve_exact(self.slots.len() / 4 + 64);
                }
                self.slots.push(slot);
                u32::try_from(self.slots.len() - 1).expect("four thousand million records do not fit into memory")
            }
        };
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.by_key.insert_unique(hash, place, |place| hasher.hash_one(&slots[*place as usize].name));
        place
    }

    /// Lets a slot go that says nothing any more.
    fn tidy(&mut self, place: u32) {
        let slot = &mut self.slots[place as usize];
        if slot.version != NO_RECORD || slot.due != NEVER {
            return;
        }
        let hash = self.hasher.hash_one(&slot.name);
        slot.name = Name::of(0, &[]);
        if let Ok(entry) = self.by_key.find_entry(hash, |found| *found == place) {
            entry.remove();
        }
        self.free.push(place);
    }

    /// `None` for a namespace that no key has had yet.
    fn name(&self, key: &Key) -> Option<Name> {
        let namespace = self.namespaces.iter().position(|known| *known == key.namespace)?;
        Some(Name::of(u8::try_from(namespace).ok()?, &key.key))
    }

    fn key(&self, name: &Name) -> Key {
        let (namespace, bytes) = match name {
            Name::Short { namespace, length, bytes } => (namespace, &bytes[..usize::from(*length)]),
            Name::Long { namespace, bytes } => (namespace, &bytes[..]),
        };
        Key { namespace: self.namespaces[usize::from(*namespace)], key: bytes.to_vec() }
    }
}

impl Slot {
    fn meta(&self) -> Option<Meta> {
        let print = u128::from(self.print[0]) << 64 | u128::from(self.print[1]);
        (self.version != NO_RECORD).then_some(Meta { version: Version(self.version), expires: self.expires, print })
    }
}

impl Name {
    fn of(namespace: u8, key: &[u8]) -> Self {
        if key.len() > SHORT {
            return Self::Long { namespace, bytes: key.into() };
        }
        let mut bytes = [0; SHORT];
        bytes[..key.len()].copy_from_slice(key);
        Self::Short { namespace, length: key.len() as u8, bytes }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_slot_is_as_small_as_it_says() {
        assert_eq!(size_of::<Slot>(), 80);
    }

    /// Against a plain map, over keys of every length, in an order that looks like chance.
    #[test]
    fn it_knows_what_a_plain_map_knows() {
        let (mut known, mut plain) = (Known::default(), BTreeMap::<Key, (Option<Meta>, Option<Timestamp>)>::new());
        let mut state = 7u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        for n in 1..20_000u64 {
            let namespace = ["conversation", "peer", "seen"][below(3) as usize];
            let key = Key { namespace, key: vec![below(9) as u8; below(40) as usize] };
            let entry = plain.entry(key.clone()).or_default();
            match below(4) {
                0 => {
                    let meta = Meta { version: Version(n), expires: Timestamp(below(100)), print: u128::from(n) << 60 };
                    known.set_record(&key, Some(meta));
                    entry.0 = Some(meta);
                }
                1 => {
                    known.set_record(&key, None);
                    entry.0 = None;
                }
                2 => {
                    let at = Timestamp(below(100));
                    known.set_due(&key, Some(at));
                    entry.1 = Some(at);
                }
                _ => {
                    known.set_due(&key, None);
                    entry.1 = None;
                }
            }
            assert_eq!((known.record(&key), known.due_of(&key)), plain[&key], "{key:?}");
        }
        let full = plain.values().filter(|(record, due)| record.is_some() || due.is_some()).count();
        assert_eq!(known.slots.len() - known.free.len(), full);
        assert_eq!(known.by_key.len(), full);
        let mut due: Vec<Timestamp> = plain.values().filter_map(|(_, due)| *due).collect();
        due.sort_unstable();
        assert_eq!(known.first_due(), due.first().copied());
        let told = known.due(Timestamp(50), usize::MAX);
        assert_eq!(told.len(), due.iter().filter(|at| at.0 <= 50).count());
        assert!(told.is_sorted_by_key(|key| plain[key].1));
        let mut expired = Vec::new();
        loop {
            let some = known.expired(Timestamp(50), 7);
            expired.extend(some.iter().cloned());
            if some.len() < 7 {
                break;
            }
        }
        expired.sort();
        let old = |meta: &Option<Meta>| meta.is_some_and(|meta| meta.expires <= Timestamp(50));
        assert_eq!(
            expired,
            plain.iter().filter(|(_, (meta, _))| old(meta)).map(|(key, _)| key.clone()).collect::<Vec<_>>()
        );
    }
}
