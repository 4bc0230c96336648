//! Vonage: a signed token whose claim `payload_hash` covers the body. Without that claim a token would fit every body.

use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::channels::voice::signature::{Received, recent, same, single};
use crate::model::time::Timestamp;

/// The algorithm is ours to choose; a token that names another is refused although its signature was not asked.
#[derive(Deserialize)]
struct Head {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: u64,
    exp: Option<u64>,
    nbf: Option<u64>,
    api_key: Option<String>,
    application_id: Option<String>,
    payload_hash: String,
}

pub fn signed(
    received: &Received<'_>,
    secret: &[u8],
    api_key: Option<&str>,
    application: Option<&str>,
    now: Timestamp,
) -> Option<bool> {
    if *received.method != Method::POST {
        return Some(false);
    }
    let token = single(received.headers, AUTHORIZATION.as_str())?.strip_prefix("Bearer ")?;
    let (message, signature) = token.rsplit_once('.')?;
    let ours = tag(secret, message);
    if !same(ours.as_bytes(), signature.as_bytes()) {
        return Some(false);
    }
    let (head, claims) = message.split_once('.')?;
    let head: Head = serde_json::from_slice(&BASE64URL_NOPAD.decode(head.as_bytes()).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?).ok()?;
    let digest = HEXLOWER.encode(&Sha256::digest(received.body));
    let now_seconds = now.unix_seconds();
    let wanted = |ours: Option<&str>, theirs: Option<&str>| ours.is_none() || ours == theirs;
    Some(
        head.alg == "HS256"
            && recent(&claims.iat.to_string(), now)
            && claims.exp.is_none_or(|end| now_seconds < end)
            && claims.nbf.is_none_or(|begin| begin <= now_seconds.saturating_add(5))
            && wanted(api_key, claims.api_key.as_deref())
            && wanted(application, claims.application_id.as_deref())
            && same(digest.as_bytes(), claims.payload_hash.to_ascii_lowercase().as_bytes()),
    )
}

pub fn sign(body: &[u8], secret: &[u8], api_key: Option<&str>, application: Option<&str>, now: Timestamp) -> String {
    let claims = json!({
        "iat": now.unix_seconds(),
        "payload_hash": HEXLOWER.encode(&Sha256::digest(body)),
        "api_key": api_key,
        "application_id": application,
    });
    let head = BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"HS256"}"#);
    let message = format!("{head}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
    format!("Bearer {message}.{}", tag(secret, &message))
}

fn tag(secret: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(message.as_bytes());
    BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
}
