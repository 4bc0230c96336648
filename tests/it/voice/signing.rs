//! Signs requests as the providers do; written from their manuals, apart from the verifiers.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";

pub fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in pairs.iter().map(pair) {
        headers.append(name, value);
    }
    headers
}

pub fn sha1(secret: &str, text: &[u8]) -> Vec<u8> {
    Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

pub fn sha256(secret: &str, text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

/// Address and sorted fields.
pub fn twilio_text(url: &str, fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    fields.dedup();
    fields.iter().fold(url.to_owned(), |text, (key, value)| text + key + value)
}

pub fn twilio(secret: &str, url: &str, fields: &[(&str, &str)]) -> String {
    BASE64.encode(&sha1(secret, twilio_text(url, fields).as_bytes()))
}

pub fn jambonz(secret: &str, seconds: u64, body: &[u8]) -> String {
    let tag = HEXLOWER.encode(&sha256(secret, &[format!("{seconds}.").as_bytes(), body].concat()));
    format!("t={seconds},v1={tag}")
}

/// A pair of keys that is the same in every run.
pub fn telnyx_pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

pub fn telnyx_key() -> String {
    BASE64.encode(telnyx_pair().public_key().as_ref())
}

pub fn telnyx(seconds: &str, body: &[u8]) -> String {
    BASE64.encode(telnyx_pair().sign(&[seconds.as_bytes(), b"|", body].concat()).as_ref())
}

/// A token with these claims, whatever they are.
pub fn token(secret: &str, head: &str, claims: &str) -> String {
    let message = format!("{}.{}", BASE64URL_NOPAD.encode(head.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()));
    let tag = BASE64URL_NOPAD.encode(&sha256(secret, message.as_bytes()));
    format!("{message}.{tag}")
}

pub const HEAD: &str = r#"{"typ":"JWT","alg":"HS256"}"#;

pub fn vonage_claims(seconds: u64, body: &[u8]) -> serde_json::Value {
    serde_json::json!({
        "iat": seconds,
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": HEXLOWER.encode(&Sha256::digest(body)),
        "api_key": "a1b2c3d4",
        "application_id": "78d335fa-323d-0114-9c3d-d6f0d48968cf",
    })
}

pub fn vonage(secret: &str, seconds: u64, body: &[u8]) -> String {
    format!("Bearer {}", token(secret, HEAD, &vonage_claims(seconds, body).to_string()))
}
