//! The characters of a human check, for a chat that can carry neither pictures nor sound for everybody: an address of ours,
//! which holds them sealed, and nothing to look up.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;

use crate::model::time::{Seconds, Timestamp};
use crate::verify::keys::Keys;

/// Where the page is, below the public address.
pub const PATH: &str = "/human/";
/// As long as a conversation waits.
pub const LASTS: Seconds = Seconds::minutes(15);

const NONCE: usize = 24;

/// The last part of the page's address.
pub fn seal(keys: &Keys, digits: &str, language: &str, now: Timestamp) -> String {
    let expires = (now + LASTS).0.to_be_bytes();
    let plain = [expires.as_slice(), digits.as_bytes(), b"/", language.as_bytes()].concat();
    // The same characters at the same moment are the same address; no two different texts share a nonce.
    let nonce = &keys.link.tag(&[b"human-nonce", &plain])[..NONCE];
    let sealed = cipher(keys).encrypt(XNonce::from_slice(nonce), plain.as_slice());
    let sealed = sealed.expect("encryption fails for texts above 256 GiB only");
    BASE64URL_NOPAD.encode(&[nonce, &sealed].concat())
}

/// Digits and language, while the address holds.
pub fn open(keys: &Keys, token: &str, now: Timestamp) -> Option<(String, String)> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let plain = cipher(keys).decrypt(XNonce::from_slice(nonce), sealed).ok()?;
    let (expires, rest) = plain.split_first_chunk::<8>()?;
    if now.0 > u64::from_be_bytes(*expires) {
        return None;
    }
    let (digits, language) = std::str::from_utf8(rest).ok()?.split_once('/')?;
    Some((digits.to_owned(), language.to_owned()))
}

fn cipher(keys: &Keys) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&keys.link.tag(&[b"human-key"]).into())
}
