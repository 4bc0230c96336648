//! Due times by key, packed: 32 bytes each and some thirty to find them by key and by time.
//!
//! A hundred thousand open conversations have as many, so every pointer in here would be megabytes.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::model::time::Timestamp;
use crate::ports::store::Key;

/// Keys up to this length lie in the slot itself: ids have 16 bytes.
const SHORT: usize = 16;

#[derive(Default)]
pub struct Dues {
    slots: Vec<Slot>,
    /// Places in `slots` that are empty.
    free: Vec<u32>,
    by_key: HashTable<u32>,
    by_time: BTreeSet<(Timestamp, u32)>,
    /// The words that keys begin with; a handful of literals.
    namespaces: Vec<&'static str>,
    hasher: RandomState,
}

struct Slot {
    name: Name,
    at: Timestamp,
}

/// A key with its namespace as a number.
#[derive(PartialEq, Eq, Hash)]
enum Name {
    Short { namespace: u8, length: u8, bytes: [u8; SHORT] },
    Long { namespace: u8, bytes: Box<[u8]> },
}

impl Dues {
    pub fn set(&mut self, key: &Key, at: Option<Timestamp>) {
        let place = self.name(key).and_then(|name| self.find(&name));
        match (at, place) {
            (None, None) => {}
            (None, Some(place)) => self.remove(place),
            (Some(at), Some(place)) => {
                let before = std::mem::replace(&mut self.slots[place as usize].at, at);
                self.by_time.remove(&(before, place));
                self.by_time.insert((at, place));
            }
            (Some(at), None) => {
                let place = self.add(key, at);
                self.by_time.insert((at, place));
            }
        }
    }

    /// Keys whose time has come, oldest first.
    pub fn until(&self, now: Timestamp, at_most: usize) -> Vec<Key> {
        let due = self.by_time.iter().take_while(|(at, _)| *at <= now).take(at_most);
        due.map(|(_, place)| self.key(&self.slots[*place as usize].name)).collect()
    }

    pub fn first(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    fn find(&self, name: &Name) -> Option<u32> {
        self.by_key.find(self.hasher.hash_one(name), |place| self.slots[*place as usize].name == *name).copied()
    }

    fn add(&mut self, key: &Key, at: Timestamp) -> u32 {
        let namespace = self.namespaces.iter().position(|known| *known == key.namespace).unwrap_or_else(|| {
            self.namespaces.push(key.namespace);
            self.namespaces.len() - 1
        });
        let name = Name::of(u8::try_from(namespace).expect("namespaces are a handful of our own words"), &key.key);
        let hash = self.hasher.hash_one(&name);
        let slot = Slot { name, at };
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
                u32::try_from(self.slots.len() - 1).expect("four thousand million due times do not fit into memory")
            }
        };
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.by_key.insert_unique(hash, place, |place| hasher.hash_one(&slots[*place as usize].name));
        place
    }

    fn remove(&mut self, place: u32) {
        let slot = &mut self.slots[place as usize];
        self.by_time.remove(&(slot.at, place));
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
        assert_eq!(size_of::<Slot>(), 32);
    }

    /// Against a plain map, over keys of every length, in an order that looks like chance.
    #[test]
    fn it_knows_what_a_plain_map_knows() {
        let (mut dues, mut plain) = (Dues::default(), BTreeMap::<Key, Timestamp>::new());
        let mut state = 7u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        for _ in 1..20_000u64 {
            let namespace = ["conversation", "peer", "seen"][below(3) as usize];
            let key = Key { namespace, key: vec![below(9) as u8; below(40) as usize] };
            if below(2) == 0 {
                dues.set(&key, None);
                plain.remove(&key);
            } else {
                let at = Timestamp(below(100));
                dues.set(&key, Some(at));
                plain.insert(key, at);
            }
            assert_eq!(dues.first(), plain.values().min().copied());
        }
        assert_eq!(dues.slots.len() - dues.free.len(), plain.len());
        assert_eq!((dues.by_key.len(), dues.by_time.len()), (plain.len(), plain.len()));
        let told = dues.until(Timestamp(50), usize::MAX);
        assert!(told.is_sorted_by_key(|key| plain[key]));
        let mut told: Vec<&Key> = told.iter().collect();
        told.sort();
        let expected = plain.iter().filter(|(_, at)| at.0 <= 50).map(|(key, _)| key);
        assert_eq!(told, expected.collect::<Vec<_>>());
    }
}
