//! jambonz: HMAC-SHA-256 over time and body, `t=<Unix seconds>,v1=<hex>`; while a secret is changed there are two `v1`.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::channels::voice::signature::{Received, recent, same, single};
use crate::model::time::Timestamp;

/// No sender needs more.
const MOST_TAGS: usize = 4;

pub fn signed(received: &Received<'_>, secret: &[u8], now: Timestamp) -> Option<bool> {
    let header = single(received.headers, "jambonz-signature")?;
    let fields: Vec<(&str, &str)> =
        header.split(',').map(|field| field.trim().split_once('=')).collect::<Option<_>>()?;
    let [time] = fields.iter().filter(|(key, _)| *key == "t").map(|(_, time)| *time).collect::<Vec<_>>()[..] else {
        return Some(false);
    };
    let tags: Vec<&str> = fields.iter().filter(|(key, _)| *key == "v1").map(|(_, tag)| *tag).collect();
    // Strict about what is no tag at all: a header of ours and something else is not the provider's.
    let shaped = |tag: &&str| tag.len() == 64 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !recent(time, now) || tags.len() > MOST_TAGS || !tags.iter().all(shaped) {
        return Some(false);
    }
    let ours = tag(secret, time, received.body);
    Some(tags.iter().fold(false, |held, tag| held | same(ours.as_bytes(), tag.as_bytes())))
}

pub fn sign(body: &[u8], secret: &[u8], now: Timestamp) -> String {
    let time = now.unix_seconds().to_string();
    format!("t={time},v1={}", tag(secret, &time, body))
}

fn tag(secret: &[u8], time: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    HEXLOWER.encode(&mac.finalize().into_bytes())
}
