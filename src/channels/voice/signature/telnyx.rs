//! Telnyx: Ed25519 over time and body. The address is not covered, so nothing in it is believed without our own MAC.

use axum::http::Method;
use data_encoding::BASE64;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::channels::voice::signature::{Received, recent, single};
use crate::model::time::Timestamp;

pub fn signed(received: &Received<'_>, key: &[u8; 32], now: Timestamp) -> Option<bool> {
    let time = single(received.headers, "telnyx-timestamp")?;
    let signature = single(received.headers, "telnyx-signature-ed25519")?;
    // What comes in a query is not signed at all.
    if *received.method != Method::POST || !recent(time, now) {
        return Some(false);
    }
    let signature = BASE64.decode(signature.as_bytes()).ok()?;
    let message = [time.as_bytes(), b"|", received.body].concat();
    Some(UnparsedPublicKey::new(&ED25519, key).verify(&message, &signature).is_ok())
}
