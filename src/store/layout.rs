//! How records lie in one flat, ordered space of bytes: `r` records, `d` due times, `o` outbox rows, `s` the seal over all
//! of them. `m` stood where the seal stands now; it is read and replaced.
//!
//! Values are sealed for their key and version. Keys and times are not: keys are random ids or hashes (`ports::store`).

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::model::time::Timestamp;
use crate::ports::store::{Key, RowId, StoreError, Version, Versioned};
use crate::verify::seal::{Nonce, Place, Sealer, key_id};

/// The key of the seal (`store::seal`).
pub const SEAL: &[u8] = b"s";
/// The key of [`Bounds`], in stores without a seal.
pub const BOUNDS: &[u8] = b"m";
/// How keys of records begin.
pub const RECORDS: &[u8] = &[RECORD];
/// How keys of outbox rows begin.
pub const ROWS: &[u8] = &[ROW];
const RECORD: u8 = b'r';
const DUE: u8 = b'd';
const ROW: u8 = b'o';
/// Version and expiry, before the envelope of a record.
const HEAD: usize = 16;

/// One change of the flat space; `None` deletes.
pub struct Write {
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// An outbox row as it is stored.
#[derive(Serialize, Deserialize)]
pub struct StoredRow {
    pub lane: String,
    pub value: Vec<u8>,
    pub not_before: Timestamp,
    pub attempts: u32,
}

/// What a store without a seal kept although no record showed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// No number above this one was given out.
    pub sequence: u64,
    /// The latest time that was seen: a clock that is set back does not bring expired records back to life.
    pub seen: Timestamp,
}

/// What a stored entry is, by its key.
pub enum Entry {
    Record(Key),
    Due(Key),
    Row(RowId),
    Bounds,
    Seal,
}

/// Seals and opens values.
pub struct Layout {
    sealer: Sealer,
}

impl Layout {
    pub fn new(sealer: Sealer) -> Self {
        Self { sealer }
    }

    pub fn record(&self, key: &Key, version: Version, expires: Timestamp, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::with_capacity(HEAD + 45 + value.len());
        bytes.extend_from_slice(&version.0.to_be_bytes());
        bytes.extend_from_slice(&expires.0.to_be_bytes());
        let place = Place { namespace: key.namespace, key: &key.key, version: &bytes.clone() };
        bytes.extend_from_slice(&self.sealer.seal(&nonce()?, place, value));
        Ok(bytes)
    }

    pub fn open_record(&self, key: &Key, bytes: &[u8]) -> Result<Versioned, StoreError> {
        let damaged = || StoreError::Damaged(key.namespace.to_owned());
        let (version, expires) = head(bytes).ok_or_else(damaged)?;
        let (head, envelope) = bytes.split_at(HEAD);
        let place = Place { namespace: key.namespace, key: &key.key, version: head };
        let value = self.sealer.open(place, envelope).map_err(|_| damaged())?;
        Ok(Versioned { value, version, expires })
    }

    pub fn row(&self, id: RowId, row: &StoredRow) -> Result<Vec<u8>, StoreError> {
        let plain = postcard::to_stdvec(row).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(self.sealer.seal(&nonce()?, row_place(&id.0.to_be_bytes()), &plain))
    }

    /// The same entry under the active key, when it is sealed with an older one.
    pub fn renewed(&self, stored: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let old = |envelope: &[u8]| key_id(envelope) != Some(self.sealer.active());
        match entry(stored) {
            Some(Entry::Record(key)) if value.get(HEAD..).is_some_and(old) => {
                let found = self.open_record(&key, value)?;
                self.record(&key, found.version, found.expires, &found.value).map(Some)
            }
            Some(Entry::Row(id)) if old(value) => self.row(id, &self.open_row(id, value)?).map(Some),
            _ => Ok(None),
        }
    }

    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.sealer.seal(&nonce()?, seal_place(), plain))
    }

    /// `None` when it is damaged, or when the key it was sealed with left the ring.
    pub fn open_seal(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.sealer.open(seal_place(), bytes).ok()
    }

    pub fn open_row(&self, id: RowId, bytes: &[u8]) -> Result<StoredRow, StoreError> {
        let damaged = || StoreError::Damaged(String::from("outbox"));
        let plain = self.sealer.open(row_place(&id.0.to_be_bytes()), bytes).map_err(|_| damaged())?;
        postcard::from_bytes(&plain).map_err(|_| damaged())
    }
}

impl Bounds {
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (Version(sequence), seen) = head(bytes)?;
        Some(Self { sequence, seen })
    }
}

/// Version and expiry of a stored record, without opening it.
pub fn head(bytes: &[u8]) -> Option<(Version, Timestamp)> {
    let (version, rest) = bytes.split_first_chunk()?;
    let expires = rest.first_chunk()?;
    Some((Version(u64::from_be_bytes(*version)), Timestamp(u64::from_be_bytes(*expires))))
}

pub fn due_value(at: Timestamp) -> Vec<u8> {
    at.0.to_be_bytes().to_vec()
}

pub fn open_due(bytes: &[u8]) -> Option<Timestamp> {
    Some(Timestamp(u64::from_be_bytes(bytes.try_into().ok()?)))
}

pub fn record_key(key: &Key) -> Vec<u8> {
    place(RECORD, key)
}

pub fn due_key(key: &Key) -> Vec<u8> {
    place(DUE, key)
}

pub fn row_key(id: RowId) -> Vec<u8> {
    let mut bytes = vec![ROW];
    bytes.extend_from_slice(&id.0.to_be_bytes());
    bytes
}

/// `None` for a key that this layout does not make.
pub fn entry(key: &[u8]) -> Option<Entry> {
    match key.split_first()? {
        (&RECORD, rest) => key_of(rest).map(Entry::Record),
        (&DUE, rest) => key_of(rest).map(Entry::Due),
        (&ROW, rest) => Some(Entry::Row(RowId(u64::from_be_bytes(rest.try_into().ok()?)))),
        _ if key == BOUNDS => Some(Entry::Bounds),
        _ if key == SEAL => Some(Entry::Seal),
        _ => None,
    }
}

fn place(kind: u8, key: &Key) -> Vec<u8> {
    let length = u8::try_from(key.namespace.len()).expect("namespaces are short words of our own");
    let mut bytes = Vec::with_capacity(2 + key.namespace.len() + key.key.len());
    bytes.extend_from_slice(&[kind, length]);
    bytes.extend_from_slice(key.namespace.as_bytes());
    bytes.extend_from_slice(&key.key);
    bytes
}

fn key_of(bytes: &[u8]) -> Option<Key> {
    let (&length, rest) = bytes.split_first()?;
    let (namespace, key) = rest.split_at_checked(usize::from(length))?;
    Some(Key { namespace: interned(std::str::from_utf8(namespace).ok()?), key: key.to_vec() })
}

/// Namespaces are literals in the code; one that is read back from disk is leaked once, of which there are a handful.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().expect("nothing panics while it holds the names");
    if let Some(known) = names.get(name) {
        return known;
    }
    let leaked: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(leaked);
    leaked
}

fn row_place(id: &[u8]) -> Place<'_> {
    Place { namespace: "outbox", key: id, version: &[] }
}

fn seal_place() -> Place<'static> {
    Place { namespace: "seal", key: SEAL, version: &[] }
}

fn nonce() -> Result<Nonce, StoreError> {
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))?;
    Ok(nonce)
}
