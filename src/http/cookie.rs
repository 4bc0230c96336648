//! Session cookies: a random token in the browser, only its hash on our side.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::http::site::Site;

/// What a cookie is for; each has its own name and therefore its own life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The chat on our own page.
    Chat,
    /// The chat in another site's page: sent there although that site is a stranger, kept apart for each such site.
    Widget,
    /// A private page after its link was consumed.
    Page,
    /// Which invented person the visitor of the demo is; no secret.
    Role,
}

/// At least 256 random bits as text. Not `Debug`: it is all that a session needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub fn new(random: &[u8; 32]) -> Self {
        Self(HEXLOWER.encode(random))
    }

    /// A token that somebody else drew (a page's session).
    pub fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The cookie's value if it has the shape of a token.
    pub fn read(site: &Site, kind: Kind, headers: &HeaderMap) -> Option<Self> {
        let name = name(site, kind);
        let cookies = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let shaped = (43..=128).contains(&value.len()) && value.bytes().all(plain);
        shaped.then(|| Self(value.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What may be stored of it: the SHA-256, under a word that keeps uses apart.
    pub fn hash(&self, purpose: &str) -> String {
        HEXLOWER.encode(&digest(purpose, &self.0))
    }

    /// A value for a form of this session, which another site's page cannot know.
    pub fn form_nonce(&self) -> String {
        HEXLOWER.encode(&digest("form", &self.0)[..16])
    }

    pub fn holds_nonce(&self, presented: &str) -> bool {
        self.form_nonce().as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// The header that puts it into the browser.
    pub fn set(&self, site: &Site, kind: Kind, seconds: u32) -> HeaderValue {
        header(site, kind, &self.0, seconds)
    }
}

/// The header that takes a cookie away.
pub fn clear(site: &Site, kind: Kind) -> HeaderValue {
    header(site, kind, "", 0)
}

/// `__Host-` over TLS; on plain HTTP a name that differs by port, because cookies do not.
fn name(site: &Site, kind: Kind) -> String {
    let base = match kind {
        Kind::Chat => "ringback-chat",
        Kind::Widget => "ringback-widget",
        Kind::Page => "ringback-page",
        Kind::Role => "ringback-role",
    };
    if site.secure() {
        return format!("__Host-{base}");
    }
    match site.host().rsplit_once(':') {
        Some((_, port)) if port.bytes().all(|b| b.is_ascii_digit()) => format!("{base}-{port}"),
        _ => base.to_owned(),
    }
}

fn header(site: &Site, kind: Kind, value: &str, seconds: u32) -> HeaderValue {
    let reach = match (kind, site.secure()) {
        (Kind::Widget, true) => "SameSite=None; Secure; Partitioned",
        (_, true) => "SameSite=Strict; Secure",
        (_, false) => "SameSite=Strict",
    };
    let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; {reach}", name(site, kind));
    HeaderValue::from_str(&text).expect("name, token and attributes are plain ASCII")
}

fn digest(purpose: &str, token: &str) -> [u8; 32] {
    Sha256::new().chain_update(purpose).chain_update([0]).chain_update(token).finalize().into()
}
