//! Twilio's signature over address and form, which SignalWire uses with its own header and key.
//!
//! HMAC over the full address and every key with its value, in the order of their bytes; a JSON body is covered by its
//! SHA-256 in the address instead.

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::channels::voice::signature::{Hash, Received, same, single};

/// SignalWire's own header, and the one it sends for programs that were written for Twilio.
pub const SIGNALWIRE: &[&str] = &["x-signalwire-signature", "x-twilio-signature"];

pub fn signed(received: &Received<'_>, secret: &[u8], hash: Hash, headers: &[&str]) -> Option<bool> {
    let name = headers.iter().find(|name| received.headers.contains_key(**name))?;
    let presented = single(received.headers, name)?;
    let form = match kind(received)? {
        Kind::Form => pairs(received.body),
        Kind::Json => {
            let digest = HEXLOWER.encode(&Sha256::digest(received.body));
            if !same(digest.as_bytes(), body_hash(received.url)?.as_bytes()) {
                return Some(false);
            }
            String::new()
        }
        Kind::Nothing => String::new(),
    };
    // Its servers are of two minds about the port that goes without saying.
    let held = |url: &str| same(tag(secret, hash, url, &form).as_bytes(), presented.as_bytes());
    let [bare, with_port] = [held(received.url), with_port(received.url).is_some_and(|url| held(&url))];
    Some(bare | with_port | without_port(received.url).is_some_and(|url| held(&url)))
}

/// The signature of a form.
pub fn sign(url: &str, body: &[u8], secret: &[u8], hash: Hash) -> String {
    tag(secret, hash, url, &pairs(body))
}

enum Kind {
    Form,
    Json,
    Nothing,
}

fn kind(received: &Received<'_>) -> Option<Kind> {
    if *received.method == Method::GET {
        return Some(Kind::Nothing);
    }
    let Some(name) = received.headers.get(CONTENT_TYPE) else {
        return received.body.is_empty().then_some(Kind::Nothing);
    };
    let name = name.to_str().ok()?.split(';').next()?.trim().to_ascii_lowercase();
    match name.as_str() {
        "application/x-www-form-urlencoded" => Some(Kind::Form),
        "application/json" => Some(Kind::Json),
        _ => None,
    }
}

/// Keys with their values in the order of their bytes; a value that came twice under one key counts once.
fn pairs(body: &[u8]) -> String {
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    pairs.sort();
    pairs.dedup();
    pairs.into_iter().flat_map(|(key, value)| [key, value]).collect()
}

fn tag(secret: &[u8], hash: Hash, url: &str, form: &str) -> String {
    const ANY_LENGTH: &str = "HMAC takes a key of any length";
    match hash {
        Hash::Sha1 => {
            let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect(ANY_LENGTH);
            mac.update(url.as_bytes());
            mac.update(form.as_bytes());
            BASE64.encode(&mac.finalize().into_bytes())
        }
        Hash::Sha256 => {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect(ANY_LENGTH);
            mac.update(url.as_bytes());
            mac.update(form.as_bytes());
            BASE64.encode(&mac.finalize().into_bytes())
        }
    }
}

/// The one `bodySHA256` of the query.
fn body_hash(url: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let mut hashes = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == "bodySHA256");
    let (_, hash) = hashes.next()?;
    hashes.next().is_none().then(|| hash.into_owned())
}

/// Scheme, host with port, and everything from the path on.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    Some((scheme, host, rest))
}

fn default_port(scheme: &str) -> &'static str {
    if scheme == "https" { ":443" } else { ":80" }
}

fn with_port(url: &str) -> Option<String> {
    let (scheme, host, rest) = parts(url)?;
    let bare = !host.rsplit(']').next()?.contains(':');
    bare.then(|| format!("{scheme}://{host}{}{rest}", default_port(scheme)))
}

fn without_port(url: &str) -> Option<String> {
    let (scheme, host, rest) = parts(url)?;
    Some(format!("{scheme}://{}{rest}", host.strip_suffix(default_port(scheme))?))
}
