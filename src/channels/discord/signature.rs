//! Who really calls: Ed25519 over time and body as they arrived, and a time that is near.

use axum::http::HeaderMap;
use data_encoding::HEXLOWER_PERMISSIVE;
use ring::signature::{ED25519, UnparsedPublicKey};

use crate::model::time::{Seconds, Timestamp};

pub const SIGNATURE_HEADER: &str = "x-signature-ed25519";
pub const TIME_HEADER: &str = "x-signature-timestamp";

/// How far the time of a signature may be from ours, in both directions. Discord has no rule for it; without one, whoever
/// once saw a request could send it again for ever.
pub const TOLERANCE: Seconds = Seconds(300);

/// Whether Discord signed this for the application with this public key.
pub fn signed(key: &[u8; 32], headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
    let (Some(signature), Some(time)) = (single(headers, SIGNATURE_HEADER), single(headers, TIME_HEADER)) else {
        return false;
    };
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(signature.as_bytes()) else { return false };
    let message = [time.as_bytes(), body].concat();
    recent(time, now) && UnparsedPublicKey::new(&ED25519, key).verify(&message, &signature).is_ok()
}

/// The value of a header that came exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn recent(seconds: &str, now: Timestamp) -> bool {
    let digits = (1..=12).contains(&seconds.len()) && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let near = |at: u64| at.abs_diff(now.unix_seconds()) <= u64::from(TOLERANCE.0);
    digits && seconds.parse().is_ok_and(near)
}
