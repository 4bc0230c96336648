//! Keys, one a purpose, derived from the root keys that `store::keyring` reads.

use std::collections::BTreeMap;

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Named so that no key serves two purposes. All are 32 bytes.
pub struct Keys {
    /// Codes and typed answers (MAC).
    pub code: Key,
    /// Registered targets and typed contacts (MAC).
    pub target: Key,
    /// Receipts (MAC).
    pub receipt: Key,
    /// Decoys of unknown names; the one key that never rotates.
    pub decoy: Key,
    /// Link tokens of private pages and notices (MAC).
    pub link: Key,
    /// Buttons (MAC).
    pub button: Key,
    /// Pseudonyms in logs and limits (MAC).
    pub pseudonym: Key,
}

/// One 32-byte MAC key.
pub struct Key(Zeroizing<[u8; 32]>);

/// A key that was digested once ([`Key::digested`]).
#[derive(Clone)]
pub struct Digested(Hmac<Sha256>);

/// A MAC under one of the keys.
pub type Tag = [u8; 32];

/// 32 bytes from which all keys are derived; it is never used itself.
pub struct Root(Zeroizing<[u8; 32]>);

/// Keys of one purpose by version: written with the active one, read with any that is still in the ring.
pub struct Versions<K> {
    active: u32,
    by_id: BTreeMap<u32, K>,
}

impl Root {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// HKDF-SHA-256 without salt (the root is uniform), `info` = product, scheme version and purpose.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        let info = [b"ringback/v1/".as_slice(), purpose.as_bytes()];
        Hkdf::<Sha256>::new(None, self.0.as_slice())
            .expand_multi_info(&info, derived.as_mut_slice())
            .expect("32 bytes are within what HKDF-SHA-256 can give");
        derived
    }

    pub fn key(&self, purpose: &str) -> Key {
        Key(self.derive(purpose))
    }
}

impl Keys {
    /// Keys of short-lived things come from the active root. Decoys and pseudonyms come from the one that never rotates:
    /// an unknown name must look the same after a rotation, and a rotation must not forgive anybody's attempts.
    pub fn derive(active: &Root, lasting: &Root) -> Self {
        Self {
            code: active.key("code"),
            target: active.key("target"),
            receipt: active.key("receipt"),
            decoy: lasting.key("decoy"),
            link: active.key("link"),
            button: active.key("button"),
            pseudonym: lasting.key("pseudonym"),
        }
    }
}

impl<K> Versions<K> {
    /// `None` when the active version is not among the keys.
    pub fn new(active: u32, by_id: BTreeMap<u32, K>) -> Option<Self> {
        by_id.contains_key(&active).then_some(Self { active, by_id })
    }

    pub fn active(&self) -> (u32, &K) {
        (self.active, &self.by_id[&self.active])
    }

    pub fn get(&self, id: u32) -> Option<&K> {
        self.by_id.get(&id)
    }
}

impl Digested {
    /// The same as [`Key::tag`].
    pub fn tag(&self, parts: &[&[u8]]) -> Tag {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The same key for a second holder.
    pub fn again(&self) -> Self {
        Self(self.0.clone())
    }

    /// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts give the same bytes.
    pub fn tag(&self, parts: &[&[u8]]) -> Tag {
        self.digested().tag(parts)
    }

    /// The key as it is after the first half of the work, for many tags in a row. It is as secret as the key and is not
    /// wiped, so it is kept only where the key itself lives as long as the process.
    pub fn digested(&self) -> Digested {
        Digested(Hmac::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length"))
    }
    /// Constant-time comparison of a presented tag.
    pub fn holds(&self, parts: &[&[u8]], presented: &[u8]) -> bool {
        use subtle::ConstantTimeEq;
        self.tag(parts).as_slice().ct_eq(presented).into()
    }
}
