//! Who really calls us: one verifier a provider, pure over the request as it arrived, its secret and the time.
//!
//! Nothing of a request is parsed before one of these has said yes. They compare in constant time, refuse a header that
//! comes twice, and have no way to accept without a secret.

mod jambonz;
mod telnyx;
mod twilio;
mod vonage;

use axum::http::{HeaderMap, Method};
use data_encoding::BASE64;
use zeroize::Zeroizing;

use crate::model::time::{Seconds, Timestamp};

/// A request before anything is believed of it.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    pub method: &'a Method,
    /// The configured public address with the path and query as they arrived. Never built on a `Host` header: a proxy
    /// changes it, and so could anybody.
    pub url: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// It was not signed by whom it should be; which part failed is nobody's business.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not signed by the provider")]
pub struct Forged;

/// The hash under Twilio's signature. Chosen in the configuration: a header that names one is not asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hash {
    Sha1,
    Sha256,
}

/// The secret that both sides know; never empty.
pub struct Secret(Zeroizing<String>);

/// How the requests of one provider are recognised.
pub enum Verifier {
    /// The account's token, or a shared key with SHA-256.
    Twilio { secret: Secret, hash: Hash },
    /// The project's signing key.
    SignalWire { secret: Secret },
    /// The account's public key.
    Telnyx { key: [u8; 32] },
    /// The webhook secret of the account.
    Jambonz { secret: Secret },
    /// The signature secret; API key and application are compared where they are configured.
    Vonage { secret: Secret, api_key: Option<String>, application: Option<String> },
}

/// How far the time of a signature may be from ours, in both directions.
pub const TOLERANCE: Seconds = Seconds(300);

impl Secret {
    /// # Errors
    /// When nothing is left of it without the spaces and line ends around.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        match text.trim() {
            "" => Err("is empty"),
            text => Ok(Self(Zeroizing::new(text.to_owned()))),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Verifier {
    /// Telnyx's public key, as its portal shows it: 32 bytes in Base64.
    pub fn telnyx(key: &str) -> Result<Self, &'static str> {
        let bytes = BASE64.decode(key.trim().as_bytes()).map_err(|_| "is not Base64")?;
        let key = bytes.try_into().map_err(|_| "does not hold the 32 bytes of a public key")?;
        Ok(Self::Telnyx { key })
    }

    /// The headers under which a request of ours would be accepted, to find out whether one arrives as it left. `None`
    /// where only the provider can sign.
    pub fn sign(&self, url: &str, body: &[u8], now: Timestamp) -> Option<(&'static str, String)> {
        match self {
            Verifier::Twilio { secret, hash } => {
                Some(("x-twilio-signature", twilio::sign(url, body, secret.bytes(), *hash)))
            }
            Verifier::SignalWire { secret } => {
                Some(("x-signalwire-signature", twilio::sign(url, body, secret.bytes(), Hash::Sha1)))
            }
            Verifier::Telnyx { .. } => None,
            Verifier::Jambonz { secret } => Some(("jambonz-signature", jambonz::sign(body, secret.bytes(), now))),
            Verifier::Vonage { secret, api_key, application } => {
                let (api_key, application) = (api_key.as_deref(), application.as_deref());
                Some(("authorization", vonage::sign(body, secret.bytes(), api_key, application, now)))
            }
        }
    }

    pub fn verify(&self, received: &Received<'_>, now: Timestamp) -> Result<(), Forged> {
        let signed = match self {
            Verifier::Twilio { secret, hash } => {
                twilio::signed(received, secret.bytes(), *hash, &["x-twilio-signature"])
            }
            Verifier::SignalWire { secret } => twilio::signed(received, secret.bytes(), Hash::Sha1, twilio::SIGNALWIRE),
            Verifier::Telnyx { key } => telnyx::signed(received, key, now),
            Verifier::Jambonz { secret } => jambonz::signed(received, secret.bytes(), now),
            Verifier::Vonage { secret, api_key, application } => {
                vonage::signed(received, secret.bytes(), api_key.as_deref(), application.as_deref(), now)
            }
        };
        if signed == Some(true) { Ok(()) } else { Err(Forged) }
    }
}

/// The value of a header that came exactly once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a time in Unix seconds is near enough.
fn recent(seconds: &str, now: Timestamp) -> bool {
    let digits = (1..=12).contains(&seconds.len()) && seconds.bytes().all(|byte| byte.is_ascii_digit());
    let near = |at: u64| at.abs_diff(now.unix_seconds()) <= u64::from(TOLERANCE.0);
    digits && seconds.parse().is_ok_and(near)
}

fn same(ours: &[u8], presented: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    ours.ct_eq(presented).into()
}
