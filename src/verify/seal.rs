//! Records at rest: sealed with XChaCha20-Poly1305 and bound to their place, so that none can be read or moved.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::verify::keys::Versions;

/// 192 random bits: safe to draw blindly, no counter to lose when a backup is restored.
pub type Nonce = [u8; 24];

/// First byte of an envelope; another layout gets another number.
const FORMAT: u8 = 1;
/// Format byte, key id and nonce, before ciphertext and tag.
const HEAD: usize = 1 + 4 + 24;

/// Seals and opens envelopes: `format u8 | key id u32 | nonce 24 | ciphertext | tag 16`, 45 bytes more than the plain text.
pub struct Sealer(Versions<XChaCha20Poly1305>);

/// Where a record lies; sealed for one place it opens in no other.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub namespace: &'a str,
    pub key: &'a [u8],
    /// Whatever else the record must not be separated from: its version, its expiry.
    pub version: &'a [u8],
}

/// The envelope is damaged, was moved, or its key left the ring; nobody can tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("does not open")]
pub struct Damaged;

impl Sealer {
    /// Takes the ciphers by key version; [`cipher`] makes one.
    pub fn new(versions: Versions<XChaCha20Poly1305>) -> Self {
        Self(versions)
    }

    /// The version of the key that seals now.
    pub fn active(&self) -> u32 {
        self.0.active().0
    }

    pub fn seal(&self, nonce: &Nonce, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let (id, cipher) = self.0.active();
        let payload = Payload { msg: plain, aad: &place.bytes() };
        let sealed = cipher
            .encrypt(XNonce::from_slice(nonce), payload)
            .expect("encryption fails for texts above 256 GiB only, and records are small");
        let mut envelope = Vec::with_capacity(HEAD + sealed.len());
        envelope.push(FORMAT);
        envelope.extend_from_slice(&id.to_be_bytes());
        envelope.extend_from_slice(nonce);
        envelope.extend_from_slice(&sealed);
        envelope
    }

    pub fn open(&self, place: Place<'_>, envelope: &[u8]) -> Result<Vec<u8>, Damaged> {
        let (head, sealed) = envelope.split_at_checked(HEAD).ok_or(Damaged)?;
        let (&format, head) = head.split_first().ok_or(Damaged)?;
        let (id, nonce) = head.split_first_chunk::<4>().ok_or(Damaged)?;
        if format != FORMAT {
            return Err(Damaged);
        }
        let cipher = self.0.get(u32::from_be_bytes(*id)).ok_or(Damaged)?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| Damaged)
    }
}

impl Place<'_> {
    /// Length-prefixed, so that no two places give the same bytes.
    fn bytes(self) -> Vec<u8> {
        let parts = [self.namespace.as_bytes(), self.key, self.version];
        let mut bytes = Vec::with_capacity(24 + parts.iter().map(|part| part.len()).sum::<usize>());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }
}

/// The version of the key that an envelope was sealed with, as far as its head tells.
pub fn key_id(envelope: &[u8]) -> Option<u32> {
    let (&FORMAT, rest) = envelope.split_first()? else { return None };
    Some(u32::from_be_bytes(*rest.first_chunk()?))
}

/// The cipher of one key version.
pub fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}
