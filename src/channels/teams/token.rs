//! The token of an incoming call. Stricter than the reference validator, which takes a token for any service address when
//! the activity names none, and a key that vouches for nothing.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

use crate::model::time::{Seconds, Timestamp};

/// How far the clocks of both sides may differ, as the reference has it.
pub const SKEW: Seconds = Seconds::minutes(5);
/// Real ones are about 1,500 bytes.
const MOST: usize = 8 * 1024;

/// One key of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Modulus and exponent, big-endian.
    pub n: Vec<u8>,
    pub e: Vec<u8>,
    /// The channels that it vouches for.
    pub endorsements: Vec<String>,
}

/// A token as it came; nothing in it is believed before [`Presented::verified`].
pub struct Presented<'a> {
    pub kid: String,
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

/// Whom a token must come from and be for.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// The id of our app.
    pub audience: &'a str,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: String,
    typ: Option<String>,
    /// Extensions that must be understood; we understand none.
    crit: Option<serde::de::IgnoredAny>,
}

/// All of them must be there, each once and of its type.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: u64,
    nbf: u64,
    serviceurl: String,
}

impl<'a> Presented<'a> {
    /// Reads the value of an `Authorization` header.
    pub fn read(header: &'a str) -> Option<Self> {
        let (scheme, token) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.len() > MOST {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (head, claims) = message.split_once('.')?;
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
        let head: Head = serde_json::from_slice(&decode(head)?).ok()?;
        let typed = head.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
        // One algorithm, of our choice: what the token asks for is never obeyed.
        if head.alg != "RS256" || head.crit.is_some() || !typed {
            return None;
        }
        Some(Self { kid: head.kid, message, claims, signature: decode(signature)? })
    }

    /// The service address that the token is for, if this key signed it and everything in it is as it must be.
    pub fn verified(&self, key: &SigningKey, expected: Expected<'_>, now: Timestamp) -> Option<String> {
        let components = RsaPublicKeyComponents { n: &key.n, e: &key.e };
        components.verify(&RSA_PKCS1_2048_8192_SHA256, self.message.as_bytes(), &self.signature).ok()?;
        let claims: Claims = serde_json::from_slice(&BASE64URL_NOPAD.decode(self.claims.as_bytes()).ok()?).ok()?;
        let (now, skew) = (now.unix_seconds(), u64::from(SKEW.0));
        let holds = claims.iss == expected.issuer
            && claims.aud == expected.audience
            && now < claims.exp.saturating_add(skew)
            && claims.nbf <= now.saturating_add(skew);
        holds.then_some(claims.serviceurl)
    }
}
