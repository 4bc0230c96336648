//! Keys of the pure core, one a purpose, derived from the root key by `store::keyring`.

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

/// A MAC under one of the keys.
pub type Tag = [u8; 32];

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts give the same bytes.
    pub fn tag(&self, parts: &[&[u8]]) -> Tag {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Constant-time comparison of a presented tag.
    pub fn holds(&self, parts: &[&[u8]], presented: &[u8]) -> bool {
        use subtle::ConstantTimeEq;
        self.tag(parts).as_slice().ct_eq(presented).into()
    }
}
